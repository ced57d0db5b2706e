public import Inference
public import Primitives

/// Work that makes each attempt at lucky positions cost 2^bits hashes.
///
/// A nonce is good when the low bits of the first word of `NodeHash.hash(seed, nonce ‖ 0…)` are
/// zero, words and nonce little-endian. The prover takes the least, so that its proof is one.
public enum ProofOfWork {
    public static func isGood(_ nonce: UInt64, seed: Hash, bits: Int) -> Bool {
        let digest = NodeHash.hash(seed, second(nonce)).bytes
        let word = (0..<4).reduce(UInt32(0)) { $0 | UInt32(digest[$1]) << UInt32(8 * $1) }
        return word.trailingZeroBitCount >= bits
    }

    /// The least good nonce.
    ///
    /// Cost: 2^bits hashes on average.
    public static func search(
        seed: Hash, bits: Int, workers: some Workers, level: KernelLevel = .best
    ) -> UInt64 {
        var start: UInt64 = 0
        while true {
            let first = start
            let found = workers.map(workers.count) { piece -> UInt64? in
                leastGood(
                    seed, bits, from: first + UInt64(piece * batch), level)
            }
            if let nonce = found.compactMap(\.self).first { return nonce }
            start += UInt64(workers.count * batch)
        }
    }

    /// Nonces that one worker tries at a time: some 50 µs.
    private static let batch = 2048

    private static func leastGood(
        _ seed: Hash, _ bits: Int, from first: UInt64, _ level: KernelLevel
    ) -> UInt64? {
        let children = DigestBuffer(count: 2 * batch)
        let bytes = seed.bytes[...]
        for offset in 0..<batch {
            children.write(bytes, at: 2 * offset)
            let nonce = first + UInt64(offset)
            for byte in 0..<8 {
                unsafe children.bytes[(2 * offset + 1) * Hash.byteCount + byte] =
                    UInt8(truncatingIfNeeded: nonce >> UInt64(8 * byte))
            }
        }
        let digests = DigestBuffer(count: batch)
        NodeHash.hash(nodes: 0..<batch, of: children, into: digests, level: level)
        for offset in 0..<batch {
            let word = (0..<4).reduce(UInt32(0)) {
                unsafe $0 | UInt32(digests.bytes[offset * Hash.byteCount + $1]) << UInt32(8 * $1)
            }
            if word.trailingZeroBitCount >= bits { return first + UInt64(offset) }
        }
        return nil
    }

    private static func second(_ nonce: UInt64) -> Hash {
        var bytes: [UInt8] = []
        bytes.append(littleEndian: nonce)
        return Hash(bytes + [UInt8](repeating: 0, count: Hash.byteCount - bytes.count))
    }
}
