public import Primitives

/// KZG commitments to blobs: point evaluation (precompile 0x0a), blobs and cells against proofs.
///
/// A blob is 4,096 numbers of the scalar field, 32 bytes each, most significant first: the values
/// of a polynomial of degree below 4,096 at the roots of unity in bit-reversed order. Commitments
/// and proofs are compressed points of G1, 48 bytes. Not constant time: all of it is public.
///
/// Sources: EIP-4844; EIP-7594; consensus-specs, deneb/polynomial-commitments.md and
/// fulu/polynomial-commitments-sampling.md; Kate, Zaverucha, Goldberg, "Constant-Size Commitments
/// to Polynomials and Their Applications" (ASIACRYPT 2010).
public enum KZG {
    /// Numbers of the scalar field in one blob, and bytes.
    package static let numbersPerBlob = 4096
    public static let blobBytes = numbersPerBlob * numberBytes
    /// Bytes of a commitment or a proof.
    public static let pointBytes = 48
    static let numberBytes = 32
    private static let inputBytes = 192
    /// What opens the versioned hash of a commitment.
    private static let hashVersion: UInt8 = 0x01

    /// Checks that the polynomial behind a commitment has the value y at z.
    ///
    /// Input: versioned hash, z, y, 32 bytes each; commitment, proof, 48 bytes each. Answer: two
    /// words, the numbers of a blob and the modulus of the scalar field.
    /// - Returns: nil when the size is not 192, the hash is not the commitment's, z or y is the
    ///   modulus or more, a point is malformed or not in G1, or the proof does not hold.
    /// - Source: EIP-4844, point evaluation precompile.
    public static func pointEvaluation(_ input: [UInt8]) -> [UInt8]? {
        guard input.count == inputBytes else { return nil }
        guard versionedHash(of: input[96..<144]).bytes[...] == input[..<32],
            isProven(
                z: UInt256(bigEndian: input[32..<64]), y: UInt256(bigEndian: input[64..<96]),
                commitmentAndProof: Array(input[96...]))
        else { return nil }
        return UInt256(numbersPerBlob).bigEndianBytes + BLS12381.order.bigEndianBytes
    }

    /// What transactions name a commitment by: 0x01, then its SHA-256 without the first byte.
    public static func versionedHash(of commitment: ArraySlice<UInt8>) -> Hash {
        Hash([hashVersion] + SHA256.hash(commitment).bytes.dropFirst())
    }

    /// `verify_kzg_proof`, false also for malformed input. Needs 96 bytes of commitment and proof.
    package static func isProven(z: UInt256, y: UInt256, commitmentAndProof: [UInt8]) -> Bool {
        guard let z = BLS12381.Fr(z), let y = BLS12381.Fr(y),
            let commitment = point(commitmentAndProof, at: 0),
            let proof = point(commitmentAndProof, at: pointBytes)
        else { return false }
        return areTrue([Opening(commitment: commitment, z: z, value: y, proof: proof)])
    }
}

// MARK: Openings

extension KZG {
    /// The claim that the polynomial behind a commitment has a value at z.
    struct Opening {
        let commitment: BLS12381.G1Point
        let z: BLS12381.Fr
        let value: BLS12381.Fr
        let proof: BLS12381.G1Point
    }

    /// A sum of multiples of points of G1.
    struct Combination {
        private var terms: [BLS12381.Term<BLS12381.Fp>] = []

        mutating func add(_ point: BLS12381.G1Point, times factor: BLS12381.Fr) {
            BLS12381.Fp.appendTerms(of: point, times: factor.word, to: &terms)
        }

        var sum: JacobianPoint<BLS12381.Fp> { BLS12381.sum(of: terms) }
    }

    /// Whether all claims are true. No claims are.
    ///
    /// e(Σ wᵢ(Cᵢ - yᵢG + zᵢπᵢ), H) = e(Σ wᵢπᵢ, τH): for one claim the same as
    /// e(C - yG, H) = e(π, (τ - z)H), but with both points of G2 known beforehand. The weights wᵢ
    /// are powers of a number that depends on all claims: `verify_kzg_proof_batch`.
    static func areTrue(_ openings: [Opening]) -> Bool {
        guard let first = openings.first else { return true }
        var left = Combination()
        var right = Combination()
        left.add(first.proof, times: first.z)
        var value = first.value
        if openings.count > 1 {
            let base = batchChallenge(openings)
            var weight = base
            for opening in openings.dropFirst() {
                left.add(opening.commitment, times: weight)
                left.add(opening.proof, times: weight * opening.z)
                right.add(opening.proof, times: weight)
                value = value + weight * opening.value
                weight = weight * base
            }
        }
        left.add(-BLS12381.generatorG1, times: value)
        return areEqual(
            (left.sum + first.commitment).affine, generator,
            (right.sum + first.proof).affine, secretMultiple)
    }

    /// Whether e(P, Q) = e(R, S).
    static func areEqual(
        _ p: BLS12381.G1Point, _ q: BLS12381.PreparedPoint, _ r: BLS12381.G1Point,
        _ s: BLS12381.PreparedPoint
    ) -> Bool {
        // The pairing with infinity is one.
        var pairs: [BLS12381.Pair] = []
        if !p.isInfinity { pairs.append(BLS12381.Pair(p, q)) }
        if !r.isInfinity { pairs.append(BLS12381.Pair(-r, s)) }
        return BLS12381.finalExponentiation(BLS12381.millerLoop(&pairs)) == .one
    }

    /// The base of the weights of several claims.
    private static func batchChallenge(_ openings: [Opening]) -> BLS12381.Fr {
        var data = Array("RCKZGBATCH___V1_".utf8)
        data += bigEndian(numbersPerBlob) + bigEndian(openings.count)
        for opening in openings {
            data += opening.commitment.compressed + opening.z.word.bigEndianBytes
            data += opening.value.word.bigEndianBytes + opening.proof.compressed
        }
        return number(hashing: data)
    }

    /// `hash_to_bls_field`.
    static func number(hashing data: [UInt8]) -> BLS12381.Fr {
        BLS12381.Fr(reducing: SHA256.hash(data).word)
    }

    /// Eight bytes, most significant first.
    static func bigEndian(_ number: Int) -> ArraySlice<UInt8> {
        UInt256(number).bigEndianBytes.suffix(8)
    }

    /// The point of G1 whose 48 bytes are there; nil when they are malformed or it is not in G1.
    static func point(_ input: [UInt8], at offset: Int) -> BLS12381.G1Point? {
        guard let point = BLS12381.G1Point(compressed: input, at: offset), point.isInSubgroup else {
            return nil
        }
        return point
    }
}
