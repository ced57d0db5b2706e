/// Why bytes are no Protocol Buffers message of the wanted form.
public enum ProtobufError: Error, Equatable, Sendable {
    case truncated(wanted: Int, left: Int)
    /// More than ten bytes, or more than 64 bits.
    case overlongVarint
    /// A field number of zero or above 2²⁹ − 1.
    case invalidFieldNumber(UInt64)
    /// A group (wire types 3 and 4) or a wire type that does not exist.
    case unsupportedWireType(UInt8)
    case unexpectedWireType(field: UInt32, wanted: ProtobufWireType, got: ProtobufWireType)
    /// Packed fixed-width elements whose bytes are no whole number of elements.
    case partialElement(field: UInt32, bytes: Int)
}

/// How the payload of a field is laid out.
public enum ProtobufWireType: UInt8, Sendable, Equatable {
    case varint = 0
    case fixed64 = 1
    case bytes = 2
    case fixed32 = 5
}

/// One field of a message: its number and its undecoded payload.
public struct ProtobufField: Sendable, Equatable {
    public enum Payload: Sendable, Equatable {
        case varint(UInt64)
        case fixed64(UInt64)
        case bytes(ArraySlice<UInt8>)
        case fixed32(UInt32)
    }

    public let number: UInt32
    public let payload: Payload

    public var wireType: ProtobufWireType {
        switch payload {
        case .varint: .varint
        case .fixed64: .fixed64
        case .bytes: .bytes
        case .fixed32: .fixed32
        }
    }

    /// The payload of an `int32`, `int64`, `uint64`, `bool` or `enum` field.
    public func varint() throws(ProtobufError) -> UInt64 {
        guard case .varint(let value) = payload else { throw unexpected(wanted: .varint) }
        return value
    }

    /// The payload of a `fixed32` or `float` field.
    public func fixed32() throws(ProtobufError) -> UInt32 {
        guard case .fixed32(let value) = payload else { throw unexpected(wanted: .fixed32) }
        return value
    }

    /// The payload of a `string`, `bytes` or message field.
    public func bytes() throws(ProtobufError) -> ArraySlice<UInt8> {
        guard case .bytes(let value) = payload else { throw unexpected(wanted: .bytes) }
        return value
    }

    /// The elements of a repeated varint field, packed or a single one.
    public func varints() throws(ProtobufError) -> [UInt64] {
        if case .varint(let value) = payload { return [value] }
        var reader = ProtobufReader(try bytes())
        var values: [UInt64] = []
        while !reader.isAtEnd { values.append(try reader.readVarint()) }
        return values
    }

    /// The elements of a repeated 32-bit field, packed or a single one.
    public func fixed32s() throws(ProtobufError) -> [UInt32] {
        if case .fixed32(let value) = payload { return [value] }
        let packed = try bytes()
        guard packed.count.isMultiple(of: 4) else {
            throw .partialElement(field: number, bytes: packed.count)
        }
        return stride(from: packed.startIndex, to: packed.endIndex, by: 4).map { index in
            (0..<4).reduce(0) { $0 | UInt32(packed[index + $1]) << ($1 * 8) }
        }
    }

    /// The elements of a repeated 64-bit field, packed or a single one.
    public func fixed64s() throws(ProtobufError) -> [UInt64] {
        if case .fixed64(let value) = payload { return [value] }
        let packed = try bytes()
        guard packed.count.isMultiple(of: 8) else {
            throw .partialElement(field: number, bytes: packed.count)
        }
        return stride(from: packed.startIndex, to: packed.endIndex, by: 8).map { index in
            (0..<8).reduce(0) { $0 | UInt64(packed[index + $1]) << ($1 * 8) }
        }
    }

    private func unexpected(wanted: ProtobufWireType) -> ProtobufError {
        .unexpectedWireType(field: number, wanted: wanted, got: wireType)
    }
}

/// Reads the fields of one Protocol Buffers message from left to right, copying no payload.
///
/// The reader never descends by itself: a caller opens a nested message with a new reader, so
/// depth is the depth of the caller's own code. Cost: linear in the bytes.
/// - Source: Protocol Buffers, "Encoding". As every parser there, it accepts varints with
///   leading zero groups; what needs one encoding only must hash the bytes, not the fields.
public struct ProtobufReader: Sendable {
    private let bytes: ArraySlice<UInt8>
    private var position: Int

    public init(_ bytes: [UInt8]) { self.init(bytes[...]) }

    public init(_ bytes: ArraySlice<UInt8>) {
        self.bytes = bytes
        position = bytes.startIndex
    }

    public var isAtEnd: Bool { position == bytes.endIndex }

    /// The next field, or nil at the end of the message.
    public mutating func next() throws(ProtobufError) -> ProtobufField? {
        if isAtEnd { return nil }
        let tag = try readVarint()
        let number = tag >> 3
        guard number >= 1, number < 1 << 29 else { throw .invalidFieldNumber(number) }
        guard let wireType = ProtobufWireType(rawValue: UInt8(tag & 7)) else {
            throw .unsupportedWireType(UInt8(tag & 7))
        }
        let payload: ProtobufField.Payload
        switch wireType {
        case .varint: payload = .varint(try readVarint())
        case .fixed64: payload = .fixed64(try readFixed(8))
        case .fixed32: payload = .fixed32(UInt32(truncatingIfNeeded: try readFixed(4)))
        case .bytes:
            let count = try readVarint()
            let left = bytes.endIndex - position
            guard count <= UInt64(left) else {
                throw .truncated(wanted: Int(clamping: count), left: left)
            }
            payload = .bytes(bytes[position..<position + Int(count)])
            position += Int(count)
        }
        return ProtobufField(number: UInt32(number), payload: payload)
    }

    /// A base-128 number of at most 64 bits.
    public mutating func readVarint() throws(ProtobufError) -> UInt64 {
        var value: UInt64 = 0
        for index in 0..<10 {
            guard position < bytes.endIndex else { throw .truncated(wanted: 1, left: 0) }
            let byte = bytes[position]
            position += 1
            guard index < 9 || byte <= 1 else { throw .overlongVarint }
            value |= UInt64(byte & 0x7f) << UInt64(index * 7)
            if byte < 0x80 { return value }
        }
        throw .overlongVarint
    }

    private mutating func readFixed(_ count: Int) throws(ProtobufError) -> UInt64 {
        let left = bytes.endIndex - position
        guard count <= left else { throw .truncated(wanted: count, left: left) }
        var value: UInt64 = 0
        for index in 0..<count { value |= UInt64(bytes[position + index]) << UInt64(index * 8) }
        position += count
        return value
    }
}
