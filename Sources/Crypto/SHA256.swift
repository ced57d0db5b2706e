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
