// Division of words and of 512-bit products.
// Source: Knuth, The Art of Computer Programming, volume 2, 4.3.1, algorithm D.

extension UInt256 {
    /// Quotient and remainder. Traps when `divisor` is zero.
    @inlinable
    public func quotientAndRemainder(
        dividingBy divisor: UInt256
    ) -> (quotient: UInt256, remainder: UInt256) {
        precondition(!divisor.isZero, "division by zero")
        if (limb2 | limb3 | divisor.limb2 | divisor.limb3) == 0 {
            if limb1 | divisor.limb1 == 0 {
                let (quotient, remainder) = limb0.quotientAndRemainder(dividingBy: divisor.limb0)
                return (UInt256(quotient), UInt256(remainder))
            }
            let (quotient, remainder) = low128.quotientAndRemainder(dividingBy: divisor.low128)
            return (UInt256(quotient), UInt256(remainder))
        }
        if self < divisor { return (.zero, self) }
        var dividend: InlineArray<9, UInt64> = InlineArray(repeating: 0)
        dividend[0] = limb0
        dividend[1] = limb1
        dividend[2] = limb2
        dividend[3] = limb3
        var quotient: InlineArray<8, UInt64> = InlineArray(repeating: 0)
        let remainder = UInt256.divide(&dividend, count: 4, by: divisor, quotient: &quotient)
        return (
            UInt256(limbs: quotient[0], quotient[1], quotient[2], quotient[3]), remainder
        )
    }

    @inlinable
    public static func / (left: UInt256, right: UInt256) -> UInt256 {
        left.quotientAndRemainder(dividingBy: right).quotient
    }

    @inlinable
    public static func % (left: UInt256, right: UInt256) -> UInt256 {
        left.quotientAndRemainder(dividingBy: right).remainder
    }

    /// `(self + other) mod modulus` without losing the carry. Traps when `modulus` is zero.
    public func adding(_ other: UInt256, modulo modulus: UInt256) -> UInt256 {
        precondition(!modulus.isZero, "division by zero")
        let (sum, carry) = addingReportingOverflow(other)
        if !carry { return sum % modulus }
        var dividend: InlineArray<9, UInt64> = InlineArray(repeating: 0)
        dividend[0] = sum.limb0
        dividend[1] = sum.limb1
        dividend[2] = sum.limb2
        dividend[3] = sum.limb3
        dividend[4] = 1
        var quotient: InlineArray<8, UInt64> = InlineArray(repeating: 0)
        return UInt256.divide(&dividend, count: 5, by: modulus, quotient: &quotient)
    }

    /// `self · other mod modulus` over the 512-bit product. Traps when `modulus` is zero.
    public func multiplied(by other: UInt256, modulo modulus: UInt256) -> UInt256 {
        precondition(!modulus.isZero, "division by zero")
        let (high, low) = multipliedFullWidth(by: other)
        if high.isZero { return low % modulus }
        var dividend: InlineArray<9, UInt64> = [
            low.limb0, low.limb1, low.limb2, low.limb3,
            high.limb0, high.limb1, high.limb2, high.limb3, 0,
        ]
        var quotient: InlineArray<8, UInt64> = InlineArray(repeating: 0)
        return UInt256.divide(&dividend, count: 8, by: modulus, quotient: &quotient)
    }

    /// Algorithm D on `count` limbs of `dividend` (whose limb `count` is free for the carry).
    ///
    /// Leaves the quotient's limbs in `quotient`, destroys `dividend`, returns the remainder.
    @usableFromInline
    static func divide(
        _ dividend: inout InlineArray<9, UInt64>, count: Int, by divisor: UInt256,
        quotient: inout InlineArray<8, UInt64>
    ) -> UInt256 {
        let width = (divisor.bitWidth + 63) / 64
        if width == 1 {
            var remainder: UInt64 = 0
            for index in stride(from: count - 1, through: 0, by: -1) {
                (quotient[index], remainder) =
                    divisor.limb0.dividingFullWidth((remainder, dividend[index]))
            }
            return UInt256(remainder)
        }
        let shift = divisor.leadingZeroBitCount & 63
        let scaled = divisor << shift
        let v: InlineArray<4, UInt64> = [scaled.limb0, scaled.limb1, scaled.limb2, scaled.limb3]
        if shift != 0 {
            dividend[count] = dividend[count - 1] >> UInt64(64 - shift)
            for index in stride(from: count - 1, to: 0, by: -1) {
                dividend[index] =
                    dividend[index] << UInt64(shift) | dividend[index - 1] >> UInt64(64 - shift)
            }
            dividend[0] <<= UInt64(shift)
        } else {
            dividend[count] = 0
        }
        let top = v[width - 1]
        let second = v[width - 2]
        for step in stride(from: count - width, through: 0, by: -1) {
            let high = dividend[step + width]
            let middle = dividend[step + width - 1]
            var digit: UInt64
            var rest: UInt64
            var restOverflows = false
            if high >= top {
                digit = .max
                let (sum, overflow) = middle.addingReportingOverflow(top)
                rest = sum
                // With high == top the estimate 2⁶⁴ − 1 leaves middle + top.
                restOverflows = overflow
            } else {
                (digit, rest) = top.dividingFullWidth((high, middle))
            }
            while !restOverflows {
                let product = digit.multipliedFullWidth(by: second)
                let below = dividend[step + width - 2]
                guard product.high > rest || (product.high == rest && product.low > below) else {
                    break
                }
                digit &-= 1
                (rest, restOverflows) = rest.addingReportingOverflow(top)
            }
            var borrow: UInt64 = 0
            var carry: UInt64 = 0
            for index in 0..<width {
                let product = multiplyAdd(digit, v[index], 0, &carry)
                let (partial, under1) =
                    dividend[step + index].subtractingReportingOverflow(product)
                let (difference, under2) = partial.subtractingReportingOverflow(borrow)
                dividend[step + index] = difference
                borrow = (under1 ? 1 : 0) &+ (under2 ? 1 : 0)
            }
            let (partial, under1) = high.subtractingReportingOverflow(carry)
            let (difference, under2) = partial.subtractingReportingOverflow(borrow)
            dividend[step + width] = difference
            if under1 || under2 {
                digit &-= 1
                var overflow: UInt64 = 0
                for index in 0..<width {
                    let sum =
                        UInt128(dividend[step + index]) + UInt128(v[index]) + UInt128(overflow)
                    dividend[step + index] = UInt64(truncatingIfNeeded: sum)
                    overflow = UInt64(truncatingIfNeeded: sum >> 64)
                }
                dividend[step + width] &+= overflow
            }
            quotient[step] = digit
        }
        let remainder = UInt256(
            limbs: dividend[0], dividend[1], width > 2 ? dividend[2] : 0,
            width > 3 ? dividend[3] : 0)
        return remainder >> shift
    }
}
