public import Primitives

// Blobs and their proofs: EIP-4844.

extension KZG {
    /// Whether the blob is the one behind the commitment: `verify_blob_kzg_proof`.
    ///
    /// Sizes: 131,072 bytes, 48, 48.
    /// - Throws: `wrongSize`, `numberTooLarge`, `malformedPoint`.
    public static func isProven(
        blob: [UInt8], commitment: [UInt8], proof: [UInt8]
    ) throws(KZGError) -> Bool {
        try areProven(blobs: [blob], commitments: [commitment], proofs: [proof])
    }

    /// Whether each blob is the one behind its commitment: `verify_blob_kzg_proof_batch`.
    ///
    /// No blobs are proven. Cost: one pairing check, and an evaluation a blob.
    /// - Throws: `wrongCount` when the lists differ in length; as `isProven`.
    public static func areProven(
        blobs: [[UInt8]], commitments: [[UInt8]], proofs: [[UInt8]]
    ) throws(KZGError) -> Bool {
        try checkCount(commitments.count, of: .commitment, blobs.count)
        try checkCount(proofs.count, of: .proof, blobs.count)
        try checkSizes(of: blobs, .blob, blobBytes)
        let commitmentPoints = try points(commitments, .commitment)
        let proofPoints = try points(proofs, .proof)
        var openings: [Opening] = []
        for index in blobs.indices {
            let polynomial = try numbers(blobs[index], .blob, index)
            let z = challenge(blob: blobs[index], checkedCommitment: commitments[index])
            openings.append(
                Opening(
                    commitment: commitmentPoints[index], z: z,
                    value: value(of: polynomial, at: z), proof: proofPoints[index]))
        }
        return areTrue(openings)
    }

    /// The z, below the modulus, where a blob's proof opens its polynomial: `compute_challenge`.
    ///
    /// - Throws: `wrongSize`. What the bytes mean is not looked at.
    public static func challenge(
        blob: [UInt8], commitment: [UInt8]
    ) throws(KZGError) -> UInt256 {
        try checkSizes(of: [blob], .blob, blobBytes)
        try checkSizes(of: [commitment], .commitment, pointBytes)
        return challenge(blob: blob, checkedCommitment: commitment).word
    }

    private static func challenge(blob: [UInt8], checkedCommitment: [UInt8]) -> BLS12381.Fr {
        var data = Array("FSBLOBVERIFY_V1_".utf8)
        data.reserveCapacity(data.count + 16 + blob.count + checkedCommitment.count)
        data += UInt256(numbersPerBlob).bigEndianBytes.suffix(16)
        data += blob
        data += checkedCommitment
        return number(hashing: data)
    }

    /// The value at z of a polynomial given by its values at the roots of unity in bit-reversed
    /// order: (zⁿ - 1) / n · Σ fᵢwᵢ / (z - wᵢ).
    ///
    /// Source: `evaluate_polynomial_in_evaluation_form`; Berrut, Trefethen, "Barycentric Lagrange
    /// Interpolation" (SIAM Review 2004).
    package static func value(
        of polynomial: [BLS12381.Fr], at z: BLS12381.Fr
    ) -> BLS12381.Fr {
        let count = polynomial.count
        let roots = RootsOfUnity.bitReversed(count)
        var inverses = roots.map { z - $0 }
        // At a root itself the value is there.
        if let index = inverses.firstIndex(where: \.isZero) { return polynomial[index] }
        BLS12381.Fr.invert(&inverses)
        var sum = BLS12381.Fr.zero
        for index in 0..<count { sum = sum + polynomial[index] * roots[index] * inverses[index] }
        let power = z.power(UInt256(count)) - .one
        return sum * power * RootsOfUnity.inverse(of: count)
    }
}

// MARK: Reading

extension KZG {
    static func checkCount(
        _ count: Int, of input: KZGError.Input, _ expected: Int
    ) throws(KZGError) {
        guard count == expected else {
            throw .wrongCount(input, expected: expected, got: count)
        }
    }

    static func checkSizes(
        of inputs: [[UInt8]], _ input: KZGError.Input, _ size: Int
    ) throws(KZGError) {
        for (index, bytes) in inputs.enumerated() where bytes.count != size {
            throw .wrongSize(input, index: index, expected: size, got: bytes.count)
        }
    }

    static func points(
        _ inputs: [[UInt8]], _ input: KZGError.Input
    ) throws(KZGError) -> [BLS12381.G1Point] {
        try checkSizes(of: inputs, input, pointBytes)
        var points: [BLS12381.G1Point] = []
        points.reserveCapacity(inputs.count)
        for (index, bytes) in inputs.enumerated() {
            guard let point = point(bytes, at: 0) else {
                throw .malformedPoint(input, index: index)
            }
            points.append(point)
        }
        return points
    }

    /// The numbers of a blob or a cell, whose size is right.
    static func numbers(
        _ bytes: [UInt8], _ input: KZGError.Input, _ index: Int
    ) throws(KZGError) -> [BLS12381.Fr] {
        var numbers: [BLS12381.Fr] = []
        numbers.reserveCapacity(bytes.count / numberBytes)
        for start in stride(from: 0, to: bytes.count, by: numberBytes) {
            let word = UInt256(bigEndian: bytes[start..<start + numberBytes])
            guard let number = BLS12381.Fr(word) else {
                throw .numberTooLarge(input, index: index, number: start / numberBytes)
            }
            numbers.append(number)
        }
        return numbers
    }
}
