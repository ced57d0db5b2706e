package import Primitives

extension BN254 {
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

extension BN254.Fp2 {
    package typealias Fp = BN254.Fp
    package typealias Fp2 = BN254.Fp2

    package static let zero = Fp2(.zero, .zero)
    package static let one = Fp2(.one, .zero)
    /// ξ = 9 + u, neither a square nor a cube: the twist and both upper extensions use it.
    package static let residue = Fp2((0..<8).reduce(.one) { value, _ in value + .one }, .one)

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

    package static func * (left: Fp2, right: Fp2) -> Fp2 {
        Fp2(
            Fp.differenceOfProducts(
                left.real, right.real, left.imaginary, right.imaginary),
            Fp.sumOfProducts(left.real, right.imaginary, left.imaginary, right.real))
    }

    @inline(__always)
    package static func * (left: Fp2, right: Fp) -> Fp2 {
        Fp2(left.real * right, left.imaginary * right)
    }

    /// (a + bu)² = (a + b)(a - b) + 2abu.
    package var squared: Fp2 {
        Fp2((real + imaginary) * (real - imaginary), real.doubled * imaginary)
    }

    /// The conjugate, which is also the p-th power.
    @inline(__always)
    package var conjugate: Fp2 { Fp2(real, -imaginary) }

    /// The product with ξ: (9a - b) + (a + 9b)u.
    @inline(__always)
    package var timesResidue: Fp2 {
        Fp2(
            real.doubled.doubled.doubled + real - imaginary,
            imaginary.doubled.doubled.doubled + imaginary + real)
    }

    /// The inverse; zero for zero.
    package var inverted: Fp2 {
        let scale = Fp.sumOfProducts(real, real, imaginary, imaginary).inverted
        return Fp2(real * scale, -(imaginary * scale))
    }

    /// The element to the power of `exponent`; 0⁰ is 1.
    package func power(_ exponent: UInt256) -> Fp2 {
        var result = Fp2.one
        for bit in stride(from: exponent.bitWidth - 1, through: 0, by: -1) {
            result = result.squared
            if exponent.bit(bit) { result = result * self }
        }
        return result
    }
}
