internal import COpenSSL

/// RSASSA-PSS (RFC 8017, section 8.1) with exponent 65537 and a salt as long as the hash, which
/// MGF1 uses, too; the public operation is OpenSSL's.
public enum RSAPSS {
    public enum Digest: Sendable {
        case sha256, sha384

        public var byteCount: Int { self == .sha256 ? 32 : 48 }
    }

    public static let exponent: UInt32 = 65_537

    /// Bytes of a modulus: 2048 to 4096 bits.
    public static let modulusBytes = 256...512

    /// Whether the bytes can be a modulus: odd, big-endian, 256 to 512 bytes, its highest bit set.
    public static func isModulus(_ bytes: ArraySlice<UInt8>) -> Bool {
        guard let first = bytes.first, let last = bytes.last else { return false }
        return modulusBytes.contains(bytes.count) && first >= 0x80 && last & 1 == 1
    }

    /// Whether the signature, as long as the modulus, signs the digest.
    ///
    /// False for digests of another length and for what is no modulus.
    public static func verify(
        digest: [UInt8], by hash: Digest, signature: ArraySlice<UInt8>, modulus: ArraySlice<UInt8>
    ) -> Bool {
        guard digest.count == hash.byteCount, isModulus(modulus), signature.count == modulus.count
        else { return false }
        let modulusBytes = Array(modulus)
        let signatureBytes = Array(signature)
        guard
            let modulusNumber = unsafe BN_bin2bn(modulusBytes, Int32(modulusBytes.count), nil),
            let exponentNumber = unsafe BN_new()
        else { fatalError("out of memory") }
        guard unsafe BN_set_word(exponentNumber, UInt(exponent)) == 1 else {
            fatalError("out of memory")
        }
        var opened = [UInt8](repeating: 0, count: signatureBytes.count)
        let function = unsafe hash == .sha256 ? EVP_sha256() : EVP_sha384()
        // Takes the two numbers over.
        let verdict = unsafe assay_rsa_pss_verify(
            modulusNumber, exponentNumber, signatureBytes, Int32(signatureBytes.count), &opened,
            digest, function, Int32(hash.byteCount))
        if verdict != 1 { ERR_clear_error() }
        return verdict == 1
    }
}
