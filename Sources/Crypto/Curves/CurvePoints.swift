package import Primitives

/// A field that carries a curve y² = x³ + b.
package protocol CurveField: Equatable, Sendable {
    static var zero: Self { get }
    static var one: Self { get }
    /// The b of the curve over this field.
    static var curveConstant: Self { get }
    var isZero: Bool { get }
    var doubled: Self { get }
    var squared: Self { get }
    /// The inverse; zero for zero.
    var inverted: Self { get }
    static func + (left: Self, right: Self) -> Self
    static func - (left: Self, right: Self) -> Self
    static func * (left: Self, right: Self) -> Self
    static prefix func - (value: Self) -> Self
}

/// A point as the EIPs write it: (0, 0), which is on no such curve with b ≠ 0, is infinity.
package struct AffinePoint<Field: CurveField>: Equatable, Sendable {
    package var x: Field
    package var y: Field

    package init(x: Field, y: Field) {
        self.x = x
        self.y = y
    }
}

/// A point (X / Z², Y / Z³); Z = 0 is infinity.
///
/// Formulas: Bernstein, Lange, Explicit-Formulas Database, short Weierstrass with a = 0:
/// "dbl-2009-l", "madd-2007-bl", "add-2007-bl".
package struct JacobianPoint<Field: CurveField>: Equatable, Sendable {
    var x: Field
    var y: Field
    var z: Field
}

extension AffinePoint {
    package static var infinity: Self { Self(x: .zero, y: .zero) }

    package var isInfinity: Bool { x.isZero && y.isZero }

    package var isOnCurve: Bool { y.squared == x.squared * x + Field.curveConstant }

    package static prefix func - (point: Self) -> Self { Self(x: point.x, y: -point.y) }

    /// The sum, complete on all pairs of points: one inversion.
    package static func + (left: Self, right: Self) -> Self {
        if left.isInfinity { return right }
        if right.isInfinity { return left }
        let slope: Field
        if left.x == right.x {
            // Equal x: the same point or opposite ones; a point with y = 0 is both.
            guard left.y == right.y, !left.y.isZero else { return .infinity }
            let square = left.x.squared
            slope = (square.doubled + square) * left.y.doubled.inverted
        } else {
            slope = (right.y - left.y) * (right.x - left.x).inverted
        }
        let x = slope.squared - left.x - right.x
        return Self(x: x, y: slope * (left.x - x) - left.y)
    }
}

extension JacobianPoint {
    package typealias Affine = AffinePoint<Field>

    package static var infinity: Self { Self(x: .one, y: .one, z: .zero) }

    package init(_ point: Affine) {
        self = point.isInfinity ? .infinity : Self(x: point.x, y: point.y, z: .one)
    }

    package var isInfinity: Bool { z.isZero }

    package var affine: Affine {
        // The inverse of zero is zero: infinity becomes (0, 0).
        let inverse = z.inverted
        let square = inverse.squared
        return Affine(x: x * square, y: y * (square * inverse))
    }

    package static prefix func - (point: Self) -> Self {
        Self(x: point.x, y: -point.y, z: point.z)
    }

    package var doubled: Self {
        let a = x.squared
        let b = y.squared
        let c = b.squared
        let d = ((x + b).squared - a - c).doubled
        let e = a.doubled + a
        let x3 = e.squared - d.doubled
        return Self(x: x3, y: e * (d - x3) - c.doubled.doubled.doubled, z: (y * z).doubled)
    }

    /// The sum, complete on all pairs of points.
    package static func + (left: Self, right: Affine) -> Self {
        if right.isInfinity { return left }
        if left.isInfinity { return Self(right) }
        let zz = left.z.squared
        let h = right.x * zz - left.x
        let r = (right.y * left.z * zz - left.y).doubled
        if h.isZero { return r.isZero ? left.doubled : .infinity }
        let hh = h.squared
        let i = hh.doubled.doubled
        let j = h * i
        let v = left.x * i
        let x3 = r.squared - j - v.doubled
        return Self(
            x: x3, y: r * (v - x3) - (left.y * j).doubled,
            z: (left.z + h).squared - zz - hh)
    }

    /// The sum, complete on all pairs of points.
    package static func + (left: Self, right: Self) -> Self {
        if right.isInfinity { return left }
        if left.isInfinity { return right }
        let z1z1 = left.z.squared
        let z2z2 = right.z.squared
        let u1 = left.x * z2z2
        let s1 = left.y * right.z * z2z2
        let h = right.x * z1z1 - u1
        let r = (right.y * left.z * z1z1 - s1).doubled
        if h.isZero { return r.isZero ? left.doubled : .infinity }
        let i = h.doubled.squared
        let j = h * i
        let v = u1 * i
        let x3 = r.squared - j - v.doubled
        return Self(
            x: x3, y: r * (v - x3) - (s1 * j).doubled,
            z: ((left.z + right.z).squared - z1z1 - z2z2) * h)
    }

    /// Whether both are the same point.
    package static func == (left: Self, right: Self) -> Bool {
        (left + -right).isInfinity
    }

    /// The multiple by double and add, without any shortcut: the reference for the faster ways.
    package func multiplied(by scalar: UInt256) -> Self {
        var result = Self.infinity
        for bit in stride(from: scalar.bitWidth - 1, through: 0, by: -1) {
            result = result.doubled
            if scalar.bit(bit) { result = result + self }
        }
        return result
    }
}
