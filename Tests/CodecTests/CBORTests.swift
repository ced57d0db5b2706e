import Codec
import Primitives
import Testing

@Suite struct CBORTests {
    static let limits = CBORReader.Limits(depthMax: 4, itemsMax: 16, allowsIndefinite: true)
    static let definite = CBORReader.Limits(depthMax: 4, itemsMax: 16, allowsIndefinite: false)

    static func decode(
        _ hex: String, _ limits: CBORReader.Limits = limits
    ) throws -> CBORValue {
        try CBORReader.decode(try Hex.decode(hex)[...], limits: limits)
    }

    /// RFC 8949, appendix A, the items of the strict form.
    @Test(
        arguments: [
            ("00", .unsigned(0)), ("17", .unsigned(23)), ("1818", .unsigned(24)),
            ("1903e8", .unsigned(1000)), ("1a000f4240", .unsigned(1_000_000)),
            ("1bffffffffffffffff", .unsigned(.max)), ("20", .negative(0)), ("3863", .negative(99)),
            ("3bffffffffffffffff", .negative(.max)), ("f4", .bool(false)), ("f5", .bool(true)),
            ("f6", .null), ("40", .bytes([])), ("4401020304", .bytes([1, 2, 3, 4])),
            ("6449455446", .text([0x49, 0x45, 0x54, 0x46])), ("62c3bc", .text([0xc3, 0xbc])),
            ("80", .array([])), ("83010203", .array([.unsigned(1), .unsigned(2), .unsigned(3)])),
            ("9fff", .array([])),
            ("9f01820203ff", .array([.unsigned(1), .array([.unsigned(2), .unsigned(3)])])),
            ("a0", .map([])), ("bfff", .map([])),
            (
                "a201020304",
                .map([
                    CBOREntry(key: .unsigned(1), value: .unsigned(2)),
                    CBOREntry(key: .unsigned(3), value: .unsigned(4)),
                ])
            ),
            ("bf6161f6ff", .map([CBOREntry(key: .text([0x61]), value: .null)])),
        ] as [(String, CBORValue)])
    func readsPublishedItems(_ hex: String, _ value: CBORValue) throws {
        #expect(try Self.decode(hex) == value)
    }

    @Test(
        arguments: [
            ("", .truncated(wanted: 1, left: 0)), ("18", .truncated(wanted: 1, left: 0)),
            ("190100", nil), ("4401", .truncated(wanted: 4, left: 1)),
            ("5bffffffffffffffff", .truncated(wanted: .max, left: 0)),
            ("9bffffffffffffffff", .truncated(wanted: .max, left: 0)),
            ("bb7fffffffffffffff00", .truncated(wanted: 0x7fff_ffff_ffff_ffff, left: 1)),
            ("8201", .truncated(wanted: 2, left: 1)), ("a10102", nil),
            ("1817", .nonShortestHead), ("1900ff", .nonShortestHead),
            ("1a0000ffff", .nonShortestHead),
            ("1b00000000ffffffff", .nonShortestHead), ("5801aa", .nonShortestHead),
            ("1c", .reservedHead(0x1c)), ("fc", .reservedHead(0xfc)), ("5d", .reservedHead(0x5d)),
            ("1f", .indefiniteLength), ("5f4101ff", .indefiniteLength),
            ("7f6161ff", .indefiniteLength),
            ("ff", .unexpectedBreak), ("a1ff", .truncated(wanted: 1, left: 1)),
            ("bf01ff", .unexpectedBreak),
            ("82ff00", .unexpectedBreak), ("9f", .truncated(wanted: 1, left: 0)),
            ("c000", .unexpectedTag),
            ("f7", .unsupportedSimple(0xf7)), ("f90000", .unsupportedSimple(0xf9)),
            ("fb0000000000000000", .unsupportedSimple(0xfb)), ("e0", .unsupportedSimple(0xe0)),
            ("61ff", .invalidUTF8), ("62c080", .invalidUTF8), ("63eda080", .invalidUTF8),
            ("a201020103", .duplicateKey), ("bf01020103ff", .duplicateKey),
            ("8181818100", nil), ("818181818100", .tooDeep(5)), ("8181818180", .tooDeep(5)),
            ("8f000000000000000000000000000000", nil),
            ("9000000000000000000000000000000000", .tooManyItems(16)), ("0000", .trailingBytes(1)),
        ] as [(String, CBORError?)])
    func refuses(_ hex: String, _ error: CBORError?) {
        if let error {
            #expect(throws: error) { try Self.decode(hex) }
        } else {
            #expect(throws: Never.self) { try Self.decode(hex) }
        }
    }

    @Test(arguments: ["9fff", "bfff", "819fff"])
    func refusesIndefiniteWhereNotAllowed(_ hex: String) {
        #expect(throws: CBORError.indefiniteLength) { try Self.decode(hex, Self.definite) }
    }

    @Test func writesShortestHeads() throws {
        for value in [0, 23, 24, 255, 256, 65_535, 65_536, 1 << 32 - 1, 1 << 32, .max] as [UInt64] {
            var writer = CBORWriter()
            writer.append(value)
            writer.append(negative: value)
            let count = writer.bytes.count / 2
            let read = try CBORReader.decode(writer.bytes[..<count], limits: Self.definite)
            #expect(read == .unsigned(value))
            #expect(
                try CBORReader.decode(writer.bytes[count...], limits: Self.definite)
                    == .negative(value))
        }
    }
}
