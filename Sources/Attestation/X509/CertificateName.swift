public import Codec

/// A distinguished name. Names are equal when their bytes are.
public struct CertificateName: Sendable, Equatable {
    /// The SEQUENCE with its tag and length.
    public let encoding: ArraySlice<UInt8>
    /// The only common name's value.
    private let commonNameValue: DERElement?

    /// The common name; nil when there is none, several, or one in another character set than
    /// UTF-8's or PrintableString's.
    public var commonName: String? { commonNameValue.flatMap(CertificateName.text) }

    public static func == (left: CertificateName, right: CertificateName) -> Bool {
        left.encoding == right.encoding
    }

    /// Whether the common name has these bytes; `==` of texts would be Unicode's.
    public func isNamed(_ text: String) -> Bool {
        commonName.map { $0.utf8.elementsEqual(text.utf8) } ?? false
    }

    static let commonNameType = OID(2, 5, 4, 3)

    /// Reads a SEQUENCE of non-empty SETs of a type and a text each. Texts are of the sets with a
    /// byte a character, or UTF-8: no vendor writes BMPString or UniversalString.
    public init(reading reader: inout DERReader) throws(DERError) {
        let element = try reader.readElement(DERTag.sequence)
        encoding = element.encoding
        var found: DERElement?
        var count = 0
        try CertificateName.walk(element.contents) { type, value, _ in
            guard type == CertificateName.commonNameType else { return }
            found = value
            count += 1
        }
        commonNameValue = count == 1 ? found : nil
    }

    /// The value where it is UTF-8 or ASCII.
    private static func text(_ value: DERElement) -> String? {
        switch value.tag {
        case DERTag.utf8String, DERTag.printableString, DERTag.ia5String:
            String(validating: value.contents, as: UTF8.self)
        default: nil
        }
    }

    private static func check(_ value: DERElement) throws(DERError) {
        switch value.tag {
        case DERTag.utf8String:
            let isValid =
                value.contents.allSatisfy { $0 < 0x80 }
                || String(validating: value.contents, as: UTF8.self) != nil
            guard isValid else { throw .invalidText }
        case DERTag.printableString, DERTag.ia5String, DERTag.numericString,
            DERTag.teletexString:
            return
        default: throw .wrongTag(wanted: DERTag.utf8String, got: value.tag)
        }
    }

    private static func walk(
        _ contents: ArraySlice<UInt8>, _ visit: (OID, DERElement, Int) -> Void
    ) throws(DERError) {
        var sets = DERReader(contents)
        while !sets.isAtEnd {
            let whole = try sets.enter(DERTag.set)
            var place = 0
            repeat {
                let set = try sets.enter()
                let type = try sets.readObjectIdentifier()
                let value = try sets.readElement()
                try check(value)
                visit(type, value, place)
                place += 1
                try sets.leave(set)
            } while !sets.isAtEnd
            try sets.leave(whole)
        }
    }
}

/// The attributes, last first, as RFC 4514 writes them: `CN=…,OU=…`.
extension CertificateName: CustomStringConvertible {
    public var description: String {
        var reader = DERReader(encoding)
        var parts: [String] = []
        guard let contents = try? reader.read(DERTag.sequence) else { return "" }
        do throws(DERError) {
            try CertificateName.walk(contents) { type, value, place in
                let text = CertificateName.text(value).map(CertificateName.escape) ?? "#"
                let part = "\(CertificateName.label(type))=\(text)"
                if place > 0, let before = parts.popLast() {
                    parts.append(before + "+" + part)
                } else {
                    parts.append(part)
                }
            }
        } catch {
            return ""
        }
        return parts.reversed().joined(separator: ",")
    }

    private static func label(_ type: OID) -> String {
        switch type {
        case commonNameType: "CN"
        case OID(2, 5, 4, 6): "C"
        case OID(2, 5, 4, 7): "L"
        case OID(2, 5, 4, 8): "ST"
        case OID(2, 5, 4, 9): "STREET"
        case OID(2, 5, 4, 10): "O"
        case OID(2, 5, 4, 11): "OU"
        case OID(0, 9, 2342, 19_200_300, 100, 1, 1): "UID"
        case OID(0, 9, 2342, 19_200_300, 100, 1, 25): "DC"
        default: type.description
        }
    }

    private static func escape(_ text: String) -> String {
        var escaped = ""
        for (place, scalar) in text.unicodeScalars.enumerated() {
            let isAtEnd = place == 0 || place == text.unicodeScalars.count - 1
            switch scalar {
            case "\0": escaped += "\\00"
            case ",", "+", "\"", "\\", "<", ">", ";": escaped += "\\\(scalar)"
            case " " where isAtEnd, "#" where place == 0: escaped += "\\\(scalar)"
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }
}
