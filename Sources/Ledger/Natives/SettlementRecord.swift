public import Payments
public import Primitives
public import Registry

/// What the settlement precompile keeps of a settled payment, seven slots from `base(id)` on.
public struct SettlementRecord: Sendable, Equatable {
    /// Hash of the whole receipt.
    public var receiptHash: Hash
    public var blockNumber: UInt64
    /// Seconds since 1970.
    public var timestamp: UInt64
    public var evidence: EvidenceSet
    public var binding: Binding
    public var modelID: Hash
    public var provider: Address
    public var payer: Address
    public var outputHash: Hash
    public var amount: UInt256

    /// What is kept of a receipt.
    ///
    /// - Parameter isDevelopment: whether some of its evidence rests on a development root.
    public init(_ receipt: SettlementReceipt, isDevelopment: Bool = false) {
        receiptHash = receipt.hash
        blockNumber = receipt.blockNumber
        timestamp = receipt.timestamp
        evidence = receipt.evidence.reduce(into: EvidenceSet()) { set, digest in
            set.insert(EvidenceSet(digest.kind))
        }
        if isDevelopment { evidence.insert(.development) }
        binding = receipt.binding
        modelID = receipt.statement.modelID
        provider = receipt.statement.provider
        payer = receipt.payment.payer
        outputHash = receipt.statement.outputHash
        amount = receipt.payment.amount
    }

    /// The mapping slot of records by receipt id.
    public static let space: UInt256 = 1

    /// Where a record starts; its first slot is the receipt's hash.
    public static func base(_ id: Hash) -> UInt256 { SlotLayout.base(id.word, in: space) }

    /// `binding ‖ evidence ‖ timestamp ‖ block number` in the second slot.
    func writes(_ id: Hash) -> [SlotWrite] {
        let base = SettlementRecord.base(id)
        let head =
            UInt256(blockNumber) | UInt256(timestamp) << 64
            | UInt256(UInt64(evidence.rawValue)) << 128
            | UInt256(UInt64(binding.rawValue)) << 136
        return [
            SlotWrite(base, receiptHash.word), SlotWrite(base &+ 1, head),
            SlotWrite(base &+ 2, modelID.word), SlotWrite(base &+ 3, provider.word),
            SlotWrite(base &+ 4, payer.word), SlotWrite(base &+ 5, outputHash.word),
            SlotWrite(base &+ 6, amount),
        ]
    }

    /// The record with that receipt id in the precompile's storage, or nil when there is none.
    public init?(_ id: Hash, from read: SlotReader) {
        let base = SettlementRecord.base(id)
        let head = read(base &+ 1)
        guard
            let binding = Binding(rawValue: UInt8(truncatingIfNeeded: (head >> 136).limb0))
        else { return nil }
        receiptHash = Hash(read(base))
        blockNumber = head.limb0
        timestamp = head.limb1
        evidence = EvidenceSet(rawValue: UInt8(truncatingIfNeeded: (head >> 128).limb0))
        self.binding = binding
        modelID = Hash(read(base &+ 2))
        provider = Address(truncating: read(base &+ 3))
        payer = Address(truncating: read(base &+ 4))
        outputHash = Hash(read(base &+ 5))
        amount = read(base &+ 6)
    }
}
