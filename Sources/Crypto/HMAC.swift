internal import COpenSSL

/// HMAC (RFC 2104), by OpenSSL.
public enum HMAC {
    /// The hash below it.
    public enum Digest: Sendable {
        case sha256, sha384, sha512

        public var byteCount: Int {
            switch self {
            case .sha256: 32
            case .sha384: 48
            case .sha512: 64
            }
        }
    }

    /// The code of the bytes, as long as the hash.
    public static func hash(_ bytes: [UInt8], key: [UInt8], by digest: Digest) -> [UInt8] {
        var code = [UInt8](repeating: 0, count: digest.byteCount)
        var count: UInt32 = 0
        let function =
            switch digest {
            case .sha256: unsafe EVP_sha256()
            case .sha384: unsafe EVP_sha384()
            case .sha512: unsafe EVP_sha512()
            }
        let isDone = unsafe COpenSSL.HMAC(
            function, key, Int32(key.count), bytes, bytes.count, &code, &count)
        // Missing only where OpenSSL was built without it: never answer with zeros then.
        guard unsafe isDone != nil, Int(count) == digest.byteCount else {
            fatalError("OpenSSL has no HMAC with \(digest)")
        }
        return code
    }
}

/// Keys from one secret, by label (RFC 5869, with SHA-256).
public enum HKDF {
    /// The first bytes of the output for this label; at most 255 · 32.
    public static func expand(
        secret: [UInt8], salt: [UInt8] = [], label: [UInt8], count: Int
    ) -> [UInt8] {
        precondition(count <= 255 * 32, "HKDF gives at most 8160 bytes")
        // An absent salt is as many zeros as the hash has bytes.
        let key = HMAC.hash(
            secret, key: salt.isEmpty ? [UInt8](repeating: 0, count: 32) : salt, by: .sha256)
        var output: [UInt8] = []
        var block: [UInt8] = []
        var number: UInt8 = 1
        while output.count < count {
            block = HMAC.hash(block + label + [number], key: key, by: .sha256)
            output += block
            number &+= 1
        }
        return Array(output.prefix(count))
    }
}
