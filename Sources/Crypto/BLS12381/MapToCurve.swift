// From numbers to points: the simplified map of Shallue, van de Woestijne and Ulas to a curve
// E'': y² = x³ + Ax + B, then an isogeny from there to E or E'.
//
// Sources: RFC 9380, sections 6.6.2, 6.6.3, 8.8 and appendix E; Wahby, Boneh, "Fast and simple
// constant-time hashing to the BLS12-381 elliptic curve" (2019).

extension BLS12381 {
    /// A field with the constants of its map.
    package protocol MapField: CurveField {
        /// The A and B of the curve that the isogeny starts from.
        static var isogenousA: Self { get }
        static var isogenousB: Self { get }
        /// Z, no square.
        static var nonSquare: Self { get }
        /// The isogeny, (x, y) ↦ (n(x) / d(x), y · n'(x) / d'(x)): coefficients, lowest first.
        static var isogeny: Isogeny<Self> { get }
        var squareRoot: Self? { get }
        /// sgn0.
        var isOdd: Bool { get }
    }

    package struct Isogeny<Field: Sendable>: Sendable {
        let xNumerator: [Field]
        let xDenominator: [Field]
        let yNumerator: [Field]
        let yDenominator: [Field]
    }

    /// The point of E or E' that belongs to a number, cofactor and all.
    package static func map<Field: MapField>(_ number: Field) -> JacobianPoint<Field> {
        let (x, y) = isogenousPoint(number)
        return image(x: x, y: y)
    }

    /// The isogeny's value at a point of E''.
    package static func image<Field: MapField>(x: Field, y: Field) -> JacobianPoint<Field> {
        let isogeny = Field.isogeny
        let xDenominator = value(of: isogeny.xDenominator, at: x)
        let yDenominator = value(of: isogeny.yDenominator, at: x)
        // Z is the product of both denominators: zero, so infinity, where one of them is.
        let z = xDenominator * yDenominator
        let xNumerator = value(of: isogeny.xNumerator, at: x)
        let yNumerator = value(of: isogeny.yNumerator, at: x)
        return JacobianPoint(
            x: xNumerator * yDenominator * z,
            y: y * yNumerator * xDenominator * z.squared,
            z: z)
    }

    /// The point of E'': section 6.6.2.
    package static func isogenousPoint<Field: MapField>(_ number: Field) -> (x: Field, y: Field) {
        let a = Field.isogenousA
        let b = Field.isogenousB
        let scaled = Field.nonSquare * number.squared
        // x = -B/A · (1 + 1/t), but B/(ZA) where t is zero.
        let t = scaled.squared + scaled
        let first =
            t.isZero
            ? b * (Field.nonSquare * a).inverted : -(b * (t + .one)) * (a * t).inverted
        let right = { (x: Field) in (x.squared + a) * x + b }
        if let root = right(first).squareRoot {
            return (first, root.isOdd == number.isOdd ? root : -root)
        }
        let second = scaled * first
        guard let root = right(second).squareRoot else {
            preconditionFailure(
                "where x³ + Ax + B is no square at the first x, it is at the second")
        }
        return (second, root.isOdd == number.isOdd ? root : -root)
    }

    private static func value<Field: CurveField>(of polynomial: [Field], at x: Field) -> Field {
        polynomial.dropLast().reversed().reduce(polynomial[polynomial.count - 1]) { $0 * x + $1 }
    }
}
