import COpenSSL
import Glibc

/// What OpenSSL's `d2i_X509` reads in a certificate.
///
/// A second reading of the same bytes, of BER and without this project's limits; nothing of ours
/// has a part in it.
struct OpenSSLCertificate {
    struct Extension: Equatable {
        /// Contents of the OBJECT IDENTIFIER.
        let type: [UInt8]
        let isCritical: Bool
        let value: [UInt8]
    }

    /// 0 for version 1.
    let version: Int
    /// Big-endian without leading zeros.
    let serial: [UInt8]
    let isSerialNegative: Bool
    /// DER, as the certificate has it.
    let issuer: [UInt8]
    let subject: [UInt8]
    /// Seconds since 1970; nil for what is no time of the calendar.
    let notBefore: Int?
    let notAfter: Int?
    /// What the BIT STRING of the SubjectPublicKeyInfo holds.
    let keyBits: [UInt8]
    /// DER of the whole SubjectPublicKeyInfo, written again.
    let keyInfo: [UInt8]
    /// Whether OpenSSL can make a key of it.
    let hasKey: Bool
    let signature: [UInt8]
    /// Whether the two places for the signature's algorithm agree.
    let isAlgorithmRepeated: Bool
    let hasUniqueIDs: Bool
    let extensions: [Extension]

    /// Nil where OpenSSL refuses the bytes, or leaves some of them unread.
    init?(_ bytes: [UInt8]) {
        let certificate = unsafe bytes.withUnsafeBufferPointer {
            buffer -> OpaquePointer? in
            var next = buffer.baseAddress
            guard let certificate = unsafe d2i_X509(nil, &next, buffer.count) else { return nil }
            guard unsafe next == buffer.baseAddress.map({ unsafe $0 + buffer.count }) else {
                unsafe X509_free(certificate)
                return nil
            }
            return unsafe certificate
        }
        guard let certificate = unsafe certificate else {
            ERR_clear_error()
            return nil
        }
        defer {
            unsafe X509_free(certificate)
            ERR_clear_error()
        }
        version = unsafe X509_get_version(certificate)
        let number = unsafe X509_get0_serialNumber(certificate)
        serial = Array(unsafe Self.string(number).drop { $0 == 0 })
        isSerialNegative = unsafe ASN1_STRING_type(number) & V_ASN1_NEG != 0
        issuer = unsafe Self.name(X509_get_issuer_name(certificate))
        subject = unsafe Self.name(X509_get_subject_name(certificate))
        notBefore = unsafe Self.time(X509_get0_notBefore(certificate))
        notAfter = unsafe Self.time(X509_get0_notAfter(certificate))
        keyBits = unsafe Self.string(X509_get0_pubkey_bitstr(certificate))
        hasKey = unsafe X509_get0_pubkey(certificate) != nil
        keyInfo = unsafe Self.keyInfo(X509_get_X509_PUBKEY(certificate))
        var bits: UnsafePointer<ASN1_BIT_STRING>?
        var outer: UnsafePointer<X509_ALGOR>?
        unsafe X509_get0_signature(&bits, &outer, certificate)
        signature = unsafe Self.string(bits)
        isAlgorithmRepeated =
            unsafe X509_ALGOR_cmp(
                outer, X509_get0_tbs_sigalg(certificate)) == 0
        var ids: (UnsafePointer<ASN1_BIT_STRING>?, UnsafePointer<ASN1_BIT_STRING>?)
        unsafe X509_get0_uids(certificate, &ids.0, &ids.1)
        hasUniqueIDs = unsafe ids.0 != nil || ids.1 != nil
        extensions = unsafe (0..<X509_get_ext_count(certificate)).map { place in
            let item = unsafe X509_get_ext(certificate, place)
            let object = unsafe X509_EXTENSION_get_object(item)
            let type = unsafe UnsafeBufferPointer(
                start: OBJ_get0_data(object), count: OBJ_length(object))
            return unsafe Extension(
                type: Array(type), isCritical: X509_EXTENSION_get_critical(item) > 0,
                value: Self.string(X509_EXTENSION_get_data(item)))
        }
    }

    private static func string(_ string: UnsafePointer<ASN1_STRING>?) -> [UInt8] {
        guard let string = unsafe string else { return [] }
        return unsafe Array(
            UnsafeBufferPointer(
                start: ASN1_STRING_get0_data(string), count: Int(ASN1_STRING_length(string))))
    }

    private static func name(_ name: OpaquePointer?) -> [UInt8] {
        var bytes: UnsafePointer<UInt8>?
        var count = 0
        guard unsafe X509_NAME_get0_der(name, &bytes, &count) == 1 else { return [] }
        return unsafe Array(UnsafeBufferPointer(start: bytes, count: count))
    }

    private static func keyInfo(_ key: OpaquePointer?) -> [UInt8] {
        var bytes: UnsafeMutablePointer<UInt8>?
        let count = unsafe i2d_X509_PUBKEY(key, &bytes)
        defer { unsafe CRYPTO_free(bytes, nil, 0) }
        return count > 0 ? unsafe Array(UnsafeBufferPointer(start: bytes, count: Int(count))) : []
    }

    private static func time(_ time: UnsafePointer<ASN1_TIME>?) -> Int? {
        var parts = unsafe tm()
        guard unsafe ASN1_TIME_to_tm(time, &parts) == 1 else { return nil }
        return unsafe timegm(&parts)
    }
}
