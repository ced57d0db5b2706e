internal import COpenSSL
public import Primitives

/// ECDSA over P-256 (FIPS 186-5), by OpenSSL.
public enum P256 {
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
        return OpenSSLP256.verify(
            digest: digest.bytes, r: r.bigEndianBytes, s: s.bigEndianBytes,
            point: [0x04] + x.bigEndianBytes + y.bigEndianBytes)
    }
}

/// The one place that talks to OpenSSL about P-256.
private enum OpenSSLP256 {
    @safe
    private final class Group: @unchecked Sendable {
        let pointer: OpaquePointer

        init() {
            guard let made = unsafe EC_GROUP_new_by_curve_name(NID_X9_62_prime256v1) else {
                fatalError("OpenSSL has no P-256")
            }
            unsafe pointer = made
        }
    }

    private static let group = Group()

    /// The low-level interface of OpenSSL 1.1 is the only one that takes r and s as numbers.
    static func verify(digest: [UInt8], r: [UInt8], s: [UInt8], point: [UInt8]) -> Bool {
        guard let signature = unsafe ECDSA_SIG_new() else { return false }
        defer { unsafe ECDSA_SIG_free(signature) }
        let rNumber = unsafe BN_bin2bn(r, Int32(r.count), nil)
        let sNumber = unsafe BN_bin2bn(s, Int32(s.count), nil)
        guard unsafe ECDSA_SIG_set0(signature, rNumber, sNumber) == 1 else { return false }
        guard let key = unsafe assay_ec_key_new() else { return false }
        defer { unsafe assay_ec_key_free(key) }
        guard unsafe assay_ec_key_set_group(key, group.pointer) == 1,
            let place = unsafe EC_POINT_new(group.pointer)
        else { return false }
        defer { unsafe EC_POINT_free(place) }
        // Refuses points that are not on the curve.
        guard unsafe EC_POINT_oct2point(group.pointer, place, point, point.count, nil) == 1,
            unsafe assay_ec_key_set_public(key, place) == 1
        else {
            ERR_clear_error()
            return false
        }
        let verdict = unsafe assay_ecdsa_verify(digest, Int32(digest.count), signature, key)
        if verdict != 1 { ERR_clear_error() }
        return verdict == 1
    }
}
