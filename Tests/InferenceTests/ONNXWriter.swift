/// Writes small ONNX files, well formed or not, for the importer's tests.
enum ONNXWriter {
    static func varint(_ number: UInt64) -> [UInt8] {
        var rest = number
        var bytes: [UInt8] = []
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        return bytes + [UInt8(rest)]
    }

    static func field(_ number: UInt64, _ value: Int) -> [UInt8] {
        varint(number << 3) + varint(UInt64(bitPattern: Int64(value)))
    }

    static func field(_ number: UInt64, _ bytes: [UInt8]) -> [UInt8] {
        varint(number << 3 | 2) + varint(UInt64(bytes.count)) + bytes
    }

    static func field(_ number: UInt64, _ text: String) -> [UInt8] {
        field(number, Array(text.utf8))
    }

    static func field(_ number: UInt64, _ float: Float) -> [UInt8] {
        varint(number << 3 | 5) + raw([float])
    }

    static func raw(_ floats: [Float]) -> [UInt8] {
        floats.flatMap { float in
            (0..<4).map { UInt8(truncatingIfNeeded: float.bitPattern >> UInt32($0 * 8)) }
        }
    }

    static func tensor(_ name: String, _ shape: [Int], _ floats: [Float]) -> [UInt8] {
        shape.flatMap { field(1, $0) } + field(2, 1) + field(8, name) + field(9, raw(floats))
    }

    static func tensor(_ name: String, integers: [Int]) -> [UInt8] {
        field(1, integers.count) + field(2, 7)
            + field(7, integers.flatMap { varint(UInt64(bitPattern: Int64($0))) })
            + field(8, name)
    }

    static func attribute(_ name: String, _ value: Int) -> [UInt8] {
        field(5, field(1, name) + field(3, value) + field(20, 2))
    }

    static func attribute(_ name: String, _ value: Float) -> [UInt8] {
        field(5, field(1, name) + field(2, value) + field(20, 1))
    }

    static func attribute(_ name: String, _ value: String) -> [UInt8] {
        field(5, field(1, name) + field(4, value) + field(20, 3))
    }

    static func attribute(_ name: String, _ values: [Int]) -> [UInt8] {
        field(5, field(1, name) + values.flatMap { field(8, $0) } + field(20, 7))
    }

    static func attribute(_ name: String, tensor: [UInt8]) -> [UInt8] {
        field(5, field(1, name) + field(5, tensor) + field(20, 4))
    }

    static func node(
        _ operation: String, _ inputs: [String], _ output: String, _ attributes: [UInt8] = [],
        domain: String = ""
    ) -> [UInt8] {
        inputs.flatMap { field(1, $0) } + field(2, output) + field(3, "n_" + output)
            + field(4, operation) + attributes + (domain.isEmpty ? [] : field(7, domain))
    }

    /// A symbolic dimension is nil.
    static func value(_ name: String, _ shape: [Int?], elementType: Int = 1) -> [UInt8] {
        let dimensions = shape.flatMap { size in
            field(1, size.map { field(1, $0) } ?? field(2, "batch"))
        }
        return field(1, name)
            + field(2, field(1, field(1, elementType) + field(2, dimensions)))
    }

    static func model(
        inputs: [[UInt8]], nodes: [[UInt8]], tensors: [[UInt8]] = [], outputs: [String] = ["y"],
        opset: Int = 17
    ) -> [UInt8] {
        let graph =
            nodes.flatMap { field(1, $0) } + field(2, "test") + tensors.flatMap { field(5, $0) }
            + inputs.flatMap { field(11, $0) } + outputs.flatMap { field(12, value($0, [1])) }
        return field(1, 8) + field(7, graph) + field(8, field(1, "") + field(2, opset))
    }
}
