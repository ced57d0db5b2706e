internal import Primitives

/// A decimal fixed-point number: `value / 10^decimals`, as contracts carry it.
///
/// - Source: the `Number` of OpenGradient's inference ABI (int128 value, int128 decimals).
public struct FixedPoint: Sendable, Equatable {
    public let value: Int128
    public let decimals: UInt32

    public init(value: Int128, decimals: UInt32) {
        self.value = value
        self.decimals = decimals
    }

    /// `floor(value · 2^exponent / 10^decimals + 1/2)`, kept within `bounds`.
    func scaled(by exponent: Int, within bounds: ClosedRange<Int64>) -> Int64 {
        // 2¹²⁷ · 2⁴⁸ / 10⁶¹ is far below one half, and floor(-tiny + 1/2) is zero too.
        guard decimals <= 60 else { return min(max(0, bounds.lowerBound), bounds.upperBound) }
        // Twice the fraction plus one half is (2n + d) / 2d with n < 2¹⁷⁶ and d < 2²³².
        var numerator = UInt256(value.magnitude)
        var denominator = UInt256(10).power(UInt256(UInt64(decimals)))
        if exponent >= 0 { numerator = numerator << exponent }
        if exponent < 0 { denominator = denominator << -exponent }
        let doubled = numerator << 1
        let half = denominator
        denominator = denominator << 1
        if value >= 0 {
            let rounded = (doubled + half) / denominator
            return rounded > UInt256(UInt64(bounds.upperBound))
                ? bounds.upperBound : max(Int64(rounded.limb0), bounds.lowerBound)
        }
        // floor(-(2n - d) / 2d) is minus the quotient rounded up.
        guard doubled > half else { return min(max(0, bounds.lowerBound), bounds.upperBound) }
        let rounded = (doubled - half + denominator - UInt256(UInt64(1))) / denominator
        guard rounded <= UInt256(bounds.lowerBound.magnitude) else { return bounds.lowerBound }
        return max(-Int64(rounded.limb0), bounds.lowerBound)
    }
}

/// A binary fixed-point number, `integer · 2^-scaleExponent`: what a tensor's integer stands for.
public struct BinaryFixedPoint: Sendable, Equatable {
    public let integer: Int32
    public let scaleExponent: Int

    public init(integer: Int32, scaleExponent: Int) {
        precondition(
            GraphAnalysis.scaleExponentRange.contains(scaleExponent), "scales are checked")
        self.integer = integer
        self.scaleExponent = scaleExponent
    }

    /// The number to some decimals, at most eighteen: `floor(x · 10^decimals + 1/2)`.
    public func rounded(decimals: UInt32) -> FixedPoint {
        precondition(decimals <= 18, "more decimals than a contract carries")
        // At most 2³¹ · 10¹⁸ · 2³² in magnitude: below 2¹²⁴.
        var numerator = Int128(integer)
        for _ in 0..<decimals { numerator *= 10 }
        if scaleExponent <= 0 {
            return FixedPoint(value: numerator << Int128(-scaleExponent), decimals: decimals)
        }
        let half = Int128(1) << Int128(scaleExponent - 1)
        return FixedPoint(value: (numerator + half) >> Int128(scaleExponent), decimals: decimals)
    }
}

extension BinaryFixedPoint: CustomStringConvertible {
    /// All digits, exactly: a fraction of two ends, in as many decimals as twos.
    public var description: String {
        var magnitude = UInt256(UInt64(integer.magnitude))
        var twos = scaleExponent
        while twos > 0, !magnitude.bit(0), magnitude != .zero {
            magnitude = magnitude >> 1
            twos -= 1
        }
        let sign = integer < 0 ? "-" : ""
        if magnitude == .zero { return "0" }
        if twos <= 0 { return sign + (magnitude << -twos).decimal }
        // x / 2^k = x · 5^k / 10^k, below 2³² · 5⁴⁸.
        let digits = (magnitude * UInt256(5).power(UInt256(UInt64(twos)))).decimal
        let padded = String(repeating: "0", count: max(0, twos + 1 - digits.count)) + digits
        let split = padded.index(padded.endIndex, offsetBy: -twos)
        return sign + padded[..<split] + "." + padded[split...]
    }
}
