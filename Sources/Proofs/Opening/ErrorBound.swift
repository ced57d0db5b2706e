/// An upper bound on a probability: mantissa · 2^−exponent, every operation rounded up.
///
/// Integers only, so that all machines agree whether parameters are strong enough.
public struct ErrorBound: Sendable, Equatable {
    /// Zero, or at least 2⁶² and below 2⁶³.
    private let mantissa: UInt64
    private let exponent: Int

    public static let zero = ErrorBound(normal: 0, exponent: 0)
    public static let one = ErrorBound(1, over: 1)

    /// `numerator` / `denominator`.
    ///
    /// - Precondition: the denominator is not zero.
    public init(_ numerator: UInt64, over denominator: UInt64) {
        precondition(denominator != 0, "a ratio has a denominator")
        let dividend = UInt128(numerator) << 64
        let (quotient, rest) = dividend.quotientAndRemainder(dividingBy: UInt128(denominator))
        self.init(quotient + (rest == 0 ? 0 : 1), exponent: 64)
    }

    /// 2^−bits.
    public init(bits: Int) { self.init(UInt128(1), exponent: bits) }

    private init(normal mantissa: UInt64, exponent: Int) {
        self.mantissa = mantissa
        self.exponent = exponent
    }

    /// Rounds a wide mantissa up to 63 bits.
    private init(_ wide: UInt128, exponent: Int) {
        guard wide > 0 else {
            self = .zero
            return
        }
        let shift = 65 - wide.leadingZeroBitCount
        guard shift > 0 else {
            self.init(normal: UInt64(wide << UInt128(-shift)), exponent: exponent - shift)
            return
        }
        let kept = wide >> UInt128(shift)
        let rounded = kept + (kept << UInt128(shift) == wide ? 0 : 1)
        // Rounding up may carry into a 64th bit; that number is even.
        let carry = rounded >> 63 == 0 ? 0 : 1
        self.init(
            normal: UInt64(rounded >> UInt128(carry)), exponent: exponent - shift - carry)
    }

    public static func + (left: ErrorBound, right: ErrorBound) -> ErrorBound {
        guard left.mantissa > 0 else { return right }
        guard right.mantissa > 0 else { return left }
        let (large, small) = left.exponent <= right.exponent ? (left, right) : (right, left)
        let gap = small.exponent - large.exponent
        // A tail that is shifted out counts as one unit.
        let tail = gap > 62 ? 1 : (UInt128(small.mantissa) >> UInt128(gap)) + 1
        return ErrorBound(UInt128(large.mantissa) + tail, exponent: large.exponent)
    }

    public static func * (left: ErrorBound, right: ErrorBound) -> ErrorBound {
        ErrorBound(
            UInt128(left.mantissa) * UInt128(right.mantissa),
            exponent: left.exponent + right.exponent)
    }

    public static func += (left: inout ErrorBound, right: ErrorBound) { left = left + right }

    public func times(_ count: Int) -> ErrorBound {
        self * ErrorBound(UInt64(count), over: 1)
    }

    public func power(_ exponent: Int) -> ErrorBound {
        var result = ErrorBound.one
        var square = self
        var left = exponent
        while left > 0 {
            if left & 1 == 1 { result = result * square }
            square = square * square
            left >>= 1
        }
        return result
    }

    /// −100 · log2 of the bound, rounded down; a large number for zero, none below zero.
    public var hundredthsOfBits: Int {
        guard mantissa > 0 else { return Int(Int32.max) }
        // mantissa = 2⁶² · f with 1 ≤ f < 2; 16 binary digits of log2 f by squaring f.
        var fraction = 0
        var f = UInt128(mantissa)
        for _ in 0..<16 {
            f = (f * f) >> 62 + 1
            fraction <<= 1
            if f >> 63 != 0 {
                fraction |= 1
                f = f >> 1 + 1
            }
        }
        let log = ((exponent - 62) << 16) - fraction - 1
        return max(0, (log * 100) >> 16)
    }

    /// −log2 of the bound, rounded down.
    public var bits: Int { hundredthsOfBits / 100 }
}
