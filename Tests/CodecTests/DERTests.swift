import Codec
import Primitives
import Testing

@Suite struct DERTests {
    struct Refusal: Sendable {
        let hex: String
        let because: DERError
    }

    @Test(arguments: [
        Refusal(hex: "", because: .truncated(wanted: 2, left: 0)),
        Refusal(hex: "04", because: .truncated(wanted: 2, left: 1)),
        Refusal(hex: "0402aa", because: .truncated(wanted: 2, left: 1)),
        Refusal(hex: "0481", because: .truncated(wanted: 1, left: 0)),
        Refusal(hex: "1f8101", because: .wideTag(0x1f)),
        Refusal(hex: "04800000", because: .indefiniteLength),
        Refusal(hex: "04817f", because: .nonShortestLength),
        Refusal(hex: "04820080", because: .nonShortestLength),
        Refusal(hex: "048400000001aa", because: .lengthTooWide(bytes: 4)),
        Refusal(hex: "04ff", because: .lengthTooWide(bytes: 127)),
    ])
    func refusesElements(_ row: Refusal) throws {
        var reader = DERReader(try Hex.decode(row.hex))
        #expect(throws: row.because) { try reader.readElement() }
    }

    @Test func readsLengthsAtTheirBounds() throws {
        for count in [0, 1, 127, 128, 255, 256, 65_535, 65_536] {
            let contents = [UInt8](repeating: 7, count: count)
            let bytes = DERWriter.octetString(contents)
            var reader = DERReader(bytes)
            let element = try reader.readElement()
            #expect(element.tag == DERTag.octetString)
            #expect(element.contents.elementsEqual(contents))
            #expect(element.encoding.elementsEqual(bytes))
            #expect(throws: Never.self) { try reader.finish() }
        }
        var reader = DERReader([5, 0, 9])
        _ = try reader.readElement()
        #expect(throws: DERError.trailingBytes(1)) { try reader.finish() }
    }

    @Test func readsIntegers() throws {
        for (hex, value) in [("020100", 0), ("02017f", 127), ("02020080", 128), ("02020100", 256)] {
            var reader = DERReader(try Hex.decode(hex))
            #expect(try reader.readInt() == value)
            #expect(try DERWriter.natural(UInt64(value)) == Hex.decode(hex))
        }
        let refusals: [(String, DERError)] = [
            ("0200", .invalidInteger), ("0202007f", .invalidInteger),
            ("0202ff80", .invalidInteger), ("0201ff", .negative),
            ("0401ff", .wrongTag(wanted: 2, got: 4)),
            ("0209008000000000000000", .tooWide(bytes: 8)),
            ("020a01000000000000000000", .tooWide(bytes: 10)),
        ]
        for (hex, error) in refusals {
            var reader = DERReader(try Hex.decode(hex))
            #expect(throws: error, "\(hex)") { try reader.readInt() }
        }
        var reader = DERReader(try Hex.decode("02020080"))
        #expect(try reader.readNatural(width: 3) == [0, 0, 0x80])
        reader = DERReader(try Hex.decode("0203010000"))
        #expect(throws: DERError.tooWide(bytes: 3)) { try reader.readNatural(width: 2) }
    }

    @Test func readsSimpleTypes() throws {
        var reader = DERReader(try Hex.decode("0101ff01010005000302010603010030030101ff"))
        #expect(try reader.readBoolean())
        #expect(try !reader.readBoolean())
        try reader.readNull()
        let (bits, unused) = try reader.readBitString()
        #expect(Array(bits) == [6] && unused == 1)
        #expect(try reader.readBytesOfBitString().isEmpty)
        #expect(try reader.readOptional(DERTag.context(0)) == nil)
        var inner = try reader.descend()
        #expect(try inner.readBoolean() && inner.isAtEnd && reader.isAtEnd)
        let booleans = ["010101", "0100", "0102ffff"]
        for hex in booleans {
            var reader = DERReader(try Hex.decode(hex))
            #expect(throws: DERError.invalidBoolean) { try reader.readBoolean() }
        }
        for hex in ["0300", "030108", "03020801", "03020103", "030101"] {
            var reader = DERReader(try Hex.decode(hex))
            #expect(throws: DERError.invalidBitString, "\(hex)") { try reader.readBitString() }
        }
        reader = DERReader(try Hex.decode("03020102"))
        #expect(throws: DERError.invalidBitString) { try reader.readBytesOfBitString() }
        reader = DERReader(try Hex.decode("050100"))
        #expect(throws: DERError.invalidNull) { try reader.readNull() }
    }

    /// Times of the calendar: leap days of 2024, 2000 and 2400, none of 2023 and 2100.
    @Test(
        arguments: [
            ("700101000000Z", 0), ("240229120000Z", 1_709_208_000),
            ("491231235959Z", 2_524_607_999),
            ("20500101000000Z", 2_524_608_000), ("20000229000000Z", 951_782_400),
            ("24000229000000Z", 13_574_563_200), ("99991231235959Z", 253_402_300_799),
        ] as [(String, UInt64)])
    func readsTimes(_ text: String, _ seconds: UInt64) throws {
        let tag = text.utf8.count == 13 ? DERTag.utcTime : DERTag.generalizedTime
        let bytes = DERWriter.element(tag, Array(text.utf8))
        var reader = DERReader(bytes)
        #expect(try reader.readTime() == seconds)
        if seconds >= 2_524_608_000 || tag == DERTag.utcTime {
            #expect(DERWriter.time(seconds) == bytes)
        }
    }

    @Test(arguments: [
        "230229000000Z", "240230000000Z", "240631000000Z", "240001000000Z", "241301000000Z",
        "240100000000Z", "240101240000Z", "240101006000Z", "240101000060Z", "240101000000",
        "2401010000Z", "240101000000+0000", "240101000000.5Z", "24010100000aZ", "500101000000Z",
        "691231235959Z", "", "Z", "21000229000000Z", "19691231235959Z", "20240101000000z",
    ])
    func refusesTimes(_ text: String) {
        let tags = [DERTag.utcTime, DERTag.generalizedTime]
        for tag in tags {
            var reader = DERReader(DERWriter.element(tag, Array(text.utf8)))
            #expect(throws: DERError.invalidTime) { try reader.readTime() }
        }
    }

    @Test func readsObjectIdentifiers() throws {
        let known: [(OID, String, String)] = [
            (OID(2, 5, 29, 15), "551d0f", "2.5.29.15"),
            (OID(1, 2, 840, 113549, 1, 1, 10), "2a864886f70d01010a", "1.2.840.113549.1.1.10"),
            (OID(2, 999), "8837", "2.999"), (OID(0, 39), "27", "0.39"),
        ]
        for (identifier, hex, text) in known {
            #expect(try identifier.contents == Hex.decode(hex))
            #expect(identifier.description == text)
            #expect(try OID(contents: Hex.decode(hex)[...]) == identifier)
            var reader = DERReader(DERWriter.objectIdentifier(identifier))
            #expect(try reader.readObjectIdentifier() == identifier)
        }
        for hex in [
            "", "80", "2a80", "8001", "2a8001", "2a" + String(repeating: "ff", count: 9) + "01",
            String(repeating: "01", count: 65),
        ] {
            #expect(try OID(contents: Hex.decode(hex)[...]) == nil, "\(hex)")
        }
    }
}
