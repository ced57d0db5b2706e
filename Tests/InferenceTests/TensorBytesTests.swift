import Inference
import Primitives
import TestSupport
import Testing

@Suite struct TensorBytesTests {
    private func type(
        _ element: ElementType, _ count: Int = 2, range: ClosedRange<Int64>? = nil
    ) -> TensorType {
        TensorType(name: "t", shape: [count], element: element, scaleExponent: 0, range: range)
    }

    @Test func readsWhatWasWritten() throws {
        var random = SeededRandom(seed: 3)
        let types = ElementType.allCases.map { type($0, 5) }
        for _ in 0..<200 {
            let integers = types.flatMap { type in
                (0..<type.elementCount).map { _ in
                    let span = UInt64(type.range.upperBound - type.range.lowerBound) + 1
                    return Int32(type.range.lowerBound + Int64(random.next() % span))
                }
            }
            let bytes = try TensorType.bytes(of: integers, as: types)
            #expect(bytes.count == TensorType.byteCount(of: types))
            #expect(try TensorType.integers(of: bytes, as: types) == integers)
        }
    }

    @Test(
        arguments: [
            (ElementType.unsigned8, [0, 255], [0, 255]),
            (.signed8, [0x80, 0x7f], [-128, 127]),
            (.signed16, [0x00, 0x80, 0xff, 0x7f], [-32_768, 32_767]),
            (
                .signed32, [0, 0, 0, 0x80, 0xff, 0xff, 0xff, 0x7f],
                [-2_147_483_648, 2_147_483_647]
            ),
        ] as [(ElementType, [UInt8], [Int32])])
    func isLittleEndian(_ element: ElementType, _ bytes: [UInt8], _ integers: [Int32]) throws {
        #expect(try TensorType.integers(of: bytes, as: [type(element)]) == integers)
        #expect(try TensorType.bytes(of: integers, as: [type(element)]) == bytes)
    }

    @Test func refusesOtherLengthsAndIntegersOutOfRange() {
        let types = [type(.signed16, 3, range: -5...5)]
        for count in [0, 5, 7] {
            #expect(throws: TensorBytesError.wrongByteCount(wanted: 6, got: count)) {
                try TensorType.integers(of: [UInt8](repeating: 0, count: count), as: types)
            }
        }
        #expect(throws: TensorBytesError.outOfRange(index: 1, value: 6)) {
            try TensorType.integers(of: [5, 0, 6, 0, 0, 0], as: types)
        }
        #expect(throws: TensorBytesError.outOfRange(index: 0, value: -6)) {
            try TensorType.integers(of: [0xfa, 0xff, 0, 0, 0, 0], as: types)
        }
        #expect(TensorBytesError.outOfRange(index: 1, value: 6).reason.contains("out of range"))
    }
}
