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

    public init(
        receipt: SettlementReceipt, evidence: [Evidence], output: [UInt8], tokenName: String,
        tokenVersion: String, header: [UInt8], settlement: AccountProof, registry: AccountProof,
        proofKey: [UInt8] = []
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
    }

    /// Takes the proofs from the state that the settling block left.
    public init(
        receipt: SettlementReceipt, evidence: [Evidence], output: [UInt8], tokenName: String,
        tokenVersion: String, header: Header, state: any StateSource, nodes: any TrieNodeSource,
        proofKey: [UInt8] = []
    ) throws(TrieError) {
        let root = header.stateRoot
        let settlementSlots = SlotRecorder(state, NativeAddress.settlement) { read in
            _ = SettlementRecord(receipt.id, from: read)
        }
        let registrySlots = SlotRecorder(state, NativeAddress.registry) { read in
            _ = ModelRecord(receipt.statement.modelID, from: read)
            // Only where something is checked by it: a slot that nobody reads proves nothing.
            if evidence.contains(where: { $0.kind.needsProviderKey }) {
                _ = ProviderKeys(
                    of: receipt.statement.provider, forWorkBegun: receipt.workBegan, from: read)
            }
        }
        self.init(
            receipt: receipt, evidence: evidence, output: output, tokenName: tokenName,
            tokenVersion: tokenVersion, header: header.encoded,
            settlement: try AccountProof(
                of: NativeAddress.settlement, slots: settlementSlots.slots, root: root, in: nodes),
            registry: try AccountProof(
                of: NativeAddress.registry, slots: registrySlots.slots, root: root, in: nodes),
            proofKey: proofKey)
    }
}

extension EvidenceKind {
    /// Whether the key that the provider registered decides about it.
    var needsProviderKey: Bool {
        switch self {
        case .signed: true
        case .plain, .tee, .reexecuted, .zk: false
        }
    }
}

/// The slots that a structure is read from.
private struct SlotRecorder {
    private(set) var slots: [UInt256] = []

    init(_ state: any StateSource, _ account: Address, _ body: (SlotReader) -> Void) {
        var slots: [UInt256] = []
        body { slot in
            if !slots.contains(slot) { slots.append(slot) }
            return state.storage(account, slot)
        }
        self.slots = slots
    }
}
