internal import COpenSSL

/// RIPEMD-160 (ISO/IEC 10118-3), by OpenSSL.
public enum RIPEMD160 {
    public static let byteCount = 20

    /// The 20-byte digest of the bytes.
    public static func hash(_ bytes: [UInt8]) -> [UInt8] {
        var digest = [UInt8](repeating: 0, count: byteCount)
        let isDone = unsafe EVP_Digest(
            bytes, bytes.count, &digest, nil, EVP_ripemd160(), nil)
        // Missing only where OpenSSL was built without it: never answer with zeros then.
        guard isDone == 1 else { fatalError("OpenSSL has no RIPEMD-160") }
        return digest
    }
}
