/// Writes CBOR with shortest heads.
///
/// Source: RFC 8949, section 3.
public struct CBORWriter: Sendable {
    public private(set) var bytes: [UInt8] = []

    public init() {}

    public mutating func append(_ value: UInt64) { head(0, value) }

    /// −1 − n.
    public mutating func append(negative value: UInt64) { head(1, value) }

    public mutating func append(bool value: Bool) { bytes.append(value ? 0xf5 : 0xf4) }

    public mutating func append(bytes string: [UInt8]) {
        head(2, UInt64(string.count))
        bytes += string
    }

    public mutating func append(text: String) {
        head(3, UInt64(text.utf8.count))
        bytes += text.utf8
    }

    /// A byte string, or null for nil.
    public mutating func append(optional string: [UInt8]?) {
        if let string { append(bytes: string) } else { bytes.append(0xf6) }
    }

    /// Opens an array; as many items follow.
    public mutating func open(arrayOf count: Int) { head(4, UInt64(count)) }

    /// Opens a map; as many keys, each with its value, follow.
    public mutating func open(mapOf count: Int) { head(5, UInt64(count)) }

    /// Opens a map that ``close()`` ends.
    public mutating func openMap() { bytes.append(0xbf) }
    public mutating func close() { bytes.append(0xff) }

    private mutating func head(_ type: UInt8, _ value: UInt64) {
        let width: Int
        switch value {
        case ..<24:
            bytes.append(type << 5 | UInt8(value))
            return
        case ...0xff: width = 1
        case ...0xffff: width = 2
        case ...0xffff_ffff: width = 4
        default: width = 8
        }
        bytes.append(type << 5 | UInt8(24 + width.trailingZeroBitCount))
        for shift in stride(from: 8 * (width - 1), through: 0, by: -8) {
            bytes.append(UInt8(truncatingIfNeeded: value >> UInt64(shift)))
        }
    }
}
