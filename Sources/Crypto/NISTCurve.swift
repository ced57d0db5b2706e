internal import COpenSSL

/// The one place that talks to OpenSSL about its curves.
///
/// Numbers are big-endian and as wide as the group order. The low-level interface of OpenSSL 1.1
/// is the only one that takes r, s and a nonce as numbers.
@safe
final class NISTCurve: @unchecked Sendable {
    static let p256 = NISTCurve(
        NID_X9_62_prime256v1, nonces: .sha256,
        order: [
            0xffff_ffff_0000_0000, 0xffff_ffff_ffff_ffff, 0xbce6_faad_a717_9e84,
            0xf3b9_cac2_fc63_2551,
        ])
    static let p384 = NISTCurve(
        NID_secp384r1, nonces: .sha384,
        order: [
            0xffff_ffff_ffff_ffff, 0xffff_ffff_ffff_ffff, 0xffff_ffff_ffff_ffff,
            0xc763_4d81_f437_2ddf, 0x581a_0db2_48b0_a77a, 0xecec_196a_ccc5_2973,
        ])

    /// Bytes of a coordinate, a scalar and a digest.
    let width: Int
    let order: [UInt8]
    let nonces: HMAC.Digest
    /// Never changed once made, so every thread may read it.
    private let group: OpaquePointer

    private init(_ identifier: Int32, nonces: HMAC.Digest, order: [UInt64]) {
        guard let made = unsafe EC_GROUP_new_by_curve_name(identifier) else {
            fatalError("OpenSSL has no curve \(identifier)")
        }
        unsafe group = made
        self.nonces = nonces
        width = order.count * 8
        self.order = order.flatMap { limb in
            stride(from: 56, through: 0, by: -8).map { UInt8(truncatingIfNeeded: limb >> $0) }
        }
    }

    /// Whether the bytes are a number in [1, n − 1].
    func isScalar(_ bytes: ArraySlice<UInt8>) -> Bool {
        bytes.count == width && bytes.contains { $0 != 0 } && bytes.lexicographicallyPrecedes(order)
    }

    func verify(digest: [UInt8], signature: ArraySlice<UInt8>, key: ArraySlice<UInt8>) -> Bool {
        guard digest.count == width, signature.count == 2 * width, key.count == 2 * width else {
            return false
        }
        guard isScalar(signature.prefix(width)), isScalar(signature.suffix(width)) else {
            return false
        }
        return unsafe signature.withUnsafeBufferPointer { pair in
            guard let base = pair.baseAddress else { return false }
            return unsafe verify(digest: digest, r: base, s: base + width, point: [0x04] + key)
        }
    }

    /// - Requires: r and s are scalars.
    func verify(digest: [UInt8], r: [UInt8], s: [UInt8], x: [UInt8], y: [UInt8]) -> Bool {
        unsafe verify(digest: digest, r: r, s: s, point: [0x04] + x + y)
    }

    /// - Requires: r and s are scalars.
    private func verify(
        digest: [UInt8], r: UnsafePointer<UInt8>, s: UnsafePointer<UInt8>, point: [UInt8]
    ) -> Bool {
        guard let signature = unsafe ECDSA_SIG_new(), let key = unsafe assay_ec_key_new(),
            unsafe assay_ec_key_set_group(key, group) == 1
        else { fatalError("out of memory") }
        defer {
            unsafe ECDSA_SIG_free(signature)
            unsafe assay_ec_key_free(key)
        }
        let rNumber = unsafe BN_bin2bn(r, Int32(width), nil)
        let sNumber = unsafe BN_bin2bn(s, Int32(width), nil)
        guard unsafe ECDSA_SIG_set0(signature, rNumber, sNumber) == 1 else {
            fatalError("out of memory")
        }
        // Points that are not on the curve are refused here.
        guard unsafe assay_ec_key_set_point(key, point, point.count) == 1,
            unsafe assay_ecdsa_verify(digest, Int32(digest.count), signature, key) == 1
        else {
            ERR_clear_error()
            return false
        }
        return true
    }
}

// MARK: - Signing

extension NISTCurve {
    func publicKey(of secret: [UInt8]) -> [UInt8]? {
        guard isScalar(secret[...]), let point = multiply(secret) else { return nil }
        return point
    }

    /// r ‖ s with the nonce of RFC 6979, section 3.2; the digest is as wide as the order.
    func sign(digest: [UInt8], secret: [UInt8]) -> [UInt8]? {
        guard digest.count == width, isScalar(secret[...]) else { return nil }
        var candidates = NonceSource(digest: digest, secret: secret, curve: self)
        while true {
            let nonce = candidates.next()
            // A nonce that gives r = 0 or s = 0 is passed over, as step h of the section says.
            if isScalar(nonce[...]),
                let signature = sign(digest: digest, secret: secret, nonce: nonce)
            {
                return signature
            }
        }
    }

    /// The point's x ‖ y.
    private func multiply(_ scalar: [UInt8]) -> [UInt8]? {
        guard let number = unsafe BN_bin2bn(scalar, Int32(scalar.count), nil),
            let point = unsafe EC_POINT_new(group)
        else { fatalError("out of memory") }
        defer {
            unsafe BN_clear_free(number)
            unsafe EC_POINT_free(point)
        }
        var bytes = [UInt8](repeating: 0, count: 1 + 2 * width)
        guard unsafe EC_POINT_mul(group, point, number, nil, nil, nil) == 1,
            unsafe EC_POINT_point2oct(
                group, point, POINT_CONVERSION_UNCOMPRESSED, &bytes, bytes.count, nil)
                == bytes.count
        else { return nil }
        return Array(bytes.dropFirst())
    }

    private func sign(digest: [UInt8], secret: [UInt8], nonce: [UInt8]) -> [UInt8]? {
        guard let point = multiply(nonce),
            let key = unsafe assay_ec_key_new(), unsafe assay_ec_key_set_group(key, group) == 1,
            let secretNumber = unsafe BN_bin2bn(secret, Int32(width), nil),
            let nonceNumber = unsafe BN_bin2bn(nonce, Int32(width), nil),
            let orderNumber = unsafe BN_bin2bn(order, Int32(width), nil),
            let r = unsafe BN_bin2bn(point, Int32(width), nil), let context = unsafe BN_CTX_new()
        else { fatalError("out of memory") }
        defer {
            unsafe assay_ec_key_free(key)
            unsafe BN_clear_free(secretNumber)
            unsafe BN_clear_free(nonceNumber)
            unsafe BN_free(orderNumber)
            unsafe BN_free(r)
            unsafe BN_CTX_free(context)
        }
        unsafe BN_set_flags(nonceNumber, BN_FLG_CONSTTIME)
        guard unsafe BN_nnmod(r, r, orderNumber, context) == 1,
            let inverse = unsafe BN_mod_inverse(nil, nonceNumber, orderNumber, context)
        else { return nil }
        defer { unsafe BN_clear_free(inverse) }
        guard unsafe assay_ec_key_set_private(key, secretNumber) == 1,
            let signature = unsafe assay_ecdsa_sign(digest, Int32(width), inverse, r, key)
        else {
            ERR_clear_error()
            return nil
        }
        defer { unsafe ECDSA_SIG_free(signature) }
        var bytes = [UInt8](repeating: 0, count: 2 * width)
        unsafe bytes.withUnsafeMutableBufferPointer { output in
            guard let base = output.baseAddress else { return }
            _ = unsafe BN_bn2binpad(ECDSA_SIG_get0_r(signature), base, Int32(width))
            _ = unsafe BN_bn2binpad(ECDSA_SIG_get0_s(signature), base + width, Int32(width))
        }
        return bytes
    }
}

/// The sequence of candidates for a nonce (RFC 6979, section 3.2, steps b–h).
private struct NonceSource {
    private var key: [UInt8]
    private var value: [UInt8]
    private let digest: HMAC.Digest
    private var isFirst = true

    init(digest: [UInt8], secret: [UInt8], curve: NISTCurve) {
        self.digest = curve.nonces
        let reduced = NonceSource.reduce(digest, order: curve.order)
        key = [UInt8](repeating: 0, count: curve.width)
        value = [UInt8](repeating: 1, count: curve.width)
        for mark: UInt8 in 0...1 {
            key = HMAC.hash(value + [mark] + secret + reduced, key: key, by: self.digest)
            value = HMAC.hash(value, key: key, by: self.digest)
        }
    }

    mutating func next() -> [UInt8] {
        if !isFirst {
            key = HMAC.hash(value + [0], key: key, by: digest)
            value = HMAC.hash(value, key: key, by: digest)
        }
        isFirst = false
        value = HMAC.hash(value, key: key, by: digest)
        return value
    }

    /// The digest modulo the order, which is above half of the digest's range.
    private static func reduce(_ digest: [UInt8], order: [UInt8]) -> [UInt8] {
        guard !digest.lexicographicallyPrecedes(order) else { return digest }
        var result = digest
        var borrow = 0
        for index in result.indices.reversed() {
            let difference = Int(digest[index]) - Int(order[index]) - borrow
            borrow = difference < 0 ? 1 : 0
            result[index] = UInt8(truncatingIfNeeded: difference)
        }
        return result
    }
}
