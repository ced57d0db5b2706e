extension BLS12381 {
    package typealias Fp6 = CubicExtension<Fp2>
    package typealias Fp12 = TwelfthExtension<Fp2>
    package typealias G1Point = AffinePoint<Fp>
    package typealias G2Point = AffinePoint<Fp2>
}

extension BLS12381.Fp: CurveField {
    package static let curveConstant = Fp(4)
}

extension BLS12381.Fp2: TowerField {
    /// ξ = 1 + u, neither a square nor a cube: the twist and both upper extensions use it.
    package static let residue = Fp2(.one, .one)

    /// 4ξ: the M-type sextic twist.
    package static let curveConstant = residue * Fp.curveConstant

    package static let frobeniusFactors: [Fp2] = {
        let base = residue.power(sixth)
        return (0..<6).map { index in (0..<index).reduce(.one) { value, _ in value * base } }
    }()

    /// The norms of `frobeniusFactors`.
    package static let frobeniusSquaredFactors: [Fp] = frobeniusFactors.map(\.norm)

    /// (p - 1) / 6, lowest limb first.
    package static let sixth: [UInt64] = {
        // p is odd, so p - 1 only clears a bit.
        var quotient = [UInt64](repeating: 0, count: 6)
        var remainder: UInt64 = 0
        for index in (0..<6).reversed() {
            let limb = Fp.modulus[index] & (index == 0 ? ~1 : .max)
            (quotient[index], remainder) = UInt64(6).dividingFullWidth((remainder, limb))
        }
        return quotient
    }()
}
