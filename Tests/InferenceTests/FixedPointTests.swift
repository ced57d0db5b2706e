import Inference
import Primitives
import Testing

@Suite struct FixedPointTests {
    private func type(_ element: ElementType, _ exponent: Int) -> TensorType {
        TensorType(name: "x", shape: [1], element: element, scaleExponent: exponent)
    }

    struct Row: Sendable {
        let value: Int128
        let decimals: UInt32
        let exponent: Int
        let integer: Int32
        var element = ElementType.signed16
    }

    @Test(arguments: [
        Row(value: 1, decimals: 1, exponent: 7, integer: 13),  // 12.8
        Row(value: -15, decimals: 1, exponent: 0, integer: -1),  // -1.5 goes up
        Row(value: 15, decimals: 1, exponent: 0, integer: 2),
        Row(value: -25, decimals: 1, exponent: 0, integer: -2),
        Row(value: -26, decimals: 1, exponent: 0, integer: -3),
        Row(value: 0, decimals: 0, exponent: 48, integer: 0),
        Row(value: 5, decimals: 1, exponent: 0, integer: 1),
        Row(value: -5, decimals: 1, exponent: 0, integer: 0),
        Row(value: -51, decimals: 2, exponent: 0, integer: -1),
        Row(value: 300, decimals: 0, exponent: 7, integer: 255, element: .unsigned8),
        Row(value: -1, decimals: 0, exponent: 7, integer: 0, element: .unsigned8),
        Row(value: -1_000, decimals: 0, exponent: 7, integer: -128, element: .signed8),
        Row(value: .max, decimals: 0, exponent: 48, integer: 32_767),
        Row(value: .min, decimals: 0, exponent: 48, integer: -32_768),
        Row(value: .max, decimals: 61, exponent: 48, integer: 0),
        Row(value: .min, decimals: 4_000_000_000, exponent: 48, integer: 0),
        Row(value: .max, decimals: 60, exponent: -32, integer: 0),
        Row(value: 1 << 40, decimals: 0, exponent: -32, integer: 256),
    ])
    func convertsDecimals(_ row: Row) {
        let number = FixedPoint(value: row.value, decimals: row.decimals)
        #expect(type(row.element, row.exponent).integer(from: number) == row.integer)
    }

    /// Decimal text of a float and the float itself meet at the same integer.
    @Test func agreesWithFloatsWhereBothAreExact() {
        var random = SeededRandom(seed: 41)
        let type = type(.signed16, 9)
        for _ in 0..<5_000 {
            // Multiples of 2^-12: exact in both forms, 12 decimals at most.
            let twelfths = Int64(random.next() % 400_000) - 200_000
            let decimal = FixedPoint(value: Int128(twelfths) * 244_140_625, decimals: 12)
            let float = Float(twelfths) / 4_096
            #expect(type.integer(from: decimal) == type.integer(from: float))
        }
    }

    @Test func convertsFloats() {
        let bytes = type(.unsigned8, 8)
        #expect(bytes.integer(from: Float(1)) == 255)
        #expect(bytes.integer(from: Float(-3)) == 0)
        #expect(bytes.integer(from: Float.infinity) == 255)
        #expect(bytes.integer(from: -Float.infinity) == 0)
        #expect(bytes.integer(from: Float.nan) == nil)
        #expect(bytes.integer(from: Float(0x1p-9)) == 1)
        #expect(type(.signed8, 0).integer(from: Float(-1.5)) == -1)
        #expect(type(.signed8, 0).integer(from: Float.greatestFiniteMagnitude) == 127)
    }

    @Test(arguments: [
        (Int32(0), 10, "0"), (1, 0, "1"), (-1, 1, "-0.5"), (3, 2, "0.75"), (1, 10, "0.0009765625"),
        (-1024, 10, "-1"), (1536, 10, "1.5"), (5, -3, "40"), (-7, -1, "-14"), (.min, 31, "-1"),
        (1, 48, "0.000000000000003552713678800500929355621337890625"),
    ])
    func writesAllDigits(_ row: (integer: Int32, exponent: Int, text: String)) {
        let number = BinaryFixedPoint(integer: row.integer, scaleExponent: row.exponent)
        #expect(number.description == row.text)
    }

    @Test(arguments: [
        (Int32(1), 1, UInt32(0), Int128(1)), (-1, 1, 0, 0), (-3, 1, 0, -1), (1, 3, 2, 13),
        (-1, 3, 2, -12), (7, 0, 18, 7_000_000_000_000_000_000), (.min, -32, 0, -1 << 63),
        (.max, 48, 18, 7_629_394_527_697),
    ])
    func roundsToDecimals(_ row: (integer: Int32, exponent: Int, decimals: UInt32, value: Int128)) {
        let number = BinaryFixedPoint(integer: row.integer, scaleExponent: row.exponent)
        #expect(
            number.rounded(decimals: row.decimals)
                == FixedPoint(value: row.value, decimals: row.decimals))
    }

    @Test func stopsOnBrokenContracts() async {
        await #expect(processExitsWith: .failure) {
            _ = BinaryFixedPoint(integer: 1, scaleExponent: 49)
        }
        await #expect(processExitsWith: .failure) {
            _ = BinaryFixedPoint(integer: 1, scaleExponent: 0).rounded(decimals: 19)
        }
    }

    @Test func argmaxTakesTheFirstOfEquals() {
        #expect(argmax([3, 5, 5, 1]) == 1)
        #expect(argmax([Int32]()) == nil)
    }

    @Test func hashesBytesByWidth() throws {
        let graph = try GraphSamples.dense(element: .signed32)
        #expect(try graph.inputBytes([1, 255]) == [1, 255])
        #expect(try graph.outputBytes([-2, 256]) == [0xfe, 0xff, 0xff, 0xff, 0, 1, 0, 0])
        #expect(throws: RunError.inputOutOfRange(index: 0, value: 256)) {
            try graph.inputBytes([256, 0])
        }
        #expect(throws: RunError.wrongInputCount(wanted: 2, got: 3)) {
            try graph.outputHash([1, 2, 3])
        }
    }
}
