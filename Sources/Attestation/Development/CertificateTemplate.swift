internal import Codec

/// What a certificate for development says; signing makes it one.
struct CertificateTemplate {
    /// Attributes of a name, in order; values are UTF-8, the country's printable.
    typealias Name = [(type: OID, text: String)]

    struct Extension {
        let type: OID
        var isCritical = false
        let value: [UInt8]
    }

    /// Big-endian.
    var serial: [UInt8]
    var issuer: Name
    var subject: Name
    /// Seconds since 1970.
    var notBefore: UInt64
    var notAfter: UInt64
    var extensions: [Extension]

    static let country = OID(2, 5, 4, 6)
    static let organisation = OID(2, 5, 4, 10)
    static let commonName = CertificateName.commonNameType

    /// The certificate of `key`, signed by its issuer's key.
    func signed(for key: DevelopmentKey, by issuerKey: DevelopmentKey) -> [UInt8] {
        let list = DERWriter.sequence(extensions.map(CertificateTemplate.encode))
        let body = DERWriter.sequence([
            DERWriter.element(DERTag.context(0), DERWriter.natural(2)),
            DERWriter.natural(serial), issuerKey.algorithm, CertificateTemplate.encode(issuer),
            DERWriter.sequence([DERWriter.time(notBefore), DERWriter.time(notAfter)]),
            CertificateTemplate.encode(subject), key.info,
            DERWriter.element(DERTag.context(3), list),
        ])
        let pair = issuerKey.sign(body)
        let signature = DERWriter.sequence([
            DERWriter.natural(pair.prefix(pair.count / 2)),
            DERWriter.natural(pair.suffix(pair.count / 2)),
        ])
        return DERWriter.sequence([body, issuerKey.algorithm, DERWriter.bitString(signature)])
    }

    static func encode(_ name: Name) -> [UInt8] {
        DERWriter.sequence(
            name.map { attribute in
                let text =
                    attribute.type == country
                    ? DERWriter.printableString(attribute.text)
                    : DERWriter.utf8String(attribute.text)
                return DERWriter.set(
                    of: DERWriter.sequence([DERWriter.objectIdentifier(attribute.type), text]))
            })
    }

    private static func encode(_ item: Extension) -> [UInt8] {
        DERWriter.sequence([
            DERWriter.objectIdentifier(item.type), item.isCritical ? DERWriter.boolean(true) : [],
            DERWriter.octetString(item.value),
        ])
    }
}

// MARK: - Extensions

extension CertificateTemplate.Extension {
    static func basicConstraints(isAuthority: Bool, pathLength: UInt64? = nil) -> Self {
        var fields: [[UInt8]] = []
        if isAuthority { fields.append(DERWriter.boolean(true)) }
        if let pathLength { fields.append(DERWriter.natural(pathLength)) }
        return Self(
            type: BasicConstraints.type, isCritical: true, value: DERWriter.sequence(fields))
    }

    static func keyUsage(_ usage: KeyUsage, isCritical: Bool) -> Self {
        let byte = UInt8(usage.rawValue >> 8)
        precondition(byte != 0 && usage.rawValue & 0xff == 0, "one of the first eight usages")
        return Self(
            type: KeyUsage.type, isCritical: isCritical,
            value: DERWriter.bitString([byte], unused: UInt8(byte.trailingZeroBitCount)))
    }

    static func subjectKey(_ key: DevelopmentKey) -> Self {
        Self(type: OID(2, 5, 29, 14), value: DERWriter.octetString(key.identifier))
    }

    static func authorityKey(_ key: DevelopmentKey) -> Self {
        let identifier = DERWriter.element(DERTag.primitive(0), key.identifier)
        return Self(type: OID(2, 5, 29, 35), value: DERWriter.sequence([identifier]))
    }

    /// One address, as a full name.
    static func revocationList(_ address: String) -> Self {
        let name = DERWriter.element(DERTag.primitive(6), Array(address.utf8))
        let point = DERWriter.element(
            DERTag.context(0), DERWriter.element(DERTag.context(0), name))
        return Self(
            type: OID(2, 5, 29, 31),
            value: DERWriter.sequence([DERWriter.sequence([point])]))
    }
}
