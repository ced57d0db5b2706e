internal import COpenSSL
public import Primitives

/// SHA-256 (FIPS 180-4), by OpenSSL.
public enum SHA256 {
    /// The digest of the bytes.
    public static func hash(_ bytes: [UInt8]) -> Hash { hash(bytes[...]) }

    /// The digest of the bytes.
    public static func hash(_ bytes: ArraySlice<UInt8>) -> Hash {
        var digest = [UInt8](repeating: 0, count: Hash.byteCount)
        unsafe bytes.withUnsafeBufferPointer { input in
            _ = unsafe COpenSSL.SHA256(input.baseAddress, input.count, &digest)
        }
        return Hash(digest)
    }
}

/// SHA-256 of bytes that come piece by piece.
public struct SHA256Stream: Sendable {
    private var context = SHA256_CTX()

    public init() { unsafe assay_sha256_init(&context) }

    public mutating func update(_ bytes: ArraySlice<UInt8>) {
        unsafe bytes.withUnsafeBufferPointer { input in
            unsafe assay_sha256_update(&context, input.baseAddress, input.count)
        }
    }

    /// The digest of all bytes so far; more may follow.
    public var hash: Hash {
        var copy = context
        var digest = [UInt8](repeating: 0, count: Hash.byteCount)
        unsafe assay_sha256_final(&copy, &digest)
        return Hash(digest)
    }
}
