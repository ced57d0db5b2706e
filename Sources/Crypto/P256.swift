public import Primitives

/// ECDSA over P-256 (FIPS 186-5) with SHA-256, by OpenSSL.
public enum P256 {
    /// Bytes of a coordinate, of r and of s.
    public static let width = 32

    /// The group order.
    private static let order = UInt256(
        limbs: 0xf3b9_cac2_fc63_2551, 0xbce6_faad_a717_9e84, 0xffff_ffff_ffff_ffff,
        0xffff_ffff_0000_0000)

    /// Whether (r, s) signs the digest under the key (x, y).
    ///
    /// False for r or s outside [1, n − 1] and for points not on the curve (EIP-7951).
    public static func verify(
        digest: Hash, r: UInt256, s: UInt256, x: UInt256, y: UInt256
    ) -> Bool {
        guard !r.isZero, r < order, !s.isZero, s < order else { return false }
        return NISTCurve.p256.verify(
            digest: digest.bytes, r: r.bigEndianBytes, s: s.bigEndianBytes,
            x: x.bigEndianBytes, y: y.bigEndianBytes)
    }

    /// Whether the signature r ‖ s of 64 bytes signs the digest under the key x ‖ y of 64 bytes.
    ///
    /// False for other lengths, too.
    public static func verify(
        digest: Hash, signature: ArraySlice<UInt8>, key: ArraySlice<UInt8>
    ) -> Bool {
        NISTCurve.p256.verify(digest: digest.bytes, signature: signature, key: key)
    }

    /// The key x ‖ y of a secret of 32 bytes; nil unless the secret is in [1, n − 1].
    public static func publicKey(of secret: [UInt8]) -> [UInt8]? {
        NISTCurve.p256.publicKey(of: secret)
    }

    /// The signature r ‖ s with the nonce of RFC 6979; nil unless the secret is in [1, n − 1].
    public static func sign(digest: Hash, secret: [UInt8]) -> [UInt8]? {
        NISTCurve.p256.sign(digest: digest.bytes, secret: secret)
    }
}
