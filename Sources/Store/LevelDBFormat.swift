// Checks of LevelDB's files that LevelDB itself does not make. Source: doc/log_format.md and
// doc/table_format.md of LevelDB 1.23.

/// The last block of a log or manifest, whose records LevelDB may drop in silence.
///
/// A block has records of a checksum (4 bytes), a length (2), a type (1) and the payload. When the
/// last record is longer than the file, LevelDB supposes that its write was broken off. If a
/// shorter payload has the right checksum the record was whole, and it is the length that changed.
struct LogTail {
    static let blockBytes = 32_768
    private static let headerBytes = 7

    let bytes: [UInt8]

    /// Whether a record that was whole would be taken for a torn one.
    var isDamaged: Bool {
        var start = 0
        while bytes.count - start >= LogTail.headerBytes {
            let payload = start + LogTail.headerBytes
            let length = Int(bytes[start + 4]) | Int(bytes[start + 5]) << 8
            if length > bytes.count - payload { return isWhole(at: start) }
            start = payload + length
        }
        return false
    }

    /// Whether the record has the checksum of some payload that fits into the file.
    private func isWhole(at start: Int) -> Bool {
        let type = bytes[start + 6]
        guard (1...4).contains(type) else { return false }
        let stored: UInt32 = littleEndian(bytes[start..<start + 4])
        var checksum = CRC32C()
        checksum.add(type)
        if checksum.masked == stored { return true }
        for byte in bytes[(start + LogTail.headerBytes)...] {
            checksum.add(byte)
            if checksum.masked == stored { return true }
        }
        return false
    }
}

/// The end of a table, which says where its two indexes are and has no checksum. LevelDB asks the
/// system for as much memory as it says, and ends the process when there is not so much.
struct TableFooter {
    static let byteCount = 48
    private static let magic: UInt64 = 0xdb47_7524_8b80_fb57
    /// The type and the checksum that follow each block.
    private static let blockTrailerBytes: UInt64 = 5

    let bytes: [UInt8]
    let tableBytes: UInt64

    /// Whether the table is complete but its indexes are not inside it. A table whose writing was
    /// broken off has no magic number; LevelDB refuses or removes it.
    var isDamaged: Bool {
        guard bytes.count == TableFooter.byteCount,
            littleEndian(bytes.suffix(8)) == TableFooter.magic
        else { return false }
        var numbers = bytes.dropLast(8)
        for _ in 0..<2 {
            guard let offset = readVarint(&numbers), let size = readVarint(&numbers),
                offset <= tableBytes, size <= tableBytes,
                offset + size + TableFooter.blockTrailerBytes <= tableBytes
            else { return true }
        }
        return false
    }

    private func readVarint(_ bytes: inout ArraySlice<UInt8>) -> UInt64? {
        var number: UInt64 = 0
        for shift in stride(from: UInt64(0), to: 64, by: 7) {
            guard let byte = bytes.popFirst() else { return nil }
            number |= UInt64(byte & 0x7f) << shift
            if byte < 0x80 { return number }
        }
        return nil
    }
}

/// CRC-32C (RFC 3720, appendix B.4), with the mask that LevelDB stores it under.
struct CRC32C {
    private var state: UInt32 = .max

    private static let table: [UInt32] = (0..<256).map { index in
        (0..<8).reduce(UInt32(index)) { crc, _ in crc >> 1 ^ (crc & 1 == 1 ? 0x82f6_3b78 : 0) }
    }

    mutating func add(_ byte: UInt8) {
        state = CRC32C.table[Int(UInt8(truncatingIfNeeded: state) ^ byte)] ^ state >> 8
    }

    var value: UInt32 { ~state }
    var masked: UInt32 { (value >> 15 | value << 17) &+ 0xa282_ead8 }
}

private func littleEndian<Number: FixedWidthInteger>(_ bytes: ArraySlice<UInt8>) -> Number {
    bytes.reversed().reduce(0) { $0 << 8 | Number($1) }
}
