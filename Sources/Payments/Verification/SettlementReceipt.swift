public import Codec
internal import Crypto
public import Primitives

/// A piece of evidence as a receipt keeps it: what it was and the Keccak-256 of its bytes.
public struct EvidenceDigest: Sendable, Equatable {
    public let kind: EvidenceKind
    public let hash: Hash

    public init(kind: EvidenceKind, hash: Hash) {
        self.kind = kind
        self.hash = hash
    }

    public init(of evidence: Evidence) {
        self.init(kind: evidence.kind, hash: Keccak.hash(evidence.data))
    }
}

/// What a settlement leaves behind: enough to check it again without trusting anyone.
///
/// Canonical bytes are RLP, a list of the fields in the order they are declared here:
/// `[chainID, terms, statement, payment, policy, evidence, binding, blockNumber, timestamp]`, with
/// - terms `[modelID, requestHash, policyHash, provider, salt]`
/// - statement `[modelID, systemHash, requestHash, inputHash, outputHash, policyHash, provider,
///   notBefore, notAfter]`
/// - payment `[asset, payer, amount, validAfter, validBefore, nonce, signature]`
/// - evidence a list of `[kind, hash]`
///
/// Numbers are minimal big-endian, hashes 32 bytes, addresses 20. JSON has the same members and
/// names in camel case (`chainId`, `modelId`); integers are decimal strings, bytes `0x` hex,
/// evidence an array of `{"kind": name, "hash": …}`.
public struct SettlementReceipt: Sendable, Equatable {
    public let chainID: UInt64
    public let terms: Terms
    public let statement: Statement
    public let payment: Payment
    /// Canonical bytes of the policy that was met.
    public let policy: [UInt8]
    public let evidence: [EvidenceDigest]
    public let binding: Binding
    public let blockNumber: UInt64
    /// Of the block, in seconds.
    public let timestamp: UInt64

    public init(
        chainID: UInt64, terms: Terms, statement: Statement, payment: Payment, policy: [UInt8],
        evidence: [EvidenceDigest], binding: Binding, blockNumber: UInt64, timestamp: UInt64
    ) {
        self.chainID = chainID
        self.terms = terms
        self.statement = statement
        self.payment = payment
        self.policy = policy
        self.evidence = evidence
        self.binding = binding
        self.blockNumber = blockNumber
        self.timestamp = timestamp
    }

    /// `keccak256(asset word ‖ payer word ‖ nonce)`: a token honours each such triple once.
    public static func id(asset: Address, payer: Address, nonce: Hash) -> Hash {
        Keccak.hash(asset.word.bigEndianBytes + payer.word.bigEndianBytes + nonce.bytes)
    }

    public var id: Hash { payment.receiptID }

    /// Keccak-256 of the canonical bytes.
    public var hash: Hash { Keccak.hash(encoded) }
}

/// Why bytes are no receipt.
public enum ReceiptError: Error, Equatable, Sendable {
    case notRLP(RLPError)
    case unknownKind(UInt64)
    case unknownBinding(UInt64)
    case tooMuchEvidence(max: Int)
    case signatureTooLong(bytes: Int, max: Int)
    case invalidPolicy(PolicyError)
}

// MARK: Canonical bytes

extension SettlementReceipt {
    public var encoded: [UInt8] {
        RLPWriter.list { writer in
            writer.write(chainID)
            terms.write(to: &writer)
            statement.write(to: &writer)
            payment.write(to: &writer)
            writer.write(policy)
            writer.writeList { list in
                for digest in evidence {
                    list.writeList { pair in
                        pair.write(UInt64(digest.kind.rawValue))
                        pair.write(digest.hash)
                    }
                }
            }
            writer.write(UInt64(binding.rawValue))
            writer.write(blockNumber)
            writer.write(timestamp)
        }
    }

    /// Reads canonical bytes; the policy within must be canonical too.
    public init(decoding bytes: [UInt8]) throws(ReceiptError) {
        let fields: ReceiptFields
        do { fields = try ReceiptFields(bytes) } catch { throw .notRLP(error) }
        guard fields.evidence.count <= PaymentLimits.evidenceCountMax else {
            throw .tooMuchEvidence(max: PaymentLimits.evidenceCountMax)
        }
        let signatureMax = PaymentLimits.signatureBytesMax
        guard fields.payment.signature.count <= signatureMax else {
            throw .signatureTooLong(bytes: fields.payment.signature.count, max: signatureMax)
        }
        do { _ = try Policy(decoding: fields.policy) } catch { throw .invalidPolicy(error) }
        var evidence: [EvidenceDigest] = []
        for (number, hash) in fields.evidence {
            guard let kind = UInt8(exactly: number).flatMap({ EvidenceKind(rawValue: $0) }) else {
                throw .unknownKind(number)
            }
            evidence.append(EvidenceDigest(kind: kind, hash: hash))
        }
        let number = fields.binding
        guard let binding = UInt8(exactly: number).flatMap({ Binding(rawValue: $0) }) else {
            throw .unknownBinding(number)
        }
        self.init(
            chainID: fields.chainID, terms: fields.terms, statement: fields.statement,
            payment: fields.payment, policy: fields.policy, evidence: evidence, binding: binding,
            blockNumber: fields.blockNumber, timestamp: fields.timestamp)
    }
}

/// A receipt as RLP gives it, before its numbers are looked up.
private struct ReceiptFields {
    let chainID: UInt64
    let terms: Terms
    let statement: Statement
    let payment: Payment
    let policy: [UInt8]
    private(set) var evidence: [(kind: UInt64, hash: Hash)] = []
    let binding: UInt64
    let blockNumber: UInt64
    let timestamp: UInt64

    init(_ bytes: [UInt8]) throws(RLPError) {
        var outer = RLPReader(bytes)
        var fields = try outer.readList()
        try outer.finish()
        chainID = try fields.readUInt64()
        terms = try Terms(reading: &fields)
        statement = try Statement(reading: &fields)
        payment = try Payment(reading: &fields)
        policy = Array(try fields.readBytes())
        var list = try fields.readList()
        binding = try fields.readUInt64()
        blockNumber = try fields.readUInt64()
        timestamp = try fields.readUInt64()
        try fields.finish()
        while !list.isAtEnd {
            var pair = try list.readList()
            evidence.append((try pair.readUInt64(), try pair.readHash()))
            try pair.finish()
        }
    }
}

extension Terms {
    func write(to writer: inout RLPWriter) {
        writer.writeList { list in
            list.write(modelID)
            list.write(requestHash)
            list.write(policyHash)
            list.write(provider)
            list.write(salt)
        }
    }

    init(reading reader: inout RLPReader) throws(RLPError) {
        var list = try reader.readList()
        self.init(
            modelID: try list.readHash(), requestHash: try list.readHash(),
            policyHash: try list.readHash(), provider: try list.readAddress(),
            salt: try list.readHash())
        try list.finish()
    }
}

extension Statement {
    func write(to writer: inout RLPWriter) {
        writer.writeList { list in
            list.write(modelID)
            list.write(systemHash)
            list.write(requestHash)
            list.write(inputHash)
            list.write(outputHash)
            list.write(policyHash)
            list.write(provider)
            list.write(notBefore)
            list.write(notAfter)
        }
    }

    init(reading reader: inout RLPReader) throws(RLPError) {
        var list = try reader.readList()
        self.init(
            modelID: try list.readHash(), systemHash: try list.readHash(),
            requestHash: try list.readHash(), inputHash: try list.readHash(),
            outputHash: try list.readHash(), policyHash: try list.readHash(),
            provider: try list.readAddress(), notBefore: try list.readUInt64(),
            notAfter: try list.readUInt64())
        try list.finish()
    }
}

extension Payment {
    func write(to writer: inout RLPWriter) {
        writer.writeList { list in
            list.write(asset)
            list.write(payer)
            list.write(amount)
            list.write(validAfter)
            list.write(validBefore)
            list.write(nonce)
            list.write(signature)
        }
    }

    init(reading reader: inout RLPReader) throws(RLPError) {
        var list = try reader.readList()
        self.init(
            asset: try list.readAddress(), payer: try list.readAddress(),
            amount: try list.readUInt256(), validAfter: try list.readUInt256(),
            validBefore: try list.readUInt256(), nonce: try list.readHash(),
            signature: Array(try list.readBytes()))
        try list.finish()
    }
}
