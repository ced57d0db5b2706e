extension BLS12381 {
    /// An element real + imaginary · u of Fp2 = Fp[u] / (u² + 1).
    package struct Fp2: Equatable, Sendable {
        package var real: Fp
        package var imaginary: Fp

        @inline(__always)
        package init(_ real: Fp, _ imaginary: Fp) {
            self.real = real
            self.imaginary = imaginary
        }
    }
}

extension BLS12381.Fp2 {
    package typealias Fp = BLS12381.Fp
    package typealias Fp2 = BLS12381.Fp2

    package static let zero = Fp2(.zero, .zero)
    package static let one = Fp2(.one, .zero)

    @inline(__always)
    package var isZero: Bool { real.isZero && imaginary.isZero }

    @inline(__always)
    package static func + (left: Fp2, right: Fp2) -> Fp2 {
        Fp2(left.real + right.real, left.imaginary + right.imaginary)
    }

    @inline(__always)
    package static func - (left: Fp2, right: Fp2) -> Fp2 {
        Fp2(left.real - right.real, left.imaginary - right.imaginary)
    }

    @inline(__always)
    package static prefix func - (value: Fp2) -> Fp2 { Fp2(-value.real, -value.imaginary) }

    @inline(__always)
    package var doubled: Fp2 { Fp2(real.doubled, imaginary.doubled) }

    @inline(__always)
    package var halved: Fp2 { Fp2(real.halved, imaginary.halved) }

    @inline(__always)
    package var tripled: Fp2 { doubled + self }

    @inline(__always)
    package static func * (left: Fp2, right: Fp) -> Fp2 {
        Fp2(left.real * right, left.imaginary * right)
    }

    /// The conjugate, which is also the p-th power.
    @inline(__always)
    package var conjugate: Fp2 { Fp2(real, -imaginary) }

    /// The product with ξ = 1 + u.
    @inline(__always)
    package var timesResidue: Fp2 { Fp2(real - imaginary, real + imaginary) }

    /// The norm to Fp: the product with the conjugate.
    package var norm: Fp { Fp.sumOfProducts(real, real, imaginary, imaginary) }

    /// The inverse; zero for zero.
    package var inverted: Fp2 {
        let scale = norm.inverted
        return Fp2(real * scale, -(imaginary * scale))
    }

    /// The element to the power of `exponent`, lowest limb first; 0⁰ is 1.
    package func power(_ exponent: [UInt64]) -> Fp2 {
        var result = Fp2.one
        for limb in exponent.reversed() {
            for bit in stride(from: UInt64(63), through: 0, by: -1) {
                result = result.squared
                if limb >> bit & 1 == 1 { result = result * self }
            }
        }
        return result
    }

    /// A square root; nil where there is none. Two powers in Fp.
    ///
    /// (c + du)² = a + bu with c² = (a + s) / 2, d = b / 2c and s² = a² + b².
    /// Source: Adj, Rodríguez-Henríquez, "Square Root Computation over Even Extension Fields"
    /// (IEEE Transactions on Computers, 2014), the complex method.
    package var squareRoot: Fp2? {
        if imaginary.isZero {
            let root = real.rootPower * real
            // Where `real` is no square, -real is one, and u² = -1.
            return root.squared == real ? Fp2(root, .zero) : Fp2(.zero, root)
        }
        guard let s = norm.squareRoot else { return nil }
        let square = (real + s).halved
        // The product with (a - s) / 2 is -b² / 4, which is no square: one of both is a square.
        let power = square.rootPower
        let c = power * square
        let halfOverC = imaginary.halved * power
        // Where `square` is none, c² = -square and 1 / c = -power: the roles change.
        return c.squared == square ? Fp2(c, halfOverC) : Fp2(-halfOverC, c)
    }

    /// sgn0 of RFC 9380, section 4.1.
    package var isOdd: Bool { real.isZero ? imaginary.isOdd : real.isOdd }
}
