import Codec
import Primitives
import Testing

@Suite struct ProtobufTests {
    @Test func readsEveryWireType() throws {
        var reader = ProtobufReader([
            0x08, 0x96, 0x01, 0x12, 0x02, 0x61, 0x62, 0x1d, 1, 0, 0, 0, 0x21, 2, 0, 0, 0, 0, 0, 0,
            0x80,
        ])
        let varint = try #require(try reader.next())
        #expect(varint.number == 1)
        #expect(try varint.varint() == 150)
        #expect(Array(try #require(try reader.next()).bytes()) == [0x61, 0x62])
        #expect(try #require(try reader.next()).fixed32() == 1)
        #expect(try #require(try reader.next()).payload == .fixed64(0x8000_0000_0000_0002))
        #expect(try reader.next() == nil)
    }

    @Test func readsRepeatedFieldsPackedAndSingle() throws {
        var packed = ProtobufReader([0x0a, 0x03, 0x01, 0xac, 0x02])
        #expect(try #require(try packed.next()).varints() == [1, 300])
        var single = ProtobufReader([0x08, 0x07])
        #expect(try #require(try single.next()).varints() == [7])
        var words = ProtobufReader([0x0a, 0x08, 1, 0, 0, 0, 2, 0, 0, 0])
        #expect(try #require(try words.next()).fixed32s() == [1, 2])
    }

    struct Refusal: Sendable {
        let bytes: [UInt8]
        let because: ProtobufError
    }

    @Test(arguments: [
        Refusal(bytes: [0x08], because: .truncated(wanted: 1, left: 0)),
        Refusal(bytes: [0x80], because: .truncated(wanted: 1, left: 0)),
        Refusal(bytes: [0x0a, 0x05, 1], because: .truncated(wanted: 5, left: 1)),
        Refusal(
            bytes: [0x0a, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01],
            because: .truncated(wanted: .max, left: 0)),
        Refusal(bytes: [0x0d, 1, 2, 3], because: .truncated(wanted: 4, left: 3)),
        Refusal(bytes: [0x09, 1], because: .truncated(wanted: 8, left: 1)),
        Refusal(bytes: [0x00, 0x00], because: .invalidFieldNumber(0)),
        Refusal(
            bytes: [0x80, 0x80, 0x80, 0x80, 0x10, 0x00], because: .invalidFieldNumber(1 << 29)),
        Refusal(bytes: [0x0b], because: .unsupportedWireType(3)),
        Refusal(bytes: [0x0c], because: .unsupportedWireType(4)),
        Refusal(bytes: [0x0f], because: .unsupportedWireType(7)),
        Refusal(
            bytes: [0x08] + [UInt8](repeating: 0x80, count: 10) + [0x01],
            because: .overlongVarint),
        Refusal(
            bytes: [0x08] + [UInt8](repeating: 0xff, count: 9) + [0x02],
            because: .overlongVarint),
    ])
    func refuses(_ row: Refusal) {
        var reader = ProtobufReader(row.bytes)
        #expect(throws: row.because) { try reader.next() }
    }

    @Test func refusesAnotherWireType() throws {
        var reader = ProtobufReader([0x08, 0x01, 0x12, 0x03, 1, 2, 3])
        let number = try #require(try reader.next())
        #expect(
            throws: ProtobufError.unexpectedWireType(field: 1, wanted: .bytes, got: .varint)
        ) { try number.bytes() }
        #expect(
            throws: ProtobufError.unexpectedWireType(field: 1, wanted: .fixed32, got: .varint)
        ) { try number.fixed32() }
        let bytes = try #require(try reader.next())
        #expect(
            throws: ProtobufError.unexpectedWireType(field: 2, wanted: .varint, got: .bytes)
        ) { try bytes.varint() }
        #expect(throws: ProtobufError.partialElement(field: 2, bytes: 3)) {
            try bytes.fixed32s()
        }
        #expect(throws: ProtobufError.partialElement(field: 2, bytes: 3)) {
            try bytes.fixed64s()
        }
    }

    @Test func endsOnRandomBytes() {
        var random = SeededRandom(seed: 7)
        for _ in 0..<5_000 {
            var reader = ProtobufReader(random.bytes(Int(random.next() % 40)))
            while let field = try? reader.next() { _ = try? field.varints() }
        }
    }
}
