import Crypto
import Primitives
import Testing

/// The points that the curve, pairing and map tests share.
enum BLS12381Points {
    typealias G1 = BLS12381.G1Point
    typealias G2 = BLS12381.G2Point
    typealias Fp = BLS12381.Fp
    typealias Fp2 = BLS12381.Fp2

    static let left = BLS12381.generatorG1
    static let right = BLS12381.generatorG2

    /// Points of E with small x, all outside G1 (or the chance is 2⁻¹²⁵ each).
    static func offG1(_ count: Int) -> [G1] {
        var points: [G1] = []
        var x = Fp.zero
        while points.count < count {
            if let y = (x.squared * x + Fp.curveConstant).squareRoot { points.append(G1(x: x, y: y)) }
            x = x + .one
        }
        return points
    }

    /// Points of E' with small x, all outside G2.
    static func offG2(_ count: Int) -> [G2] {
        var points: [G2] = []
        var x = Fp2(.zero, .one)
        while points.count < count {
            if let y = (x.squared * x + Fp2.curveConstant).squareRoot {
                points.append(G2(x: x, y: y))
            }
            x = x + .one
        }
        return points
    }

    static func times<Field>(_ point: AffinePoint<Field>, _ scalar: UInt256) -> AffinePoint<Field> {
        JacobianPoint(point).multiplied(by: scalar).affine
    }
}

@Suite struct BLS12381CurveTests {
    typealias G1 = BLS12381Points.G1
    typealias G2 = BLS12381Points.G2

    private let order = BLS12381.order
    private let left = BLS12381Points.left
    private let right = BLS12381Points.right

    private func checkGroupLaws<Field>(_ points: [AffinePoint<Field>]) {
        for a in points {
            let whole = JacobianPoint(a)
            #expect(whole.affine == a)
            #expect(a + .infinity == a)
            #expect(.infinity + a == a)
            #expect(a + -a == .infinity)
            #expect((whole + -a).isInfinity)
            #expect((whole + -whole).isInfinity)
            #expect(whole.doubled.affine == a + a)
            #expect((whole + a).affine == a + a)
            for b in points {
                let sum = a + b
                #expect(sum.isInfinity || sum.isOnCurve)
                #expect(sum == b + a)
                #expect((whole + b).affine == sum)
                let twice = whole.doubled + JacobianPoint(b).doubled
                #expect(twice.affine == sum + sum)
                for c in points { #expect(sum + c == a + (b + c)) }
            }
        }
    }

    @Test func groupLaws() {
        let two = left + left
        checkGroupLaws([.infinity, left, -left, two, two + left] + BLS12381Points.offG1(2))
        checkGroupLaws([.infinity, right, -right, right + right] + BLS12381Points.offG2(2))
    }

    @Test func generatorsHaveTheOrder() {
        #expect(left.isOnCurve && right.isOnCurve)
        #expect(JacobianPoint(left).multiplied(by: order).isInfinity)
        #expect(JacobianPoint(right).multiplied(by: order).isInfinity)
    }

    @Test func subgroupChecksAgreeWithTheOrder() {
        #expect(G1.infinity.isInSubgroup && G2.infinity.isInSubgroup)
        let off1 = BLS12381Points.offG1(4)
        let off2 = BLS12381Points.offG2(4)
        // Times r a point is in the cofactor's part alone: small orders, too.
        let rest1 = off1.map { BLS12381Points.times($0, order) }
        let rest2 = off2.map { BLS12381Points.times($0, order) }
        let cleared1 = off1.map { BLS12381.Fp.clearCofactor(JacobianPoint($0)).affine }
        let cleared2 = off2.map { BLS12381.Fp2.clearCofactor(JacobianPoint($0)).affine }
        for point in off1 + rest1 + rest1.map({ $0 + left }) {
            #expect(point.isOnCurve && !point.isInSubgroup)
        }
        for point in off2 + rest2 + rest2.map({ $0 + right }) {
            #expect(point.isOnCurve && !point.isInSubgroup)
        }
        for point in cleared1 + [left, -left, left + left] {
            #expect(point.isInSubgroup)
            #expect(JacobianPoint(point).multiplied(by: order).isInfinity)
        }
        for point in cleared2 + [right, -right, right + right] {
            #expect(point.isInSubgroup)
            #expect(JacobianPoint(point).multiplied(by: order).isInfinity)
        }
    }

    /// E's cofactor is (x - 1)² / 3 = 3 · 11² · 10177² · 859267² · 52437899²: each prime's part of
    /// the curve is tried, for a check that holds only for large orders would let them through.
    @Test func subgroupCheckRefusesSmallOrders() {
        let cofactor = (UInt256(BLS12381.seed) + .one) * (UInt256(BLS12381.seed) + .one) / 3
        for prime in [3, 11, 10_177, 859_267, 52_437_899] as [UInt256] {
            var others = cofactor
            while (others % prime).isZero { others = others / prime }
            var found = 0
            for point in BLS12381Points.offG1(12) {
                // In the prime's part; then down to the prime's order itself.
                var part = BLS12381Points.times(BLS12381Points.times(point, order), others)
                guard !part.isInfinity else { continue }
                let next = BLS12381Points.times(part, prime)
                if !next.isInfinity { part = next }
                #expect(BLS12381Points.times(part, prime).isInfinity)
                #expect(!part.isInSubgroup)
                #expect(!(part + left).isInSubgroup)
                found += 1
            }
            #expect(found > 0, "no point of order \(prime)")
        }
    }

    @Test func frobeniusOfTheTwistIsTheSeedInTheSubgroup() {
        let multiple = BLS12381Points.times(right, UInt256(BLS12381.seed))
        #expect(right.frobenius == -multiple)
        #expect(JacobianPoint(right).doubled.frobenius.affine == (right + right).frobenius)
        for point in BLS12381Points.offG2(3) {
            let twice = point.frobenius.frobenius
            #expect(point.frobenius.isOnCurve)
            #expect(twice.frobenius.frobenius + -twice + point == .infinity)
        }
    }

    // MARK: Sums

    private static func scalars(_ count: Int, seed: UInt64) -> [UInt256] {
        var random = SeededRandom(seed: seed)
        let order = BLS12381.order
        let seed = UInt256(BLS12381.seed)
        var scalars: [UInt256] = [.zero, .one, 2, 15, 16, 17, order - .one, order, order + .one]
        scalars += [.max, seed, seed * seed, seed * seed - .one, seed * seed * seed, UInt256.one << 255]
        for _ in 0..<count { scalars.append(UInt256(bigEndian: random.bytes(32))) }
        return scalars
    }

    @Test func shortScalarsAgreeWithDoubleAndAdd() {
        for scalar in BLS12381CurveTests.scalars(15, seed: 21) {
            var terms1: [BLS12381.Term<BLS12381.Fp>] = []
            BLS12381.Fp.appendTerms(of: left, times: scalar, to: &terms1)
            #expect(BLS12381.sum(of: terms1).affine == BLS12381Points.times(left, scalar))
            #expect(BLS12381.sumByBuckets(terms1).affine == BLS12381Points.times(left, scalar))
            var terms2: [BLS12381.Term<BLS12381.Fp2>] = []
            BLS12381.Fp2.appendTerms(of: right, times: scalar, to: &terms2)
            #expect(BLS12381.sum(of: terms2).affine == BLS12381Points.times(right, scalar))
            #expect(BLS12381.sumByBuckets(terms2).affine == BLS12381Points.times(right, scalar))
        }
    }

    /// Equal, opposite and infinite points meet in one bucket and in one chain.
    @Test func tablesAndBucketsAgree() {
        var terms: [BLS12381.Term<BLS12381.Fp>] = []
        var expected = UInt256.zero
        #expect(BLS12381.sum(of: terms).isInfinity)
        #expect(BLS12381.sumByBuckets(terms).isInfinity)
        for (index, scalar) in BLS12381CurveTests.scalars(25, seed: 22).enumerated() {
            let factor = UInt256(index % 4)
            let point = BLS12381Points.times(left, factor)
            let reduced = scalar % order
            BLS12381.Fp.appendTerms(of: point, times: scalar, to: &terms)
            BLS12381.Fp.appendTerms(of: -point, times: scalar, to: &terms)
            BLS12381.Fp.appendTerms(of: -point, times: scalar, to: &terms)
            for _ in 0..<index % 4 { expected = expected.adding(order - reduced, modulo: order) }
            let sum = BLS12381Points.times(left, expected)
            #expect(BLS12381.sumByTables(terms).affine == sum, "\(terms.count) terms")
            #expect(BLS12381.sumByBuckets(terms).affine == sum, "\(terms.count) terms")
            #expect(BLS12381.sum(of: terms).affine == sum, "\(terms.count) terms")
        }
    }

    @Test(arguments: [2, 3, 5, 7, 8, 13])
    func boothDigitsGiveTheNumberBack(bits: Int) {
        var random = SeededRandom(seed: 23)
        var numbers: [UInt128] = [0, 1, 2, .max, .max - 1, 1 << 127, 1 << 64 - 1]
        for _ in 0..<20 { numbers.append(UInt128(random.next()) << 64 | UInt128(random.next())) }
        for number in numbers {
            var value = UInt128(0)
            for window in (0...128 / bits).reversed() {
                let digit = BLS12381.boothDigit(of: number, window: window, bits: bits)
                #expect(abs(digit) <= 1 << (bits - 1))
                value = (value << UInt128(bits)) &+ UInt128(truncatingIfNeeded: digit)
            }
            #expect(value == number)
        }
    }
}
