package import Primitives

/// A prime p below 2²⁵⁵, and what arithmetic modulo p needs to know of it.
///
/// Limbs are literals, lowest first, so that the arithmetic folds them; tests derive them.
package protocol PrimeModulus: Sendable {
    static var p0: UInt64 { get }
    static var p1: UInt64 { get }
    static var p2: UInt64 { get }
    static var p3: UInt64 { get }
    /// -p⁻¹ mod 2⁶⁴.
    static var negatedInverse: UInt64 { get }
    /// 2²⁵⁶ mod p: the number 1 in Montgomery form.
    static var one: PrimeField256<Self> { get }
    /// 2⁵¹² mod p, which takes a number into Montgomery form.
    static var square: PrimeField256<Self> { get }
    /// `PrimeField256.madeInverseScale`, kept.
    static var inverseScale: PrimeField256<Self> { get }
}

/// An element of a prime field, in Montgomery form.
///
/// Holds a · 2²⁵⁶ mod p, always below p, so that each element has one representation and `==`
/// compares limbs.
///
/// Source: Koç, Acar, Kaliski, "Analyzing and Comparing Montgomery Multiplication Algorithms"
/// (1996), CIOS.
package struct PrimeField256<Modulus: PrimeModulus>: Equatable, Sendable {
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

extension PrimeField256 {
    package static var modulus: UInt256 {
        UInt256(limbs: Modulus.p0, Modulus.p1, Modulus.p2, Modulus.p3)
    }
    package static var negatedInverse: UInt64 { Modulus.negatedInverse }

    @inline(__always)
    package static var zero: Self { Self(limbs: 0, 0, 0, 0) }
    @inline(__always)
    package static var one: Self { Modulus.one }

    /// The element with the given value; nil when it is p or more.
    package init?(_ word: UInt256) {
        guard word < Self.modulus else { return nil }
        self.init(reduced: word)
    }

    /// The element with the given value modulo p.
    package init(reducing word: UInt256) { self.init(reduced: word % Self.modulus) }

    private init(reduced word: UInt256) {
        self =
            Self(limbs: word.limb0, word.limb1, word.limb2, word.limb3) * Modulus.square
    }

    /// The value, below p.
    package var word: UInt256 {
        let plain = self * Self(limbs: 1, 0, 0, 0)
        return UInt256(limbs: plain.limb0, plain.limb1, plain.limb2, plain.limb3)
    }

    @inline(__always)
    package var isZero: Bool { (limb0 | limb1 | limb2 | limb3) == 0 }
}

// MARK: Addition

extension PrimeField256 {
    /// The limbs less p where that is not negative. Needs a value below 2p.
    @inline(__always)
    var reducedOnce: Self {
        var borrow: UInt64 = 0
        let r0 = Limb.subtract(limb0, Modulus.p0, &borrow)
        let r1 = Limb.subtract(limb1, Modulus.p1, &borrow)
        let r2 = Limb.subtract(limb2, Modulus.p2, &borrow)
        let r3 = Limb.subtract(limb3, Modulus.p3, &borrow)
        let isBelow = borrow != 0
        return Self(
            limbs: isBelow ? limb0 : r0, isBelow ? limb1 : r1, isBelow ? limb2 : r2,
            isBelow ? limb3 : r3)
    }

    @inline(__always)
    package static func + (left: Self, right: Self) -> Self {
        // 2p is below 2²⁵⁶: no carry leaves the top limb.
        var carry: UInt64 = 0
        let s0 = Limb.add(left.limb0, right.limb0, &carry)
        let s1 = Limb.add(left.limb1, right.limb1, &carry)
        let s2 = Limb.add(left.limb2, right.limb2, &carry)
        let s3 = Limb.add(left.limb3, right.limb3, &carry)
        return Self(limbs: s0, s1, s2, s3).reducedOnce
    }

    @inline(__always)
    package static func - (left: Self, right: Self) -> Self {
        var borrow: UInt64 = 0
        let d0 = Limb.subtract(left.limb0, right.limb0, &borrow)
        let d1 = Limb.subtract(left.limb1, right.limb1, &borrow)
        let d2 = Limb.subtract(left.limb2, right.limb2, &borrow)
        let d3 = Limb.subtract(left.limb3, right.limb3, &borrow)
        return Self(limbs: d0, d1, d2, d3).addingModulus(under: 0 &- borrow)
    }

    /// The limbs plus the bits of p that the mask leaves, modulo 2²⁵⁶.
    @inline(__always)
    private func addingModulus(under mask: UInt64) -> Self {
        var carry: UInt64 = 0
        let s0 = Limb.add(limb0, Modulus.p0 & mask, &carry)
        let s1 = Limb.add(limb1, Modulus.p1 & mask, &carry)
        let s2 = Limb.add(limb2, Modulus.p2 & mask, &carry)
        let s3 = Limb.add(limb3, Modulus.p3 & mask, &carry)
        return Self(limbs: s0, s1, s2, s3)
    }

    @inline(__always)
    package static prefix func - (value: Self) -> Self { zero - value }

    @inline(__always)
    package var doubled: Self { self + self }

    /// Half of the element: (a + p) / 2 where a is odd.
    @inline(__always)
    package var halved: Self {
        let sum = addingModulus(under: 0 &- (limb0 & 1))
        return Self(
            limbs: sum.limb0 &>> 1 | sum.limb1 &<< 63, sum.limb1 &>> 1 | sum.limb2 &<< 63,
            sum.limb2 &>> 1 | sum.limb3 &<< 63, sum.limb3 &>> 1)
    }
}

// MARK: Multiplication

extension PrimeField256 {
    /// A running sum of five limbs.
    struct Sum {
        private var limb0: UInt64 = 0
        private var limb1: UInt64 = 0
        private var limb2: UInt64 = 0
        private var limb3: UInt64 = 0
        private var limb4: UInt64 = 0

        @inline(__always)
        init() {}

        /// Adds value · word.
        @inline(__always)
        mutating func add(_ value: PrimeField256, times word: UInt64) {
            var carry: UInt64 = 0
            limb0 = Limb.multiplyAdd(value.limb0, word, limb0, &carry)
            limb1 = Limb.multiplyAdd(value.limb1, word, limb1, &carry)
            limb2 = Limb.multiplyAdd(value.limb2, word, limb2, &carry)
            limb3 = Limb.multiplyAdd(value.limb3, word, limb3, &carry)
            limb4 = limb4 &+ carry
        }

        /// Adds the multiple of p that clears the lowest limb, and drops that limb.
        @inline(__always)
        mutating func reduce() {
            let factor = limb0 &* Modulus.negatedInverse
            var carry: UInt64 = 0
            _ = Limb.multiplyAdd(Modulus.p0, factor, limb0, &carry)
            limb0 = Limb.multiplyAdd(Modulus.p1, factor, limb1, &carry)
            limb1 = Limb.multiplyAdd(Modulus.p2, factor, limb2, &carry)
            limb2 = Limb.multiplyAdd(Modulus.p3, factor, limb3, &carry)
            // The result is below 2²⁵⁶ by the callers' bounds: no carry is lost.
            limb3 = limb4 &+ carry
            limb4 = 0
        }

        @inline(__always)
        var value: PrimeField256 { PrimeField256(limbs: limb0, limb1, limb2, limb3).reducedOnce }
    }

    /// The product.
    ///
    /// Bound: where t < 2p, a step's result is (t + a · b[i] + m · p) / 2⁶⁴ with both factors below
    /// 2⁶⁴, so below (2p + 2(2⁶⁴ - 1)p) / 2⁶⁴ = 2p < 2²⁵⁶, and one subtraction reduces it.
    @inline(__always)
    package static func * (left: Self, right: Self) -> Self {
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

    @inline(__always)
    package var squared: Self { self * self }

    /// The element to the power of `exponent`; 0⁰ is 1.
    package func power(_ exponent: UInt256) -> Self {
        var result = Self.one
        for bit in stride(from: exponent.bitWidth - 1, through: 0, by: -1) {
            result = result.squared
            if exponent.bit(bit) { result = result * self }
        }
        return result
    }
}
