internal import COpenSSL

/// SHA-384 (FIPS 180-4), by OpenSSL.
public enum SHA384 {
    public static let byteCount = 48

    /// The 48-byte digest of the bytes.
    public static func hash(_ bytes: [UInt8]) -> [UInt8] { hash(bytes[...]) }

    /// The 48-byte digest of the bytes.
    public static func hash(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
        var digest = [UInt8](repeating: 0, count: byteCount)
        unsafe bytes.withUnsafeBufferPointer { input in
            _ = unsafe COpenSSL.SHA384(input.baseAddress, input.count, &digest)
        }
        return digest
    }
}

/// SHA-512 (FIPS 180-4), by OpenSSL.
public enum SHA512 {
    public static let byteCount = 64

    /// The 64-byte digest of the bytes.
    public static func hash(_ bytes: [UInt8]) -> [UInt8] { hash(bytes[...]) }

    /// The 64-byte digest of the bytes.
    public static func hash(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
        var digest = [UInt8](repeating: 0, count: byteCount)
        unsafe bytes.withUnsafeBufferPointer { input in
            _ = unsafe COpenSSL.SHA512(input.baseAddress, input.count, &digest)
        }
        return digest
    }
}
