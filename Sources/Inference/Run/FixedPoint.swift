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

    /// Reads a decimal number with or without fraction and exponent, `-1.5e-3`, exactly.
    ///
    /// Nil when the text is none or the value does not fit. Digits of the fraction beyond the
    /// sixtieth decimal weigh less than any tensor's step and are cut off.
    public init?(_ text: String) {
        var rest = Substring(text).utf8
        var exponent = 0
        if let mark = rest.firstIndex(where: { $0 | 0x20 == UInt8(ascii: "e") }) {
            guard let value = Int(String(Substring(rest[rest.index(after: mark)...]))),
                abs(value) <= 10_000
            else { return nil }
            exponent = value
            rest = rest[..<mark]
        }
        let isNegative = rest.first == UInt8(ascii: "-")
        if isNegative { rest = rest.dropFirst() }
        let parts = rest.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard (1...2).contains(parts.count), parts.allSatisfy({ !$0.isEmpty }) else { return nil }
        var digits = parts.flatMap { Array($0) }
        var decimals = (parts.count == 2 ? parts[1].count : 0) - exponent
        guard digits.allSatisfy({ $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9") }) else {
            return nil
        }
        while decimals > 0, digits.last == UInt8(ascii: "0") {
            digits.removeLast()
            decimals -= 1
        }
        while decimals > 60, !digits.isEmpty {
            digits.removeLast()
            decimals -= 1
        }
        digits = Array(digits.drop { $0 == UInt8(ascii: "0") })
        // Long fractions are cut to what 128 bits hold: 38 digits are far below any step.
        while digits.count > 38, decimals > 0 {
            digits.removeLast()
            decimals -= 1
        }
        if digits.isEmpty { decimals = 0 }
        guard digits.count + max(0, -decimals) <= 38 else { return nil }
        var value: Int128 = 0
        for digit in digits { value = value * 10 + Int128(digit - UInt8(ascii: "0")) }
        while decimals < 0 {
            value *= 10
            decimals += 1
        }
        self.init(value: isNegative ? -value : value, decimals: UInt32(decimals))
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
