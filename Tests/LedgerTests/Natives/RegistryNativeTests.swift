import Codec
import Crypto
import EVM
import Ledger
import Payments
import Primitives
import Proofs
import Registry
import Testing

@Suite struct RegistryNativeTests {
    let owner = Bargain.sender
    let registry = NativeAddress.registry

    private func stored(_ id: Hash, _ chain: TestChain) -> ModelRecord? {
        ModelRecord(id) { chain.slot($0, of: registry) }
    }

    private func refuses(
        _ error: NativeError, _ input: [UInt8], from sender: Address, _ chain: TestChain,
        _ location: SourceLocation = #_sourceLocation
    ) throws {
        let result = try chain.send(input, to: registry, from: sender)
        #expect(result.outcome.status == .revert, sourceLocation: location)
        #expect(result.outcome.output == error.revertData, sourceLocation: location)
    }

    @Test func registersReadsAndChangesARecord() throws {
        let chain = try TestChain()
        var record = try Bargain.record("org/lenet5", floor: .kind(.signed))
        record.cid = "bafy" + String(repeating: "a", count: 60)
        let time = chain.now
        let result = try chain.run(NativeCalldata.register(record), registry, owner)
        #expect(result.outcome.output == record.id.bytes)
        record.owner = owner
        record.registeredAt = time
        #expect(stored(record.id, chain) == record)
        let event = try #require(result.logs.first)
        #expect(
            event.topics == [
                ABISignature.topic(
                    "ModelRegistered(bytes32,bytes32,address,string,string,bytes32,uint64)"),
                record.id, NameRecord.key(model: "org/lenet5"), Hash(owner.word),
            ])
        // By name, as a contract would ask.
        var writer = ABIWriter()
        writer.writeString("org/lenet5")
        writer.writeString("1.0")
        let named = try chain.ask(
            ABISignature.selector("modelId(string,string)") + writer.encoded, to: registry)
        #expect(named.output == record.id.bytes)

        let changed = chain.now
        try chain.run(NativeCalldata.setPrice(model: record.id, 5), registry, owner)
        record.priceChange = Change(5, from: changed)
        #expect(stored(record.id, chain) == record)
        let next = Bargain.account(9)
        try chain.run(
            NativeCalldata.transferOwnership(model: record.id, to: next), registry, owner)
        record.owner = next
        #expect(stored(record.id, chain) == record)
        try refuses(
            .notOwner(next), NativeCalldata.setPrice(model: record.id, 6), from: owner, chain)
    }

    @Test func statusOnlyEverGetsWorse() throws {
        let chain = try TestChain()
        let record = try Bargain.record("m")
        try chain.run(NativeCalldata.register(record), registry, owner)
        let deprecate = NativeCalldata.deprecate(model: record.id, reason: "old")
        try chain.run(deprecate, registry, owner)
        #expect(stored(record.id, chain)?.status == .deprecated)
        try chain.run(
            NativeCalldata.revoke(model: record.id, reason: "bad"), registry, owner)
        #expect(stored(record.id, chain)?.status == .revoked)
        try refuses(.modelRevoked(record.id), deprecate, from: owner, chain)
        try refuses(
            .modelRevoked(record.id), NativeCalldata.setPrice(model: record.id, 1), from: owner,
            chain)
    }

    @Test func refusesNamesTwiceAndBadRecords() throws {
        let chain = try TestChain()
        let first = try Bargain.record("m", graph: 1)
        try chain.run(NativeCalldata.register(first), registry, owner)
        try refuses(
            .nameTaken(first.id), NativeCalldata.register(Bargain.record("m", graph: 2)),
            from: owner, chain)
        var bad = try Bargain.record("m", graph: 3)
        bad.version = "01.0"
        try refuses(
            .invalidRecord("a version is major.minor in decimal"), NativeCalldata.register(bad),
            from: owner, chain)
        bad = try Bargain.record("Model", graph: 3)
        try refuses(
            .invalidRecord("a name is 1 to 64 of a-z 0-9 . _ - / without a slash at either end"),
            NativeCalldata.register(bad), from: owner, chain)
        bad = try Bargain.record("n", graph: 3)
        bad.policyFloor = [1, 0x11, 2, 1, 0, 1, 0]
        try refuses(
            .invalidPolicy(PolicyError.partsNotAscending.description),
            NativeCalldata.register(bad), from: owner, chain)
        bad.policyFloor = []
        bad.weightsRoot = Hash(1)
        let key = try Bargain.key(try Bargain.graph(3))
        try refuses(
            .wrongWeightsRoot(expected: key.digest, got: Hash(1)), NativeCalldata.register(bad),
            from: owner, chain)
        bad.weightsRoot = .zero
        bad.graphHash = .zero
        try refuses(
            .invalidRecord("the graph hash is zero"), NativeCalldata.register(bad), from: owner,
            chain)
    }

    @Test func keysOfProvidersAreReplacedWhole() throws {
        let chain = try TestChain()
        let address = try #require(ProviderKey(kind: .secp256k1, bytes: owner.bytes))
        let point = try #require(
            ProviderKey(kind: .p256, bytes: [UInt8](repeating: 3, count: 64)))
        for key in [address, point, address] {
            try chain.run(NativeCalldata.registerProvider(key), registry, owner)
            #expect(ProviderKey(of: owner) { chain.slot($0, of: registry) } == key)
        }
        var writer = ABIWriter()
        writer.write(UInt64(3))
        writer.writeBytes(owner.bytes)
        try refuses(
            .invalidProviderKey,
            ABISignature.selector("registerProvider(uint8,bytes)") + writer.encoded, from: owner,
            chain)
    }

    @Test func unknownFunctionsAndShortCallsAreNamed() throws {
        let chain = try TestChain()
        try refuses(.unknownFunction([1, 2, 3, 4]), [1, 2, 3, 4, 5], from: owner, chain)
        try refuses(.unknownFunction([]), [], from: owner, chain)
        try refuses(
            .invalidCalldata("truncated: 32 bytes wanted, 0 left"),
            ABISignature.selector("model(bytes32)"), from: owner, chain)
        try refuses(
            .unknownModel(Hash(1)), ABISignature.selector("model(bytes32)") + Hash(1).bytes,
            from: owner, chain)
    }

    /// Every error has its line in the table that texts come from.
    @Test func everyRefusalReadsAsText() {
        let errors: [NativeError] = [
            .unknownFunction([1, 2, 3, 4]), .invalidCalldata("x"), .notPayable,
            .invalidRecord("x"), .nameTaken(Hash(1)), .unknownModel(Hash(1)), .notOwner(owner),
            .modelRevoked(Hash(1)), .invalidProviderKey, .versionNotNewer(newest: "1.0"),
            .floorWeakened("signed"), .changeTooSoon(until: 1, now: 1),
            .changeInThePast(from: 1, now: 2), .unknownSystem(Hash(1)),
            .nameNotOffered(to: owner), .wrongWeightsRoot(expected: Hash(1), got: Hash(2)),
            .notProvable(.tooLarge), .modelHasNoProofs(Hash(1)),
            .wrongKey(expected: Hash(1), got: Hash(2)),
            .wrongContext(expected: Hash(1), got: Hash(2)),
            .wrongInput(expected: Hash(1), got: Hash(2)), .invalidProof(.rowMismatch),
            .invalidPolicy("x"),
            .wrongPolicy(expected: Hash(1), got: Hash(2)),
            .unknownProvider(owner), .unknownEvidence(9), .unsupportedEvidence(.zk),
            .duplicateEvidence(.signed), .invalidEvidence(.signed, "x"),
            .invalidSignature(.signed), .wrongSigner(expected: owner, got: owner),
            .wrongModel(expected: Hash(1), got: Hash(2)),
            .wrongSystem(expected: Hash(1), got: Hash(2)),
            .wrongRequest(expected: Hash(1), got: Hash(2)),
            .wrongProvider(expected: owner, got: owner),
            .wrongOutput(expected: Hash(1), got: Hash(2)),
            .statementNotCurrent(notBefore: 1, notAfter: 2, now: 3),
            .paymentNotYetValid(validAfter: 1, now: 1), .paymentExpired(validBefore: 1, now: 1),
            .wrongAsset(expected: owner, got: owner), .priceNotMet(price: 2, amount: 1),
            .policyNotMet("zk"), .floorNotMet("zk"), .alreadySettled(Hash(1)),
            .authorizationUsed(payer: owner, nonce: Hash(1)),
            .transferFailed(ABIWriter.error("no")), .unknownReceipt(Hash(1)),
            .invalidDeposit("x"), .noDeposit(Hash(1)), .notYetReclaimable(at: 1, now: 0),
        ]
        var texts: Set<String> = []
        for error in errors {
            let text = NativeError.describe(revertData: error.revertData)
            #expect(text != nil, "\(error)")
            texts.insert(text ?? "")
        }
        #expect(texts.count == errors.count)
        #expect(texts.contains("PolicyNotMet(\"zk\")"))
        #expect(texts.contains("TransferFailed(\"no\")"))
        #expect(NativeError.describe(revertData: [1, 2, 3, 4]) == nil)
        #expect(NativeError.describe(revertData: []) == nil)
    }
}
