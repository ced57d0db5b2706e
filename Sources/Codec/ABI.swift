public import Primitives

/// Why bytes are no ABI encoding of the wanted types.
public enum ABIError: Error, Equatable, Sendable {
    case truncated(wanted: Int, left: Int)
    /// An offset that points outside the data.
    case offsetOutOfRange
    /// A word whose unused bits are not zero.
    case dirtyPadding
    case tooLong(Int, max: Int)
    case invalidText
}

/// Writes values as Solidity does: heads in order, dynamic values behind them.
///
/// Source: Solidity documentation, "Contract ABI Specification".
public struct ABIWriter: Sendable {
    private var head: [Part] = []

    private enum Part: Sendable {
        case word(UInt256)
        case dynamic([UInt8])
        case inline([UInt8])
    }

    public init() {}

    public mutating func write(_ word: UInt256) { head.append(.word(word)) }
    public mutating func write(_ number: UInt64) { write(UInt256(number)) }
    public mutating func write(_ bit: Bool) { write(UInt256(bit)) }
    public mutating func write(_ address: Address) { write(address.word) }
    public mutating func write(_ hash: Hash) { write(hash.word) }

    /// `bytes`.
    public mutating func writeBytes(_ bytes: [UInt8]) {
        var tail = UInt256(bytes.count).bigEndianBytes + bytes
        tail += [UInt8](repeating: 0, count: (32 - bytes.count % 32) % 32)
        head.append(.dynamic(tail))
    }

    /// `string`.
    public mutating func writeString(_ text: String) { writeBytes(Array(text.utf8)) }

    /// A tuple; `isDynamic` when any of its members is.
    public mutating func writeTuple(isDynamic: Bool, _ body: (inout ABIWriter) -> Void) {
        var inner = ABIWriter()
        body(&inner)
        head.append(isDynamic ? .dynamic(inner.encoded) : .inline(inner.encoded))
    }

    /// An array of `count` elements, written in order by `body`.
    public mutating func writeArray(count: Int, _ body: (inout ABIWriter, Int) -> Void) {
        var inner = ABIWriter()
        for index in 0..<count { body(&inner, index) }
        head.append(.dynamic(UInt256(count).bigEndianBytes + inner.encoded))
    }

    public var encoded: [UInt8] {
        var offset = 0
        for part in head {
            switch part {
            case .word, .dynamic: offset += 32
            case .inline(let bytes): offset += bytes.count
            }
        }
        var heads: [UInt8] = []
        var tails: [UInt8] = []
        for part in head {
            switch part {
            case .word(let word): heads += word.bigEndianBytes
            case .inline(let bytes): heads += bytes
            case .dynamic(let bytes):
                heads += UInt256(offset + tails.count).bigEndianBytes
                tails += bytes
            }
        }
        return heads + tails
    }

    /// The selector of Solidity's `Error(string)`.
    public static let errorSelector: [UInt8] = [0x08, 0xc3, 0x79, 0xa0]

    /// The revert data of Solidity's `Error(string)`.
    public static func error(_ text: String) -> [UInt8] {
        var writer = ABIWriter()
        writer.writeString(text)
        return errorSelector + writer.encoded
    }
}

/// Reads values as Solidity's decoder does, and refuses what it refuses. Total on all bytes.
///
/// Nothing is copied but what is returned, and each value is bounded by the caller, so hostile
/// offsets that all point at one place cost no more than they claim.
public struct ABIReader: Sendable {
    private let bytes: [UInt8]
    /// Where offsets count from.
    private let base: Int
    private var position: Int

    /// Reads arguments that begin at `start`: 4 behind a selector. Past the end there are none.
    public init(_ bytes: [UInt8], from start: Int = 0) {
        precondition(start >= 0, "a start is not negative")
        self.bytes = bytes
        base = min(start, bytes.count)
        position = base
    }

    private init(_ bytes: [UInt8], base: Int) {
        self.bytes = bytes
        self.base = base
        position = base
    }

    public mutating func readUInt256() throws(ABIError) -> UInt256 {
        guard bytes.count - position >= 32 else {
            throw .truncated(wanted: 32, left: bytes.count - position)
        }
        defer { position += 32 }
        return UInt256(bigEndian: bytes[position..<position + 32])
    }

    public mutating func readHash() throws(ABIError) -> Hash { Hash(try readUInt256()) }

    public mutating func readUInt64() throws(ABIError) -> UInt64 {
        guard let number = try readUInt256().asUInt64 else { throw .dirtyPadding }
        return number
    }

    public mutating func readUInt8() throws(ABIError) -> UInt8 {
        guard let number = UInt8(exactly: try readUInt64()) else { throw .dirtyPadding }
        return number
    }

    public mutating func readUInt24() throws(ABIError) -> UInt32 {
        let number = try readUInt64()
        guard number < 1 << 24 else { throw .dirtyPadding }
        return UInt32(number)
    }

    public mutating func readBool() throws(ABIError) -> Bool {
        let word = try readUInt256()
        guard word <= 1 else { throw .dirtyPadding }
        return word == 1
    }

    public mutating func readAddress() throws(ABIError) -> Address {
        let word = try readUInt256()
        guard word >> 160 == .zero else { throw .dirtyPadding }
        return Address(truncating: word)
    }

    /// `bytes` of at most `max`.
    public mutating func readBytes(max: Int) throws(ABIError) -> [UInt8] {
        var tail = try follow()
        let count = try tail.readCount(max: max)
        let left = bytes.count - tail.position
        guard count <= left else { throw .truncated(wanted: count, left: left) }
        return Array(bytes[tail.position..<tail.position + count])
    }

    /// `string` of at most `max` bytes.
    public mutating func readString(max: Int) throws(ABIError) -> String {
        guard let text = String(validating: try readBytes(max: max), as: UTF8.self) else {
            throw .invalidText
        }
        return text
    }

    /// A reader of a dynamic tuple's members. Static tuples stand in line: read their members.
    public mutating func readTuple() throws(ABIError) -> ABIReader { try follow() }

    /// The element count of an array, at most `max`, and a reader of its elements.
    ///
    /// Every element has a head of at least one word, so a count that the bytes cannot hold is
    /// refused here, before anyone reserves room for it.
    public mutating func readArray(max: Int) throws(ABIError) -> (count: Int, elements: ABIReader) {
        var tail = try follow()
        let count = try tail.readCount(max: max)
        let left = bytes.count - tail.position
        guard count <= left / 32 else {
            let (wanted, overflow) = count.multipliedReportingOverflow(by: 32)
            throw .truncated(wanted: overflow ? .max : wanted, left: left)
        }
        return (count, ABIReader(bytes, base: tail.position))
    }

    private mutating func readCount(max: Int) throws(ABIError) -> Int {
        let word = try readUInt256()
        let count = word.asInt ?? .max
        guard count <= max, count < .max else { throw .tooLong(count, max: max) }
        return count
    }

    private mutating func follow() throws(ABIError) -> ABIReader {
        guard let offset = try readUInt256().asInt, offset <= bytes.count - base else {
            throw .offsetOutOfRange
        }
        return ABIReader(bytes, base: base + offset)
    }
}
