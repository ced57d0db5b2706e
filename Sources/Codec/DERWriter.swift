/// Writes DER from the inside out: each function gives the bytes of one element.
public enum DERWriter {
    public static func element(_ tag: UInt8, _ contents: [UInt8]) -> [UInt8] {
        var bytes = [tag]
        if contents.count < 0x80 {
            bytes.append(UInt8(contents.count))
        } else {
            let digits = bigEndian(UInt64(contents.count))
            bytes.append(0x80 | UInt8(digits.count))
            bytes += digits
        }
        return bytes + contents
    }

    public static func sequence(_ elements: [[UInt8]]) -> [UInt8] {
        element(DERTag.sequence, elements.flatMap { $0 })
    }

    /// A SET OF with one element, which needs no order.
    public static func set(of one: [UInt8]) -> [UInt8] { element(DERTag.set, one) }

    /// A natural number given big-endian, with or without leading zeros.
    public static func natural(_ bytes: some Collection<UInt8>) -> [UInt8] {
        let digits = Array(bytes.drop { $0 == 0 })
        guard let first = digits.first else { return element(DERTag.integer, [0]) }
        return element(DERTag.integer, first < 0x80 ? digits : [0] + digits)
    }

    public static func natural(_ value: UInt64) -> [UInt8] { natural(bigEndian(value)) }

    public static func boolean(_ value: Bool) -> [UInt8] {
        element(DERTag.boolean, [value ? 0xff : 0])
    }

    public static let null: [UInt8] = element(DERTag.null, [])

    public static func objectIdentifier(_ identifier: OID) -> [UInt8] {
        element(DERTag.objectIdentifier, identifier.contents)
    }

    public static func octetString(_ bytes: [UInt8]) -> [UInt8] {
        element(DERTag.octetString, bytes)
    }

    /// A BIT STRING of whole bytes, the last of which ends in unused bits.
    public static func bitString(_ bytes: [UInt8], unused: UInt8 = 0) -> [UInt8] {
        precondition(unused < 8, "at most 7 bits of a byte are unused")
        return element(DERTag.bitString, [unused] + bytes)
    }

    public static func utf8String(_ text: String) -> [UInt8] {
        element(DERTag.utf8String, Array(text.utf8))
    }

    public static func printableString(_ text: String) -> [UInt8] {
        element(DERTag.printableString, Array(text.utf8))
    }

    /// UTCTime up to 2049, GeneralizedTime later, as RFC 5280 demands.
    public static func time(_ seconds: UInt64) -> [UInt8] {
        let (tag, text) = DERTime.text(seconds)
        return element(tag, text)
    }

    private static func bigEndian(_ value: UInt64) -> [UInt8] {
        var digits: [UInt8] = []
        var rest = value
        while rest > 0 {
            digits.insert(UInt8(rest & 0xff), at: 0)
            rest >>= 8
        }
        return digits
    }
}
