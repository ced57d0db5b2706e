import Crypto
import Primitives
import Testing

extension PrimeField256: TestedField {
    static func random(_ random: inout SeededRandom) -> Self {
        Self(
            reducing: UInt256(
                limbs: random.next(), random.next(), random.next(), random.next()))
    }
}

@Suite struct PrimeField256Tests {
    @Test func coordinatesOfBN254() { check(BN254.Fp.self, seed: 5) }
    @Test func scalarsOfBLS12381() { check(BLS12381.Fr.self, seed: 6) }

    @Test func orderIsTheModulusOfScalars() {
        #expect(BLS12381.Fr.modulus == BLS12381.order)
        let x = UInt256(BLS12381.seed)
        #expect(BLS12381.order == x * x * x * x - x * x + .one)
    }

    private func check<M: PrimeModulus>(_ field: PrimeField256<M>.Type, seed: UInt64) {
        checkLiterals(field)
        FieldLaws.check(field, edges: [.zero, .one, -.one, field.one.halved], seed: seed)
        checkAgainstWords(field, seed: seed)
        checkInverses(field, seed: seed)
        checkBatchInversion(field, seed: seed)
        checkModulusIsRefused(field)
    }

    private func checkLiterals<M: PrimeModulus>(_ field: PrimeField256<M>.Type) {
        let p = field.modulus
        #expect(p.limb0 &* field.negatedInverse == UInt64.max)
        // 2²⁵⁶ and 2⁵¹² by doublings of words.
        var power = UInt256.one
        for bit in 0..<512 {
            if bit == 256 { #expect(field.one == field.unscaled(power)) }
            power = (power + power) % p
        }
        #expect(M.square == field.unscaled(power))
        #expect(field.one.word == .one)
    }

    /// Words that a binary algorithm may stumble over: few bits set, all bits set, near p.
    private func edges(_ p: UInt256) -> [UInt256] {
        let powers = (0..<255).map { (UInt256.one << $0) % p }
        return [.zero, p - .one, p - UInt256(2), p >> 1, (p >> 1) + .one]
            + powers + powers.map { p - $0 } + powers.dropFirst().map { $0 - .one }
    }

    private func checkAgainstWords<M: PrimeModulus>(
        _ field: PrimeField256<M>.Type, seed: UInt64
    ) {
        let p = field.modulus
        var random = SeededRandom(seed: seed)
        var words = [UInt256.zero, .one, UInt256(2), p - .one, p - UInt256(2), p >> 1]
        for _ in 0..<20 { words.append(field.random(&random).word) }
        for left in words {
            let a = field.init(reducing: left)
            #expect(a.word == left)
            #expect(field.init(left) == a)
            #expect(a.doubled == a + a)
            #expect(a.halved.doubled == a)
            for right in words {
                let b = field.init(reducing: right)
                #expect((a + b).word == (left + right) % p)
                #expect((a - b).word == (left + (p - right)) % p)
                // The product by doubling in words, which knows nothing of Montgomery.
                var product = UInt256.zero
                for bit in (0..<256).reversed() {
                    product = (product + product) % p
                    if right.bit(bit) { product = (product + left) % p }
                }
                #expect((a * b).word == product)
            }
        }
    }

    private func checkInverses<M: PrimeModulus>(_ field: PrimeField256<M>.Type, seed: UInt64) {
        var random = SeededRandom(seed: seed)
        var some = edges(field.modulus).map { field.init(reducing: $0) }
        // The same patterns in the limbs themselves, which are what the algorithm sees.
        some += edges(field.modulus).map { field.unscaled($0) }
        some += (0..<200).map { _ in field.random(&random) }
        for a in some where !a.isZero { #expect(a * a.inverted == .one) }
        for a in some.suffix(10) {
            #expect(a.inverted == a.power(field.modulus - UInt256(2)))
        }
        #expect(field.zero.inverted == .zero)
    }

    private func checkBatchInversion<M: PrimeModulus>(
        _ field: PrimeField256<M>.Type, seed: UInt64
    ) {
        var random = SeededRandom(seed: seed)
        for zeros in [[], [0], [4], [0, 1, 2, 3, 4], [1, 3]] as [[Int]] {
            var elements = (0..<5).map { _ in field.random(&random) }
            for index in zeros { elements[index] = .zero }
            let expected = elements.map(\.inverted)
            field.invert(&elements)
            #expect(elements == expected)
        }
        var none: [PrimeField256<M>] = []
        field.invert(&none)
        #expect(none.isEmpty)
    }

    private func checkModulusIsRefused<M: PrimeModulus>(_ field: PrimeField256<M>.Type) {
        for excess in [UInt256.zero, .one, UInt256(limbs: 0, 0, 0, 1 << 60), .max] {
            let (word, overflow) = field.modulus.addingReportingOverflow(excess)
            #expect(field.init(overflow ? .max : word) == nil)
        }
        #expect(field.init(reducing: field.modulus) == .zero)
        #expect(field.init(reducing: .max).word == .max % field.modulus)
    }
}

extension PrimeField256 {
    /// The element whose Montgomery form is the word: its value is the word by 2²⁵⁶.
    fileprivate static func unscaled(_ word: UInt256) -> Self {
        let scale = (0..<256).reduce(UInt256.one) { value, _ in (value + value) % modulus }
        return Self(reducing: word) * Self(reducing: scale).inverted
    }
}
