import Crypto
import Primitives
import Testing

extension BN254.Fp2: TestedField {
    static func random(_ random: inout SeededRandom) -> Self {
        Self(Fp.random(&random), Fp.random(&random))
    }
}

@Suite struct BN254FieldTests {
    /// p from the seed's polynomial.
    static func modulusFromSeed() -> UInt256 {
        let x = UInt256(BN254.seed)
        let xx = x * x
        return UInt256(36) * xx * xx + UInt256(36) * xx * x + UInt256(24) * xx + UInt256(6) * x
            + .one
    }

    @Test func literalsFollowFromTheSeed() {
        let p = BN254FieldTests.modulusFromSeed()
        #expect(BN254.Fp.modulus == p)
        #expect(BN254.order == p - UInt256(6) * UInt256(BN254.seed) * UInt256(BN254.seed))
        #expect(p % UInt256(6) == .one)
    }

    @Test func fieldLaws() {
        typealias Fp2 = BN254.Fp2
        typealias Fp6 = BN254.Fp6
        typealias Fp12 = BN254.Fp12
        let edges2 = [Fp2.zero, .one, -.one, Fp2(.zero, .one), Fp2(.zero, -.one), .residue]
        FieldLaws.check(Fp2.self, edges: edges2, seed: 2)
        let v = Fp6(.zero, .one, .zero)
        FieldLaws.check(Fp6.self, edges: [.zero, .one, -.one, v, v * v], seed: 3)
        let w = Fp12(.zero, .one)
        FieldLaws.check(Fp12.self, edges: [.zero, .one, w, w * w, Fp12(v, -v)], seed: 4)
    }

    @Test func residueIsNoSquareAndNoCube() {
        // Exponents (p² - 1) / 2 and (p² - 1) / 3, as a power of a power.
        let p = BN254.Fp.modulus
        let residue = BN254.Fp2.residue
        #expect(residue.power((p - .one) / UInt256(2)).power(p + .one) == -.one)
        #expect(residue.power((p - .one) / UInt256(3)).power(p + .one) != .one)
    }

    @Test func specialProductsAgreeWithPlainOnes() {
        var random = SeededRandom(seed: 6)
        for _ in 0..<10 {
            let a = BN254.Fp12.random(&random)
            let b = BN254.Fp2.random(&random)
            let c = BN254.Fp2.random(&random)
            let d = BN254.Fp2.random(&random)
            #expect(b.timesResidue == b * .residue)
            #expect(b.tripled == b + b + b)
            #expect(b.halved + b.halved == b)
            #expect(a.c0.timesV == a.c0 * BN254.Fp6(.zero, .one, .zero))
            #expect(a.c0 * b == a.c0 * BN254.Fp6(b, .zero, .zero))
            #expect(a.c0.times(b, c) == a.c0 * BN254.Fp6(b, c, .zero))
            var product = a
            product.multiply(by: BN254.Line(b, c, d))
            let line = BN254.Fp12(BN254.Fp6(b, .zero, .zero), BN254.Fp6(c, d, .zero))
            #expect(product == a * line)
        }
    }

    @Test func frobeniusIsThePowerOfTheModulus() {
        var random = SeededRandom(seed: 7)
        let p = BN254.Fp.modulus
        for _ in 0..<3 {
            let a = BN254.Fp12.random(&random)
            #expect(a.frobenius == a.power(p))
            #expect(a.frobeniusTwice == a.frobenius.frobenius)
            let sixth = a.frobeniusTwice.frobeniusTwice.frobeniusTwice
            #expect(sixth == a.conjugate)
            let b = BN254.Fp2.random(&random)
            #expect(b.conjugate == b.power(p))
        }
    }

    @Test func cyclotomicShortcutsAgreeWithPlainOnes() {
        var random = SeededRandom(seed: 8)
        for _ in 0..<3 {
            let a = BN254.Fp12.random(&random)
            let unitary = a.conjugate * a.inverted
            let f = unitary.frobeniusTwice * unitary
            #expect(f.conjugate == f.inverted)
            #expect(f.cyclotomicSquared == f.squared)
            #expect(f.poweredBySeed == f.power(UInt256(BN254.seed)))
        }
        #expect(BN254.Fp12.one.poweredBySeed == .one)
    }
}
