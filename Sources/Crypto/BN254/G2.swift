package import Primitives

extension BN254 {
    /// r = 36x⁴ + 36x³ + 18x² + 6x + 1: the order of both groups.
    package static let order = UInt256(
        limbs: 0x43e1_f593_f000_0001, 0x2833_e848_79b9_7091, 0xb850_45b6_8181_585d,
        0x3064_4e72_e131_a029)
}

extension AffinePoint<BN254.Fp2> {
    /// ψ: the p-th power on E, seen from the twist. ψ(x, y) = (x̄ · ξ^((p-1)/3), ȳ · ξ^((p-1)/2)).
    ///
    /// Source: Galbraith, Scott, "Exponentiation in Pairing-Friendly Groups Using Homomorphisms"
    /// (Pairing 2008).
    package var frobenius: Self {
        let factors = BN254.Fp2.frobeniusFactors
        return Self(x: x.conjugate * factors[2], y: y.conjugate * factors[3])
    }

    /// Whether a point of the twist is in G2, the subgroup of order r. Needs a point on the curve.
    ///
    /// The check is f(ψ)Q = 0 for f(X) = (x + 1) + xX + xX² - 2xX³: one multiplication by the
    /// 63-bit seed. It is exact. On all of E'(Fp2), ψ² multiplies the coordinates by a primitive
    /// cube root of unity and by -1, so ψ⁴ - ψ² + 1 = 0. The resultant of f and X⁴ - X² + 1 is r
    /// itself, hence an integer combination of both polynomials: f(ψ)Q = 0 implies rQ = 0. The
    /// other way, ψ acts on G2 as p, and f(p) = 0 modulo r.
    ///
    /// Source: Dai, Lin, Zhao, Zhou, "Fast Subgroup Membership Testings for G1, G2 and GT on
    /// Pairing-Friendly Curves" (ePrint 2022/348), example for BN curves.
    package var isInSubgroup: Bool {
        let seedMultiple = BN254.multipliedBySeed(self)
        let first = seedMultiple.frobenius
        let second = first.frobenius
        let third = second.frobenius.doubled
        return seedMultiple + self + first + second == third
    }
}

extension JacobianPoint<BN254.Fp2> {
    package var frobenius: Self {
        let factors = BN254.Fp2.frobeniusFactors
        return Self(
            x: x.conjugate * factors[2], y: y.conjugate * factors[3], z: z.conjugate)
    }
}

extension BN254 {
    /// The multiple by the seed x.
    static func multipliedBySeed(_ point: Affine<Fp2>) -> Jacobian<Fp2> {
        let opposite = -point
        var result = Jacobian(point)
        for digit in seedDigits.dropLast().reversed() {
            result = result.doubled
            if digit > 0 {
                result = result + point
            } else if digit < 0 {
                result = result + opposite
            }
        }
        return result
    }

    /// The seed in non-adjacent form, lowest digit first.
    private static let seedDigits = SignedDigits.of(UInt128(seed), width: 2)
}
