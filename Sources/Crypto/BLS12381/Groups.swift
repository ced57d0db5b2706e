// The two groups: subgroup checks, endomorphisms, cofactors.
//
// Sources: Scott, "A note on group membership tests for G1, G2 and GT on BLS pairing-friendly
// curves" (ePrint 2021/1130), the checks; Gallant, Lambert, Vanstone (CRYPTO 2001) and Galbraith,
// Scott (Pairing 2008), shorter scalars; Budroni, Pintore, "Efficient Hash Maps to G2 on BLS
// Curves" (2017), the cofactor of G2.

package import Primitives

extension BLS12381 {
    /// The coordinates of one of the two groups.
    package protocol Group: CurveField {
        /// Bytes of one coordinate.
        static var encodedBytes: Int { get }
        /// Terms that `appendTerms` adds, and the bits that their scalars have at most.
        static var termsPerScalar: Int { get }
        static var termBits: Int { get }
        init?(encoded input: [UInt8], at offset: Int)
        func appendEncoded(to output: inout [UInt8])
        /// Whether a point of the curve is in the group of order r. Infinity is.
        static func isInSubgroup(_ point: AffinePoint<Self>) -> Bool
        /// Adds terms with short scalars whose sum is the multiple of a point of the group.
        static func appendTerms(
            of point: AffinePoint<Self>, times scalar: UInt256, to terms: inout [Term<Self>])
        /// A multiple of any point of the curve that is in the group: RFC 9380, section 8.8.
        static func clearCofactor(_ point: JacobianPoint<Self>) -> JacobianPoint<Self>
    }
}

extension AffinePoint where Field: BLS12381.Group {
    package var isInSubgroup: Bool { Field.isInSubgroup(self) }
}

extension JacobianPoint {
    /// The multiple by a number that is not zero, by double and add: for few set bits.
    func times(_ number: UInt64) -> Self {
        var result = self
        for bit in (0..<63 - number.leadingZeroBitCount).reversed() {
            result = result.doubled
            if number >> UInt64(bit) & 1 == 1 { result = result + self }
        }
        return result
    }
}

extension BLS12381.Fp: BLS12381.Group {
    package static let termsPerScalar = 2
    package static let termBits = 128

    /// β, a cube root of one: φ(x, y) = (βx, y) is -x² on G1.
    private static let cubeRootOfOne = BLS12381.Fp2.frobeniusSquaredFactors[2]
    private static let seedSquared = UInt256(UInt128(BLS12381.seed) * UInt128(BLS12381.seed))

    /// φ(P) = -x²P; exact by section 3 of the paper for this seed.
    package static func isInSubgroup(_ point: BLS12381.G1Point) -> Bool {
        let multiple = JacobianPoint(point).times(BLS12381.seed).times(BLS12381.seed)
        return (multiple + AffinePoint(x: point.x * cubeRootOfOne, y: point.y)).isInfinity
    }

    /// k = k₀ + k₁x², and x² is -φ.
    package static func appendTerms(
        of point: BLS12381.G1Point, times scalar: UInt256, to terms: inout [BLS12381.Term<Fp>]
    ) {
        let (high, low) = (scalar % BLS12381.order).quotientAndRemainder(dividingBy: seedSquared)
        terms.append(BLS12381.Term(point: point, scalar: low.low128))
        terms.append(
            BLS12381.Term(
                point: AffinePoint(x: point.x * cubeRootOfOne, y: -point.y), scalar: high.low128))
    }

    /// The multiple by 1 - x.
    package static func clearCofactor(_ point: JacobianPoint<Fp>) -> JacobianPoint<Fp> {
        point.times(BLS12381.seed) + point
    }
}

extension BLS12381.Fp2: BLS12381.Group {
    package static let termsPerScalar = 4
    package static let termBits = 64

    /// ψ(P) = xP; exact by section 4 of the paper for this seed.
    package static func isInSubgroup(_ point: BLS12381.G2Point) -> Bool {
        (JacobianPoint(point).times(BLS12381.seed) + point.frobenius).isInfinity
    }

    /// k = k₀ + k₁|x| + k₂|x|² + k₃|x|³, and |x| is -ψ.
    package static func appendTerms(
        of point: BLS12381.G2Point, times scalar: UInt256, to terms: inout [BLS12381.Term<Fp2>]
    ) {
        var left = scalar % BLS12381.order
        var power = point
        for index in 0..<termsPerScalar {
            if index > 0 { power = -power.frobenius }
            let (quotient, digit) = left.quotientAndRemainder(dividingBy: UInt256(BLS12381.seed))
            terms.append(BLS12381.Term(point: power, scalar: digit.low128))
            left = quotient
        }
    }

    /// (x² - x - 1)P + (x - 1)ψ(P) + ψ²(2P): RFC 9380, appendix G.3.
    package static func clearCofactor(_ point: JacobianPoint<Fp2>) -> JacobianPoint<Fp2> {
        let image = point.frobenius
        let multiple = point.times(BLS12381.seed)
        // x · (xP + ψ(P)) = |x| · (|x|P - ψ(P)).
        let second = (multiple + -image).times(BLS12381.seed)
        return second + point.doubled.frobenius.frobenius + -image + multiple + -point
    }
}

// MARK: Frobenius

extension BLS12381 {
    /// ξ^(-(p-1)/3) and ξ^(-(p-1)/2).
    fileprivate static let twistFactors = (
        x: Fp2.frobeniusFactors[2].inverted, y: Fp2.frobeniusFactors[3].inverted
    )
}

extension AffinePoint<BLS12381.Fp2> {
    /// ψ: the p-th power on E, seen from the twist. It is x on G2.
    package var frobenius: Self {
        let factors = BLS12381.twistFactors
        return Self(x: x.conjugate * factors.x, y: y.conjugate * factors.y)
    }
}

extension JacobianPoint<BLS12381.Fp2> {
    package var frobenius: Self {
        let factors = BLS12381.twistFactors
        return Self(x: x.conjugate * factors.x, y: y.conjugate * factors.y, z: z.conjugate)
    }
}
