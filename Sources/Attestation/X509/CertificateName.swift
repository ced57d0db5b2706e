internal import Codec

/// A distinguished name. Names are equal when their bytes are.
public struct CertificateName: Sendable, Equatable {
    /// The SEQUENCE with its tag and length.
    public let encoding: ArraySlice<UInt8>
    /// The common name; nil when there is none, several, or one in another character set than
    /// UTF-8's or PrintableString's.
    public let commonName: String?

    /// Whether the common name has these bytes; `==` of texts would be Unicode's.
    public func isNamed(_ text: String) -> Bool {
        commonName.map { $0.utf8.elementsEqual(text.utf8) } ?? false
    }

    static let commonNameType = OID(2, 5, 4, 3)

    /// Reads a SEQUENCE of non-empty SETs of a type and a text each.
    init(reading reader: inout DERReader) throws(DERError) {
        let element = try reader.readElement()
        guard element.tag == DERTag.sequence else {
            throw .wrongTag(wanted: DERTag.sequence, got: element.tag)
        }
        encoding = element.encoding
        var names: [String?] = []
        for attribute in try CertificateName.attributes(element.contents)
        where attribute.type == CertificateName.commonNameType {
            names.append(attribute.text)
        }
        commonName = names.count == 1 ? names[0] : nil
    }

    struct Attribute {
        let type: OID
        let value: DERElement

        /// The value where it is UTF-8 or ASCII.
        var text: String? {
            switch value.tag {
            case DERTag.utf8String, DERTag.printableString, DERTag.ia5String:
                String(validating: value.contents, as: UTF8.self)
            default: nil
            }
        }
    }

    private static func attributes(
        _ contents: ArraySlice<UInt8>
    ) throws(DERError) -> [Attribute] {
        var sets = DERReader(contents)
        var attributes: [Attribute] = []
        while !sets.isAtEnd {
            var set = try sets.descend(DERTag.set)
            repeat {
                var pair = try set.descend()
                attributes.append(
                    Attribute(
                        type: try pair.readObjectIdentifier(), value: try pair.readElement()))
                try pair.finish()
            } while !set.isAtEnd
        }
        return attributes
    }
}

/// The attributes, last first, as RFC 4514 writes them: `CN=…,OU=…`.
extension CertificateName: CustomStringConvertible {
    public var description: String {
        var reader = DERReader(encoding)
        guard let contents = try? reader.read(DERTag.sequence),
            let attributes = try? CertificateName.attributes(contents)
        else { return "" }
        return attributes.reversed().map { attribute in
            let value = attribute.text ?? "#"
            return "\(CertificateName.label(attribute.type))=\(CertificateName.escape(value))"
        }.joined(separator: ",")
    }

    private static func label(_ type: OID) -> String {
        switch type {
        case commonNameType: "CN"
        case OID(2, 5, 4, 6): "C"
        case OID(2, 5, 4, 7): "L"
        case OID(2, 5, 4, 8): "ST"
        case OID(2, 5, 4, 10): "O"
        case OID(2, 5, 4, 11): "OU"
        default: type.description
        }
    }

    private static func escape(_ text: String) -> String {
        var escaped = ""
        for character in text {
            if ",+\"\\<>;=".contains(character) { escaped.append("\\") }
            escaped.append(character)
        }
        return escaped
    }
}
