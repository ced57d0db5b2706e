package import Primitives

extension BN254 {
    /// An element c0 + c1 · w of Fp12 = Fp6[w] / (w² - v), so w⁶ = ξ.
    package struct Fp12: Equatable, Sendable {
        package var c0: Fp6
        package var c1: Fp6

        @inline(__always)
        package init(_ c0: Fp6, _ c1: Fp6) {
            self.c0 = c0
            self.c1 = c1
        }
    }
}

extension BN254.Fp12 {
    package typealias Fp = BN254.Fp
    package typealias Fp2 = BN254.Fp2
    package typealias Fp6 = BN254.Fp6
    package typealias Fp12 = BN254.Fp12

    package static let zero = Fp12(.zero, .zero)
    package static let one = Fp12(.one, .zero)

    @inline(__always)
    package static func + (left: Fp12, right: Fp12) -> Fp12 {
        Fp12(left.c0 + right.c0, left.c1 + right.c1)
    }

    @inline(__always)
    package static func - (left: Fp12, right: Fp12) -> Fp12 {
        Fp12(left.c0 - right.c0, left.c1 - right.c1)
    }

    /// Karatsuba: three multiplications in Fp6.
    package static func * (left: Fp12, right: Fp12) -> Fp12 {
        let v0 = left.c0 * right.c0
        let v1 = left.c1 * right.c1
        let cross = (left.c0 + left.c1) * (right.c0 + right.c1)
        return Fp12(v0 + v1.timesV, cross - v0 - v1)
    }

    /// The square by two multiplications in Fp6.
    package var squared: Fp12 {
        let product = c0 * c1
        let both = (c0 + c1) * (c0 + c1.timesV)
        return Fp12(both - product - product.timesV, product.doubled)
    }

    /// Multiplies by the line value: thirteen multiplications in Fp2 instead of eighteen.
    package mutating func multiply(by line: BN254.Line) {
        let v0 = c0 * line.c0
        let v1 = c1.times(line.c1, line.c3)
        let cross = (c0 + c1).times(line.c0 + line.c1, line.c3)
        c0 = v0 + v1.timesV
        c1 = cross - v0 - v1
    }

    /// The p⁶-th power; the inverse where the norm to Fp6 is one.
    @inline(__always)
    package var conjugate: Fp12 { Fp12(c0, -c1) }

    /// The inverse; zero for zero.
    package var inverted: Fp12 {
        let scale = (c0 * c0 - (c1 * c1).timesV).inverted
        return Fp12(c0 * scale, -(c1 * scale))
    }

    /// The element to the power of `exponent`; 0⁰ is 1.
    package func power(_ exponent: UInt256) -> Fp12 {
        var result = Fp12.one
        for bit in stride(from: exponent.bitWidth - 1, through: 0, by: -1) {
            result = result.squared
            if exponent.bit(bit) { result = result * self }
        }
        return result
    }
}

// MARK: Frobenius

extension BN254 {
    /// What powers of p do to the powers of w: wᵖ = ξ^((p-1)/6) · w.
    enum Frobenius {
        /// ξ^(i(p-1)/6) for i in 0...5.
        static let first: [Fp2] = powers(
            of: Fp2.residue.power((Fp.modulus - .one) / UInt256(6)))
        /// ξ^(i(p²-1)/6) for i in 0...5, which is in Fp: the norm of `first`.
        static let second: [Fp] = first.map { ($0 * $0.conjugate).real }

        private static func powers(of base: Fp2) -> [Fp2] {
            (0..<6).map { index in (0..<index).reduce(.one) { value, _ in value * base } }
        }
    }
}

extension BN254.Fp12 {
    /// The p-th power.
    package var frobenius: Fp12 {
        let factors = BN254.Frobenius.first
        return Fp12(
            Fp6(
                c0.c0.conjugate, c0.c1.conjugate * factors[2], c0.c2.conjugate * factors[4]),
            Fp6(
                c1.c0.conjugate * factors[1], c1.c1.conjugate * factors[3],
                c1.c2.conjugate * factors[5]))
    }

    /// The p²-th power.
    package var frobeniusTwice: Fp12 {
        let factors = BN254.Frobenius.second
        return Fp12(
            Fp6(c0.c0, c0.c1 * factors[2], c0.c2 * factors[4]),
            Fp6(c1.c0 * factors[1], c1.c1 * factors[3], c1.c2 * factors[5]))
    }
}
