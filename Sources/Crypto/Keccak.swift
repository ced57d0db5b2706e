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
}
