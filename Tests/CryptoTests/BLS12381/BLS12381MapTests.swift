import Crypto
import Primitives
import Testing

@Suite struct BLS12381MapTests {
    typealias Fp = BLS12381.Fp
    typealias Fp2 = BLS12381.Fp2

    private func check<Field: BLS12381.MapField & BLS12381.Group>(_ numbers: [Field]) {
        for number in numbers {
            let (x, y) = BLS12381.isogenousPoint(number)
            #expect(y.squared == (x.squared + Field.isogenousA) * x + Field.isogenousB)
            #expect(y.isOdd == number.isOdd)
            let image = BLS12381.map(number).affine
            #expect(image.isInfinity || image.isOnCurve)
            let point = Field.clearCofactor(JacobianPoint(image)).affine
            #expect(point.isInSubgroup)
            #expect(JacobianPoint(point).multiplied(by: BLS12381.order).isInfinity)
            // The opposite number has the opposite point.
            if !number.isZero { #expect(BLS12381.map(-number).affine == -image) }
        }
    }

    @Test func outputsAreInTheSubgroup() {
        var random = SeededRandom(seed: 41)
        check([Fp.zero, .one, -.one] + (0..<20).map { _ in Fp.random(&random) })
        check(
            [Fp2.zero, .one, -.one, Fp2(.zero, .one), Fp2(.zero, -.one)]
                + (0..<20).map { _ in Fp2.random(&random) })
    }

    /// Where Z · u² is -1 the first formula would divide by zero; for E' no such u exists, and for
    /// E -1/11 is a square.
    @Test func theExceptionalNumbersAreMapped() throws {
        let square = -(Fp.nonSquare.inverted)
        let exceptional = try #require(square.squareRoot)
        check([exceptional, -exceptional, .zero])
        let x = Fp.isogenousB * (Fp.nonSquare * Fp.isogenousA).inverted
        let (first, _) = BLS12381.isogenousPoint(exceptional)
        let (second, _) = BLS12381.isogenousPoint(Fp.zero)
        for found in [first, second] {
            // The formula's x, or Z · u² times it.
            #expect(found == x || found == -x)
        }
        check([Fp2.zero])
    }

    /// The sum of two points of E'' by its own chord, against the sum of their images.
    @Test func isogenyIsAHomomorphism() {
        var random = SeededRandom(seed: 42)
        for _ in 0..<5 {
            let u = Fp.random(&random)
            let v = Fp.random(&random)
            let (x1, y1) = BLS12381.isogenousPoint(u)
            let (x2, y2) = BLS12381.isogenousPoint(v)
            let slope = (y2 - y1) * (x2 - x1).inverted
            let x3 = slope.squared - x1 - x2
            let y3 = slope * (x1 - x3) - y1
            let sum = BLS12381.image(x: x3, y: y3)
            #expect(sum.affine == BLS12381.map(u).affine + BLS12381.map(v).affine)
        }
    }
}
