/// An unsigned 256-bit word: the EVM's machine word.
///
/// Four 64-bit limbs, least significant first. `&+ &- &*` wrap modulo 2²⁵⁶; the plain operators
/// trap on overflow. Division by zero traps here; the EVM's `DIV`, where x / 0 = 0, guards it.
@frozen
public struct UInt256: Sendable, Equatable, Hashable {
    public var limb0: UInt64
    public var limb1: UInt64
    public var limb2: UInt64
    public var limb3: UInt64

    /// The word with the given limbs, least significant first.
    @inlinable
    public init(limbs limb0: UInt64, _ limb1: UInt64, _ limb2: UInt64, _ limb3: UInt64) {
        self.limb0 = limb0
        self.limb1 = limb1
        self.limb2 = limb2
        self.limb3 = limb3
    }

    @inlinable
    public init(_ value: UInt64) { self.init(limbs: value, 0, 0, 0) }

    @inlinable
    public init(_ value: Int) {
        precondition(value >= 0, "a negative number has no unsigned word")
        self.init(limbs: UInt64(value), 0, 0, 0)
    }

    @inlinable
    public init(_ value: UInt128) {
        self.init(limbs: UInt64(truncatingIfNeeded: value), UInt64(value >> 64), 0, 0)
    }

    @inlinable
    public init(low: UInt128, high: UInt128) {
        self.init(
            limbs: UInt64(truncatingIfNeeded: low), UInt64(low >> 64),
            UInt64(truncatingIfNeeded: high), UInt64(high >> 64))
    }

    @inlinable
    public init(_ bit: Bool) { self.init(limbs: bit ? 1 : 0, 0, 0, 0) }

    // Computed, because a stored constant is reached through a call from another module.
    @inlinable public static var zero: UInt256 { UInt256(limbs: 0, 0, 0, 0) }
    @inlinable public static var one: UInt256 { UInt256(limbs: 1, 0, 0, 0) }
    @inlinable public static var max: UInt256 { UInt256(limbs: .max, .max, .max, .max) }

    @inlinable public var isZero: Bool { (limb0 | limb1 | limb2 | limb3) == 0 }

    @inlinable public var low128: UInt128 { UInt128(limb1) << 64 | UInt128(limb0) }
    @inlinable public var high128: UInt128 { UInt128(limb3) << 64 | UInt128(limb2) }

    /// The value when it fits in 64 bits.
    @inlinable
    public var asUInt64: UInt64? { (limb1 | limb2 | limb3) == 0 ? limb0 : nil }

    /// The value when it fits in a non-negative `Int`.
    @inlinable
    public var asInt: Int? {
        (limb1 | limb2 | limb3) == 0 && limb0 <= UInt64(Int.max) ? Int(limb0) : nil
    }

    /// Bit 255: the sign when the word is read as two's complement.
    @inlinable public var isNegative: Bool { limb3 >> 63 == 1 }

    /// Zero bits above the highest one bit; 256 for zero.
    @inlinable
    public var leadingZeroBitCount: Int {
        if limb3 != 0 { return limb3.leadingZeroBitCount }
        if limb2 != 0 { return 64 + limb2.leadingZeroBitCount }
        if limb1 != 0 { return 128 + limb1.leadingZeroBitCount }
        return 192 + limb0.leadingZeroBitCount
    }

    /// Bits needed to write the value; 0 for zero.
    @inlinable public var bitWidth: Int { 256 - leadingZeroBitCount }

    /// Bytes needed to write the value; 0 for zero.
    @inlinable public var byteWidth: Int { (bitWidth + 7) / 8 }
}

extension UInt256: Comparable {
    @inlinable
    public static func < (left: UInt256, right: UInt256) -> Bool {
        left.subtractingReportingOverflow(right).overflow
    }
}

extension UInt256: ExpressibleByIntegerLiteral {
    @inlinable
    public init(integerLiteral value: UInt64) { self.init(value) }
}

// MARK: Addition and subtraction

extension UInt256 {
    @inlinable
    public func addingReportingOverflow(
        _ other: UInt256
    ) -> (partialValue: UInt256, overflow: Bool) {
        let sum0 = UInt128(limb0) &+ UInt128(other.limb0)
        let sum1 = UInt128(limb1) &+ UInt128(other.limb1) &+ (sum0 &>> 64)
        let sum2 = UInt128(limb2) &+ UInt128(other.limb2) &+ (sum1 &>> 64)
        let sum3 = UInt128(limb3) &+ UInt128(other.limb3) &+ (sum2 &>> 64)
        let word = UInt256(
            limbs: UInt64(truncatingIfNeeded: sum0), UInt64(truncatingIfNeeded: sum1),
            UInt64(truncatingIfNeeded: sum2), UInt64(truncatingIfNeeded: sum3))
        return (word, sum3 &>> 64 != 0)
    }

    @inlinable
    public func subtractingReportingOverflow(
        _ other: UInt256
    ) -> (partialValue: UInt256, overflow: Bool) {
        let (word0, borrow0) = limb0.subtractingReportingOverflow(other.limb0)
        let (part1, borrow1a) = limb1.subtractingReportingOverflow(other.limb1)
        let (word1, borrow1b) = part1.subtractingReportingOverflow(borrow0 ? 1 : 0)
        let (part2, borrow2a) = limb2.subtractingReportingOverflow(other.limb2)
        let (word2, borrow2b) = part2.subtractingReportingOverflow(borrow1a || borrow1b ? 1 : 0)
        let (part3, borrow3a) = limb3.subtractingReportingOverflow(other.limb3)
        let (word3, borrow3b) = part3.subtractingReportingOverflow(borrow2a || borrow2b ? 1 : 0)
        return (UInt256(limbs: word0, word1, word2, word3), borrow3a || borrow3b)
    }

    @inlinable
    public static func &+ (left: UInt256, right: UInt256) -> UInt256 {
        left.addingReportingOverflow(right).partialValue
    }

    @inlinable
    public static func &- (left: UInt256, right: UInt256) -> UInt256 {
        left.subtractingReportingOverflow(right).partialValue
    }

    @inlinable
    public static func + (left: UInt256, right: UInt256) -> UInt256 {
        let (sum, overflow) = left.addingReportingOverflow(right)
        precondition(!overflow, "256-bit addition overflows")
        return sum
    }

    @inlinable
    public static func - (left: UInt256, right: UInt256) -> UInt256 {
        let (difference, overflow) = left.subtractingReportingOverflow(right)
        precondition(!overflow, "256-bit subtraction overflows")
        return difference
    }

    @inlinable
    public static func += (left: inout UInt256, right: UInt256) { left = left + right }

    @inlinable
    public static func -= (left: inout UInt256, right: UInt256) { left = left - right }

    /// Two's complement negation.
    @inlinable public var negated: UInt256 { .zero &- self }
}

// MARK: Multiplication

extension UInt256 {
    /// `accumulator + left · right + carry`: never overflows 128 bits.
    @inlinable @inline(__always)
    static func multiplyAdd(
        _ left: UInt64, _ right: UInt64, _ accumulator: UInt64, _ carry: inout UInt64
    ) -> UInt64 {
        let product =
            UInt128(left) &* UInt128(right) &+ UInt128(accumulator) &+ UInt128(carry)
        carry = UInt64(truncatingIfNeeded: product &>> 64)
        return UInt64(truncatingIfNeeded: product)
    }

    /// The product modulo 2²⁵⁶.
    @inlinable
    public static func &* (left: UInt256, right: UInt256) -> UInt256 {
        var carry: UInt64 = 0
        var r0 = multiplyAdd(left.limb0, right.limb0, 0, &carry)
        var r1 = multiplyAdd(left.limb0, right.limb1, 0, &carry)
        var r2 = multiplyAdd(left.limb0, right.limb2, 0, &carry)
        var r3 = left.limb0 &* right.limb3 &+ carry
        carry = 0
        r1 = multiplyAdd(left.limb1, right.limb0, r1, &carry)
        r2 = multiplyAdd(left.limb1, right.limb1, r2, &carry)
        r3 = r3 &+ left.limb1 &* right.limb2 &+ carry
        carry = 0
        r2 = multiplyAdd(left.limb2, right.limb0, r2, &carry)
        r3 = r3 &+ left.limb2 &* right.limb1 &+ carry
        r3 = r3 &+ left.limb3 &* right.limb0
        r0 = r0 &+ 0
        return UInt256(limbs: r0, r1, r2, r3)
    }

    /// The whole 512-bit product.
    @inlinable
    public func multipliedFullWidth(by other: UInt256) -> (high: UInt256, low: UInt256) {
        var r: InlineArray<8, UInt64> = InlineArray(repeating: 0)
        let right: InlineArray<4, UInt64> = [other.limb0, other.limb1, other.limb2, other.limb3]
        let left: InlineArray<4, UInt64> = [limb0, limb1, limb2, limb3]
        for i in 0..<4 {
            var carry: UInt64 = 0
            for j in 0..<4 {
                r[i &+ j] = UInt256.multiplyAdd(left[i], right[j], r[i &+ j], &carry)
            }
            r[i &+ 4] = carry
        }
        return (UInt256(limbs: r[4], r[5], r[6], r[7]), UInt256(limbs: r[0], r[1], r[2], r[3]))
    }

    @inlinable
    public func multipliedReportingOverflow(
        by other: UInt256
    ) -> (partialValue: UInt256, overflow: Bool) {
        let (high, low) = multipliedFullWidth(by: other)
        return (low, !high.isZero)
    }

    @inlinable
    public static func * (left: UInt256, right: UInt256) -> UInt256 {
        let (product, overflow) = left.multipliedReportingOverflow(by: right)
        precondition(!overflow, "256-bit multiplication overflows")
        return product
    }

    /// `self` to the power of `exponent`, modulo 2²⁵⁶; 0⁰ is 1.
    public func power(_ exponent: UInt256) -> UInt256 {
        var result = UInt256.one
        for bit in stride(from: exponent.bitWidth - 1, through: 0, by: -1) {
            result = result &* result
            if exponent.bit(bit) { result = result &* self }
        }
        return result
    }
}

// MARK: Bits

extension UInt256 {
    @inlinable
    public func bit(_ index: Int) -> Bool {
        precondition(index >= 0 && index < 256, "bit index out of range")
        let limb =
            index < 128 ? (index < 64 ? limb0 : limb1) : (index < 192 ? limb2 : limb3)
        return limb >> UInt64(index & 63) & 1 == 1
    }

    @inlinable
    public static func & (left: UInt256, right: UInt256) -> UInt256 {
        UInt256(
            limbs: left.limb0 & right.limb0, left.limb1 & right.limb1,
            left.limb2 & right.limb2, left.limb3 & right.limb3)
    }

    @inlinable
    public static func | (left: UInt256, right: UInt256) -> UInt256 {
        UInt256(
            limbs: left.limb0 | right.limb0, left.limb1 | right.limb1,
            left.limb2 | right.limb2, left.limb3 | right.limb3)
    }

    @inlinable
    public static func ^ (left: UInt256, right: UInt256) -> UInt256 {
        UInt256(
            limbs: left.limb0 ^ right.limb0, left.limb1 ^ right.limb1,
            left.limb2 ^ right.limb2, left.limb3 ^ right.limb3)
    }

    @inlinable
    public static prefix func ~ (word: UInt256) -> UInt256 {
        UInt256(limbs: ~word.limb0, ~word.limb1, ~word.limb2, ~word.limb3)
    }

    /// Shifts left; a count of 256 or more gives zero.
    @inlinable
    public static func << (word: UInt256, count: Int) -> UInt256 {
        precondition(count >= 0, "a shift count is not negative")
        if count >= 256 { return .zero }
        if count >= 128 {
            return UInt256(low: 0, high: word.low128 << UInt128(count - 128))
        }
        if count == 0 { return word }
        return UInt256(
            low: word.low128 << UInt128(count),
            high: word.high128 << UInt128(count) | word.low128 >> UInt128(128 - count))
    }

    /// Shifts right, filling with zeros; a count of 256 or more gives zero.
    @inlinable
    public static func >> (word: UInt256, count: Int) -> UInt256 {
        precondition(count >= 0, "a shift count is not negative")
        if count >= 256 { return .zero }
        if count >= 128 {
            return UInt256(low: word.high128 >> UInt128(count - 128), high: 0)
        }
        if count == 0 { return word }
        return UInt256(
            low: word.low128 >> UInt128(count) | word.high128 << UInt128(128 - count),
            high: word.high128 >> UInt128(count))
    }
}
