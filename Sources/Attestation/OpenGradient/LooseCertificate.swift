internal import Codec
internal import Crypto

/// An X.509 certificate as Go's `x509.ParseCertificate` reads it: any version, empty serial
/// numbers apart, extensions in any order, and bytes passed over where Go passes over them.
///
/// Where it is stricter than Go: times have seconds and end in `Z`, from 1970 on; name constraints
/// and policies count as extensions that nobody handles. No vendor's chain differs in either.
struct LooseCertificate {
    let encoding: [UInt8]
    let signedPart: [UInt8]
    /// 1, 2 or 3.
    let version: Int
    /// Names with tag and length: equal when their bytes are.
    let issuer: ArraySlice<UInt8>
    let subject: ArraySlice<UInt8>
    let notBefore: UInt64
    let notAfter: UInt64
    let key: LooseKey
    /// Nil for an algorithm that Go does not check, or not any more.
    let scheme: EncodedKey.Scheme?
    let signature: [UInt8]
    let extensions: LooseExtensions

    /// Reads one certificate and nothing behind it.
    init?(_ bytes: [UInt8]) {
        guard let certificate = try? LooseCertificate(parsing: bytes) else { return nil }
        self = certificate
    }

    private init(parsing bytes: [UInt8]) throws(DERError) {
        encoding = bytes
        var reader = DERReader(bytes)
        var outer = try reader.descend()
        try reader.finish()
        let body = try outer.readElement()
        guard body.tag == DERTag.sequence else {
            throw .wrongTag(wanted: DERTag.sequence, got: body.tag)
        }
        signedPart = Array(body.encoding)
        var fields = DERReader(body.contents)
        version = try LooseCertificate.version(&fields)
        guard try fields.readInteger().first ?? 0x80 < 0x80 else { throw .negative }
        let algorithm = try fields.read(DERTag.sequence)
        guard try outer.read(DERTag.sequence).elementsEqual(algorithm) else {
            throw .invalidObjectIdentifier
        }
        scheme = try LooseCertificate.scheme(algorithm)
        issuer = try LooseCertificate.name(&fields)
        var validity = try fields.descend()
        notBefore = try validity.readTime()
        notAfter = try validity.readTime()
        subject = try LooseCertificate.name(&fields)
        key = try LooseKey(reading: &fields)
        if version > 1 {
            for identifier: UInt8 in 1...2 {
                _ = try fields.readOptional(DERTag.primitive(identifier))
            }
        }
        extensions = try LooseExtensions(
            version == 3 ? try fields.readOptional(DERTag.context(3)) : nil)
        let (bits, unused) = try outer.readBitString()
        guard unused == 0 else { throw .invalidBitString }
        signature = Array(bits)
    }

    private static func version(_ fields: inout DERReader) throws(DERError) -> Int {
        guard let contents = try fields.readOptional(DERTag.context(0)) else { return 1 }
        var reader = DERReader(contents)
        let version = try reader.readInt() + 1
        try reader.finish()
        guard version <= 3 else { throw .invalidInteger }
        return version
    }

    /// A name, whose texts have known types and hold what their types allow.
    private static func name(_ fields: inout DERReader) throws(DERError) -> ArraySlice<UInt8> {
        let element = try fields.readElement()
        guard element.tag == DERTag.sequence else {
            throw .wrongTag(wanted: DERTag.sequence, got: element.tag)
        }
        var sets = DERReader(element.contents)
        while !sets.isAtEnd {
            var set = try sets.descend(DERTag.set)
            while !set.isAtEnd {
                var pair = try set.descend()
                _ = try pair.readObjectIdentifier()
                let value = try pair.readElement()
                guard isText(value) else { throw .wideTag(value.tag) }
            }
        }
        return element.encoding
    }

    private static func isText(_ value: DERElement) -> Bool {
        switch value.tag {
        case DERTag.utf8String: String(validating: value.contents, as: UTF8.self) != nil
        case DERTag.printableString: value.contents.allSatisfy(isPrintable)
        case DERTag.ia5String: value.contents.allSatisfy { $0 < 0x80 }
        case numericString:
            value.contents.allSatisfy { $0 == 0x20 || (0x30...0x39).contains($0) }
        case teletexString: true
        case bmpString: value.contents.count.isMultiple(of: 2)
        default: false
        }
    }

    private static let numericString: UInt8 = 0x12
    private static let teletexString: UInt8 = 0x14
    private static let bmpString: UInt8 = 0x1e

    /// PrintableString's characters, and two that are often written all the same: `*` and `&`.
    private static func isPrintable(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5a, 0x61...0x7a: true
        default: " '()+,-./:=?*&".utf8.contains(byte)
        }
    }

    private static func scheme(
        _ algorithm: ArraySlice<UInt8>
    ) throws(DERError) -> EncodedKey.Scheme? {
        var reader = DERReader(algorithm)
        let type = try reader.readObjectIdentifier()
        switch type {
        case OID(1, 2, 840, 10045, 4, 3, 2): return .ecdsa(.sha256)
        case OID(1, 2, 840, 10045, 4, 3, 3): return .ecdsa(.sha384)
        case OID(1, 2, 840, 10045, 4, 3, 4): return .ecdsa(.sha512)
        case OID(1, 2, 840, 113549, 1, 1, 11): return .rsaPKCS1(.sha256)
        case OID(1, 2, 840, 113549, 1, 1, 12): return .rsaPKCS1(.sha384)
        case OID(1, 2, 840, 113549, 1, 1, 13): return .rsaPKCS1(.sha512)
        case OID(1, 3, 101, 112): return reader.isAtEnd ? .ed25519 : nil
        default: break
        }
        var whole = DERReader(DERWriter.element(DERTag.sequence, Array(algorithm)))
        switch try? SignatureAlgorithm(reading: &whole) {
        case .rsaPSS(.sha256, saltBytes: 32): return .rsaPSS(.sha256)
        case .rsaPSS(.sha384, saltBytes: 48): return .rsaPSS(.sha384)
        case .rsaPSS(.sha512, saltBytes: 64): return .rsaPSS(.sha512)
        default: return nil
        }
    }
}
