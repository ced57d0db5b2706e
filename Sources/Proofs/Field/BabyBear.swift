/// An integer modulo p = 2³¹ − 2²⁷ + 1, the base field of proofs.
///
/// In memory it is its Montgomery form x · 2³² mod p, always below p, so that equal elements have
/// equal words. On the wire it is the canonical value, 32 bits, little-endian.
/// - Source: Montgomery, "Modular multiplication without trial division", 1985; the prime is the
///   one of RISC Zero and Plonky3.
@frozen
public struct BabyBear: Sendable, Hashable {
    /// The Montgomery form, below `modulus`.
    public var montgomery: UInt32

    public static let modulus: UInt32 = 0x7800_0001
    /// Two to this power divides p − 1, and no higher one does.
    public static let twoAdicity = 27

    public static var zero: BabyBear { BabyBear(montgomery: 0) }
    public static var one: BabyBear { BabyBear(montgomery: 0x0fff_fffe) }
    /// 31, which generates the multiplicative group.
    public static let generator = BabyBear(31)

    /// The element with a Montgomery form below the modulus.
    @inlinable
    public init(montgomery: UInt32) {
        assert(montgomery < BabyBear.modulus, "a Montgomery form is reduced")
        self.montgomery = montgomery
    }

    /// The class of an integer.
    @inlinable
    public init(_ value: UInt32) {
        // 2⁶⁴ mod p: a product with it leaves one factor of 2³² behind.
        montgomery = BabyBear.reduce(UInt64(value % BabyBear.modulus) &* 0x45dd_dde3)
    }

    /// The class of an integer, which may be negative.
    @inlinable
    public init(signed value: Int64) {
        let remainder = value % Int64(BabyBear.modulus)
        self.init(
            UInt32(
                truncatingIfNeeded: remainder < 0 ? remainder + Int64(BabyBear.modulus) : remainder)
        )
    }

    /// The least non-negative integer of the class, below the modulus.
    @inlinable
    public var canonical: UInt32 { BabyBear.reduce(UInt64(montgomery)) }

    /// The integer of the class that lies nearest to zero.
    @inlinable
    public var signed: Int32 {
        let value = canonical
        return value > BabyBear.modulus / 2
            ? Int32(value) - Int32(BabyBear.modulus) : Int32(value)
    }

    /// `value` / 2³² modulo p, reduced, for a value below p · 2³².
    @inlinable @inline(__always)
    static func reduce(_ value: UInt64) -> UInt32 {
        // 0x8800_0001 is 1/p modulo 2³².
        let quotient = UInt32(truncatingIfNeeded: value) &* 0x8800_0001
        let product = UInt64(quotient) &* UInt64(modulus)
        let high = UInt32(truncatingIfNeeded: value &>> 32)
        let difference = high &- UInt32(truncatingIfNeeded: product &>> 32)
        return min(difference, difference &+ modulus)
    }

    @inlinable @inline(__always)
    public static func + (left: BabyBear, right: BabyBear) -> BabyBear {
        let sum = left.montgomery &+ right.montgomery
        return BabyBear(montgomery: min(sum, sum &- modulus))
    }

    @inlinable @inline(__always)
    public static func - (left: BabyBear, right: BabyBear) -> BabyBear {
        let difference = left.montgomery &- right.montgomery
        return BabyBear(montgomery: min(difference, difference &+ modulus))
    }

    @inlinable @inline(__always)
    public static func * (left: BabyBear, right: BabyBear) -> BabyBear {
        BabyBear(montgomery: reduce(UInt64(left.montgomery) &* UInt64(right.montgomery)))
    }

    @inlinable @inline(__always)
    public static prefix func - (value: BabyBear) -> BabyBear { zero - value }

    @inlinable
    public static func += (left: inout BabyBear, right: BabyBear) { left = left + right }
    @inlinable
    public static func -= (left: inout BabyBear, right: BabyBear) { left = left - right }
    @inlinable
    public static func *= (left: inout BabyBear, right: BabyBear) { left = left * right }

    /// The power with a public exponent; zero to the zeroth is one.
    public func power(_ exponent: UInt64) -> BabyBear {
        var result = BabyBear.one
        var square = self
        var left = exponent
        while left > 0 {
            if left & 1 == 1 { result *= square }
            square *= square
            left >>= 1
        }
        return result
    }

    /// The inverse, nil for zero.
    public var inverse: BabyBear? {
        self == .zero ? nil : power(UInt64(BabyBear.modulus) - 2)
    }

    /// A root of unity of order two to `log`, at most `twoAdicity`; each is the square of the next.
    public static func rootOfUnity(log: Int) -> BabyBear {
        precondition(0 <= log && log <= twoAdicity, "there are roots of order 2⁰ to 2²⁷")
        return generator.power(UInt64(modulus - 1) >> UInt64(log))
    }
}

extension BabyBear: CustomStringConvertible {
    public var description: String { String(canonical) }
}
