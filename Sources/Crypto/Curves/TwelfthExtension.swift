package import Primitives

/// An element c0 + c1 · w of Fp6[w] / (w² - v), so w⁶ = ξ: Fp12 of a pairing's tower.
///
/// Source: Granger, Scott, "Faster Squaring in the Cyclotomic Subgroup of Sixth Degree Extensions"
/// (PKC 2010).
package struct TwelfthExtension<Base: TowerField>: Equatable, Sendable {
    package typealias Sextic = CubicExtension<Base>

    package var c0: Sextic
    package var c1: Sextic

    @inline(__always)
    package init(_ c0: Sextic, _ c1: Sextic) {
        self.c0 = c0
        self.c1 = c1
    }
}

extension TwelfthExtension {
    package static var zero: Self { Self(.zero, .zero) }
    package static var one: Self { Self(.one, .zero) }

    @inline(__always)
    package static func + (left: Self, right: Self) -> Self {
        Self(left.c0 + right.c0, left.c1 + right.c1)
    }

    @inline(__always)
    package static func - (left: Self, right: Self) -> Self {
        Self(left.c0 - right.c0, left.c1 - right.c1)
    }

    /// Karatsuba: three multiplications in Fp6.
    package static func * (left: Self, right: Self) -> Self {
        let v0 = left.c0 * right.c0
        let v1 = left.c1 * right.c1
        let cross = (left.c0 + left.c1) * (right.c0 + right.c1)
        return Self(v0 + v1.timesV, cross - v0 - v1)
    }

    /// The square by two multiplications in Fp6.
    package var squared: Self {
        let product = c0 * c1
        let both = (c0 + c1) * (c0 + c1.timesV)
        return Self(both - product - product.timesV, product.doubled)
    }

    /// The p⁶-th power; the inverse where the norm to Fp6 is one.
    @inline(__always)
    package var conjugate: Self { Self(c0, -c1) }

    /// The inverse; zero for zero.
    package var inverted: Self {
        let scale = (c0 * c0 - (c1 * c1).timesV).inverted
        return Self(c0 * scale, -(c1 * scale))
    }

    /// The element to the power of `exponent`; 0⁰ is 1.
    package func power(_ exponent: UInt256) -> Self {
        var result = Self.one
        for bit in stride(from: exponent.bitWidth - 1, through: 0, by: -1) {
            result = result.squared
            if exponent.bit(bit) { result = result * self }
        }
        return result
    }
}

// MARK: Cyclotomic subgroup

extension TwelfthExtension {
    /// The square of an element of the cyclotomic subgroup: six multiplications in Fp2.
    package var cyclotomicSquared: Self {
        let (a0, a1) = Self.squareInFp4(c0.c0, c1.c1)
        let (b0, b1) = Self.squareInFp4(c1.c0, c0.c2)
        let (d0, d1) = Self.squareInFp4(c0.c1, c1.c2)
        return Self(
            Sextic(
                (a0 - c0.c0).doubled + a0, (b0 - c0.c1).doubled + b0, (d0 - c0.c2).doubled + d0),
            Sextic(
                (d1.timesResidue + c1.c0).doubled + d1.timesResidue, (a1 + c1.c1).doubled + a1,
                (b1 + c1.c2).doubled + b1))
    }

    /// (a + b · s)² for s² = ξ.
    @inline(__always)
    private static func squareInFp4(_ a: Base, _ b: Base) -> (Base, Base) {
        let product = a * b
        let both = (a + b) * (a + b.timesResidue)
        return (both - product - product.timesResidue, product.doubled)
    }

    /// The power of an element of the cyclotomic subgroup.
    ///
    /// Digits: the exponent in non-adjacent form of width at most four, lowest first.
    package func cyclotomicPower(_ digits: [Int]) -> Self {
        let square = cyclotomicSquared
        let cube = square * self
        let fifth = square * cube
        let odd = [self, cube, fifth, square * fifth]
        var result = Self.one
        for digit in digits.reversed() {
            result = result.cyclotomicSquared
            if digit > 0 {
                result = result * odd[digit / 2]
            } else if digit < 0 {
                result = result * odd[-digit / 2].conjugate
            }
        }
        return result
    }
}

// MARK: Frobenius

extension TwelfthExtension {
    /// The p-th power.
    package var frobenius: Self {
        let factors = Base.frobeniusFactors
        return Self(
            Sextic(
                c0.c0.conjugate, c0.c1.conjugate * factors[2], c0.c2.conjugate * factors[4]),
            Sextic(
                c1.c0.conjugate * factors[1], c1.c1.conjugate * factors[3],
                c1.c2.conjugate * factors[5]))
    }

    /// The p²-th power.
    package var frobeniusTwice: Self {
        let factors = Base.frobeniusSquaredFactors
        return Self(
            Sextic(c0.c0, c0.c1 * factors[2], c0.c2 * factors[4]),
            Sextic(c1.c0 * factors[1], c1.c1 * factors[3], c1.c2 * factors[5]))
    }
}
