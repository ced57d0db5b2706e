import Crypto
import Primitives
import Testing

extension BLS12381.Fp: TestedField {
    static func random(_ random: inout SeededRandom) -> Self {
        while true {
            // The top limb of p has 61 bits.
            let element = Self(
                random.next() >> 3, random.next(), random.next(), random.next(), random.next(),
                random.next())
            if let element { return element }
        }
    }

    /// The value's 48 bytes.
    var bytes: [UInt8] {
        var output: [UInt8] = []
        appendEncoded(to: &output)
        return Array(output[16...])
    }
}
extension BLS12381.Fp2: TestedField {
    static func random(_ random: inout SeededRandom) -> Self {
        Self(Fp.random(&random), Fp.random(&random))
    }
}

@Suite struct BLS12381FieldTests {
    typealias Fp = BLS12381.Fp
    typealias Fp2 = BLS12381.Fp2
    typealias Fp6 = BLS12381.Fp6
    typealias Fp12 = BLS12381.Fp12

    static let modulus = Fp.modulus.reversed().flatMap { UInt256($0).bigEndianBytes[24...] }

    @Test func literalsFollowFromTheSeed() {
        let x = UInt256(BLS12381.seed)
        let xx = x * x
        #expect(BLS12381.order == xx * xx - xx + .one)
        // p = (x - 1)² · r / 3 + x for the negative seed: modulo 2²⁵⁶, and by its 381 bits.
        let square = (x + .one) * (x + .one)
        #expect((square % UInt256(3)).isZero)
        let (high, low) = (square / UInt256(3)).multipliedFullWidth(by: BLS12381.order)
        let (lowest, borrows) = low.subtractingReportingOverflow(x)
        let top = borrows ? high - .one : high
        let limbs = Fp.modulus
        #expect(lowest == UInt256(limbs: limbs[0], limbs[1], limbs[2], limbs[3]))
        #expect(top == UInt256(limbs: limbs[4], limbs[5], 0, 0))
        #expect(limbs[0] &* Fp.negatedInverse == UInt64.max)
        #expect(limbs[0] & 3 == 3)
        #expect(Fp2.residue.power(Fp2.sixth).power([6]) == Fp2.residue.conjugate * Fp2.residue.inverted)
    }

    @Test func fieldLaws() {
        let edges = [Fp.zero, .one, -.one, Fp.one.halved]
        FieldLaws.check(Fp.self, edges: edges, seed: 1)
        let edges2 = [Fp2.zero, .one, -.one, Fp2(.zero, .one), Fp2(.zero, -.one), .residue]
        FieldLaws.check(Fp2.self, edges: edges2, seed: 2)
        let v = Fp6(.zero, .one, .zero)
        FieldLaws.check(Fp6.self, edges: [.zero, .one, -.one, v, v * v], seed: 3)
        let w = Fp12(.zero, .one)
        FieldLaws.check(Fp12.self, edges: [.zero, .one, w, w * w, Fp12(v, -v)], seed: 4)
        #expect(w * w == Fp12(v, .zero))
        #expect(v * v * v == Fp6(.residue, .zero, .zero))
        #expect(Fp2(.zero, .one).squared == -.one)
    }

    /// Numbers whose limbs are at their edges, and random ones.
    private static func some(_ count: Int, seed: UInt64) -> [Fp] {
        var random = SeededRandom(seed: seed)
        var some = [Fp.zero, .one, -.one, Fp(2), -Fp(2), Fp.one.halved, -Fp.one.halved]
        for place in 0..<6 {
            var words: [UInt64] = [0, 0, 0, 0, 0, 0]
            words[place] = place == 0 ? 0x1a01_11ea_397f_e699 : .max
            for words in [words, words.map { $0 == 0 ? .max : 0 }] {
                let element = Fp(words[0], words[1], words[2], words[3], words[4], words[5])
                if let element { some.append(element) }
            }
        }
        for _ in 0..<count { some.append(Fp.random(&random)) }
        return some
    }

    @Test func kernelsAgreeWithTheTwin() {
        let some = BLS12381FieldTests.some(20, seed: 5)
        for (index, a) in some.enumerated() {
            let c = some[(index + 5) % some.count]
            let d = some[(index + 11) % some.count]
            #expect(a.squared == BLS12381.FpTwin.product(a, a))
            for b in some {
                let product = BLS12381.FpTwin.product(a, b)
                #expect(a * b == product)
                #expect(Fp.portableProduct(a, b) == product)
                let sum = BLS12381.FpTwin.sumOfProducts(a, b, c, d)
                #expect(sum == product + BLS12381.FpTwin.product(c, d))
                #expect(Fp.sumOfProducts(a, b, c, d) == sum)
                #expect(Fp.portableSumOfProducts(a, b, c, d) == sum)
                let complex = Fp2(a, c) * Fp2(b, d)
                #expect(complex == Fp2(a * b - c * d, a * d + c * b))
                #expect(Fp2(a, b).squared == Fp2(a, b) * Fp2(a, b))
            }
        }
    }

    /// With the laws, squares that are right make all products right.
    @Test func squaresPowersAndInversesAgreeWithModexp() {
        let modulus = BLS12381FieldTests.modulus
        var exponent = modulus
        exponent[47] -= 2
        let word = exponent.reversed().enumerated().reduce(into: [UInt64](repeating: 0, count: 6)) {
            $0[$1.offset / 8] |= UInt64($1.element) << UInt64($1.offset % 8 * 8)
        }
        for a in BLS12381FieldTests.some(60, seed: 6) {
            #expect(
                a.squared.bytes == Modexp.power(base: a.bytes, exponent: [2], modulus: modulus))
            let inverse = Modexp.power(base: a.bytes, exponent: exponent, modulus: modulus)
            #expect(a.inverted.bytes == inverse)
            #expect(a.power(word).bytes == inverse)
            #expect(a.halved.doubled == a)
            #expect(a.isOdd == (a.bytes[47] & 1 == 1))
            #expect(a.isLarge == (a != .zero && a.doubled.isOdd))
            #expect(Fp(bigEndian: a.bytes, at: 0) == a)
        }
        #expect(Fp.zero.power([0]) == .one)
        #expect(Fp(7).power([0, 0]) == .one)
        #expect(Fp(7).power([3, 0]) == Fp(343))
        #expect(Fp(7).power([0, 1]) == (0..<64).reduce(Fp(7)) { value, _ in value.squared })
    }

    /// Small numbers, powers of two and their neighbours: short and lopsided divisions.
    @Test func inversesOfManySizes() {
        var power = Fp.one
        for _ in 0..<381 {
            for a in [power, power + .one, power - .one, -power, power.inverted] where !a.isZero {
                #expect(a * a.inverted == .one)
            }
            power = power.doubled
        }
        #expect(Fp.zero.inverted == .zero)
    }

    @Test func squareRoots() {
        for a in BLS12381FieldTests.some(30, seed: 7) {
            let root = a.squared.squareRoot
            #expect(root == a || root == -a)
            // -1 is no square.
            if !a.isZero { #expect((-a.squared).squareRoot == nil) }
            for value in [Fp2(a, .zero), Fp2(.zero, a)] {
                #expect(value.squareRoot.map(\.squared).map { $0 == value } ?? true)
            }
            #expect(Fp2(a, .zero).squareRoot?.squared == Fp2(a, .zero))
        }
        var random = SeededRandom(seed: 8)
        for _ in 0..<30 {
            let a = Fp2.random(&random)
            let root = a.squared.squareRoot
            #expect(root == a || root == -a)
            // ξ is no square.
            #expect((a.squared * .residue).squareRoot == nil)
        }
        #expect(Fp2.zero.squareRoot == .zero)
    }

    @Test func residueIsNoSquareAndNoCube() {
        // ξ^((p² - 1) / 6) is a primitive sixth root of one.
        let root = Fp2.residue.power(Fp2.sixth)
        let norm = root.conjugate * root
        #expect(norm * norm * norm == -.one)
        #expect(norm * norm != .one)
        #expect(Fp2.frobeniusSquaredFactors[1] == norm.real && norm.imaginary.isZero)
    }

    @Test func specialProductsAgreeWithPlainOnes() {
        var random = SeededRandom(seed: 9)
        for _ in 0..<10 {
            let a = Fp12.random(&random)
            let b = Fp2.random(&random)
            let c = Fp2.random(&random)
            let d = Fp2.random(&random)
            #expect(b.timesResidue == b * .residue)
            #expect(b.tripled == b + b + b)
            #expect(b.halved + b.halved == b)
            #expect(b.norm == (b * b.conjugate).real)
            #expect(a.c0.timesV == a.c0 * Fp6(.zero, .one, .zero))
            #expect(a.c0.times(b, c) == a.c0 * Fp6(b, c, .zero))
            var product = a
            product.multiply(by: BLS12381.Line(b, c, d))
            #expect(product == a * Fp12(Fp6(b, c, .zero), Fp6(.zero, d, .zero)))
        }
    }

    @Test func frobeniusIsThePowerOfTheModulus() {
        var random = SeededRandom(seed: 10)
        let a = Fp12.random(&random)
        var power = Fp12.one
        for limb in Fp.modulus.reversed() {
            for bit in (0..<64).reversed() {
                power = power.squared
                if limb >> UInt64(bit) & 1 == 1 { power = power * a }
            }
        }
        #expect(a.frobenius == power)
        #expect(a.frobeniusTwice == a.frobenius.frobenius)
        #expect(a.frobeniusTwice.frobeniusTwice.frobeniusTwice == a.conjugate)
        let b = Fp2.random(&random)
        #expect(b.conjugate == b.power(Fp.modulus))
    }

    @Test func cyclotomicShortcutsAgreeWithPlainOnes() {
        var random = SeededRandom(seed: 11)
        for _ in 0..<3 {
            let a = Fp12.random(&random)
            let unitary = a.conjugate * a.inverted
            let f = unitary.frobeniusTwice * unitary
            #expect(f.conjugate == f.inverted)
            #expect(f.cyclotomicSquared == f.squared)
            #expect(f.poweredBySeed == f.power(UInt256(BLS12381.seed)).inverted)
        }
        #expect(Fp12.one.poweredBySeed == .one)
    }
}
