/// ECDSA over P-384 (FIPS 186-5) with SHA-384, by OpenSSL.
public enum P384 {
    /// Bytes of a coordinate, of r, of s and of the digest.
    public static let width = 48

    /// Whether the signature r ‖ s of 96 bytes signs the digest of 48 bytes under the key x ‖ y of
    /// 96 bytes.
    ///
    /// False for other lengths, for r or s outside [1, n − 1] and for points not on the curve.
    /// (r, n − s) signs, too: a signature is no identity.
    public static func verify(
        digest: [UInt8], signature: ArraySlice<UInt8>, key: ArraySlice<UInt8>
    ) -> Bool {
        NISTCurve.p384.verify(digest: digest, signature: signature, key: key)
    }

    /// The key x ‖ y of a secret of 48 bytes; nil unless the secret is in [1, n − 1].
    public static func publicKey(of secret: [UInt8]) -> [UInt8]? {
        NISTCurve.p384.publicKey(of: secret)
    }

    /// The signature r ‖ s of a digest of 48 bytes with the nonce of RFC 6979; nil unless the
    /// secret is in [1, n − 1].
    public static func sign(digest: [UInt8], secret: [UInt8]) -> [UInt8]? {
        NISTCurve.p384.sign(digest: digest, secret: secret)
    }

    /// Whether the bytes are r or s of a signature: big-endian in [1, n − 1].
    public static func isScalar(_ bytes: ArraySlice<UInt8>) -> Bool {
        NISTCurve.p384.isScalar(bytes)
    }
}
