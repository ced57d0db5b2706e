internal import Crypto
public import Primitives

/// What became of a signer's word where another's differed.
///
/// One slot: `found wrong ‖ found right ‖ disagreements`, 64 bits each.
public struct DisputeCount: Sendable, Equatable {
    /// Reports of a statement of its that another contradicts.
    public var disagreements: UInt64
    /// Those of them where the chain ran the model and got the signer's output.
    public var foundRight: UInt64
    /// And where it got another.
    public var foundWrong: UInt64

    public init(_ word: UInt256) {
        disagreements = word.limb0
        foundRight = word.limb1
        foundWrong = word.limb2
    }

    public var word: UInt256 {
        UInt256(disagreements) | UInt256(foundRight) << 64 | UInt256(foundWrong) << 128
    }

    public static func slot(_ signer: Address) -> UInt256 {
        SlotLayout.base(signer.word, in: TrustSettings.disputeSpace)
    }

    /// The slot with the time when two signed statements were reported as contradicting; the order
    /// of the two plays no part.
    ///
    /// - Parameters: hashes over statement and signer each.
    public static func reportSlot(_ left: Hash, _ right: Hash) -> UInt256 {
        let (low, high) = left.word < right.word ? (left, right) : (right, left)
        return SlotLayout.base(
            Keccak.hash(low.word, high.word).word, in: TrustSettings.reportSpace)
    }
}
