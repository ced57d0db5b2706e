import Codec
import Primitives
import Testing

/// Words of an encoding, one a line, as the Solidity documentation prints them.
private func words(_ lines: String) throws -> [UInt8] {
    try lines.split(separator: "\n").flatMap { line in
        let digits = line.filter { !$0.isWhitespace }
        try #require(digits.utf8.count <= 64)
        return try Hex.decode(String(repeating: "0", count: 64 - digits.utf8.count) + digits)
    }
}

private func padded(_ text: String) -> UInt256 {
    let bytes = Array(text.utf8)
    return UInt256(bigEndian: bytes + [UInt8](repeating: 0, count: 32 - bytes.count))
}

/// The examples of the ABI specification, "Examples" and "Use of Dynamic Types".
@Suite struct ABISpecificationTests {
    @Test func staticArguments() throws {
        // baz(uint32,bool) and bar(bytes3[2]).
        var baz = ABIWriter()
        baz.write(69 as UInt64)
        baz.write(true)
        #expect(try baz.encoded == words("45\n1"))
        var reader = ABIReader(baz.encoded)
        #expect(try reader.readUInt64() == 69)
        #expect(try reader.readBool())

        var bar = ABIWriter()
        bar.writeTuple(isDynamic: false) { pair in
            pair.write(padded("abc"))
            pair.write(padded("def"))
        }
        let zeros = String(repeating: "0", count: 58)
        #expect(try bar.encoded == words("616263\(zeros)\n646566\(zeros)"))
    }

    @Test func bytesAndArray() throws {
        // sam(bytes,bool,uint256[]) with "dave", true and [1, 2, 3].
        var writer = ABIWriter()
        writer.writeString("dave")
        writer.write(true)
        writer.writeArray(count: 3) { $0.write(UInt256($1 + 1)) }
        let encoded = try words(
            """
            60
            1
            a0
            4
            6461766500000000000000000000000000000000000000000000000000000000
            3
            1
            2
            3
            """)
        #expect(writer.encoded == encoded)
        var reader = ABIReader([0xa5, 0x64, 0x3b, 0xf2] + encoded, from: 4)
        #expect(try reader.readString(max: 4) == "dave")
        #expect(try reader.readBool())
        var (count, elements) = try reader.readArray(max: 3)
        #expect(count == 3)
        for number in 1...3 { #expect(try elements.readUInt64() == UInt64(number)) }
        #expect(throws: ABIError.truncated(wanted: 32, left: 0)) { try elements.readUInt256() }
    }

    @Test func dynamicTypes() throws {
        // f(uint256,uint32[],bytes10,bytes) with 0x123, [0x456, 0x789], "1234567890" and "Hello…".
        var writer = ABIWriter()
        writer.write(0x123 as UInt64)
        writer.writeArray(count: 2) { $0.write([0x456, 0x789][$1] as UInt64) }
        writer.write(padded("1234567890"))
        writer.writeBytes(Array("Hello, world!".utf8))
        #expect(
            try writer.encoded
                == words(
                    """
                    123
                    80
                    3132333435363738393000000000000000000000000000000000000000000000
                    e0
                    2
                    456
                    789
                    d
                    48656c6c6f2c20776f726c642100000000000000000000000000000000000000
                    """))
    }

    @Test func nestedArrays() throws {
        // g(uint256[][],string[]) with [[1, 2], [3]] and ["one", "two", "three"].
        let numbers = [[1, 2], [3]]
        let texts = ["one", "two", "three"]
        var writer = ABIWriter()
        writer.writeArray(count: 2) { outer, row in
            outer.writeArray(count: numbers[row].count) { $0.write(UInt256(numbers[row][$1])) }
        }
        writer.writeArray(count: 3) { $0.writeString(texts[$1]) }
        let encoded = try words(
            """
            40
            140
            2
            40
            a0
            2
            1
            2
            1
            3
            3
            60
            a0
            e0
            3
            6f6e650000000000000000000000000000000000000000000000000000000000
            3
            74776f0000000000000000000000000000000000000000000000000000000000
            5
            7468726565000000000000000000000000000000000000000000000000000000
            """)
        #expect(writer.encoded == encoded)
        var reader = ABIReader(encoded)
        var (rows, outer) = try reader.readArray(max: 2)
        #expect(rows == 2)
        for row in numbers {
            var (count, inner) = try outer.readArray(max: 2)
            #expect(count == row.count)
            for number in row { #expect(try inner.readUInt256() == UInt256(number)) }
        }
        var (count, strings) = try reader.readArray(max: 3)
        #expect(count == 3)
        for text in texts { #expect(try strings.readString(max: 5) == text) }
    }

    /// ethereum/tests, ABITests: the address one.
    @Test func integerAndAddress() throws {
        let address = try Address(hex: "0xcd2a3d9f938e13cd947ec05abc7fe734df8dd826")
        var writer = ABIWriter()
        writer.write(324_124 as UInt64)
        writer.write(address)
        #expect(
            try writer.encoded == words("4f21c\ncd2a3d9f938e13cd947ec05abc7fe734df8dd826"))
        var reader = ABIReader(writer.encoded)
        #expect(try reader.readUInt256() == 324_124)
        #expect(try reader.readAddress() == address)
    }

    @Test func errorText() throws {
        // "Error(string)" of the documentation's "Panic via assert and Error via require".
        #expect(
            try ABIWriter.error("Not enough Ether provided.")
                == [0x08, 0xc3, 0x79, 0xa0]
                + words(
                    """
                    20
                    1a
                    4e6f7420656e6f7567682045746865722070726f76696465642e000000000000
                    """))
    }
}

/// Tuples in arrays in tuples, against what eth-abi 6.0 encodes.
@Suite struct ABINestingTests {
    struct Item: Equatable {
        var name: String
        var parts: [Part]
    }

    struct Part: Equatable {
        var number: UInt64
        var bytes: [UInt8]
    }

    static let items = [
        Item(
            name: "ab",
            parts: [
                Part(number: 1, bytes: [UInt8](repeating: 0x78, count: 33)),
                Part(number: 2, bytes: []),
            ]),
        Item(name: "", parts: []),
    ]

    /// (string,(uint256,bytes)[])[] and bool.
    static let encoded = """
        40
        1
        2
        40
        220
        40
        80
        2
        6162000000000000000000000000000000000000000000000000000000000000
        2
        40
        e0
        1
        40
        21
        7878787878787878787878787878787878787878787878787878787878787878
        7800000000000000000000000000000000000000000000000000000000000000
        2
        40
        0
        40
        60
        0
        0
        """

    @Test func dynamicTuples() throws {
        var writer = ABIWriter()
        writer.writeArray(count: Self.items.count) { list, index in
            let item = Self.items[index]
            list.writeTuple(isDynamic: true) { tuple in
                tuple.writeString(item.name)
                tuple.writeArray(count: item.parts.count) { parts, index in
                    parts.writeTuple(isDynamic: true) { part in
                        part.write(item.parts[index].number)
                        part.writeBytes(item.parts[index].bytes)
                    }
                }
            }
        }
        writer.write(true)
        #expect(try writer.encoded == words(Self.encoded))
        #expect(try Self.read(writer.encoded) == Self.items)
    }

    static func read(_ bytes: [UInt8]) throws -> [Item] {
        var reader = ABIReader(bytes)
        var (count, list) = try reader.readArray(max: 8)
        var items: [Item] = []
        for _ in 0..<count {
            var tuple = try list.readTuple()
            var item = Item(name: try tuple.readString(max: 64), parts: [])
            var (partCount, parts) = try tuple.readArray(max: 8)
            for _ in 0..<partCount {
                var part = try parts.readTuple()
                item.parts.append(
                    Part(number: try part.readUInt64(), bytes: try part.readBytes(max: 64)))
            }
            items.append(item)
        }
        return items
    }

    /// (uint64,address)[] and (uint64,(bool,bool)): static tuples stand in line.
    @Test func staticTuples() throws {
        let first = Address([UInt8](repeating: 0x11, count: 20))
        let second = Address([UInt8](repeating: 0x22, count: 20))
        var writer = ABIWriter()
        writer.writeArray(count: 2) { list, index in
            list.writeTuple(isDynamic: false) { pair in
                pair.write(UInt64(index + 1))
                pair.write([first, second][index])
            }
        }
        writer.writeTuple(isDynamic: false) { tuple in
            tuple.write(3 as UInt64)
            tuple.writeTuple(isDynamic: false) { bits in
                bits.write(true)
                bits.write(false)
            }
        }
        #expect(
            try writer.encoded
                == words(
                    """
                    80
                    3
                    1
                    0
                    2
                    1
                    1111111111111111111111111111111111111111
                    2
                    2222222222222222222222222222222222222222
                    """))
    }

    /// Every cut and every changed byte reads as something or is refused, in bounded room.
    @Test func isTotalOnDamagedBytes() throws {
        let good = try words(Self.encoded)
        for count in 0..<good.count { _ = try? Self.read(Array(good[..<count])) }
        for index in good.indices {
            for value in [0x00, 0x01, 0x20, 0x7f, 0x80, 0xff] as [UInt8] {
                var bad = good
                bad[index] = value
                let items = (try? Self.read(bad)) ?? []
                #expect(items.count <= 8)
            }
        }
    }
}

@Suite struct ABIRefusalTests {
    private static let huge = [
        UInt256.max, UInt256(1) << 255, UInt256(1) << 64, UInt256(1) << 63, UInt256(Int.max),
    ]

    private func reader(_ words: [UInt256]) -> ABIReader {
        ABIReader(words.flatMap(\.bigEndianBytes))
    }

    @Test func offsetsPastTheEnd() {
        for offset in Self.huge + [33, 65] {
            #expect(throws: ABIError.offsetOutOfRange) {
                var reader = self.reader([offset])
                _ = try reader.readBytes(max: 10)
            }
            #expect(throws: ABIError.offsetOutOfRange) {
                var reader = self.reader([offset])
                _ = try reader.readArray(max: 10)
            }
            #expect(throws: ABIError.offsetOutOfRange) {
                var reader = self.reader([offset])
                _ = try reader.readTuple()
            }
        }
        // At the end there is no length to read.
        #expect(throws: ABIError.truncated(wanted: 32, left: 0)) {
            var reader = self.reader([32])
            _ = try reader.readBytes(max: 10)
        }
        #expect(throws: ABIError.truncated(wanted: 32, left: 31)) {
            var reader = ABIReader(UInt256(32).bigEndianBytes + [UInt8](repeating: 0, count: 31))
            _ = try reader.readArray(max: 10)
        }
    }

    @Test func hugeLengths() {
        for length in Self.huge {
            let claimed = length.asInt ?? .max
            #expect(throws: ABIError.tooLong(claimed, max: 10)) {
                var reader = self.reader([32, length, 0])
                _ = try reader.readBytes(max: 10)
            }
            #expect(throws: ABIError.tooLong(claimed, max: 10)) {
                var reader = self.reader([32, length, 0])
                _ = try reader.readArray(max: 10)
            }
            // Not even a caller without a limit allocates for them.
            #expect(throws: ABIError.self) {
                var reader = self.reader([32, length, 0])
                _ = try reader.readBytes(max: .max)
            }
            #expect(throws: ABIError.self) {
                var reader = self.reader([32, length, 0])
                _ = try reader.readArray(max: .max)
            }
        }
        #expect(throws: ABIError.truncated(wanted: 33, left: 32)) {
            var reader = self.reader([32, 33, 0])
            _ = try reader.readBytes(max: 33)
        }
        #expect(throws: ABIError.truncated(wanted: 64, left: 32)) {
            var reader = self.reader([32, 2, 0])
            _ = try reader.readArray(max: 2)
        }
    }

    @Test func limitsHoldAtTheLimitAndOneOver() throws {
        var reader = self.reader([32, 3, padded("abc")])
        #expect(try reader.readBytes(max: 3) == Array("abc".utf8))
        #expect(throws: ABIError.tooLong(3, max: 2)) {
            var reader = self.reader([32, 3, padded("abc")])
            _ = try reader.readBytes(max: 2)
        }
    }

    /// Readers follow the caller's types, not the bytes: what points back costs no more levels.
    @Test func offsetsThatPointBack() throws {
        // Each word is an offset to the next, or a count of 32, and more offsets.
        var level = self.reader([UInt256](repeating: 32, count: 50))
        for _ in 0..<5 {
            let (count, elements) = try level.readArray(max: 32)
            #expect(count == 32)
            level = elements
        }
        // Offset 0 of a tuple is the tuple again.
        var tuple = self.reader([0])
        for _ in 0..<100 { tuple = try tuple.readTuple() }
        #expect(try tuple.readUInt256() == 0)
    }

    @Test func overlappingValuesReadAlike() throws {
        // Two strings with one tail: Solidity reads it, and so do we.
        var reader = self.reader([64, 64, 2, padded("hi")])
        #expect(try reader.readString(max: 2) == "hi")
        #expect(try reader.readString(max: 2) == "hi")
    }

    @Test func dirtyWords() {
        #expect(throws: ABIError.dirtyPadding) {
            var reader = self.reader([2])
            _ = try reader.readBool()
        }
        #expect(throws: ABIError.dirtyPadding) {
            var reader = self.reader([UInt256(1) << 160])
            _ = try reader.readAddress()
        }
        #expect(throws: ABIError.dirtyPadding) {
            var reader = self.reader([UInt256(1) << 64])
            _ = try reader.readUInt64()
        }
        #expect(throws: ABIError.dirtyPadding) {
            var reader = self.reader([256])
            _ = try reader.readUInt8()
        }
    }

    @Test func textIsUTF8() {
        #expect(throws: ABIError.invalidText) {
            var reader = self.reader([32, 1, UInt256(0xff) << 248])
            _ = try reader.readString(max: 1)
        }
    }

    @Test func startsPastTheEnd() {
        #expect(throws: ABIError.truncated(wanted: 32, left: 0)) {
            var reader = ABIReader([1, 2], from: 4)
            _ = try reader.readUInt256()
        }
    }
}
