extension BN254 {
    /// p = 36x⁴ + 36x³ + 24x² + 6x + 1.
    package enum FpModulus: PrimeModulus {
        @inline(__always) package static var p0: UInt64 { 0x3c20_8c16_d87c_fd47 }
        @inline(__always) package static var p1: UInt64 { 0x9781_6a91_6871_ca8d }
        @inline(__always) package static var p2: UInt64 { 0xb850_45b6_8181_585d }
        @inline(__always) package static var p3: UInt64 { 0x3064_4e72_e131_a029 }
        @inline(__always) package static var negatedInverse: UInt64 { 0x87d2_0782_e486_6389 }
        @inline(__always) package static var one: Fp {
            Fp(
                limbs: 0xd35d_438d_c58f_0d9d, 0x0a78_eb28_f5c7_0b3d, 0x666e_a36f_7879_462c,
                0x0e0a_77c1_9a07_df2f)
        }
        @inline(__always) package static var square: Fp {
            Fp(
                limbs: 0xf32c_fc5b_538a_fa89, 0xb5e7_1911_d445_01fb, 0x47ab_1eff_0a41_7ff6,
                0x06d8_9f71_cab8_351f)
        }
        package static let inverseScale = Fp.madeInverseScale
    }

    /// An element of the field of coordinates.
    package typealias Fp = PrimeField256<FpModulus>
}

extension PrimeField256<BN254.FpModulus> {
    /// a · b + c · d with one reduction.
    ///
    /// Bound: p < 0.19 · 2²⁵⁶, so the sum stays below 3p + 1 < 2²⁵⁶ between the rows and ends below
    /// (2p² + 2²⁵⁶p) / 2²⁵⁶ < 2p, also where an operand equals p.
    ///
    /// Source: Longa, "Efficient Algorithms for Large Prime Characteristic Fields" (CHES 2023).
    @inline(__always)
    static func sumOfProducts(_ a: Self, _ b: Self, _ c: Self, _ d: Self) -> Self {
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
    static func differenceOfProducts(_ a: Self, _ b: Self, _ c: Self, _ d: Self) -> Self {
        sumOfProducts(a, b, c.looselyNegated, d)
    }

    /// p - a: like `-a` but gives p for zero, which only a product may take.
    @inline(__always)
    private var looselyNegated: Self {
        var borrow: UInt64 = 0
        let d0 = Limb.subtract(BN254.FpModulus.p0, limb0, &borrow)
        let d1 = Limb.subtract(BN254.FpModulus.p1, limb1, &borrow)
        let d2 = Limb.subtract(BN254.FpModulus.p2, limb2, &borrow)
        let d3 = Limb.subtract(BN254.FpModulus.p3, limb3, &borrow)
        return Self(limbs: d0, d1, d2, d3)
    }
}
