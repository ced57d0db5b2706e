import Attestation
import Crypto
import EVM
import Inference
import Ledger
import Payments
import Primitives
import Registry
import Testing
import Trie

/// A bargain about a run of `Bargain.graph(7)`, with machines, executors and the run itself as
/// evidence.
struct Attested {
    static let authority = DevelopmentAuthority()
    static let image = "an image that nobody has listed"
    static let machineKey = [UInt8](repeating: 0x33, count: 32)

    var bargain: Bargain
    let graph: IntegerGraph
    let input: [UInt8]
    let machine: PrivateKey

    var chain: TestChain { bargain.chain }

    /// - Parameters:
    ///   - roots: hashes of vendors' roots and what stands in their places.
    ///   - trust: what else the genesis says in the trust registry's slots.
    init(
        policy: Policy, floor: Policy? = nil, roots: [Hash: Hash] = [:], trust: [SlotWrite] = []
    ) throws {
        bargain = try Bargain(
            policy: policy, floor: floor, evidence: [], roots: roots, trust: trust)
        graph = try Bargain.graph(7)
        machine = try PrivateKey(Attested.machineKey)
        let integers: [Int32] = [64, 32]
        input = try graph.inputBytes(integers)
        var engine = Engine(graph)
        let output = try engine.run(integers)
        bargain.output = try graph.outputBytes(output)
        bargain.statement = bargain.statement.with(
            inputHash: try graph.inputHash(integers), outputHash: try graph.outputHash(output))
    }

    var digest: Hash { bargain.statement.hash(chainID: bargain.chainID) }

    // MARK: Evidence

    func signed(by key: PrivateKey? = nil) -> Evidence {
        guard let key else {
            return Evidence(kind: .signed, data: bargain.provider.sign(digest).bytes)
        }
        return Evidence(
            kind: .signed,
            data: SignedEvidence(signer: key.address, signature: key.sign(digest).bytes).encoded)
    }

    var keySigned: Evidence { keySigned(by: machine) }

    func keySigned(by key: PrivateKey) -> Evidence {
        Evidence(
            kind: .tee,
            data: TEEEvidence.key(id: keyID, signature: key.sign(digest).bytes).encoded)
    }

    func document(
        about digest: Hash? = nil, at time: UInt64? = nil, fault: DevelopmentFault? = nil
    ) -> Evidence {
        let bytes = Attested.authority.nitroDocument(
            NitroRequest(
                time: time ?? chain.now, userData: (digest ?? self.digest).bytes,
                image: Attested.image,
                fault: fault))
        return Evidence(kind: .tee, data: TEEEvidence.document(.nitro, bytes).encoded)
    }

    func executed(by key: PrivateKey) -> Evidence {
        let digest = ReexecutionEvidence.digest(
            of: digest, by: key.address, chainID: bargain.chainID)
        let piece = ReexecutionEvidence.executor(key.address, signature: key.sign(digest).bytes)
        return Evidence(kind: .reexecuted, data: piece.encoded)
    }

    var run: Evidence {
        Evidence(kind: .reexecuted, data: ReexecutionEvidence.chain(input: input).encoded)
    }

    // MARK: Keys

    var key: SignerKey { .secp256k1(machine.address) }
    var keyID: Hash { key.id }

    func registration(
        by owner: Address? = nil, at time: UInt64? = nil, fault: DevelopmentFault? = nil,
        userData: [UInt8]? = nil
    ) -> [UInt8] {
        let binding = AttestedKey.binding(
            chainID: bargain.chainID, registry: NativeAddress.trust,
            owner: owner ?? bargain.provider.address, scheme: key.scheme.rawValue, key: key.bytes)
        let document = Attested.authority.nitroDocument(
            NitroRequest(
                time: time ?? chain.now, userData: userData ?? binding.bytes, image: Attested.image,
                fault: fault))
        return NativeCalldata.registerAttested(key, type: .nitro, evidence: document)
    }

    func send(_ input: [UInt8], from sender: Address? = nil) throws -> TransactionResult {
        try chain.send(
            input, to: NativeAddress.trust, from: sender ?? bargain.provider.address)
    }

    @discardableResult
    func register() throws -> TransactionResult {
        let result = try send(registration())
        try #require(
            result.succeeded,
            "\(NativeError.describe(revertData: result.outcome.output) ?? "\(result.outcome)")")
        return result
    }

    static var measurement: Hash {
        Keccak.hash(NitroRequest.registers(image: image)[0...2].flatMap { $0 })
    }

    /// Puts words on one of the admin's lists.
    func list(_ words: [UInt256], on list: Hash) throws {
        let calldata = NativeCalldata.add(words, toList: list)
        try #require(try send(calldata, from: TestChain.admin).succeeded)
    }

    func listMeasurement() throws {
        try list([Attested.measurement.word], on: TrustLists.measurements)
    }

    var record: AttestedKey? {
        AttestedKey(keyID) { chain.slot($0, of: NativeAddress.trust) }
    }

    /// Registers a key of a party that signs with its own address.
    func enroll(_ seed: UInt8) throws -> PrivateKey {
        let key = try PrivateKey([UInt8](repeating: seed, count: 32))
        let registered = try #require(
            ProviderKey(kind: .secp256k1, bytes: key.address.bytes))
        try chain.run(
            NativeCalldata.registerProvider(registered), NativeAddress.registry, key.address)
        return key
    }

    // MARK: Receipts

    /// The document of the settlement in the newest block.
    func receiptDocument() throws -> ReceiptDocument {
        let call = try #require(SettleCall(calldata: bargain.calldata))
        return try ReceiptDocument(
            receipt: try receipt(about: call.countedEvidence), evidence: call.countedEvidence,
            output: call.output, tokenName: "USDC", tokenVersion: "2", header: chain.parent,
            state: chain.state, nodes: chain.nodes)
    }

    /// The receipt that the newest block would give for such evidence.
    func receipt(about evidence: [Evidence]) throws -> SettlementReceipt {
        let call = try #require(SettleCall(calldata: bargain.calldata))
        return call.receipt(
            chainID: bargain.chainID, blockNumber: chain.parent.number,
            timestamp: chain.parent.timestamp, evidence: evidence.map(\.digest))
    }

    // MARK: Settling

    /// Settles with that evidence and expects that it pays.
    mutating func expectPaid(
        _ evidence: [Evidence], _ location: SourceLocation = #_sourceLocation
    ) throws {
        bargain.evidence = evidence
        let before = try bargain.money()
        let result = try bargain.settle()
        #expect(
            result.succeeded,
            "\(NativeError.describe(revertData: result.outcome.output) ?? "\(result.outcome)")",
            sourceLocation: location)
        #expect(
            try bargain.money() == [before[0] - 1000, before[1] + 1000, before[2]],
            sourceLocation: location)
    }

    mutating func expectRefused(
        _ evidence: [Evidence], _ error: NativeError,
        _ location: SourceLocation = #_sourceLocation
    ) throws {
        bargain.evidence = evidence
        try bargain.expectRefusal(error, location)
    }
}
