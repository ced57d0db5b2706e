public import Primitives

/// A vendor's root certificate that the chain trusts, by the SHA-256 of its DER.
///
/// Roots are the genesis's to name: none is ever added. A family's lie one after the other from
/// `base(family) + 1` on, two slots each: the hash, then `disabled at ‖ flags` (64 and 8 bits, bit
/// 0 of the flags: a development root). The slot at `base(family)` counts them.
public struct TrustRoot: Sendable, Equatable {
    public var hash: Hash
    /// Issued by a seed that anybody may know: good for local work only.
    public var isDevelopment: Bool
    /// Since when it is not trusted; zero while it is.
    public var disabledAt: UInt64

    public init(hash: Hash, isDevelopment: Bool, disabledAt: UInt64 = 0) {
        self.hash = hash
        self.isDevelopment = isDevelopment
        self.disabledAt = disabledAt
    }

    /// Roots of one family that are read, however many the slot claims.
    public static let countMax = 16

    public static func base(family: UInt8) -> UInt256 {
        SlotLayout.base(UInt256(UInt64(family)), in: TrustSettings.rootSpace)
    }

    private var word: UInt256 { UInt256(isDevelopment) | UInt256(disabledAt) << 8 }

    /// The roots of a family, the disabled ones among them.
    public static func all(family: UInt8, from read: SlotReader) -> [TrustRoot] {
        let base = base(family: family)
        let count = min(read(base).asInt ?? countMax, countMax)
        var roots: [TrustRoot] = []
        for index in 0..<count {
            let slot = base &+ UInt256(1 + 2 * index)
            let word = read(slot &+ 1)
            roots.append(
                TrustRoot(
                    hash: Hash(read(slot)), isDevelopment: word.limb0 & 1 == 1,
                    disabledAt: (word >> 8).limb0))
        }
        return roots
    }

    /// The writes of a genesis.
    public static func writes(family: UInt8, _ roots: [TrustRoot]) -> [SlotWrite] {
        let base = base(family: family)
        var writes = [SlotWrite(base, UInt256(roots.count))]
        for (index, root) in roots.enumerated() {
            let slot = base &+ UInt256(1 + 2 * index)
            writes.append(SlotWrite(slot, root.hash.word))
            writes.append(SlotWrite(slot &+ 1, root.word))
        }
        return writes
    }

    /// The write that takes the root at an index out of use.
    public func disabled(at time: UInt64, family: UInt8, index: Int) -> SlotWrite {
        var root = self
        root.disabledAt = time
        return SlotWrite(TrustRoot.base(family: family) &+ UInt256(2 + 2 * index), root.word)
    }
}
