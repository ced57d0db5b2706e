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
}
