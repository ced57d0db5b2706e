internal import EVM
internal import Primitives

/// What a header must say, given its parent. Nothing is executed.
struct HeaderRules {
    let config: ChainConfig
    let parent: Header
    let revision: Revision

    private static let gasLimitMin: UInt64 = 5000
    private static let gasLimitMax: UInt64 = 1 << 63 - 1
    private static let daoExtraData = Array("dao-hard-fork".utf8)

    func check(_ header: Header) throws(InvalidBlock) {
        guard header.number == parent.number + 1 else {
            throw .wrongNumber(expected: parent.number + 1, got: header.number)
        }
        guard header.timestamp > parent.timestamp else {
            throw .timestampNotAfterParent(parent: parent.timestamp, got: header.timestamp)
        }
        guard header.extraData.count <= Limits.extraDataBytesMax else {
            throw .extraDataTooLong(bytes: header.extraData.count)
        }
        guard header.gasUsed <= header.gasLimit else {
            throw .gasUsedAboveLimit(used: header.gasUsed, limit: header.gasLimit)
        }
        try checkGasLimit(header)
        try checkDAO(header)
        try checkFields(header)
        try checkFees(header)
        if revision >= .paris {
            guard header.difficulty.isZero else {
                throw .wrongDifficulty(expected: .zero, got: header.difficulty)
            }
            guard header.nonce == 0 else { throw .wrongNonce }
            guard header.unclesHash == Header.noUncles else { throw .wrongUnclesHash }
        } else {
            let expected = Difficulty.next(
                after: parent, timestamp: header.timestamp, revision: revision, config: config)
            guard header.difficulty == expected else {
                throw .wrongDifficulty(expected: expected, got: header.difficulty)
            }
        }
    }

    private func checkGasLimit(_ header: Header) throws(InvalidBlock) {
        // EIP-1559: the first block under it doubles the limit, so that the target stays.
        let isFirstOfLondon = revision >= .london && parent.baseFee == nil
        let base = isFirstOfLondon ? parent.gasLimit * 2 : parent.gasLimit
        let limit = header.gasLimit
        let distance = limit > base ? limit - base : base - limit
        guard distance < base / 1024, limit >= HeaderRules.gasLimitMin,
            limit <= HeaderRules.gasLimitMax
        else { throw .gasLimitOutOfBounds(parent: parent.gasLimit, got: limit) }
    }

    private func checkDAO(_ header: Header) throws(InvalidBlock) {
        guard let fork = config.daoFork, header.number >= fork, header.number < fork + 10 else {
            return
        }
        guard header.extraData == HeaderRules.daoExtraData else { throw .wrongDAOExtraData }
    }

    private func checkFields(_ header: Header) throws(InvalidBlock) {
        let fields: [(String, Bool, Revision)] = [
            ("baseFeePerGas", header.baseFee != nil, .london),
            ("withdrawalsRoot", header.withdrawalsRoot != nil, .shanghai),
            ("blobGasUsed", header.blobGasUsed != nil, .cancun),
            ("requestsHash", header.requestsHash != nil, .prague),
        ]
        for (name, isThere, since) in fields where isThere != (revision >= since) {
            throw .wrongFields(name)
        }
    }

    private func checkFees(_ header: Header) throws(InvalidBlock) {
        if let baseFee = header.baseFee {
            let expected =
                parent.baseFee.map {
                    FeeMarket.nextBaseFee(
                        baseFee: $0, gasUsed: parent.gasUsed, gasLimit: parent.gasLimit)
                } ?? FeeMarket.initialBaseFee
            guard baseFee == expected else {
                throw .wrongBaseFee(expected: expected, got: baseFee)
            }
        }
        guard let excess = header.excessBlobGas,
            let schedule = config.blobSchedule(timestamp: header.timestamp)
        else { return }
        let expected = FeeMarket.excessBlobGas(
            parentExcess: parent.excessBlobGas ?? 0, parentUsed: parent.blobGasUsed ?? 0,
            schedule: schedule, reservePrice: revision >= .osaka ? parent.baseFee : nil)
        guard excess == expected else { throw .wrongExcessBlobGas(expected: expected, got: excess) }
    }
}
