public import Primitives

/// Why bytes are no canonical RLP of the wanted form.
public enum RLPError: Error, Equatable, Sendable {
    case truncated(wanted: Int, left: Int)
    case nonCanonicalLength
    case leadingZero
    case tooWide(bytes: Int)
    case wrongLength(wanted: Int, got: Int)
    case trailingBytes(Int)
    case unexpectedList
    case unexpectedString
}

/// Reads canonical RLP from left to right and copies nothing until asked.
///
/// Source: Ethereum Yellow Paper, appendix B.
public struct RLPReader: Sendable {
    private let bytes: [UInt8]
    private var position: Int
    private let end: Int

    public init(_ bytes: [UInt8]) {
        self.bytes = bytes
        position = 0
        end = bytes.count
    }

    public init(_ bytes: ArraySlice<UInt8>) { self.init(Array(bytes)) }

    private init(_ bytes: [UInt8], from position: Int, to end: Int) {
        self.bytes = bytes
        self.position = position
        self.end = end
    }

    public var isAtEnd: Bool { position == end }

    /// Whether the next item is a list; false at the end.
    public var isList: Bool { position < end && bytes[position] >= 0xc0 }

    /// Refuses bytes after the last item.
    public func finish() throws(RLPError) {
        guard isAtEnd else { throw .trailingBytes(end - position) }
    }

    /// Enters the next item, which must be a list.
    public mutating func readList() throws(RLPError) -> RLPReader {
        let item = try readItem()
        guard item.isList else { throw .unexpectedString }
        return RLPReader(bytes, from: item.content.lowerBound, to: item.content.upperBound)
    }

    /// The next item's payload, which must be a string.
    public mutating func readBytes() throws(RLPError) -> ArraySlice<UInt8> {
        let item = try readItem()
        guard !item.isList else { throw .unexpectedList }
        return bytes[item.content]
    }

    /// The next item with its prefix, string or list.
    public mutating func readRaw() throws(RLPError) -> ArraySlice<UInt8> {
        let start = position
        let item = try readItem()
        return bytes[start..<item.content.upperBound]
    }

    public mutating func readUInt64() throws(RLPError) -> UInt64 {
        let payload = try readNumber(byteCountMax: 8)
        return payload.reduce(0) { $0 << 8 | UInt64($1) }
    }

    public mutating func readUInt256() throws(RLPError) -> UInt256 {
        UInt256(bigEndian: try readNumber(byteCountMax: 32))
    }

    public mutating func readAddress() throws(RLPError) -> Address {
        Address(try readFixed(Address.byteCount))
    }

    /// An address, or nil for the empty string (the `to` of a creation).
    public mutating func readOptionalAddress() throws(RLPError) -> Address? {
        let payload = try readBytes()
        if payload.isEmpty { return nil }
        guard payload.count == Address.byteCount else {
            throw .wrongLength(wanted: Address.byteCount, got: payload.count)
        }
        return Address(payload)
    }

    public mutating func readHash() throws(RLPError) -> Hash {
        Hash(try readFixed(Hash.byteCount))
    }

    /// A string of exactly `count` bytes.
    public mutating func readFixed(_ count: Int) throws(RLPError) -> ArraySlice<UInt8> {
        let payload = try readBytes()
        guard payload.count == count else {
            throw .wrongLength(wanted: count, got: payload.count)
        }
        return payload
    }

    private mutating func readNumber(byteCountMax: Int) throws(RLPError) -> ArraySlice<UInt8> {
        let payload = try readBytes()
        guard payload.count <= byteCountMax else { throw .tooWide(bytes: payload.count) }
        guard payload.first != 0 else { throw .leadingZero }
        return payload
    }

    private mutating func readItem() throws(RLPError) -> (isList: Bool, content: Range<Int>) {
        guard position < end else { throw .truncated(wanted: 1, left: 0) }
        let prefix = bytes[position]
        let start = position + 1
        switch prefix {
        case 0x00...0x7f:
            position = start
            return (false, start - 1..<start)
        case 0x80...0xb7:
            let content = try take(Int(prefix - 0x80), from: start)
            if content.count == 1, bytes[content.lowerBound] < 0x80 { throw .nonCanonicalLength }
            return (false, content)
        case 0xb8...0xbf:
            return (false, try takeLong(lengthBytes: Int(prefix - 0xb7), from: start))
        case 0xc0...0xf7:
            return (true, try take(Int(prefix - 0xc0), from: start))
        default:
            return (true, try takeLong(lengthBytes: Int(prefix - 0xf7), from: start))
        }
    }

    private mutating func takeLong(
        lengthBytes: Int, from start: Int
    ) throws(RLPError) -> Range<Int> {
        guard lengthBytes <= end - start else {
            throw .truncated(wanted: lengthBytes, left: end - start)
        }
        guard bytes[start] != 0 else { throw .nonCanonicalLength }
        var length = 0
        for index in start..<start + lengthBytes {
            guard length < 1 << 48 else {
                throw .truncated(wanted: .max, left: end - start - lengthBytes)
            }
            length = length << 8 | Int(bytes[index])
        }
        guard length >= 56 else { throw .nonCanonicalLength }
        return try take(length, from: start + lengthBytes)
    }

    private mutating func take(_ count: Int, from start: Int) throws(RLPError) -> Range<Int> {
        guard count <= end - start else { throw .truncated(wanted: count, left: end - start) }
        position = start + count
        return start..<position
    }
}

/// Builds RLP; lists close over what was written since they opened.
public struct RLPWriter: Sendable {
    public private(set) var bytes: [UInt8] = []

    public init() {}

    public mutating func write(_ payload: some Collection<UInt8>) {
        if payload.count == 1, let only = payload.first, only < 0x80 {
            bytes.append(only)
            return
        }
        RLPWriter.appendPrefix(0x80, length: payload.count, to: &bytes)
        bytes.append(contentsOf: payload)
    }

    public mutating func write(_ number: UInt64) { write(UInt256(number)) }
    public mutating func write(_ number: UInt256) { write(number.minimalBytes) }
    public mutating func write(_ address: Address) { write(address.bytes) }
    public mutating func write(_ hash: Hash) { write(hash.bytes) }

    /// An address, or the empty string for nil.
    public mutating func write(_ address: Address?) { write(address?.bytes ?? []) }

    /// Bytes that are RLP already.
    public mutating func writeRaw(_ encoded: some Collection<UInt8>) {
        bytes.append(contentsOf: encoded)
    }

    /// A list of the items that `body` writes.
    public mutating func writeList<Failure: Error>(
        _ body: (inout RLPWriter) throws(Failure) -> Void
    ) throws(Failure) {
        var inner = RLPWriter()
        try body(&inner)
        RLPWriter.appendPrefix(0xc0, length: inner.bytes.count, to: &bytes)
        bytes.append(contentsOf: inner.bytes)
    }

    /// The encoding of one list.
    public static func list(_ body: (inout RLPWriter) -> Void) -> [UInt8] {
        var writer = RLPWriter()
        writer.writeList(body)
        return writer.bytes
    }

    /// The encoding of one string.
    public static func string(_ payload: some Collection<UInt8>) -> [UInt8] {
        var writer = RLPWriter()
        writer.write(payload)
        return writer.bytes
    }

    private static func appendPrefix(_ base: UInt8, length: Int, to bytes: inout [UInt8]) {
        if length < 56 {
            bytes.append(base + UInt8(length))
            return
        }
        let width = (Int.bitWidth - length.leadingZeroBitCount + 7) / 8
        bytes.append(base + 55 + UInt8(width))
        for index in stride(from: width - 1, through: 0, by: -1) {
            bytes.append(UInt8(truncatingIfNeeded: length >> (index * 8)))
        }
    }
}
