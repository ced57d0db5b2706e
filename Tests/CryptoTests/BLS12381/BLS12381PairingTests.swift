import Crypto
import Primitives
import Testing

@Suite struct BLS12381PairingTests {
    typealias G1 = BLS12381Points.G1
    typealias G2 = BLS12381Points.G2

    private let left = BLS12381Points.left
    private let right = BLS12381Points.right

    private func pairing(_ left: G1, _ right: G2) -> BLS12381.Fp12 {
        var pairs = [BLS12381.Pair(left, right)]
        return BLS12381.finalExponentiation(BLS12381.millerLoop(&pairs))
    }

    @Test func isNotDegenerateAndHasTheGroupsOrder() {
        let value = pairing(left, right)
        #expect(value != .one)
        #expect(value.power(BLS12381.order) == .one)
    }

    @Test func isBilinear() {
        let base = pairing(left, right)
        var random = SeededRandom(seed: 31)
        for _ in 0..<4 {
            let a = UInt256(UInt128(random.next()) << 60 | 5)
            let b = UInt256(UInt128(random.next()) << 50 | 3)
            let leftMultiple = BLS12381Points.times(left, a)
            let rightMultiple = BLS12381Points.times(right, b)
            #expect(pairing(leftMultiple, rightMultiple) == base.power(a).power(b))
            #expect(pairing(leftMultiple, right) == base.power(a))
            #expect(pairing(left, rightMultiple) == base.power(b))
        }
        #expect(pairing(-left, right) == base.conjugate)
        #expect(pairing(left, -right) == base.conjugate)
    }

    @Test func isAdditiveInBothArguments() {
        let other = BLS12381Points.times(left, 77)
        let otherRight = BLS12381Points.times(right, 99)
        #expect(pairing(left + other, right) == pairing(left, right) * pairing(other, right))
        #expect(
            pairing(left, right + otherRight) == pairing(left, right) * pairing(left, otherRight))
    }

    /// The hard exponent times r is 3(p⁴ - p² + 1).
    @Test func finalExponentIsTheCube() {
        var pairs = [BLS12381.Pair(left, right)]
        let value = BLS12381.millerLoop(&pairs)
        let unitary = value.conjugate * value.inverted
        let f = unitary.frobeniusTwice * unitary
        let g = f * f * f
        let hard = g.frobeniusTwice.frobeniusTwice * g.frobeniusTwice.inverted * g
        #expect(BLS12381.finalExponentiation(value).power(BLS12381.order) == hard)
    }

    @Test func sharedAndPreparedLoopsAreTheProductOfSingleLoops() {
        var pairs: [BLS12381.Pair] = []
        var prepared: [BLS12381.Pair] = []
        var product = BLS12381.Fp12.one
        for index in 1...5 {
            let a = BLS12381Points.times(left, UInt256(index))
            let b = BLS12381Points.times(right, UInt256(10 * index))
            pairs.append(BLS12381.Pair(a, b))
            prepared.append(
                index.isMultiple(of: 2)
                    ? BLS12381.Pair(a, b) : BLS12381.Pair(a, BLS12381.PreparedPoint(b)))
            var alone = [BLS12381.Pair(a, b)]
            product = product * BLS12381.millerLoop(&alone)
        }
        #expect(BLS12381.millerLoop(&pairs) == product)
        #expect(BLS12381.millerLoop(&prepared) == product)
    }

    // MARK: Precompile

    private static let yes = UInt256.one.bigEndianBytes
    private static let no = UInt256.zero.bigEndianBytes

    @Test func checkCountsPairsOfEveryBatchSize() {
        let infinity1 = G1.infinity.encoded
        let infinity2 = G2.infinity.encoded
        #expect(BLS12381.pairing(infinity1 + infinity2) == BLS12381PairingTests.yes)
        #expect(BLS12381.pairing(left.encoded + right.encoded) == BLS12381PairingTests.no)
        // count - 1 times e(P, Q), then e(-(count - 1)P, Q); infinities change nothing.
        for count in [2, 3, 15, 16, 17, 18, 33] {
            var input: [UInt8] = []
            for _ in 1..<count {
                input += left.encoded + right.encoded
                input += infinity1 + right.encoded
                input += left.encoded + infinity2
            }
            let sum = BLS12381Points.times(left, UInt256(count - 1))
            let good = input + (-sum).encoded + right.encoded
            let bad = input + (-(sum + left)).encoded + right.encoded
            #expect(BLS12381.pairing(good) == BLS12381PairingTests.yes)
            #expect(BLS12381.pairing(bad) == BLS12381PairingTests.no)
        }
    }

    @Test func checkRefusesBadPointsWhateverTheOther() {
        let good = left.encoded + right.encoded
        for point in BLS12381Points.offG1(2) {
            #expect(BLS12381.pairing(point.encoded + G2.infinity.encoded) == nil)
            #expect(BLS12381.pairing(good + point.encoded + right.encoded) == nil)
        }
        for point in BLS12381Points.offG2(2) {
            #expect(BLS12381.pairing(G1.infinity.encoded + point.encoded) == nil)
            #expect(BLS12381.pairing(good + left.encoded + point.encoded) == nil)
        }
    }
}
