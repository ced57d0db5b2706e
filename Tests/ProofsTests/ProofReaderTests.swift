import Primitives
import Proofs
import Testing

@Suite struct ProofReaderTests {
    private func words(_ values: [UInt32]) -> [UInt8] {
        values.flatMap { value in
            (0..<4).map { UInt8(truncatingIfNeeded: value >> UInt32(8 * $0)) }
        }
    }

    @Test("What is written is read, with nothing left")
    func roundTrips() throws {
        let element = Extension(limbs: (1...6).map { BabyBear(UInt32($0 * 99)) })
        let hash = Hash((0..<32).map { UInt8($0) })
        let field = FieldBuffer([.one, .zero, BabyBear(BabyBear.modulus - 1)])
        let buffer = ExtensionBuffer([element, .zero, .one])
        var writer = ProofWriter()
        writer.append(7 as UInt8)
        writer.append(0x1234 as UInt16)
        writer.append(0x0102_0304_0506_0708 as UInt64)
        writer.append(hash)
        writer.append(element)
        writer.append([element, .one])
        writer.append(field, 0..<3)
        writer.append(buffer, 1..<3)
        writer.append([9, 8] as [UInt8])
        #expect(writer.bytes.prefix(11) == [7, 0x34, 0x12, 8, 7, 6, 5, 4, 3, 2, 1])
        var reader = ProofReader(writer.bytes)
        #expect(try reader.readByte() == 7)
        #expect(try reader.readUInt16() == 0x1234)
        #expect(try reader.readUInt64() == 0x0102_0304_0506_0708)
        #expect(try reader.readHash() == hash)
        #expect(try reader.readExtension() == element)
        #expect(try reader.readExtensions(2) == [element, .one])
        #expect(try reader.readFieldBuffer(3).elements == field.elements)
        let start = reader.position
        #expect(try reader.readExtensionBuffer(2).elements == [.zero, .one])
        #expect(reader.bytes(from: start).count == 48)
        #expect(throws: ProofError.trailingBytes(2)) { try reader.finish() }
        #expect(Array(try reader.readBytes(2)) == [9, 8])
        try reader.finish()
    }

    @Test("Every reading wants its bytes")
    func refusesTruncation() {
        let cases:
            [(bytes: Int, wanted: Int, read: (inout ProofReader) throws(ProofError) -> Void)] = [
                (0, 1, { (r) throws(ProofError) in _ = try r.readByte() }),
                (1, 2, { (r) throws(ProofError) in _ = try r.readUInt16() }),
                (7, 8, { (r) throws(ProofError) in _ = try r.readUInt64() }),
                (31, 32, { (r) throws(ProofError) in _ = try r.readHash() }),
                (23, 24, { (r) throws(ProofError) in _ = try r.readExtension() }),
                (47, 48, { (r) throws(ProofError) in _ = try r.readExtensions(2) }),
                (47, 48, { (r) throws(ProofError) in _ = try r.readExtensionBuffer(2) }),
                (11, 12, { (r) throws(ProofError) in _ = try r.readFieldBuffer(3) }),
            ]
        for row in cases {
            #expect(throws: ProofError.truncated(wanted: row.wanted, left: row.bytes)) {
                var reader = ProofReader([UInt8](repeating: 0, count: row.bytes))
                try row.read(&reader)
            }
        }
    }

    @Test(
        "Numbers from p on are refused, with their place",
        arguments: [
            BabyBear.modulus, BabyBear.modulus + 1, 0x8000_0000, UInt32.max,
        ])
    func refusesNonCanonical(_ number: UInt32) {
        for place in 0..<12 {
            var values = [UInt32](repeating: BabyBear.modulus - 1, count: 12)
            values[place] = number
            let bytes = [0] + words(values)
            func reader() throws(ProofError) -> ProofReader {
                var reader = ProofReader(bytes)
                _ = try reader.readByte()
                return reader
            }
            #expect(throws: ProofError.nonCanonicalElement(byte: 1 + 4 * place)) {
                var reader = try reader()
                _ = try reader.readFieldBuffer(12)
            }
            #expect(throws: ProofError.nonCanonicalElement(byte: 1 + 4 * place)) {
                var reader = try reader()
                _ = try reader.readExtensionBuffer(2)
            }
            #expect(throws: ProofError.nonCanonicalElement(byte: place < 6 ? 1 : 25)) {
                var reader = try reader()
                _ = try reader.readExtensions(2)
            }
        }
    }
}
