// The curve alt_bn128 (BN254) as the EVM's precompiles 0x06, 0x07 and 0x08 see it.
//
// E: y² = x³ + 3 over Fp has prime order r, so each of its points is in G1. The twist
// E': y² = x³ + 3 / (9 + u) over Fp2 has order r · (2p - r), so G2 needs a subgroup check.
// p, r and every loop constant are polynomials in one seed x.
//
// Sources: EIP-196 and EIP-197 (encodings, acceptance rules); Barreto, Naehrig, "Pairing-Friendly
// Elliptic Curves of Prime Order" (SAC 2005); Beuchat et al., "High-Speed Software Implementation
// of the Optimal Ate Pairing over Barreto-Naehrig Curves" (Pairing 2010).

internal import Primitives

/// Addition, scalar multiplication and pairing check on alt_bn128, on raw precompile bytes.
///
/// Every function is total on all byte strings and allocates a constant amount of memory beside
/// its answer. `nil` means that the input is invalid and has no other meaning. Not constant time:
/// the EVM has no secrets.
public enum BN254 {
    /// Bytes of one coordinate, and of one scalar.
    static let wordBytes = 32
    /// Bytes of one (G1, G2) pair.
    static let pairBytes = 192
    /// The seed x of the Barreto-Naehrig polynomials.
    package static let seed: UInt64 = 4_965_661_367_192_848_881

    /// The sum of two points of G1 (precompile 0x06).
    ///
    /// Input: x1 ‖ y1 ‖ x2 ‖ y2, big-endian words; missing bytes read as zero, bytes after 128 are
    /// ignored. (0, 0) is the point at infinity. Answer: x ‖ y, 64 bytes.
    /// - Returns: nil when a coordinate is p or more, or a point is not on the curve.
    /// - Source: EIP-196.
    public static func add(_ input: [UInt8]) -> [UInt8]? {
        guard let left = pointG1(input, at: 0), let right = pointG1(input, at: 2 * wordBytes) else {
            return nil
        }
        return encoded(left + right)
    }

    /// A scalar multiple of a point of G1 (precompile 0x07).
    ///
    /// Input: x ‖ y ‖ scalar, big-endian words; missing bytes read as zero, bytes after 96 are
    /// ignored. The scalar is any 256-bit number. Answer: x ‖ y, 64 bytes.
    /// - Returns: nil when a coordinate is p or more, or the point is not on the curve.
    /// - Source: EIP-196.
    public static func multiply(_ input: [UInt8]) -> [UInt8]? {
        guard let point = pointG1(input, at: 0) else { return nil }
        let scalar = word(input, at: 2 * wordBytes)
        return encoded(multiply(point, by: scalar).affine)
    }

    /// Whether the product of the pairings of all pairs is one (precompile 0x08).
    ///
    /// Input: pairs of 192 bytes, a G1 point and a G2 point whose coordinates have the imaginary
    /// part first. Answer: the word 1 or 0, 32 bytes; no pairs give 1.
    /// - Returns: nil when the size is no multiple of 192, a coordinate is p or more, or a point is
    ///   not on its curve or not in its subgroup.
    /// - Source: EIP-197.
    public static func pairing(_ input: [UInt8]) -> [UInt8]? {
        guard input.count.isMultiple(of: pairBytes) else { return nil }
        var product = Fp12.one
        var batch: [Pair] = []
        batch.reserveCapacity(pairsPerLoop)
        for start in stride(from: 0, to: input.count, by: pairBytes) {
            guard let left = pointG1(input, at: start),
                let right = pointG2(input, at: start + 2 * wordBytes)
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
        var answer = [UInt8](repeating: 0, count: wordBytes)
        answer[wordBytes - 1] = finalExponentiation(product) == .one ? 1 : 0
        return answer
    }
}

// MARK: Encoding

extension BN254 {
    /// The word at the offset; bytes after the end read as zero.
    private static func word(_ input: [UInt8], at offset: Int) -> UInt256 {
        guard offset < input.count else { return .zero }
        let present = input[offset..<min(offset + wordBytes, input.count)]
        return UInt256(bigEndian: present) << ((wordBytes - present.count) * 8)
    }

    private static func pointG1(_ input: [UInt8], at offset: Int) -> Affine<Fp>? {
        guard let x = Fp(word(input, at: offset)),
            let y = Fp(word(input, at: offset + wordBytes))
        else { return nil }
        let point = Affine(x: x, y: y)
        return point.isInfinity || point.isOnCurve ? point : nil
    }

    private static func pointG2(_ input: [UInt8], at offset: Int) -> Affine<Fp2>? {
        guard let x1 = Fp(word(input, at: offset)),
            let x0 = Fp(word(input, at: offset + wordBytes)),
            let y1 = Fp(word(input, at: offset + 2 * wordBytes)),
            let y0 = Fp(word(input, at: offset + 3 * wordBytes))
        else { return nil }
        let point = Affine(x: Fp2(x0, x1), y: Fp2(y0, y1))
        if point.isInfinity { return point }
        return point.isOnCurve && point.isInSubgroup ? point : nil
    }

    private static func encoded(_ point: Affine<Fp>) -> [UInt8] {
        point.x.word.bigEndianBytes + point.y.word.bigEndianBytes
    }
}
