extension BN254 {
    /// An element c0 + c1 · v + c2 · v² of Fp6 = Fp2[v] / (v³ - ξ).
    ///
    /// Source: Devegili et al., "Multiplication and Squaring on Pairing-Friendly Fields" (2006).
    package struct Fp6: Equatable, Sendable {
        package var c0: Fp2
        package var c1: Fp2
        package var c2: Fp2

        @inline(__always)
        package init(_ c0: Fp2, _ c1: Fp2, _ c2: Fp2) {
            self.c0 = c0
            self.c1 = c1
            self.c2 = c2
        }
    }
}

extension BN254.Fp6 {
    package typealias Fp2 = BN254.Fp2
    package typealias Fp6 = BN254.Fp6

    package static let zero = Fp6(.zero, .zero, .zero)
    package static let one = Fp6(.one, .zero, .zero)

    @inline(__always)
    package static func + (left: Fp6, right: Fp6) -> Fp6 {
        Fp6(left.c0 + right.c0, left.c1 + right.c1, left.c2 + right.c2)
    }

    @inline(__always)
    package static func - (left: Fp6, right: Fp6) -> Fp6 {
        Fp6(left.c0 - right.c0, left.c1 - right.c1, left.c2 - right.c2)
    }

    @inline(__always)
    package static prefix func - (value: Fp6) -> Fp6 { Fp6(-value.c0, -value.c1, -value.c2) }

    @inline(__always)
    package var doubled: Fp6 { Fp6(c0.doubled, c1.doubled, c2.doubled) }

    /// Karatsuba: six multiplications in Fp2.
    package static func * (left: Fp6, right: Fp6) -> Fp6 {
        let v0 = left.c0 * right.c0
        let v1 = left.c1 * right.c1
        let v2 = left.c2 * right.c2
        let cross12 = (left.c1 + left.c2) * (right.c1 + right.c2) - v1 - v2
        let cross01 = (left.c0 + left.c1) * (right.c0 + right.c1) - v0 - v1
        let cross02 = (left.c0 + left.c2) * (right.c0 + right.c2) - v0 - v2
        return Fp6(v0 + cross12.timesResidue, cross01 + v2.timesResidue, cross02 + v1)
    }

    @inline(__always)
    package static func * (left: Fp6, right: Fp2) -> Fp6 {
        Fp6(left.c0 * right, left.c1 * right, left.c2 * right)
    }

    /// The product with b0 + b1 · v: five multiplications in Fp2.
    package func times(_ b0: Fp2, _ b1: Fp2) -> Fp6 {
        let v0 = c0 * b0
        let v1 = c1 * b1
        return Fp6(
            v0 + (c2 * b1).timesResidue,
            (c0 + c1) * (b0 + b1) - v0 - v1,
            c2 * b0 + v1)
    }

    /// The product with v.
    @inline(__always)
    package var timesV: Fp6 { Fp6(c2.timesResidue, c0, c1) }

    /// The inverse; zero for zero.
    package var inverted: Fp6 {
        let t0 = c0.squared - (c1 * c2).timesResidue
        let t1 = c2.squared.timesResidue - c0 * c1
        let t2 = c1.squared - c0 * c2
        let norm = c0 * t0 + (c2 * t1 + c1 * t2).timesResidue
        return Fp6(t0, t1, t2) * norm.inverted
    }
}
