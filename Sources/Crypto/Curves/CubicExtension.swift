/// An element c0 + c1 · v + c2 · v² of Base[v] / (v³ - ξ): Self of a pairing's tower.
///
/// Source: Devegili et al., "Multiplication and Squaring on Pairing-Friendly Fields" (2006).
package struct CubicExtension<Base: TowerField>: Equatable, Sendable {
    package var c0: Base
    package var c1: Base
    package var c2: Base

    @inline(__always)
    package init(_ c0: Base, _ c1: Base, _ c2: Base) {
        self.c0 = c0
        self.c1 = c1
        self.c2 = c2
    }
}

extension CubicExtension {
    package static var zero: Self { Self(.zero, .zero, .zero) }
    package static var one: Self { Self(.one, .zero, .zero) }

    @inline(__always)
    package static func + (left: Self, right: Self) -> Self {
        Self(left.c0 + right.c0, left.c1 + right.c1, left.c2 + right.c2)
    }

    @inline(__always)
    package static func - (left: Self, right: Self) -> Self {
        Self(left.c0 - right.c0, left.c1 - right.c1, left.c2 - right.c2)
    }

    @inline(__always)
    package static prefix func - (value: Self) -> Self { Self(-value.c0, -value.c1, -value.c2) }

    @inline(__always)
    package var doubled: Self { Self(c0.doubled, c1.doubled, c2.doubled) }

    /// Karatsuba: six multiplications in the base field.
    package static func * (left: Self, right: Self) -> Self {
        let v0 = left.c0 * right.c0
        let v1 = left.c1 * right.c1
        let v2 = left.c2 * right.c2
        let cross12 = (left.c1 + left.c2) * (right.c1 + right.c2) - v1 - v2
        let cross01 = (left.c0 + left.c1) * (right.c0 + right.c1) - v0 - v1
        let cross02 = (left.c0 + left.c2) * (right.c0 + right.c2) - v0 - v2
        return Self(v0 + cross12.timesResidue, cross01 + v2.timesResidue, cross02 + v1)
    }

    @inline(__always)
    package static func * (left: Self, right: Base) -> Self {
        Self(left.c0 * right, left.c1 * right, left.c2 * right)
    }

    /// The product with b0 + b1 · v: five multiplications in the base field.
    package func times(_ b0: Base, _ b1: Base) -> Self {
        let v0 = c0 * b0
        let v1 = c1 * b1
        return Self(
            v0 + (c2 * b1).timesResidue,
            (c0 + c1) * (b0 + b1) - v0 - v1,
            c2 * b0 + v1)
    }

    /// The product with v.
    @inline(__always)
    package var timesV: Self { Self(c2.timesResidue, c0, c1) }

    /// The inverse; zero for zero.
    package var inverted: Self {
        let t0 = c0.squared - (c1 * c2).timesResidue
        let t1 = c2.squared.timesResidue - c0 * c1
        let t2 = c1.squared - c0 * c2
        let norm = c0 * t0 + (c2 * t1 + c1 * t2).timesResidue
        return Self(t0, t1, t2) * norm.inverted
    }
}
