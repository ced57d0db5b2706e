import Crypto
import Primitives
import Testing

@Suite struct BN254PairingTests {
    typealias G1 = BN254Points.G1
    typealias G2 = BN254Points.G2

    private func pairing(_ left: G1, _ right: G2) -> BN254.Fp12 {
        var pairs = [BN254.Pair(left, right)]
        return BN254.finalExponentiation(BN254.millerLoop(&pairs))
    }

    private func times(_ point: G1, _ scalar: UInt256) -> G1 {
        BN254.Jacobian(point).multiplied(by: scalar).affine
    }

    private func times(_ point: G2, _ scalar: UInt256) -> G2 {
        BN254.Jacobian(point).multiplied(by: scalar).affine
    }

    @Test func isNotDegenerateAndHasTheGroupsOrder() throws {
        let value = pairing(BN254Points.left, try BN254Points.right())
        #expect(value != .one)
        #expect(value.power(BN254.order) == .one)
    }

    @Test func isBilinear() throws {
        let left = BN254Points.left
        let right = try BN254Points.right()
        let base = pairing(left, right)
        var random = SeededRandom(seed: 21)
        for _ in 0..<4 {
            let a = UInt256(UInt128(random.next()) << 60 | 5)
            let b = UInt256(UInt128(random.next()) << 50 | 3)
            let value = pairing(times(left, a), times(right, b))
            #expect(value == base.power(a).power(b))
            #expect(pairing(times(left, a), right) == base.power(a))
            #expect(pairing(left, times(right, b)) == base.power(b))
        }
        #expect(pairing(-left, right) == base.conjugate)
        #expect(pairing(left, -right) == base.conjugate)
    }

    @Test func isAdditiveInBothArguments() throws {
        let left = BN254Points.left
        let other = times(left, UInt256(77))
        let right = try BN254Points.right()
        let otherRight = times(right, UInt256(99))
        #expect(
            pairing(left + other, right) == pairing(left, right) * pairing(other, right))
        #expect(
            pairing(left, right + otherRight) == pairing(left, right) * pairing(left, otherRight))
    }

    @Test func finalExponentIsTheStatedMultiple() throws {
        // (p⁴ - p² + 1) / r has 762 bits: compare r-th powers instead, then the exponent
        // 2x(6x² + 3x + 1) · (p⁴ - p² + 1) by Frobenius.
        var random = SeededRandom(seed: 22)
        let x = UInt256(BN254.seed)
        let right = try BN254Points.right()
        for _ in 0..<2 {
            let scalar = UInt256(random.next())
            var pairs = [BN254.Pair(times(BN254Points.left, scalar), right)]
            // A Miller value is no special element of Fp12.
            let value = BN254.millerLoop(&pairs)
            let unitary = value.conjugate * value.inverted
            let f = unitary.frobeniusTwice * unitary
            let extra = UInt256(2) * x * (UInt256(6) * x * x + UInt256(3) * x + .one)
            let g = f.power(extra)
            let hard = g.frobeniusTwice.frobeniusTwice * g.frobeniusTwice.inverted * g
            #expect(BN254.finalExponentiation(value).power(BN254.order) == hard)
        }
    }

    @Test func sharedLoopIsTheProductOfSingleLoops() throws {
        let left = BN254Points.left
        let right = try BN254Points.right()
        var pairs: [BN254.Pair] = []
        var product = BN254.Fp12.one
        for index in 1...5 {
            let a = times(left, UInt256(index))
            let b = times(right, UInt256(10 * index))
            pairs.append(BN254.Pair(a, b))
            var alone = [BN254.Pair(a, b)]
            product = product * BN254.millerLoop(&alone)
        }
        #expect(BN254.millerLoop(&pairs) == product)
    }
}
