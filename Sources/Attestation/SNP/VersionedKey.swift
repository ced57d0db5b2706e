internal import Codec

/// What the certificate of a versioned key, VCEK or VLEK, says of its platform.
///
/// Source: AMD 57230, "Versioned Chip Endorsement Key (VCEK) Certificate and KDS Interface
/// Specification", table 8.
struct VersionedKey {
    let certificate: Certificate
    /// Such as `Milan-B0`.
    let productName: String?
    let bootLoader: UInt8?
    let tee: UInt8?
    let snp: UInt8?
    let microcode: UInt8?
    let fmc: UInt8?
    /// Of a chip's key: 64 bytes, 8 on Turin.
    let chipID: ArraySlice<UInt8>?
    /// Of a cloud's key.
    let cloudID: String?

    /// - Throws: `certificate` when it is none, or an extension has another form.
    init(_ bytes: [UInt8]) throws(AttestationError) {
        do {
            let certificate = try Certificate(bytes)
            self.certificate = certificate
            productName = try certificate.text(2)
            bootLoader = try certificate.version(1)
            tee = try certificate.version(2)
            snp = try certificate.version(3)
            microcode = try certificate.version(8)
            fmc = try certificate.version(9)
            chipID = certificate.amd(4)
            cloudID = try certificate.text(5)
        } catch {
            throw AttestationError(.certificate, "the versioned key's certificate")
        }
    }

    /// The product that the name begins with, up to a stepping.
    var product: SNPProduct? {
        productName.flatMap { SNPProduct(rawValue: String($0.prefix { $0 != "-" })) }
    }

    /// The versions as a report has them; nil when one is missing.
    func reportedTCB(on product: SNPProduct) -> UInt64? {
        guard let bootLoader, let tee, let snp, let microcode else { return nil }
        let bytes: [UInt8]
        switch product {
        case .milan, .genoa: bytes = [bootLoader, tee, 0, 0, 0, 0, snp, microcode]
        case .turin:
            guard let fmc else { return nil }
            bytes = [fmc, bootLoader, tee, snp, 0, 0, 0, microcode]
        }
        return bytes[...].littleEndianUInt64(at: 0)
    }
}

extension Certificate {
    /// The contents of 1.3.6.1.4.1.3704.1.
    private static let amd = OID(1, 3, 6, 1, 4, 1, 3704, 1).contents

    /// The extension below AMD's arc.
    fileprivate func amd(_ arcs: UInt8...) -> ArraySlice<UInt8>? {
        extensions.first { $0.type.contents.elementsEqual(Certificate.amd + arcs) }?.value
    }

    fileprivate func text(_ arc: UInt8) throws(DERError) -> String? {
        guard let value = amd(arc) else { return nil }
        var reader = DERReader(value)
        let text = try reader.readElement()
        try reader.finish()
        guard [DERTag.ia5String, DERTag.utf8String, DERTag.printableString].contains(text.tag)
        else { throw .wrongTag(wanted: DERTag.ia5String, got: text.tag) }
        guard text.contents.allSatisfy({ $0 >= 0x20 && $0 < 0x7f }) else {
            throw .wrongTag(wanted: DERTag.ia5String, got: text.tag)
        }
        return String(decoding: text.contents, as: UTF8.self)
    }

    fileprivate func version(_ arc: UInt8) throws(DERError) -> UInt8? {
        guard let value = amd(3, arc) else { return nil }
        var reader = DERReader(value)
        let version = try reader.readInt()
        try reader.finish()
        guard let small = UInt8(exactly: version) else { throw .tooWide(bytes: 2) }
        return small
    }
}
