import Codec
import Crypto
import EVM
import Inference
import Ledger
import Payments
import Primitives
import Proofs
import Registry
import TestSupport
import Testing

/// A payer, a provider and a registered model, about to settle one payment.
///
/// `settle` builds the call from the parts as they stand: a test spoils one of them first.
struct Bargain {
    let chain: TestChain
    let payer: PrivateKey
    let provider: PrivateKey
    var terms: Terms
    var statement: Statement
    var payment: Payment
    var policy: Policy
    var evidence: [Evidence]
    var output: [UInt8] = [1, 2, 3]

    static let payerKey = [UInt8](repeating: 0x22, count: 32)
    static let providerKey = [UInt8](repeating: 0x11, count: 32)
    static let owner = Bargain.account(0)

    static func account(_ index: UInt64) -> Address { Address(truncating: UInt256(0xabc0 + index)) }

    static func record(
        _ name: String, floor: Policy? = nil, price: UInt256 = 1000, graph: UInt8 = 7,
        hasProofs: Bool = false
    ) throws -> ModelRecord {
        try record(
            name, floor: floor, price: price, of: Bargain.graph(graph), hasProofs: hasProofs)
    }

    static func record(
        _ name: String, floor: Policy? = nil, price: UInt256 = 1000, of graph: IntegerGraph,
        hasProofs: Bool
    ) throws -> ModelRecord {
        let root = hasProofs ? try Bargain.key(graph).digest : .zero
        return ModelRecord(
            owner: .zero, name: name, version: "1.0", onnxHash: SHA256.hash([1]),
            graphHash: graph.hash, weightsRoot: root, cid: "",
            policyFloor: floor?.encoded ?? [], price: price, calibrationHash: .zero,
            macs: graph.macs, status: .active, registeredAt: 0)
    }

    /// Two numbers to two numbers, another graph for each number.
    static func graph(_ number: UInt8) throws -> IntegerGraph {
        try SmallGraph.dense(bias: Int32(number))
    }

    static func key(_ graph: IntegerGraph) throws -> VerificationKey {
        try VerificationKey(graph: graph, workers: SerialWorkers())
    }

    init(
        policy: Policy = .kind(.signed), floor: Policy? = nil,
        evidence kinds: [EvidenceKind] = [.signed], hasProofs: Bool = false,
        graph: IntegerGraph? = nil, quoteRoot: Hash? = nil
    ) throws {
        chain = try TestChain(quoteRoot: quoteRoot)
        let graph = try graph ?? Bargain.graph(7)
        chain.models.insert(graph.encoded)
        payer = try PrivateKey(Bargain.payerKey)
        provider = try PrivateKey(Bargain.providerKey)
        let record = try Bargain.record(
            "lenet5", floor: floor, of: graph, hasProofs: hasProofs)
        try chain.run(NativeCalldata.register(record), NativeAddress.registry, provider.address)
        let key = try #require(ProviderKey(kind: .secp256k1, bytes: provider.address.bytes))
        try chain.run(
            NativeCalldata.registerProvider(key), NativeAddress.registry, provider.address)
        self.policy = policy
        terms = Terms(
            modelID: record.id,
            requestHash: RequestHash.of(method: "POST", path: "/v1", body: [9]),
            policyHash: policy.hash, provider: provider.address, salt: Hash(5))
        statement = Statement(
            modelID: record.id, systemHash: .zero, requestHash: terms.requestHash,
            inputHash: SHA256.hash([4]), outputHash: SHA256.hash([1, 2, 3]),
            policyHash: policy.hash, provider: provider.address, notBefore: chain.now - 10,
            notAfter: chain.now + 300)
        payment = Payment(
            asset: try chain.token, payer: payer.address, amount: 1000,
            validAfter: UInt256(chain.now - 600), validBefore: UInt256(chain.now + 300),
            nonce: Hash(77), signature: [])
        evidence = kinds.map { Evidence(kind: $0, data: []) }
        try sign()
    }

    var chainID: UInt64 { chain.genesis.config.chainID }

    /// Signs payment and statement as they stand.
    mutating func sign() throws {
        try signPayment()
        try signStatement(with: provider)
    }

    mutating func signPayment(to recipient: Address? = nil) throws {
        let transfer = payment.authorization(to: recipient ?? terms.escrow(chainID: chainID))
        let digest = transfer.digest(
            name: "USDC", version: "2", chainID: chainID, asset: try chain.token)
        payment = payment.with(signature: payer.sign(digest).bytes)
    }

    mutating func signStatement(with key: PrivateKey) throws {
        let signature = key.sign(statement.hash(chainID: chainID)).bytes
        evidence = evidence.map {
            $0.kind == .signed ? Evidence(kind: .signed, data: signature) : $0
        }
    }

    var calldata: [UInt8] {
        NativeCalldata.settle(
            terms: terms, payment: payment, statement: statement, policy: policy.encoded,
            evidence: evidence, output: output)
    }

    func settle() throws -> TransactionResult {
        try chain.send(calldata, to: NativeAddress.settlement, from: Bargain.sender)
    }

    /// Anyone may settle: this account has nothing to do with the bargain.
    static let sender = Address(
        truncating: UInt256(bigEndian: [
            0x70, 0x99, 0x79, 0x70, 0xc5, 0x18, 0x12, 0xdc, 0x3a, 0x01, 0x0c, 0x7d, 0x01, 0xb5,
            0x0e, 0x0d, 0x17, 0xdc, 0x79, 0xc8,
        ]))

    var record: SettlementRecord? {
        SettlementRecord(payment.receiptID) { chain.slot($0, of: NativeAddress.settlement) }
    }

    /// Expects the refusal and that nothing at all has changed by it.
    func expectRefusal(
        _ wanted: NativeError, _ location: SourceLocation = #_sourceLocation
    ) throws {
        let before = try money()
        let usage = chain.slot(
            UsageCounter.slot(kind: UsageCounter.anyKind), of: NativeAddress.usage)
        let settled = record
        let result = try settle()
        #expect(result.outcome.status == .revert, sourceLocation: location)
        #expect(
            NativeError.describe(revertData: result.outcome.output)
                == NativeError.describe(revertData: wanted.revertData), sourceLocation: location)
        #expect(result.outcome.output == wanted.revertData, sourceLocation: location)
        #expect(result.logs.isEmpty, sourceLocation: location)
        #expect(try money() == before, sourceLocation: location)
        #expect(record == settled, sourceLocation: location)
        #expect(
            chain.slot(UsageCounter.slot(kind: UsageCounter.anyKind), of: NativeAddress.usage)
                == usage, sourceLocation: location)
    }

    /// What payer, provider and escrow have.
    func money() throws -> [UInt256] {
        try [payer.address, provider.address, terms.escrow(chainID: chainID)].map {
            try chain.balance(of: $0)
        }
    }
}

extension Payment {
    func with(
        payer: Address? = nil, asset: Address? = nil, amount: UInt256? = nil,
        validAfter: UInt256? = nil, validBefore: UInt256? = nil, nonce: Hash? = nil,
        signature: [UInt8]? = nil
    ) -> Payment {
        Payment(
            asset: asset ?? self.asset, payer: payer ?? self.payer, amount: amount ?? self.amount,
            validAfter: validAfter ?? self.validAfter,
            validBefore: validBefore ?? self.validBefore, nonce: nonce ?? self.nonce,
            signature: signature ?? self.signature)
    }
}

extension Statement {
    func with(
        modelID: Hash? = nil, systemHash: Hash? = nil, requestHash: Hash? = nil,
        inputHash: Hash? = nil, outputHash: Hash? = nil, policyHash: Hash? = nil,
        provider: Address? = nil, notBefore: UInt64? = nil, notAfter: UInt64? = nil
    ) -> Statement {
        Statement(
            modelID: modelID ?? self.modelID, systemHash: systemHash ?? self.systemHash,
            requestHash: requestHash ?? self.requestHash,
            inputHash: inputHash ?? self.inputHash,
            outputHash: outputHash ?? self.outputHash, policyHash: policyHash ?? self.policyHash,
            provider: provider ?? self.provider, notBefore: notBefore ?? self.notBefore,
            notAfter: notAfter ?? self.notAfter)
    }
}

extension Terms {
    func with(
        modelID: Hash? = nil, requestHash: Hash? = nil, policyHash: Hash? = nil,
        provider: Address? = nil, salt: Hash? = nil
    ) -> Terms {
        Terms(
            modelID: modelID ?? self.modelID, requestHash: requestHash ?? self.requestHash,
            policyHash: policyHash ?? self.policyHash, provider: provider ?? self.provider,
            salt: salt ?? self.salt)
    }
}

extension TestChain {
    /// Sends a call that must succeed.
    @discardableResult
    func run(_ input: [UInt8], _ to: Address, _ from: Address) throws -> TransactionResult {
        let result = try send(input, to: to, from: from)
        try #require(
            result.succeeded,
            "\(NativeError.describe(revertData: result.outcome.output) ?? "\(result.outcome)")")
        return result
    }
}
