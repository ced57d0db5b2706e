import Primitives
import Testing

@testable import Attestation

@Suite struct LooseCBORTests {
    /// What Go's decoder takes in its default settings.
    @Test(arguments: [
        "00", "1817", "1b0000000000000000", "20", "4100", "5f41004100ff", "6161", "7f61616162ff",
        "80", "9fff", "9801f6", "a0", "bfff", "a2010102f5", "a2010101f5", "d200", "d9d9f7d200",
        "f4", "f6", "f7", "f820", "f90000", "fa00000000", "fb0000000000000000", "61ff",
    ])
    func reads(_ hex: String) throws {
        #expect(LooseCBOR(try Hex.decode(hex)) != nil)
    }

    @Test(arguments: [
        "", "18", "1c", "1d", "1e", "1f", "3f", "41", "5f", "5f6161ff", "5f5f4100ffff", "7f4100ff",
        "81", "9f", "98", "9bffffffffffffffff", "a1", "a100", "bf00ff", "bbffffffffffffffff", "c0",
        "df00ff", "f8", "f800", "f81f", "fc", "ff", "0000", "5bffffffffffffffff",
        "5b7fffffffffffffff",
    ])
    func refuses(_ hex: String) throws {
        #expect(LooseCBOR(try Hex.decode(hex)) == nil)
    }

    @Test(arguments: [UInt8(0x81), 0xc1, 0x9f])
    func depthIsBounded(_ opening: UInt8) {
        let close: (Int) -> [UInt8] = { opening == 0x9f ? .init(repeating: 0xff, count: $0) : [] }
        for (depth, isRead) in [(32, true), (33, false), (10_000, false)] {
            let bytes = [UInt8](repeating: opening, count: depth) + [0x00] + close(depth)
            #expect((LooseCBOR(bytes) != nil) == isRead)
        }
    }

    /// Go's conversions: null is every type's zero, tags are looked through, and a slice of octets
    /// may be an array of numbers.
    @Test func valuesConvertAsInGo() throws {
        func item(_ hex: String) throws -> LooseCBOR {
            try #require(LooseCBOR(try Hex.decode(hex)))
        }
        #expect(try item("420102").octets == .some([1, 2]))
        #expect(try item("d818420102").octets == .some([1, 2]))
        #expect(try item("83010218ff").octets == .some([1, 2, 255]))
        #expect(try item("f6").octets == .some(nil))
        #expect(try item("81190100").octets == nil)
        #expect(try item("6161").octets == nil)
        #expect(try item("1bffffffffffffffff").uint64 == .max)
        #expect(try item("20").uint64 == nil)
        #expect(try item("f7").uint64 == 0)
        #expect(try item("1b7fffffffffffffff").int64 == .max)
        #expect(try item("1b8000000000000000").int64 == nil)
        #expect(try item("3b7fffffffffffffff").int64 == .min)
        #expect(try item("3b8000000000000000").int64 == nil)
        #expect(try item("6161").isString)
        #expect(try !item("61ff").isString)
        #expect(try !item("4161").isString)
    }

    @Test(arguments: [
        ("a1410001", true), ("a1800001", false), ("a1a00001", false), ("a1c18000", false),
        ("c000", false), ("c06161", true), ("c100", true), ("c16161", false), ("c240", true),
        ("c200", false), ("81c200", false), ("61ff", false), ("a161ff00", false),
    ])
    func whatHasNoTypeIsReadAsGoReadsAnything(_ row: (hex: String, isReadable: Bool)) throws {
        let bytes = try Hex.decode(row.hex)
        #expect((LooseCBOR(bytes)?.isReadableAsAny ?? false) == row.isReadable)
    }
}
