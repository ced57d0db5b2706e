extension BLS12381 {
    /// An element of the prime field Fp, in Montgomery form.
    ///
    /// Holds a · 2³⁸⁴ mod p, always below p, so that each element has one representation and `==`
    /// compares limbs. Products come from the C kernel; `FpTwin` is the same in Swift.
    ///
    /// Sources: Koç, Acar, Kaliski, "Analyzing and Comparing Montgomery Multiplication Algorithms"
    /// (1996), CIOS; Longa, "Efficient Algorithms for Large Prime Characteristic Fields" (CHES
    /// 2023), sums of products with one reduction.
    package struct Fp: Equatable, Sendable {
        var limb0: UInt64
        var limb1: UInt64
        var limb2: UInt64
        var limb3: UInt64
        var limb4: UInt64
        var limb5: UInt64

        @inline(__always)
        init(
            limbs limb0: UInt64, _ limb1: UInt64, _ limb2: UInt64, _ limb3: UInt64,
            _ limb4: UInt64, _ limb5: UInt64
        ) {
            self.limb0 = limb0
            self.limb1 = limb1
            self.limb2 = limb2
            self.limb3 = limb3
            self.limb4 = limb4
            self.limb5 = limb5
        }
    }
}

extension BLS12381.Fp {
    package typealias Fp = BLS12381.Fp

    // Literals, so that the arithmetic folds them; tests derive them from the seed.
    @inline(__always) static var p0: UInt64 { 0xb9fe_ffff_ffff_aaab }
    @inline(__always) static var p1: UInt64 { 0x1eab_fffe_b153_ffff }
    @inline(__always) static var p2: UInt64 { 0x6730_d2a0_f6b0_f624 }
    @inline(__always) static var p3: UInt64 { 0x6477_4b84_f385_12bf }
    @inline(__always) static var p4: UInt64 { 0x4b1b_a7b6_434b_acd7 }
    @inline(__always) static var p5: UInt64 { 0x1a01_11ea_397f_e69a }
    /// -p⁻¹ mod 2⁶⁴.
    @inline(__always) package static var negatedInverse: UInt64 { 0x89f3_fffc_fffc_fffd }

    /// p = (x - 1)²(x⁴ - x² + 1) / 3 + x, lowest limb first.
    package static let modulus: [UInt64] = [p0, p1, p2, p3, p4, p5]

    package static let zero = Fp(limbs: 0, 0, 0, 0, 0, 0)
    /// 2³⁸⁴ mod p: 384 doublings of the number 1.
    package static let one = (0..<384).reduce(Fp(limbs: 1, 0, 0, 0, 0, 0)) { value, _ in
        value.doubled
    }
    /// 2⁷⁶⁸ mod p, which takes a number into Montgomery form.
    static let square = (0..<384).reduce(one) { value, _ in value.doubled }

    /// The element with the given value, most significant word first; nil when it is p or more.
    package init?(
        _ word5: UInt64, _ word4: UInt64, _ word3: UInt64, _ word2: UInt64, _ word1: UInt64,
        _ word0: UInt64
    ) {
        let plain = Fp(limbs: word0, word1, word2, word3, word4, word5)
        guard plain.isBelowModulus else { return nil }
        self = plain * Fp.square
    }

    /// The element with a constant value below p, most significant word first.
    init(
        constant word5: UInt64, _ word4: UInt64, _ word3: UInt64, _ word2: UInt64, _ word1: UInt64,
        _ word0: UInt64
    ) {
        let plain = Fp(limbs: word0, word1, word2, word3, word4, word5)
        precondition(plain.isBelowModulus, "a constant is below the modulus")
        self = plain * Fp.square
    }

    /// A small number.
    package init(_ value: UInt64) {
        self = Fp(limbs: value, 0, 0, 0, 0, 0) * Fp.square
    }

    /// The value itself in the place of its Montgomery form.
    var plain: Fp { self * Fp(limbs: 1, 0, 0, 0, 0, 0) }

    /// The value, below p, lowest limb first.
    package var words: [UInt64] {
        let plain = plain
        return [
            plain.limb0, plain.limb1, plain.limb2, plain.limb3, plain.limb4,
            plain.limb5,
        ]
    }

    @inline(__always)
    package var isZero: Bool { (limb0 | limb1 | limb2 | limb3 | limb4 | limb5) == 0 }

    /// Whether the value is odd: sgn0 of RFC 9380, section 4.1.
    package var isOdd: Bool { plain.limb0 & 1 == 1 }

    /// Whether the limbs, as a number, are below p.
    private var isBelowModulus: Bool {
        var borrow: UInt64 = 0
        _ = Limb.subtract(limb0, Fp.p0, &borrow)
        _ = Limb.subtract(limb1, Fp.p1, &borrow)
        _ = Limb.subtract(limb2, Fp.p2, &borrow)
        _ = Limb.subtract(limb3, Fp.p3, &borrow)
        _ = Limb.subtract(limb4, Fp.p4, &borrow)
        _ = Limb.subtract(limb5, Fp.p5, &borrow)
        return borrow != 0
    }
}

// MARK: Addition

extension BLS12381.Fp {
    /// The limbs less p where that is not negative. Needs a value below 2p.
    @inline(__always)
    var reducedOnce: Fp {
        var borrow: UInt64 = 0
        let r0 = Limb.subtract(limb0, Fp.p0, &borrow)
        let r1 = Limb.subtract(limb1, Fp.p1, &borrow)
        let r2 = Limb.subtract(limb2, Fp.p2, &borrow)
        let r3 = Limb.subtract(limb3, Fp.p3, &borrow)
        let r4 = Limb.subtract(limb4, Fp.p4, &borrow)
        let r5 = Limb.subtract(limb5, Fp.p5, &borrow)
        let isBelow = borrow != 0
        return Fp(
            limbs: isBelow ? limb0 : r0, isBelow ? limb1 : r1, isBelow ? limb2 : r2,
            isBelow ? limb3 : r3, isBelow ? limb4 : r4, isBelow ? limb5 : r5)
    }

    @inline(__always)
    package static func + (left: Fp, right: Fp) -> Fp {
        // 2p is below 2³⁸²: no carry leaves the top limb.
        var carry: UInt64 = 0
        let s0 = Limb.add(left.limb0, right.limb0, &carry)
        let s1 = Limb.add(left.limb1, right.limb1, &carry)
        let s2 = Limb.add(left.limb2, right.limb2, &carry)
        let s3 = Limb.add(left.limb3, right.limb3, &carry)
        let s4 = Limb.add(left.limb4, right.limb4, &carry)
        let s5 = Limb.add(left.limb5, right.limb5, &carry)
        return Fp(limbs: s0, s1, s2, s3, s4, s5).reducedOnce
    }

    @inline(__always)
    package static func - (left: Fp, right: Fp) -> Fp {
        var borrow: UInt64 = 0
        let d0 = Limb.subtract(left.limb0, right.limb0, &borrow)
        let d1 = Limb.subtract(left.limb1, right.limb1, &borrow)
        let d2 = Limb.subtract(left.limb2, right.limb2, &borrow)
        let d3 = Limb.subtract(left.limb3, right.limb3, &borrow)
        let d4 = Limb.subtract(left.limb4, right.limb4, &borrow)
        let d5 = Limb.subtract(left.limb5, right.limb5, &borrow)
        let mask = 0 &- borrow
        var carry: UInt64 = 0
        let s0 = Limb.add(d0, p0 & mask, &carry)
        let s1 = Limb.add(d1, p1 & mask, &carry)
        let s2 = Limb.add(d2, p2 & mask, &carry)
        let s3 = Limb.add(d3, p3 & mask, &carry)
        let s4 = Limb.add(d4, p4 & mask, &carry)
        let s5 = Limb.add(d5, p5 & mask, &carry)
        return Fp(limbs: s0, s1, s2, s3, s4, s5)
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
        let s0 = Limb.add(limb0, Fp.p0 & mask, &carry)
        let s1 = Limb.add(limb1, Fp.p1 & mask, &carry)
        let s2 = Limb.add(limb2, Fp.p2 & mask, &carry)
        let s3 = Limb.add(limb3, Fp.p3 & mask, &carry)
        let s4 = Limb.add(limb4, Fp.p4 & mask, &carry)
        let s5 = Limb.add(limb5, Fp.p5 & mask, &carry)
        return Fp(
            limbs: s0 &>> 1 | s1 &<< 63, s1 &>> 1 | s2 &<< 63, s2 &>> 1 | s3 &<< 63,
            s3 &>> 1 | s4 &<< 63, s4 &>> 1 | s5 &<< 63, s5 &>> 1)
    }
}
