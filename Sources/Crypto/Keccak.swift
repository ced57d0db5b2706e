internal import CKernels
public import Primitives

/// Keccak-256 with the original padding, as Ethereum uses it (not SHA3-256).
///
/// Source: Keccak reference 3.0; FIPS 202 for the permutation. The C kernel does the work;
/// `KeccakTwin` is the same in Swift and tests hold them equal.
public enum Keccak {
    public static let emptyHash = hash([])

    /// The digest of the bytes.
    public static func hash(_ bytes: [UInt8]) -> Hash {
        unsafe bytes.withUnsafeBufferPointer { unsafe hash($0) }
    }

    /// The digest of the bytes.
    public static func hash(_ bytes: ArraySlice<UInt8>) -> Hash {
        unsafe bytes.withUnsafeBufferPointer { unsafe hash($0) }
    }

    /// The digest of the memory.
    public static func hash(_ bytes: UnsafeBufferPointer<UInt8>) -> Hash {
        var digest: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)
        unsafe withUnsafeMutableBytes(of: &digest) { out in
            unsafe assay_keccak256(
                bytes.baseAddress, bytes.count, out.assumingMemoryBound(to: UInt8.self).baseAddress)
        }
        return Hash(
            UInt256(
                limbs: digest.3.byteSwapped, digest.2.byteSwapped, digest.1.byteSwapped,
                digest.0.byteSwapped))
    }
    /// The digests of many messages, eight at a time; best where their lengths are alike.
    public static func hashes(of messages: [[UInt8]]) -> [Hash] {
        var hashes: [Hash] = []
        hashes.reserveCapacity(messages.count)
        var start = 0
        while start + 2 < messages.count {
            let count = min(8, messages.count - start)
            hashEight(messages, start, count, &hashes)
            start += count
        }
        for message in messages[start...] { hashes.append(hash(message)) }
        return hashes
    }

    /// The digests of `count` messages from `start` on, at most eight.
    private static func hashEight(
        _ messages: [[UInt8]], _ start: Int, _ count: Int, _ hashes: inout [Hash]
    ) {
        // One buffer for all: pointers into eight arrays at once would need eight closures.
        var offsets: InlineArray<9, Int> = .init(repeating: 0)
        for index in 0..<count {
            offsets[index + 1] = offsets[index] + messages[start + index].count
        }
        var joined: [UInt8] = []
        joined.reserveCapacity(offsets[count])
        for index in 0..<count { joined.append(contentsOf: messages[start + index]) }
        let digests = unsafe joined.withUnsafeBufferPointer { bytes in
            unsafe withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 256) { out in
                unsafe withUnsafeTemporaryAllocation(
                    of: UnsafePointer<UInt8>?.self, capacity: 8
                ) { data in
                    unsafe withUnsafeTemporaryAllocation(of: Int.self, capacity: 8) { counts in
                        for index in 0..<8 {
                            let isThere = index < count
                            unsafe data[index] =
                                isThere
                                ? bytes.baseAddress.map {
                                    unsafe $0 + offsets[index]
                                } : nil
                            unsafe counts[index] =
                                isThere
                                ? offsets[index + 1] - offsets[index] : 0
                        }
                        unsafe assay_keccak256_eight(
                            data.baseAddress, counts.baseAddress, out.baseAddress)
                    }
                }
                return (0..<count).map { index in
                    unsafe Hash(UInt256(bigEndian: out[index * 32..<index * 32 + 32]))
                }
            }
        }
        hashes += digests
    }
}
