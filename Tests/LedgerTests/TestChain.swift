import Codec
import Crypto
import EVM
import Files
import Inference
import Ledger
import Payments
import Primitives
import Registry
import Trie
import Testing

/// A chain in memory from a genesis profile, one transaction a block.
final class TestChain {
    let genesis: Genesis
    let state: MemoryState
    /// Graphs that registrations may name: those of `Bargain.graph`, and what a test adds.
    var models: MemoryModels
    private(set) var parent: Header
    private(set) var parentHash: Hash
    /// The tries behind every block.
    let nodes: MemoryNodes
    /// Of the next block, in seconds.
    var now: UInt64 = 1_800_000_000

    static let gasLimit: UInt64 = 5_000_000

    /// - Parameters:
    ///   - trustsDevelopment: whether the development root is among Nitro's.
    ///   - roots: hashes of vendors' roots and what stands in their places.
    ///   - quoteRoot: hash of a development root that stands in Intel's place.
    init(
        _ profile: String = "dev", trustsDevelopment: Bool = true, roots: [Hash: Hash] = [:],
        quoteRoot: Hash? = nil
    ) throws {
        var file = try TestChain.file(profile, trustsDevelopment: trustsDevelopment)
        if let quoteRoot { file = try TestChain.file(file, trustingQuotesUnder: quoteRoot) }
        for (vendor, other) in roots {
            let text = String(decoding: file, as: UTF8.self)
            try #require(text.contains(vendor.hex))
            file = Array(text.replacing(vendor.hex, with: other.hex).utf8)
        }
        genesis = try Genesis(parsing: file)
        state = MemoryState()
        models = MemoryModels(try (0...15).map { try Bargain.graph($0).encoded })
        state.apply(genesis.changes)
        nodes = MemoryNodes()
        let commit = try StateCommit(genesis.changes, onto: MerkleTrie.emptyRoot, nodes: nodes)
        nodes.insert(commit)
        parent = genesis.header(stateRoot: commit.root)
        parentHash = parent.hash
    }

    /// The genesis file of a profile, with or without the development root.
    static func file(_ profile: String, trustsDevelopment: Bool = true) throws -> [UInt8] {
        let root = #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
        let file = try Files.read("/\(root)/genesis/\(profile).json")
        if trustsDevelopment { return file }
        // Nitro has two roots, the development root second: one is left.
        let count = "\"\(Hash(TrustRoot.base(family: 1)).hex)\": \"\(Hash(2).hex)\""
        let text = String(decoding: file, as: UTF8.self)
        try #require(text.contains(count))
        return Array(text.replacing(count, with: count.dropLast(2) + "1\"").utf8)
    }

    /// The genesis with the root of a development platform in the place of Intel's.
    private static func file(
        _ file: [UInt8], trustingQuotesUnder root: Hash
    ) throws -> [UInt8] {
        let text = String(decoding: file, as: UTF8.self)
        let base = TrustRoot.base(family: 2)
        let intel = "\"\(Hash(base &+ 1).hex)\": \"\(TrustQuoteTests.intelRoot.hex)\""
        try #require(text.contains(intel))
        let other =
            "\"\(Hash(base &+ 1).hex)\": \"\(root.hex)\", \"\(Hash(base &+ 2).hex)\": "
            + "\"\(Hash(1).hex)\""
        return Array(text.replacing(intel, with: other).utf8)
    }

    /// Runs one call in a block of its own.
    @discardableResult
    func send(
        _ input: [UInt8], to: Address?, from sender: Address, value: UInt256 = .zero,
        gas: UInt64 = TestChain.gasLimit
    ) throws -> TransactionResult {
        if state.account(sender) == nil { endow(sender) }
        let draft = BlockDraft(
            after: parent, parentHash: parentHash, config: genesis.config, timestamp: now,
            beneficiary: Address(truncating: 0xfee))
        now += 1
        var processor = BlockProcessor(
            draft, config: genesis.config, on: state,
            natives: Natives.all(config: genesis.config, models: models))
        let result = try processor.add(
            Transaction(
                kind: .dynamicFee, chainID: genesis.config.chainID,
                nonce: state.account(sender)?.nonce ?? 0, maxPriorityFeePerGas: 1,
                maxFeePerGas: 100_000_000_000, gasLimit: gas, to: to, value: value, input: input),
            from: sender)
        let root = parent.stateRoot
        parent = try processor.finish()
        let changes = processor.journal.changes()
        let commit = try StateCommit(changes, onto: root, nodes: nodes)
        nodes.insert(commit)
        parent.stateRoot = commit.root
        parentHash = parent.hash
        state.apply(changes)
        return result
    }

    /// Gives ten ether to an account that the genesis does not know.
    private func endow(_ account: Address) {
        state.apply([
            AccountChange(
                address: account,
                account: Account(
                    nonce: 0, balance: UInt256(10) * UInt256(1_000_000_000_000_000_000),
                    codeHash: Keccak.hash([])), storageCleared: false, storage: [], code: nil)
        ])
    }

    /// What a call would answer now; nothing is kept.
    func ask(_ input: [UInt8], to: Address) throws -> Outcome {
        let draft = BlockDraft(
            after: parent, parentHash: parentHash, config: genesis.config, timestamp: now,
            beneficiary: .zero)
        var processor = BlockProcessor(
            draft, config: genesis.config, on: state,
            natives: Natives.all(config: genesis.config, models: models))
        let sender = Bargain.sender
        return try processor.add(
            Transaction(
                kind: .dynamicFee, chainID: genesis.config.chainID,
                nonce: state.account(sender)?.nonce ?? 0, maxPriorityFeePerGas: 0,
                maxFeePerGas: 100_000_000_000, gasLimit: 10_000_000, to: to, input: input),
            from: sender
        ).outcome
    }

    func balance(of account: Address) throws -> UInt256 {
        let outcome = try ask(TokenCall.balance(of: account), to: token)
        try #require(outcome.isSuccess)
        return UInt256(bigEndian: outcome.output)
    }

    var token: Address {
        get throws { try #require(genesis.config.token) }
    }

    func slot(_ slot: UInt256, of native: Address) -> UInt256 { state.storage(native, slot) }
}
