import Crypto
import Primitives

/// Commits to polynomials of fewer coefficients than the setup has powers, and opens them.
struct KZGProver {
    typealias Fr = BLS12381.Fr
    typealias G1 = BLS12381.G1Point

    /// G, τG, ….
    let powers: [G1]

    init(_ powers: [G1] = KZG.powersG1) { self.powers = powers }

    func commit(_ polynomial: [Fr]) -> G1 {
        precondition(polynomial.count <= powers.count, "the setup is long enough")
        var terms: [BLS12381.Term<BLS12381.Fp>] = []
        for (point, number) in zip(powers, polynomial) {
            BLS12381.Fp.appendTerms(of: point, times: number.word, to: &terms)
        }
        return BLS12381.sum(of: terms).affine
    }

    /// The values at all roots of unity, bit-reversed, as a blob's bytes.
    static func blob(_ polynomial: [Fr]) -> [UInt8] {
        var values = polynomial + Array(repeating: .zero, count: 4096 - polynomial.count)
        RootsOfUnity.evaluate(&values)
        return values.flatMap(\.word.bigEndianBytes)
    }

    static func value(_ polynomial: [Fr], at z: Fr) -> Fr {
        polynomial.reversed().reduce(.zero) { $0 * z + $1 }
    }

    /// (f - f(z)) / (X - z).
    static func quotient(_ polynomial: [Fr], at z: Fr) -> [Fr] {
        var quotient: [Fr] = []
        var carry = Fr.zero
        for coefficient in polynomial.dropFirst().reversed() {
            carry = carry * z + coefficient
            quotient.append(carry)
        }
        return quotient.reversed()
    }

    struct Sample {
        var blob: [UInt8]
        var commitment: [UInt8]
        var proof: [UInt8]
    }

    func sample(_ polynomial: [Fr]) throws -> Sample {
        let blob = KZGProver.blob(polynomial)
        let commitment = commit(polynomial).compressed
        let z = Fr(reducing: try KZG.challenge(blob: blob, commitment: commitment))
        let proof = commit(KZGProver.quotient(polynomial, at: z)).compressed
        return Sample(blob: blob, commitment: commitment, proof: proof)
    }

    static func polynomial(_ count: Int, seed: UInt64) -> [Fr] {
        var random = SeededRandom(seed: seed)
        return (0..<count).map { _ in Fr.random(&random) }
    }
}
