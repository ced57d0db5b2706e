package import Primitives

/// Point evaluation of KZG commitments to blobs (precompile 0x0a).
///
/// Sources: EIP-4844; consensus-specs, deneb/polynomial-commitments.md, `verify_kzg_proof`; Kate,
/// Zaverucha, Goldberg, "Constant-Size Commitments to Polynomials and Their Applications"
/// (ASIACRYPT 2010).
public enum KZG {
    /// Numbers of the scalar field in one blob.
    package static let numbersPerBlob = 4096
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
        let hash = SHA256.hash(Array(input[96..<144])).bytes
        guard input[0] == hashVersion, input[1..<32] == hash[1...] else { return nil }
        guard
            isProven(
                z: UInt256(bigEndian: input[32..<64]), y: UInt256(bigEndian: input[64..<96]),
                commitmentAndProof: Array(input[96...]))
        else { return nil }
        return UInt256(numbersPerBlob).bigEndianBytes + BLS12381.order.bigEndianBytes
    }

    /// `verify_kzg_proof`, false also for malformed input. Needs 96 bytes of commitment and proof.
    ///
    /// e(C - yG + zπ, H) = e(π, τH): the same as e(C - yG, H) = e(π, (τ - z)H), but with both
    /// points of G2 known beforehand.
    package static func isProven(z: UInt256, y: UInt256, commitmentAndProof: [UInt8]) -> Bool {
        guard z < BLS12381.order, y < BLS12381.order,
            let commitment = BLS12381.G1Point(compressed: commitmentAndProof, at: 0),
            commitment.isInSubgroup,
            let proof = BLS12381.G1Point(compressed: commitmentAndProof, at: 48),
            proof.isInSubgroup
        else { return false }
        var terms: [BLS12381.Term<BLS12381.Fp>] = []
        BLS12381.Fp.appendTerms(of: proof, times: z, to: &terms)
        BLS12381.Fp.appendTerms(of: -BLS12381.generatorG1, times: y, to: &terms)
        let left = (BLS12381.sum(of: terms) + commitment).affine
        // The pairing with infinity is one.
        var pairs: [BLS12381.Pair] = []
        if !left.isInfinity { pairs.append(BLS12381.Pair(left, generator)) }
        if !proof.isInfinity { pairs.append(BLS12381.Pair(-proof, secretMultiple)) }
        return BLS12381.finalExponentiation(BLS12381.millerLoop(&pairs)) == .one
    }
}

// MARK: Setup

extension KZG {
    private typealias Fp = BLS12381.Fp
    private typealias Fp2 = BLS12381.Fp2

    private static let generator = BLS12381.PreparedPoint(BLS12381.generatorG2)
    private static let secretMultiple = BLS12381.PreparedPoint(secretG2)

    /// τH for the τ that nobody knows: the second G2 point of the ceremony's monomial setup.
    ///
    /// Source: consensus-specs, presets/mainnet/trusted_setups/trusted_setup_4096.json.
    package static let secretG2 = BLS12381.G2Point(
        x: Fp2(
            Fp(
                constant: 0x185c_bfee_5349_2714, 0x7344_29b7_b386_08e2, 0x3926_c911_ccec_eac9,
                0xa368_5147_7ba4_c60b, 0x0870_41de_6210_00ed, 0xc98e_dada_20c1_def2),
            Fp(
                constant: 0x15bf_d7dd_8cde_b128, 0x843b_c287_230a_f389, 0x2618_7075_cbfb_efa8,
                0x1009_a2ce_615a_c53d, 0x2914_e587_0cb4_52d2, 0xafaa_ab24_f349_9f72)),
        y: Fp2(
            Fp(
                constant: 0x0143_53bd_b96b_626d, 0xd7d5_ee85_99d1_fca2, 0x1315_6949_0e28_de18,
                0xe824_51a4_96a9_c979, 0x4ce2_6d10_5941_f383, 0xee68_9bfb_bb83_2a99),
            Fp(
                constant: 0x1666_c54b_0a32_5295, 0x0343_2fca_e018_1b4b, 0xef79_de09_fc63_671f,
                0xda5e_d1ba_9bfa_0789, 0x9495_346f_3d7a_c9cd, 0x2304_8ef3_0d0a_154f)))
}
