internal import Primitives

extension BN254 {
    package typealias Fp6 = CubicExtension<Fp2>
    package typealias Fp12 = TwelfthExtension<Fp2>
    package typealias Affine = AffinePoint
    package typealias Jacobian = JacobianPoint
}

extension PrimeField256: CurveField where Modulus == BN254.FpModulus {
    @inline(__always)
    package static var curveConstant: Self { one.doubled + one }
}

extension BN254.Fp2: TowerField {
    /// 3 / ξ: the D-type sextic twist.
    package static let curveConstant = Fp2(Fp.curveConstant, .zero) * residue.inverted

    package static let frobeniusFactors: [Fp2] = {
        let base = residue.power((Fp.modulus - .one) / UInt256(6))
        return (0..<6).map { index in (0..<index).reduce(.one) { value, _ in value * base } }
    }()

    /// The norms of `frobeniusFactors`.
    package static let frobeniusSquaredFactors: [Fp] = frobeniusFactors.map {
        ($0 * $0.conjugate).real
    }
}

extension TwelfthExtension<BN254.Fp2> {
    /// Multiplies by the line value: thirteen multiplications in Fp2 instead of eighteen.
    package mutating func multiply(by line: BN254.Line) {
        let v0 = c0 * line.c0
        let v1 = c1.times(line.c1, line.c3)
        let cross = (c0 + c1).times(line.c0 + line.c1, line.c3)
        c0 = v0 + v1.timesV
        c1 = cross - v0 - v1
    }
}
