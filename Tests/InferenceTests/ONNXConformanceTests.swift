import Codec
import Inference
import TestSupport
import Testing

/// ONNX's own backend cases for the operators that we import.
///
/// Origin: Debian package `libonnx-testdata` 1.12 (Apache-2.0). Skipped where it is not installed;
/// `ASSAY_ONNX_TESTDATA` names another folder. All inputs but the first become constants, as
/// weights are in models.
@Suite(.enabled(if: ONNXCases.folder != nil, "libonnx-testdata is not installed"))
struct ONNXConformanceTests {
    @Test func supportedOperatorsGiveThePublishedResults() throws {
        var passed = 0
        var refused: [String] = []
        for name in ONNXCases.names {
            guard let sample = try ONNXCases.read(name) else {
                refused.append("\(name): other element type")
                continue
            }
            let graph: FloatGraph
            do {
                graph = try ONNX.importModel(sample.model)
            } catch {
                refused.append("\(name): \(error)")
                continue
            }
            let got = try ReferenceRunner(graph).run(sample.input)
            #expect(ONNXCases.agree(got, sample.output, within: 1e-4), "\(name): float")
            let options = QuantiseOptions(activations: .sixteenBits)
            let (integers, _) = try Quantiser.quantise(
                graph, calibration: [sample.input], options: options)
            var engine = Engine(integers)
            let result = try engine.run(try integers.integers(from: sample.input))
            let numbers = try integers.numbers(from: result).map(\.approximation)
            #expect(ONNXCases.agree(numbers, sample.output, within: 0.02), "\(name): integers")
            passed += 1
        }
        Attachment.record(
            "\(passed) passed\n" + refused.joined(separator: "\n"), named: "onnx-cases.txt")
        #expect(passed >= 80, "\(refused.joined(separator: "\n"))")
    }
}

extension BinaryFixedPoint {
    /// The nearest float, for comparisons.
    var approximation: Float {
        Float(Double(integer) * Double(sign: .plus, exponent: -scaleExponent, significand: 1))
    }
}

/// The folder of cases and the files in it.
enum ONNXCases {
    struct Sample {
        let model: [UInt8]
        let input: [Float]
        let output: [Float]
    }

    static let folder: String? = ModelFolder.existing(
        variable: "ASSAY_ONNX_TESTDATA", otherwise: "/usr/share/libonnx-testdata/data")

    private static let operators = [
        "gemm", "matmul_2d", "matmul_3d", "matmul_4d", "basic_conv", "conv_with", "maxpool",
        "averagepool", "globalaveragepool", "globalmaxpool", "batchnorm", "add", "sub", "mul",
        "relu", "leakyrelu", "clip", "identity", "dropout", "constant", "flatten", "reshape",
        "squeeze", "unsqueeze", "transpose",
    ]

    static var names: [String] {
        ModelFolder.entries("\(folder ?? "")/node").filter { name in
            operators.contains {
                name == "test_\($0)" || name.starts(with: "test_\($0)_")
            }
        }.sorted()
    }

    /// Nil where an input or the output is no list of floats.
    static func read(_ name: String) throws -> Sample? {
        let path = "\(folder ?? "")/node/\(name)"
        let model = try #require(ModelFolder.read("\(path)/model.onnx"))
        let data = "\(path)/test_data_set_0"
        var constants: [UInt8] = []
        var first: [Float]?
        let inputs = try inputNames(model)
        for (index, input) in inputs.enumerated() {
            guard let bytes = ModelFolder.read("\(data)/input_\(index).pb") else { continue }
            if index == 0 {
                first = try floats(bytes)
            } else {
                // The last name wins, and it is the one that the graph uses.
                constants += ONNXWriter.field(5, bytes + ONNXWriter.field(8, input))
            }
        }
        guard let output = ModelFolder.read("\(data)/output_0.pb"), let first,
            let wanted = try floats(output)
        else { return nil }
        return Sample(model: try adding(constants, to: model), input: first, output: wanted)
    }

    static func agree(_ got: [Float], _ wanted: [Float], within tolerance: Float) -> Bool {
        let size = max(wanted.map(\.magnitude).max() ?? 0, 1)
        return got.count == wanted.count
            && zip(got, wanted).allSatisfy { ($0 - $1).magnitude <= tolerance * size }
    }

    private static func fields(_ bytes: ArraySlice<UInt8>) throws -> [ProtobufField] {
        var reader = ProtobufReader(bytes)
        var fields: [ProtobufField] = []
        while let field = try reader.next() { fields.append(field) }
        return fields
    }

    private static func inputNames(_ model: [UInt8]) throws -> [String] {
        let graph = try #require(try fields(model[...]).first { $0.number == 7 }).bytes()
        return try fields(graph).filter { $0.number == 11 }.map { input in
            let name = try #require(try fields(input.bytes()).first { $0.number == 1 })
            return String(decoding: try name.bytes(), as: UTF8.self)
        }
    }

    private static func adding(_ constants: [UInt8], to model: [UInt8]) throws -> [UInt8] {
        try fields(model[...]).flatMap { field in
            switch field.payload {
            case .varint(let number):
                ONNXWriter.field(UInt64(field.number), Int(truncatingIfNeeded: number))
            case .bytes(let bytes):
                ONNXWriter.field(
                    UInt64(field.number), Array(bytes) + (field.number == 7 ? constants : []))
            default: throw ProtobufError.unsupportedWireType(field.wireType.rawValue)
            }
        }
    }

    private static func floats(_ tensor: [UInt8]) throws -> [Float]? {
        let fields = try fields(tensor[...])
        guard try fields.first(where: { $0.number == 2 })?.varint() == 1 else { return nil }
        guard let raw = try fields.first(where: { $0.number == 9 })?.bytes() else { return nil }
        return stride(from: raw.startIndex, to: raw.endIndex, by: 4).map { start in
            Float(
                bitPattern: (0..<4).reduce(0) { $0 | UInt32(raw[start + $1]) << UInt32($1 * 8) })
        }
    }
}
