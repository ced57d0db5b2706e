package import Primitives

extension BN254 {
    /// An element of the prime field Fp, in Montgomery form.
    ///
    /// Holds a · 2²⁵⁶ mod p, always below p, so that each element has one representation and `==`
    /// compares limbs.
    ///
    /// Sources: Koç, Acar, Kaliski, "Analyzing and Comparing Montgomery Multiplication Algorithms"
    /// (1996), CIOS; Longa, "Efficient Algorithms for Large Prime Characteristic Fields" (CHES
    /// 2023), sums of products with one reduction.
    package struct Fp: Equatable, Sendable {
        var limb0: UInt64
        var limb1: UInt64
        var limb2: UInt64
        var limb3: UInt64

        @inline(__always)
        init(limbs limb0: UInt64, _ limb1: UInt64, _ limb2: UInt64, _ limb3: UInt64) {
            self.limb0 = limb0
            self.limb1 = limb1
            self.limb2 = limb2
            self.limb3 = limb3
        }
    }
}

extension BN254.Fp {
    package typealias Fp = BN254.Fp

    // Literals, so that the multiplication folds them; tests derive them from the seed.
    @inline(__always) private static var p0: UInt64 { 0x3c20_8c16_d87c_fd47 }
    @inline(__always) private static var p1: UInt64 { 0x9781_6a91_6871_ca8d }
    @inline(__always) private static var p2: UInt64 { 0xb850_45b6_8181_585d }
    @inline(__always) private static var p3: UInt64 { 0x3064_4e72_e131_a029 }
    /// -p⁻¹ mod 2⁶⁴.
    @inline(__always) package static var negatedInverse: UInt64 { 0x87d2_0782_e486_6389 }

    /// p = 36x⁴ + 36x³ + 24x² + 6x + 1.
    package static let modulus = UInt256(limbs: p0, p1, p2, p3)

    package static let zero = Fp(limbs: 0, 0, 0, 0)
    /// 2²⁵⁶ mod p: 256 doublings of the number 1.
    package static let one = (0..<256).reduce(Fp(limbs: 1, 0, 0, 0)) { value, _ in value.doubled }
    /// 2⁵¹² mod p, which takes a number into Montgomery form.
    private static let square = (0..<256).reduce(one) { value, _ in value.doubled }

    /// The element with the given value; nil when it is p or more.
    package init?(_ word: UInt256) {
        guard word < Fp.modulus else { return nil }
        self = Fp(limbs: word.limb0, word.limb1, word.limb2, word.limb3) * Fp.square
    }

    /// The value, below p.
    package var word: UInt256 {
        let plain = self * Fp(limbs: 1, 0, 0, 0)
        return UInt256(limbs: plain.limb0, plain.limb1, plain.limb2, plain.limb3)
    }

    @inline(__always)
    package var isZero: Bool { (limb0 | limb1 | limb2 | limb3) == 0 }
}

// MARK: Addition

extension BN254.Fp {
    @inline(__always)
    private static func addCarry(_ left: UInt64, _ right: UInt64, _ carry: inout UInt64) -> UInt64 {
        let sum = UInt128(left) &+ UInt128(right) &+ UInt128(carry)
        carry = UInt64(truncatingIfNeeded: sum &>> 64)
        return UInt64(truncatingIfNeeded: sum)
    }

    @inline(__always)
    private static func subtractBorrow(
        _ left: UInt64, _ right: UInt64, _ borrow: inout UInt64
    ) -> UInt64 {
        let difference = UInt128(left) &- UInt128(right) &- UInt128(borrow)
        borrow = UInt64(truncatingIfNeeded: difference &>> 64) & 1
        return UInt64(truncatingIfNeeded: difference)
    }

    /// The limbs less p where that is not negative. Needs a value below 2p.
    @inline(__always)
    private var reducedOnce: Fp {
        var borrow: UInt64 = 0
        let r0 = Fp.subtractBorrow(limb0, Fp.p0, &borrow)
        let r1 = Fp.subtractBorrow(limb1, Fp.p1, &borrow)
        let r2 = Fp.subtractBorrow(limb2, Fp.p2, &borrow)
        let r3 = Fp.subtractBorrow(limb3, Fp.p3, &borrow)
        let isBelow = borrow != 0
        return Fp(
            limbs: isBelow ? limb0 : r0, isBelow ? limb1 : r1, isBelow ? limb2 : r2,
            isBelow ? limb3 : r3)
    }

    @inline(__always)
    package static func + (left: Fp, right: Fp) -> Fp {
        // 2p is below 2²⁵⁵: no carry leaves the top limb.
        var carry: UInt64 = 0
        let s0 = addCarry(left.limb0, right.limb0, &carry)
        let s1 = addCarry(left.limb1, right.limb1, &carry)
        let s2 = addCarry(left.limb2, right.limb2, &carry)
        let s3 = addCarry(left.limb3, right.limb3, &carry)
        return Fp(limbs: s0, s1, s2, s3).reducedOnce
    }

    @inline(__always)
    package static func - (left: Fp, right: Fp) -> Fp {
        var borrow: UInt64 = 0
        let d0 = subtractBorrow(left.limb0, right.limb0, &borrow)
        let d1 = subtractBorrow(left.limb1, right.limb1, &borrow)
        let d2 = subtractBorrow(left.limb2, right.limb2, &borrow)
        let d3 = subtractBorrow(left.limb3, right.limb3, &borrow)
        let mask = 0 &- borrow
        var carry: UInt64 = 0
        let s0 = addCarry(d0, p0 & mask, &carry)
        let s1 = addCarry(d1, p1 & mask, &carry)
        let s2 = addCarry(d2, p2 & mask, &carry)
        let s3 = addCarry(d3, p3 & mask, &carry)
        return Fp(limbs: s0, s1, s2, s3)
    }

    @inline(__always)
    package static prefix func - (value: Fp) -> Fp { zero - value }

    @inline(__always)
    package var doubled: Fp { self + self }

    /// Half of the element: (a + p) / 2 where a is odd.
    @inline(__always)
    package var halved: Fp {
        let mask = 0 &- (limb0 & 1)
        var carry: UInt64 = 0
        let s0 = Fp.addCarry(limb0, Fp.p0 & mask, &carry)
        let s1 = Fp.addCarry(limb1, Fp.p1 & mask, &carry)
        let s2 = Fp.addCarry(limb2, Fp.p2 & mask, &carry)
        let s3 = Fp.addCarry(limb3, Fp.p3 & mask, &carry)
        return Fp(
            limbs: s0 &>> 1 | s1 &<< 63, s1 &>> 1 | s2 &<< 63, s2 &>> 1 | s3 &<< 63, s3 &>> 1)
    }

    /// p - a: like `-a` but gives p for zero, which only a product may take.
    @inline(__always)
    private var looselyNegated: Fp {
        var borrow: UInt64 = 0
        let d0 = Fp.subtractBorrow(Fp.p0, limb0, &borrow)
        let d1 = Fp.subtractBorrow(Fp.p1, limb1, &borrow)
        let d2 = Fp.subtractBorrow(Fp.p2, limb2, &borrow)
        let d3 = Fp.subtractBorrow(Fp.p3, limb3, &borrow)
        return Fp(limbs: d0, d1, d2, d3)
    }
}

// MARK: Multiplication

extension BN254.Fp {
    /// A running sum of five limbs.
    private struct Sum {
        var limb0: UInt64 = 0
        var limb1: UInt64 = 0
        var limb2: UInt64 = 0
        var limb3: UInt64 = 0
        var limb4: UInt64 = 0

        @inline(__always)
        init() {}

        /// `accumulator + left · right + carry`: never overflows 128 bits.
        @inline(__always)
        static func multiplyAdd(
            _ left: UInt64, _ right: UInt64, _ accumulator: UInt64, _ carry: inout UInt64
        ) -> UInt64 {
            let sum = UInt128(left) &* UInt128(right) &+ UInt128(accumulator) &+ UInt128(carry)
            carry = UInt64(truncatingIfNeeded: sum &>> 64)
            return UInt64(truncatingIfNeeded: sum)
        }

        /// Adds value · word.
        @inline(__always)
        mutating func add(_ value: Fp, times word: UInt64) {
            var carry: UInt64 = 0
            limb0 = Sum.multiplyAdd(value.limb0, word, limb0, &carry)
            limb1 = Sum.multiplyAdd(value.limb1, word, limb1, &carry)
            limb2 = Sum.multiplyAdd(value.limb2, word, limb2, &carry)
            limb3 = Sum.multiplyAdd(value.limb3, word, limb3, &carry)
            limb4 = limb4 &+ carry
        }

        /// Adds the multiple of p that clears the lowest limb, and drops that limb.
        @inline(__always)
        mutating func reduce() {
            let factor = limb0 &* Fp.negatedInverse
            var carry: UInt64 = 0
            _ = Sum.multiplyAdd(Fp.p0, factor, limb0, &carry)
            limb0 = Sum.multiplyAdd(Fp.p1, factor, limb1, &carry)
            limb1 = Sum.multiplyAdd(Fp.p2, factor, limb2, &carry)
            limb2 = Sum.multiplyAdd(Fp.p3, factor, limb3, &carry)
            // The sum of both terms is below 2²⁵⁶ by the bound below: no carry is lost.
            limb3 = limb4 &+ carry
            limb4 = 0
        }

        @inline(__always)
        var value: Fp { Fp(limbs: limb0, limb1, limb2, limb3).reducedOnce }
    }

    /// The product. Bound: (p² + 2²⁵⁶p) / 2²⁵⁶ < 2p, so one subtraction reduces it.
    @inline(__always)
    package static func * (left: Fp, right: Fp) -> Fp {
        var sum = Sum()
        sum.add(left, times: right.limb0)
        sum.reduce()
        sum.add(left, times: right.limb1)
        sum.reduce()
        sum.add(left, times: right.limb2)
        sum.reduce()
        sum.add(left, times: right.limb3)
        sum.reduce()
        return sum.value
    }

    /// a · b + c · d with one reduction.
    ///
    /// Bound: p < 0.19 · 2²⁵⁶, so the sum stays below 3p + 1 < 2²⁵⁶ between the rows and ends below
    /// (2p² + 2²⁵⁶p) / 2²⁵⁶ < 2p, also where an operand equals p.
    @inline(__always)
    static func sumOfProducts(_ a: Fp, _ b: Fp, _ c: Fp, _ d: Fp) -> Fp {
        var sum = Sum()
        sum.add(a, times: b.limb0)
        sum.add(c, times: d.limb0)
        sum.reduce()
        sum.add(a, times: b.limb1)
        sum.add(c, times: d.limb1)
        sum.reduce()
        sum.add(a, times: b.limb2)
        sum.add(c, times: d.limb2)
        sum.reduce()
        sum.add(a, times: b.limb3)
        sum.add(c, times: d.limb3)
        sum.reduce()
        return sum.value
    }

    /// a · b - c · d with one reduction.
    @inline(__always)
    static func differenceOfProducts(_ a: Fp, _ b: Fp, _ c: Fp, _ d: Fp) -> Fp {
        sumOfProducts(a, b, c.looselyNegated, d)
    }

    @inline(__always)
    package var squared: Fp { self * self }

    /// The element to the power of `exponent`; 0⁰ is 1.
    package func power(_ exponent: UInt256) -> Fp {
        var result = Fp.one
        for bit in stride(from: exponent.bitWidth - 1, through: 0, by: -1) {
            result = result.squared
            if exponent.bit(bit) { result = result * self }
        }
        return result
    }

    /// The inverse; zero for zero.
    package var inverted: Fp { power(Fp.modulus - UInt256(2)) }
}
