internal import Codec
internal import EVM
internal import Ledger
internal import Primitives

/// The `env` of a transition: what the block decides, given or derived from its parent.
struct TransitionEnvironment {
    let draft: BlockDraft
    let blockHashes: [UInt64: Hash]

    init(_ env: JSON, _ config: ChainConfig) throws(FixtureError) {
        func number(_ name: String) throws(FixtureError) -> UInt64? {
            guard let value = env[name], !value.isNull else { return nil }
            return try Fixture.uint64(value.number.map { .string($0.text) } ?? value, name)
        }
        func word(_ name: String) throws(FixtureError) -> UInt256? {
            guard let value = env[name], !value.isNull else { return nil }
            return try Fixture.word(value.number.map { .string($0.text) } ?? value, name)
        }
        guard let height = try number("currentNumber") else {
            throw FixtureError("env has no currentNumber")
        }
        let time = try number("currentTimestamp") ?? 0
        let revision = config.revision(number: height, timestamp: time)
        var hashes: [UInt64: Hash] = [:]
        for (key, value) in env["blockHashes"]?.object?.entries ?? [] {
            hashes[try Fixture.uint64(.string(key), "block number")] = try Fixture.hash(value, key)
        }
        blockHashes = hashes
        let previous = height > 0 ? hashes[height - 1] ?? .zero : .zero
        var parentLimit: UInt64 = 0
        if let limit = try number("currentGasLimit") { parentLimit = limit }
        if let limit = try number("parentGasLimit") { parentLimit = limit }
        var parent = Header(
            parentHash: .zero, beneficiary: .zero, stateRoot: .zero, transactionsRoot: .zero,
            receiptsRoot: .zero, difficulty: try word("parentDifficulty") ?? .zero,
            number: height > 0 ? height - 1 : 0,
            gasLimit: parentLimit,
            gasUsed: try number("parentGasUsed") ?? 0,
            timestamp: try number("parentTimestamp") ?? 0)
        parent.baseFee = try word("parentBaseFee")
        parent.excessBlobGas = try number("parentExcessBlobGas")
        parent.blobGasUsed = try number("parentBlobGasUsed")
        if let uncles = env["parentUncleHash"] {
            parent.unclesHash = try Fixture.hash(uncles, "parentUncleHash")
        }
        var draft = BlockDraft(
            after: parent, parentHash: previous, config: config, timestamp: time,
            beneficiary: try Fixture.address(env["currentCoinbase"], "currentCoinbase"))
        draft.number = height
        guard let gasLimit = try number("currentGasLimit") else {
            throw FixtureError("env has no currentGasLimit")
        }
        draft.gasLimit = gasLimit
        if let baseFee = try word("currentBaseFee") { draft.baseFee = baseFee }
        if let excess = try number("currentExcessBlobGas") { draft.excessBlobGas = excess }
        if let root = try word("parentBeaconBlockRoot") { draft.parentBeaconBlockRoot = Hash(root) }
        if revision >= .paris {
            draft.prevRandao = Hash(try word("currentRandom") ?? .zero)
        } else {
            draft.difficulty =
                try word("currentDifficulty")
                ?? BlockDraft.difficulty(
                    after: parent, timestamp: time, revision: revision, config: config)
        }
        draft.uncles = try TransitionEnvironment.uncles(env, height)
        draft.withdrawals = try TransitionEnvironment.withdrawals(env)
        self.draft = draft
    }

    /// Uncles are an address and how far they lie back.
    private static func uncles(_ env: JSON, _ height: UInt64) throws(FixtureError) -> [Header] {
        var uncles: [Header] = []
        for entry in env["ommers"]?.array ?? [] {
            let text = entry["delta"]?.number?.text ?? entry["delta"]?.string
            let delta = try Fixture.uint64(.string(text ?? ""), "delta")
            guard delta > 0, delta < 8, delta <= height else {
                throw FixtureError("an ommer's delta is \(delta)")
            }
            uncles.append(
                Header(
                    parentHash: .zero,
                    beneficiary: try Fixture.address(entry["address"], "address"),
                    stateRoot: .zero, transactionsRoot: .zero, receiptsRoot: .zero,
                    number: height - delta, gasLimit: 0, timestamp: 0))
        }
        return uncles
    }

    private static func withdrawals(_ env: JSON) throws(FixtureError) -> [Withdrawal] {
        var list: [Withdrawal] = []
        for entry in env["withdrawals"]?.array ?? [] {
            list.append(
                Withdrawal(
                    index: try Fixture.uint64(entry["index"], "index"),
                    validator: try Fixture.uint64(entry["validatorIndex"], "validatorIndex"),
                    address: try Fixture.address(entry["address"], "address"),
                    amount: try Fixture.uint64(entry["amount"], "amount")))
        }
        return list
    }
}
