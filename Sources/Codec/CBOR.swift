/// Why bytes are no CBOR of the strict form.
public enum CBORError: Error, Equatable, Sendable {
    case truncated(wanted: UInt64, left: Int)
    /// A number or length in more bytes than it needs.
    case nonShortestHead
    /// Additional information 28–30, which nothing uses.
    case reservedHead(UInt8)
    /// A byte or text string in pieces, or an indefinite array or map where none is allowed.
    case indefiniteLength
    /// A stop code elsewhere than at the end of an indefinite array or map.
    case unexpectedBreak
    case unexpectedTag
    /// A float, `undefined`, or a simple value other than `false`, `true` and `null`.
    case unsupportedSimple(UInt8)
    case invalidUTF8
    case duplicateKey
    case tooDeep(Int)
    case tooManyItems(Int)
    case trailingBytes(Int)
}

/// An item of the strict form.
public indirect enum CBORValue: Sendable, Equatable {
    case unsigned(UInt64)
    /// −1 − n.
    case negative(UInt64)
    case bytes(ArraySlice<UInt8>)
    /// Valid UTF-8, kept as bytes: equality of texts is theirs, not Unicode's.
    case text(ArraySlice<UInt8>)
    case array([CBORValue])
    /// Keys are unique; their order is the bytes'.
    case map([CBOREntry])
    case bool(Bool)
    case null
}

public struct CBOREntry: Sendable, Equatable {
    public let key: CBORValue
    public let value: CBORValue

    public init(key: CBORValue, value: CBORValue) {
        self.key = key
        self.value = value
    }
}

/// Reads CBOR of a strict form: shortest heads, no tags, floats, strings in pieces or unassigned
/// simple values, keys of a map unique.
///
/// Lengths are compared with what is left before anything is allocated; depth and the number of
/// items are bounded. Indefinite arrays and maps are read where the caller allows them: AWS writes
/// such maps.
/// Source: RFC 8949, sections 3 and 4.2.1.
public struct CBORReader: Sendable {
    public struct Limits: Sendable {
        /// Arrays and maps within each other, the outermost counted.
        public var depthMax: Int
        /// Items of every kind: each array and map, each element, key and value.
        public var itemsMax: Int
        public var allowsIndefinite: Bool

        public init(depthMax: Int, itemsMax: Int, allowsIndefinite: Bool) {
            self.depthMax = depthMax
            self.itemsMax = itemsMax
            self.allowsIndefinite = allowsIndefinite
        }
    }

    private let bytes: ArraySlice<UInt8>
    private let limits: Limits
    private var index: Int
    private var items = 0

    /// The one item that the bytes are.
    public static func decode(
        _ bytes: ArraySlice<UInt8>, limits: Limits
    ) throws(CBORError) -> CBORValue {
        var reader = CBORReader(bytes, limits: limits)
        let value = try reader.readValue(depth: 1)
        guard reader.index == bytes.endIndex else {
            throw .trailingBytes(bytes.endIndex - reader.index)
        }
        return value
    }

    private init(_ bytes: ArraySlice<UInt8>, limits: Limits) {
        self.bytes = bytes
        self.limits = limits
        index = bytes.startIndex
    }

    private var left: Int { bytes.endIndex - index }
    private static let stop: UInt8 = 0xff

    /// Depth counts from 1 and is bounded, hence so is the recursion.
    private mutating func readValue(depth: Int) throws(CBORError) -> CBORValue {
        items += 1
        guard items <= limits.itemsMax else { throw .tooManyItems(limits.itemsMax) }
        guard index < bytes.endIndex else { throw .truncated(wanted: 1, left: 0) }
        let first = bytes[index]
        switch first >> 5 {
        case 0: return .unsigned(try readNumber())
        case 1: return .negative(try readNumber())
        case 2: return .bytes(try readString())
        case 3:
            let text = try readString()
            guard String(validating: text, as: UTF8.self) != nil else { throw .invalidUTF8 }
            return .text(text)
        case 4: return .array(try readArray(depth: depth))
        case 5: return .map(try readMap(depth: depth))
        case 6: throw .unexpectedTag
        default:
            index += 1
            switch first {
            case 0xf4: return .bool(false)
            case 0xf5: return .bool(true)
            case 0xf6: return .null
            case CBORReader.stop: throw .unexpectedBreak
            case 0xfc...0xfe: throw .reservedHead(first)
            default: throw .unsupportedSimple(first)
            }
        }
    }

    /// The number that a head carries.
    private mutating func readNumber() throws(CBORError) -> UInt64 {
        let first = bytes[index]
        let information = first & 0x1f
        guard information != 31 else { throw .indefiniteLength }
        guard information < 28 else { throw .reservedHead(first) }
        index += 1
        guard information >= 24 else { return UInt64(information) }
        let width = 1 << Int(information - 24)
        guard width <= left else { throw .truncated(wanted: UInt64(width), left: left) }
        var value: UInt64 = 0
        for byte in bytes[index..<index + width] { value = value << 8 | UInt64(byte) }
        index += width
        let isShortest = width == 1 ? value >= 24 : value >> UInt64(width * 4) != 0
        guard isShortest else { throw .nonShortestHead }
        return value
    }

    private mutating func readString() throws(CBORError) -> ArraySlice<UInt8> {
        let wanted = try readNumber()
        guard let count = Int(exactly: wanted), count <= left else {
            throw .truncated(wanted: wanted, left: left)
        }
        defer { index += count }
        return bytes[index..<index + count]
    }

    /// How many elements follow; nil when a stop code ends them.
    private mutating func readCount() throws(CBORError) -> UInt64? {
        if bytes[index] & 0x1f == 31, limits.allowsIndefinite {
            index += 1
            return nil
        }
        return try readNumber()
    }

    /// Whether the elements of an array or map end here; passes the stop code.
    private mutating func isEnd(_ count: UInt64?, read: UInt64) throws(CBORError) -> Bool {
        if let count { return read == count }
        guard index < bytes.endIndex else { throw .truncated(wanted: 1, left: 0) }
        guard bytes[index] == CBORReader.stop else { return false }
        index += 1
        return true
    }

    private mutating func readArray(depth: Int) throws(CBORError) -> [CBORValue] {
        guard depth <= limits.depthMax else { throw .tooDeep(depth) }
        let count = try readCount()
        // Every element has a byte at least.
        if let count, count > UInt64(left) { throw .truncated(wanted: count, left: left) }
        var elements: [CBORValue] = []
        while try !isEnd(count, read: UInt64(elements.count)) {
            elements.append(try readValue(depth: depth + 1))
        }
        return elements
    }

    private mutating func readMap(depth: Int) throws(CBORError) -> [CBOREntry] {
        guard depth <= limits.depthMax else { throw .tooDeep(depth) }
        let count = try readCount()
        if let count, count > UInt64(left) / 2 { throw .truncated(wanted: count, left: left) }
        var entries: [CBOREntry] = []
        // Heads are shortest, so equal keys have equal bytes.
        var seen: Set<ArraySlice<UInt8>> = []
        while try !isEnd(count, read: UInt64(entries.count)) {
            let start = index
            let key = try readValue(depth: depth + 1)
            guard seen.insert(bytes[start..<index]).inserted else { throw .duplicateKey }
            entries.append(CBOREntry(key: key, value: try readValue(depth: depth + 1)))
        }
        return entries
    }
}
