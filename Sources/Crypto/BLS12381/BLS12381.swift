// The curve BLS12-381 as the EVM's precompiles 0x0b to 0x11 see it.
//
// E: y² = x³ + 4 over Fp and its twist E': y² = x³ + 4(1 + u) over Fp2. G1 and G2 are their
// subgroups of prime order r; both curves have many other points. p and r are polynomials in one
// seed x = -0xd201000000010000.
//
// Sources: EIP-2537 (encodings, acceptance rules); Barreto, Lynn, Scott, "Constructing Elliptic
// Curves with Prescribed Embedding Degrees" (SCN 2002); RFC 9380, section 8.8.

public import Primitives

/// Additions, sums of products, pairing check and maps on BLS12-381, on raw precompile bytes.
///
/// A number of Fp is 64 bytes, of which the first 16 are zero; one of Fp2 is its real part, then
/// its imaginary part. A point is x ‖ y; all zeros are infinity. Every function is total on all
/// byte strings. `nil` means that the input is invalid and has no other meaning. Not constant time:
/// the EVM has no secrets.
public enum BLS12381 {
    /// |x|: the seed is negative.
    package static let seed: UInt64 = 0xd201_0000_0001_0000

    /// r = x⁴ - x² + 1: the order of both groups.
    public static let order = UInt256(
        limbs: 0xffff_ffff_0000_0001, 0x53bd_a402_fffe_5bfe, 0x3339_d808_09a1_d805,
        0x73ed_a753_299d_7d48)

    /// Bytes of one number of Fp, of one scalar, and of one (G1, G2) pair.
    static let fieldBytes = 64
    static let scalarBytes = 32
    static let pairBytes = 384

    /// The sum of two points of E (precompile 0x0b). Input: 256 bytes; answer: 128.
    /// - Returns: nil when the size is wrong, a number is p or more, or a point is not on the
    ///   curve. Points outside G1 are accepted.
    /// - Source: EIP-2537, G1ADD.
    public static func addG1(_ input: [UInt8]) -> [UInt8]? { add(input, Fp.self) }

    /// The sum of two points of E' (precompile 0x0d). Input: 512 bytes; answer: 256.
    /// - Returns: as `addG1`.
    /// - Source: EIP-2537, G2ADD.
    public static func addG2(_ input: [UInt8]) -> [UInt8]? { add(input, Fp2.self) }

    /// The sum of multiples of points of G1 (precompile 0x0c).
    ///
    /// Input: one or more points, 128 bytes, each followed by a scalar, any 256-bit number. Answer:
    /// 128 bytes.
    /// - Returns: nil when the size is no positive multiple of 160, a number is p or more, or a
    ///   point is not in G1.
    /// - Source: EIP-2537, G1MSM.
    public static func sumG1(_ input: [UInt8]) -> [UInt8]? { sum(input, Fp.self) }

    /// The sum of multiples of points of G2 (precompile 0x0e): 288 bytes a term, answer 256 bytes.
    /// - Returns: as `sumG1`.
    /// - Source: EIP-2537, G2MSM.
    public static func sumG2(_ input: [UInt8]) -> [UInt8]? { sum(input, Fp2.self) }

    /// Whether the product of the pairings of all pairs is one (precompile 0x0f).
    ///
    /// Input: one or more pairs of 384 bytes, a point of G1 and one of G2. Answer: the word 1 or 0.
    /// - Returns: nil when the size is no positive multiple of 384, a number is p or more, or a
    ///   point is not in its group.
    /// - Source: EIP-2537, PAIRING_CHECK.
    public static func pairing(_ input: [UInt8]) -> [UInt8]? {
        guard !input.isEmpty, input.count.isMultiple(of: pairBytes) else { return nil }
        var product = Fp12.one
        var batch: [Pair] = []
        batch.reserveCapacity(min(pairsPerLoop, input.count / pairBytes))
        for start in stride(from: 0, to: input.count, by: pairBytes) {
            guard let left = G1Point(encoded: input, at: start), left.isInSubgroup,
                let right = G2Point(encoded: input, at: start + 2 * fieldBytes), right.isInSubgroup
            else { return nil }
            // The pairing with infinity is one.
            if left.isInfinity || right.isInfinity { continue }
            batch.append(Pair(left, right))
            if batch.count == pairsPerLoop {
                product = product * millerLoop(&batch)
                batch.removeAll(keepingCapacity: true)
            }
        }
        if !batch.isEmpty { product = product * millerLoop(&batch) }
        return UInt256(finalExponentiation(product) == .one).bigEndianBytes
    }

    /// The point of G1 that belongs to a number of Fp (precompile 0x10). Input: 64 bytes.
    /// - Returns: nil when the size is wrong or the number is p or more.
    /// - Source: EIP-2537, MAP_FP_TO_G1.
    public static func mapToG1(_ input: [UInt8]) -> [UInt8]? { map(input, Fp.self) }

    /// The point of G2 that belongs to a number of Fp2 (precompile 0x11). Input: 128 bytes.
    /// - Returns: as `mapToG1`.
    /// - Source: EIP-2537, MAP_FP2_TO_G2.
    public static func mapToG2(_ input: [UInt8]) -> [UInt8]? { map(input, Fp2.self) }
}

extension BLS12381 {
    private static func add<Field: Group>(_ input: [UInt8], _ field: Field.Type) -> [UInt8]? {
        let pointBytes = 2 * Field.encodedBytes
        guard input.count == 2 * pointBytes,
            let left = AffinePoint<Field>(encoded: input, at: 0),
            let right = AffinePoint<Field>(encoded: input, at: pointBytes)
        else { return nil }
        return (left + right).encoded
    }

    private static func sum<Field: Group>(_ input: [UInt8], _ field: Field.Type) -> [UInt8]? {
        let pointBytes = 2 * Field.encodedBytes
        let termBytes = pointBytes + scalarBytes
        guard !input.isEmpty, input.count.isMultiple(of: termBytes) else { return nil }
        var terms: [Term<Field>] = []
        terms.reserveCapacity(input.count / termBytes * Field.termsPerScalar)
        for start in stride(from: 0, to: input.count, by: termBytes) {
            guard let point = AffinePoint<Field>(encoded: input, at: start), point.isInSubgroup
            else { return nil }
            let scalar = UInt256(
                bigEndian: input[start + pointBytes..<start + termBytes])
            Field.appendTerms(of: point, times: scalar, to: &terms)
        }
        return sum(of: terms).affine.encoded
    }

    private static func map<Field: Group & MapField>(
        _ input: [UInt8], _ field: Field.Type
    ) -> [UInt8]? {
        guard input.count == Field.encodedBytes, let number = Field(encoded: input, at: 0) else {
            return nil
        }
        return Field.clearCofactor(map(number)).affine.encoded
    }
}
