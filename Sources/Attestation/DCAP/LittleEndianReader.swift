/// Reads fixed-size fields from the front of bytes, numbers little-endian.
///
/// Every length is compared with what is left before it is used.
struct LittleEndianReader {
    private(set) var rest: ArraySlice<UInt8>
    /// Why to refuse when a field is cut.
    private let reason: AttestationReason

    init(_ bytes: ArraySlice<UInt8>, orRefuse reason: AttestationReason = .format) {
        rest = bytes
        self.reason = reason
    }

    /// The next `count` bytes.
    mutating func read(
        _ count: Int, _ field: StaticString
    ) throws(AttestationError) -> ArraySlice<UInt8> {
        guard count <= rest.count else {
            throw AttestationError(reason, "\(field) wants \(count) bytes, \(rest.count) left")
        }
        let end = rest.startIndex + count
        let field = rest[rest.startIndex..<end]
        rest = rest[end...]
        return field
    }

    mutating func readUInt8(_ field: StaticString) throws(AttestationError) -> UInt8 {
        let bytes = try read(1, field)
        return bytes[bytes.startIndex]
    }

    mutating func readUInt16(_ field: StaticString) throws(AttestationError) -> UInt16 {
        try read(2, field).littleEndianUInt16(at: 0)
    }

    mutating func readUInt24(_ field: StaticString) throws(AttestationError) -> Int {
        let bytes = try read(3, field)
        return Int(bytes.littleEndianUInt16(at: 0)) | Int(bytes[bytes.startIndex + 2]) << 16
    }

    mutating func readUInt32(_ field: StaticString) throws(AttestationError) -> UInt32 {
        try read(4, field).littleEndianUInt32(at: 0)
    }
}

extension ArraySlice<UInt8> {
    /// The bytes from `offset` on, counted from the slice's start.
    func field(at offset: Int, count: Int) -> ArraySlice<UInt8> {
        self[startIndex + offset..<startIndex + offset + count]
    }

    func byte(at offset: Int) -> UInt8 { self[startIndex + offset] }

    func littleEndianUInt16(at offset: Int) -> UInt16 {
        UInt16(byte(at: offset)) | UInt16(byte(at: offset + 1)) << 8
    }

    func littleEndianUInt32(at offset: Int) -> UInt32 {
        UInt32(littleEndianUInt16(at: offset))
            | UInt32(littleEndianUInt16(at: offset + 2)) << 16
    }

    func littleEndianUInt64(at offset: Int) -> UInt64 {
        UInt64(littleEndianUInt32(at: offset))
            | UInt64(littleEndianUInt32(at: offset + 4)) << 32
    }

    var isZero: Bool { allSatisfy { $0 == 0 } }
}
