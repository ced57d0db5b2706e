internal import Codec
internal import Crypto
public import EVM
public import Payments
internal import Primitives
internal import Registry
public import Trie

/// Everything that is needed to check a settlement without a node: the receipt, the evidence
/// itself, the block header, and what the state under that header holds about them.
public struct ReceiptDocument: Sendable, Equatable {
    public var receipt: SettlementReceipt
    /// The pieces whose digests are in the receipt, in the same order.
    public var evidence: [Evidence]
    /// Canonical bytes of the output tensors; empty when the settlement did not show them.
    public var output: [UInt8]
    /// EIP-712 domain name and version of the token, for the payer's signature.
    public var tokenName: String
    public var tokenVersion: String
    /// RLP of the header of the block that settled.
    public var header: [UInt8]
    /// The receipt's slots in the settlement precompile.
    public var settlement: AccountProof
    /// The model's record and the provider's key in the registry.
    public var registry: AccountProof
    /// The file of the verification key of a proof among the evidence; empty where there is none,
    /// or where it must be fetched by its digest, the model's weights root.
    public var proofKey: [UInt8]

    /// What the trust registry holds about machines, lists and roots that evidence rests on; nil
    /// where none does.
    public var trust: AccountProof?
    /// Code of accounts that keep collateral, each by a hash in the slots of `trust`.
    public var collateral: [[UInt8]]

    public init(
        receipt: SettlementReceipt, evidence: [Evidence], output: [UInt8], tokenName: String,
        tokenVersion: String, header: [UInt8], settlement: AccountProof, registry: AccountProof,
        proofKey: [UInt8] = [], trust: AccountProof? = nil, collateral: [[UInt8]] = []
    ) {
        self.receipt = receipt
        self.evidence = evidence
        self.output = output
        self.tokenName = tokenName
        self.tokenVersion = tokenVersion
        self.header = header
        self.settlement = settlement
        self.registry = registry
        self.proofKey = proofKey
        self.trust = trust
        self.collateral = collateral
    }

    /// Takes the proofs from the state that the settling block left.
    ///
    /// What evidence rests on is found by checking it again: what the check reads is proven, and
    /// nothing else. A slot that nobody reads proves nothing.
    ///
    /// A header commits to the state behind its block, not to that in the middle of it. What a
    /// later transaction of the same block takes away (a list's entry, a root, collateral that
    /// another took the place of, a least version) is not in that state: such a receipt's evidence
    /// is refused offline, although the settlement stands. Revocations of keys tell their time, and
    /// are told apart.
    public init(
        receipt: SettlementReceipt, evidence: [Evidence], output: [UInt8], tokenName: String,
        tokenVersion: String, header: Header, state: any StateSource, nodes: any TrieNodeSource,
        proofKey: [UInt8] = []
    ) throws(TrieError) {
        let root = header.stateRoot
        var reader = RecordingState(state, chainID: receipt.chainID, timestamp: receipt.timestamp)
        _ = reader.read(NativeAddress.settlement) { read in
            SettlementRecord(receipt.id, from: read)
        }
        let model = reader.read(NativeAddress.registry) { read in
            ModelRecord(receipt.statement.modelID, from: read)
        }
        if let model, let subject = EvidenceSubject(receipt, model) {
            for piece in evidence { _ = try? subject.verdict(on: piece, &reader) }
        }
        let trustSlots = reader.slots(of: NativeAddress.trust)
        self.init(
            receipt: receipt, evidence: evidence, output: output, tokenName: tokenName,
            tokenVersion: tokenVersion, header: header.encoded,
            settlement: try AccountProof(
                of: NativeAddress.settlement, slots: reader.slots(of: NativeAddress.settlement),
                root: root, in: nodes),
            registry: try AccountProof(
                of: NativeAddress.registry, slots: reader.slots(of: NativeAddress.registry),
                root: root, in: nodes),
            proofKey: proofKey,
            trust: trustSlots.isEmpty
                ? nil
                : try AccountProof(
                    of: NativeAddress.trust, slots: trustSlots, root: root, in: nodes),
            collateral: reader.codes)
    }
}
