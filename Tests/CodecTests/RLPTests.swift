import Codec
import Primitives
import TestSupport
import Testing

struct RLPRefusal: Sendable {
    let bytes: [UInt8]
    let because: RLPError
}

@Suite struct RLPTests {
    @Test(arguments: [
        RLPRefusal(bytes: [], because: .truncated(wanted: 1, left: 0)),
        RLPRefusal(bytes: [0x81, 0x05], because: .nonCanonicalLength),
        RLPRefusal(bytes: [0x82, 0xff], because: .truncated(wanted: 2, left: 1)),
        RLPRefusal(bytes: [0x00], because: .leadingZero),
        RLPRefusal(bytes: [0x82, 0x00, 0x01], because: .leadingZero),
        RLPRefusal(bytes: [0xb8, 0x01, 0x05], because: .nonCanonicalLength),
        RLPRefusal(bytes: [0xb9, 0x00, 0x38], because: .nonCanonicalLength),
        RLPRefusal(bytes: [0xc0], because: .unexpectedList),
        RLPRefusal(bytes: [0x89] + Array(1...9), because: .tooWide(bytes: 9)),
        RLPRefusal(
            bytes: [0xbf] + [UInt8](repeating: 0xff, count: 8),
            because: .truncated(wanted: .max, left: 0)),
    ])
    func refusesInteger(_ row: RLPRefusal) {
        var reader = RLPReader(row.bytes)
        #expect(throws: row.because) { try reader.readUInt64() }
    }

    @Test func numbersRoundTrip() throws {
        for number in [0, 1, 127, 128, 255, 256, UInt64.max] as [UInt64] {
            var writer = RLPWriter()
            writer.write(number)
            var reader = RLPReader(writer.bytes)
            #expect(try reader.readUInt64() == number)
            try reader.finish()
        }
    }

    @Test func stringsAndListsOfEveryLengthRoundTrip() throws {
        for count in Array(0...60) + [255, 256, 65535, 65536] {
            let payload = [UInt8](repeating: 0xab, count: count)
            let encoded = RLPWriter.list { list in
                list.write(payload)
                list.writeList { inner in inner.write(UInt64(count)) }
            }
            var reader = RLPReader(encoded)
            var list = try reader.readList()
            try reader.finish()
            #expect(try Array(list.readBytes()) == payload)
            var inner = try list.readList()
            #expect(try inner.readUInt64() == UInt64(count))
            try inner.finish()
            try list.finish()
        }
    }

    @Test func refusesTrailingBytes() throws {
        var reader = RLPReader([0x01, 0x02])
        _ = try reader.readUInt64()
        let rest = reader
        #expect(throws: RLPError.trailingBytes(1)) { try rest.finish() }
    }

    static let archive = SharedArchive("ethereum-tests/basic.tar.zst")

    /// ethereum/tests `RLPTests` (MIT): texts, numbers and lists with their only encoding.
    @Test(.enabled(if: archive != nil, "no shared test data, or no tar and zstd"))
    func everyPublishedEncoding() throws {
        let archive = try #require(Self.archive)
        let file = archive.read("ethereum-tests/RLPTests/rlptest.json")
        let tests = try #require(try JSON(parsing: file).object)
        #expect(tests.count == 24)
        for (name, test) in tests.entries {
            var writer = RLPWriter()
            try Self.write(try #require(test["in"]), to: &writer)
            #expect(Hex.encodePrefixed(writer.bytes) == test["out"]?.string, "\(name)")
            #expect(Self.isWellFormed(writer.bytes), "\(name)")
        }
    }

    @Test(.enabled(if: archive != nil, "no shared test data, or no tar and zstd"))
    func everyPublishedRefusal() throws {
        let archive = try #require(Self.archive)
        let file = archive.read("ethereum-tests/RLPTests/invalidRLPTest.json")
        let tests = try #require(try JSON(parsing: file).object)
        #expect(tests.count == 20)
        for (name, test) in tests.entries {
            let text = try #require(test["out"]?.string)
            let bytes =
                text.hasPrefix("0x") ? try Hex.decodePrefixed(text) : try Hex.decode(text)
            #expect(!Self.isWellFormed(bytes), "\(name)")
        }
    }

    private static func write(_ json: JSON, to writer: inout RLPWriter) throws {
        if let items = json.array {
            try writer.writeList { list throws in
                for item in items { try write(item, to: &list) }
            }
        } else if let text = json.string {
            if text.hasPrefix("#") {
                let bytes = try decimalBytes(text.dropFirst())
                writer.write(bytes)
            } else {
                writer.write(Array(text.utf8))
            }
        } else {
            writer.write(try #require(json.uint64))
        }
    }

    /// Big-endian bytes of a decimal number of any size.
    private static func decimalBytes(_ digits: Substring) throws -> [UInt8] {
        var bytes: [UInt8] = []
        for digit in digits.utf8 {
            var carry = Int(digit) - 0x30
            try #require((0...9).contains(carry))
            for index in bytes.indices.reversed() {
                carry += Int(bytes[index]) * 10
                bytes[index] = UInt8(carry & 255)
                carry >>= 8
            }
            if carry > 0 { bytes.insert(UInt8(carry), at: 0) }
        }
        return bytes
    }

    /// Whether the bytes are one item, all of whose parts are items.
    private static func isWellFormed(_ bytes: [UInt8]) -> Bool {
        func walk(_ reader: inout RLPReader) throws {
            if reader.isList {
                var list = try reader.readList()
                while !list.isAtEnd { try walk(&list) }
            } else {
                _ = try reader.readBytes()
            }
        }
        var reader = RLPReader(bytes)
        do {
            try walk(&reader)
            try reader.finish()
            return true
        } catch {
            return false
        }
    }
}
