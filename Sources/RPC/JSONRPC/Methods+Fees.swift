internal import Codec
internal import EVM
internal import Ledger
internal import Node
internal import Primitives

extension RPCServer {
    /// Base fees, fill and rewards of past blocks (EIP-1559; execution API `eth_feeHistory`).
    func feeHistory(_ parameters: Parameters) throws(RPCError) -> JSON {
        let wanted = try RPCValue.uint64(try parameters.required(0, "blockCount"), "blockCount")
        let newest = try header(try parameters.block(1)).header
        let percentiles = try RPCServer.percentiles(parameters[2])
        let count = min(wanted, Limits.feeHistoryBlocks, newest.number + 1)
        let oldest = newest.number + 1 - count
        var baseFees: [JSON] = []
        var ratios: [JSON] = []
        var blobFees: [JSON] = []
        var blobRatios: [JSON] = []
        var rewards: [JSON] = []
        for number in oldest..<oldest + count {
            guard let hash = node.chain.hash(of: number), let header = node.chain.header(hash)
            else { throw .server("header not found") }
            baseFees.append(.quantity(header.baseFee ?? .zero))
            ratios.append(RPCServer.ratio(header.gasUsed, of: header.gasLimit))
            let schedule = node.config.blobSchedule(timestamp: header.timestamp)
            blobFees.append(.quantity(blobBaseFee(of: header) ?? .zero))
            blobRatios.append(
                RPCServer.ratio(
                    header.blobGasUsed ?? 0, of: (schedule?.max ?? 0) * FeeMarket.gasPerBlob))
            if !percentiles.isEmpty {
                rewards.append(.array(self.rewards(header, hash, at: percentiles)))
            }
        }
        let next = BlockDraft(
            after: newest, parentHash: newest.hash, config: node.config,
            timestamp: newest.timestamp + 1, beneficiary: .zero)
        baseFees.append(.quantity(next.baseFee))
        blobFees.append(.quantity(next.context(config: node.config).blobBaseFee))
        var answer = JSONObject()
        answer["oldestBlock"] = .quantity(oldest)
        answer["baseFeePerGas"] = .array(baseFees)
        answer["gasUsedRatio"] = .array(ratios)
        answer["baseFeePerBlobGas"] = .array(blobFees)
        answer["blobGasUsedRatio"] = .array(blobRatios)
        if !percentiles.isEmpty { answer["reward"] = .array(rewards) }
        return .object(answer)
    }

    /// Wei for one blob gas in a block; nil before Cancun.
    func blobBaseFee(of header: Header) -> UInt256? {
        guard let excess = header.excessBlobGas,
            let schedule = node.config.blobSchedule(timestamp: header.timestamp)
        else { return nil }
        return FeeMarket.blobBaseFee(excess: excess, fraction: schedule.baseFeeUpdateFraction)
    }

    private static func percentiles(_ json: JSON?) throws(RPCError) -> [Double] {
        guard let json else { return [] }
        guard let list = json.array, list.count <= Limits.feePercentiles else {
            throw .invalidParams(
                "rewardPercentiles: expected at most \(Limits.feePercentiles) numbers")
        }
        var percentiles: [Double] = []
        for item in list {
            guard let number = item.double, (0...100).contains(number),
                number >= percentiles.last ?? 0
            else {
                throw .invalidParams("rewardPercentiles: expected rising numbers from 0 to 100")
            }
            percentiles.append(number)
        }
        return percentiles
    }

    /// What the block's transactions paid above its base fee, at shares of the gas it used, the
    /// cheapest first: as geth weighs them.
    private func rewards(_ header: Header, _ hash: Hash, at percentiles: [Double]) -> [JSON] {
        let base = header.baseFee ?? .zero
        let paid = (node.chain.records(hash) ?? []).map { record in
            (
                tip: record.effectiveGasPrice - min(base, record.effectiveGasPrice),
                gas: record.gasUsed
            )
        }.sorted { $0.tip < $1.tip }
        guard var gas = paid.first?.gas else {
            return percentiles.map { _ in .quantity(.zero as UInt256) }
        }
        var index = 0
        return percentiles.map { percentile in
            let threshold = UInt64(Double(header.gasUsed) * percentile / 100)
            while gas < threshold, index < paid.count - 1 {
                index += 1
                gas += paid[index].gas
            }
            return .quantity(paid[index].tip)
        }
    }

    /// A fraction with six decimals, without floating point.
    private static func ratio(_ used: UInt64, of limit: UInt64) -> JSON {
        guard limit > 0 else { return 0 }
        let millionths = UInt128(used) * 1_000_000 / UInt128(limit)
        let digits = String(millionths % 1_000_000)
        let text =
            "\(millionths / 1_000_000)." + String(repeating: "0", count: 6 - digits.utf8.count)
            + digits
        return JSONNumber(text).map { .number($0) } ?? 0
    }
}
