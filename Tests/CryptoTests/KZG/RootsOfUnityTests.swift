import Crypto
import Primitives
import Testing

@Suite struct RootsOfUnityTests {
    typealias Fr = BLS12381.Fr

    /// The root of the order, and an index with its bits in reverse, said in another way.
    private func root(_ order: Int) throws -> Fr {
        try #require(Fr(UInt256(7))).power((BLS12381.order - .one) / UInt256(order))
    }
    private func reversed(_ index: Int, bits: Int) -> Int {
        (0..<bits).reduce(0) { $0 << 1 | index >> $1 & 1 }
    }

    @Test(arguments: [0, 1, 2, 6, 12, 13])
    func evaluationAgreesWithHorner(_ bits: Int) throws {
        let count = 1 << bits
        let polynomial = KZGProver.polynomial(min(count, 20), seed: UInt64(bits))
        var values = polynomial + Array(repeating: .zero, count: count - polynomial.count)
        RootsOfUnity.evaluate(&values)
        let root = try root(count)
        for index in [0, 1, 2, 3, count / 2, count - 1] where index < count {
            let x = root.power(UInt256(reversed(index, bits: bits)))
            #expect(values[index] == KZGProver.value(polynomial, at: x))
        }
        RootsOfUnity.interpolate(&values)
        #expect(Array(values.prefix(polynomial.count)) == polynomial)
        #expect(values.dropFirst(polynomial.count).allSatisfy { $0.isZero })
    }

    @Test func valuesBetweenTheRootsAreThePolynomials() throws {
        let polynomial = KZGProver.polynomial(4096, seed: 3)
        var values = polynomial
        RootsOfUnity.evaluate(&values)
        var random = SeededRandom(seed: 4)
        for _ in 0..<3 {
            let z = Fr.random(&random)
            #expect(KZG.value(of: values, at: z) == KZGProver.value(polynomial, at: z))
        }
        // At roots, where the formula divides by zero.
        let root = try root(4096)
        for power in [0, 1, 2048, 4095] as [UInt64] {
            let z = root.power(UInt256(power))
            #expect(KZG.value(of: values, at: z) == KZGProver.value(polynomial, at: z))
        }
        #expect(KZG.value(of: values, at: .zero) == polynomial[0])
    }
}
