import Codec
import Inference
import Primitives
import TestSupport
import Testing

private typealias W = ONNXWriter

@Suite struct ONNXTests {
    struct Refusal: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let bytes: [UInt8]
        let because: ONNXError

        init(_ name: String, _ bytes: [UInt8], _ because: ONNXError) {
            testDescription = name
            self.bytes = bytes
            self.because = because
        }
    }

    private static let x = W.value("x", [1, 4])
    private static let relu = W.node("Relu", ["x"], "y")

    private static func gemm(_ tensor: [UInt8]) -> [UInt8] {
        W.model(inputs: [x], nodes: [W.node("Gemm", ["x", "w"], "y")], tensors: [tensor])
    }

    private static func one(_ node: [UInt8], shape: [Int?] = [1, 4], opset: Int = 17) -> [UInt8] {
        W.model(inputs: [W.value("x", shape)], nodes: [node], opset: opset)
    }

    static let refusals: [Refusal] = [
        Refusal("no graph", W.field(1, 8), .missingGraph),
        Refusal("no opset", W.field(7, [UInt8]()), .missingOpset),
        Refusal("old opset", one(relu, opset: 0), .unsupportedOpset(0)),
        Refusal(
            "an old comparison", one(W.node("Less", ["x", "x"], "y"), opset: 6),
            .unsupportedForm(
                op: "Less", node: "n_y", why: "an operator set before version 7")),
        Refusal("new opset", one(relu, opset: 1 << 40), .unsupportedOpset(1 << 40)),
        Refusal("no inputs", W.model(inputs: [], nodes: []), .noInputs),
        Refusal(
            "no outputs", W.model(inputs: [x], nodes: [relu], outputs: []), .noOutputs),
        Refusal(
            "an output nobody gives", W.model(inputs: [x], nodes: [relu], outputs: ["z"]),
            .usedBeforeDefined(value: "z", node: "")),
        Refusal(
            "a cycle of one", one(W.node("Add", ["x", "y"], "y")),
            .usedBeforeDefined(value: "y", node: "n_y")),
        Refusal(
            "a cycle of two",
            W.model(
                inputs: [x],
                nodes: [W.node("Add", ["x", "y"], "z"), W.node("Relu", ["z"], "y")]),
            .usedBeforeDefined(value: "y", node: "n_z")),
        Refusal(
            "a name twice", W.model(inputs: [x], nodes: [relu, relu]), .duplicateName("y")),
        Refusal(
            "an input twice", W.model(inputs: [x, x], nodes: [relu]), .duplicateName("x")),
        Refusal(
            "an unknown operator", one(W.node("NonMaxSuppression", ["x"], "y")),
            .unsupportedOperator(op: "NonMaxSuppression", node: "n_y")),
        Refusal(
            "an unknown domain", one(W.node("Relu", ["x"], "y", domain: "evil")),
            .unsupportedOperator(op: "evil.Relu", node: "n_y")),
        Refusal(
            "too few inputs", one(W.node("Gemm", ["x"], "y")),
            .wrongInputCount(op: "Gemm", node: "n_y", got: 1)),
        Refusal(
            "an input left out", one(W.node("Add", ["x", ""], "y")),
            .missingInput(op: "Add", node: "n_y", index: 1)),
        Refusal(
            "external data", gemm(W.field(2, 1) + W.field(8, "w") + W.field(13, [])),
            .externalData(tensor: "w")),
        Refusal(
            "external location", gemm(W.field(2, 1) + W.field(8, "w") + W.field(14, 1)),
            .externalData(tensor: "w")),
        Refusal(
            "a sparse tensor", W.field(7, W.field(15, [UInt8]())) + W.field(8, W.field(2, 17)),
            .sparseTensor),
        Refusal(
            "an unknown element type", gemm(W.field(2, 17) + W.field(8, "w")),
            .unsupportedElementType(17, tensor: "w")),
        Refusal(
            "a string input",
            W.model(inputs: [W.value("x", [1, 4], elementType: 8)], nodes: [relu]),
            .unsupportedElementType(8, tensor: "x")),
        Refusal(
            "a negative dimension", gemm(W.field(1, -4) + W.field(2, 1) + W.field(8, "w")),
            .invalidDimension(-4, tensor: "w")),
        Refusal(
            "an input of no elements", one(relu, shape: [1, 0]),
            .invalidDimension(0, tensor: "x")),
        Refusal(
            "a huge input", one(relu, shape: [1 << 25, 1 << 25]),
            .shapeTooLarge(tensor: "x")),
        Refusal(
            "an overflowing shape",
            gemm(
                W.field(1, 1 << 40) + W.field(1, 1 << 40) + W.field(2, 1) + W.field(8, "w")),
            .shapeTooLarge(tensor: "w")),
        Refusal(
            "too little data", gemm(W.tensor("w", [4, 2], [1, 2, 3])),
            .dataSizeMismatch(tensor: "w", wanted: 32, got: 12)),
        Refusal(
            "too much data", gemm(W.tensor("w", [2], [1, 2, 3])),
            .dataSizeMismatch(tensor: "w", wanted: 8, got: 12)),
        Refusal(
            "not a number", gemm(W.tensor("w", [4, 1], [1, 2, .nan, 3])),
            .notFinite(tensor: "y")),
        Refusal(
            "wrong inner size", gemm(W.tensor("w", [3, 2], [1, 2, 3, 4, 5, 6])),
            .shapeMismatch(op: "Gemm", node: "n_y")),
        Refusal(
            "an attribute of another type",
            one(W.node("Flatten", ["x"], "y", W.attribute("axis", Float(1)))),
            .invalidAttribute("axis", op: "Flatten", node: "n_y")),
        Refusal(
            "an attribute twice",
            one(
                W.node(
                    "Flatten", ["x"], "y", W.attribute("axis", 1) + W.attribute("axis", 1))),
            .duplicateAttribute("axis", node: "n_y")),
        Refusal(
            "an axis out of range", one(W.node("Flatten", ["x"], "y", W.attribute("axis", 9))),
            .invalidAttribute("axis", op: "Flatten", node: "n_y")),
        Refusal(
            "a permutation with a repeat",
            one(W.node("Transpose", ["x"], "y", W.attribute("perm", [0, 0]))),
            .invalidAttribute("perm", op: "Transpose", node: "n_y")),
        Refusal(
            "a pool larger than its plane",
            one(
                W.node("MaxPool", ["x"], "y", W.attribute("kernel_shape", [3, 3])),
                shape: [1, 1, 2, 2]),
            .shapeMismatch(op: "MaxPool", node: "n_y")),
        Refusal(
            "a stride of zero",
            one(
                W.node(
                    "MaxPool", ["x"], "y",
                    W.attribute("kernel_shape", [2, 2]) + W.attribute("strides", [0, 1])),
                shape: [1, 1, 4, 4]),
            .invalidAttribute("strides", op: "MaxPool", node: "n_y")),
        Refusal(
            "a huge padding",
            one(
                W.node(
                    "AveragePool", ["x"], "y",
                    W.attribute("kernel_shape", [2, 2])
                        + W.attribute("pads", [0, 0, 1 << 62, 0])),
                shape: [1, 1, 4, 4]),
            .invalidAttribute("pads", op: "AveragePool", node: "n_y")),
        Refusal(
            "windows of padding only",
            one(
                W.node(
                    "MaxPool", ["x"], "y",
                    W.attribute("kernel_shape", [2, 2]) + W.attribute("pads", [2, 2, 2, 2])),
                shape: [1, 1, 4, 4]),
            .unsupportedForm(
                op: "MaxPool", node: "n_y", why: "windows that lie in the padding")),
        Refusal(
            "four spatial axes",
            one(
                W.node("MaxPool", ["x"], "y", W.attribute("kernel_shape", [1, 1, 1, 1])),
                shape: [1, 1, 2, 2, 2, 2]),
            .unsupportedForm(op: "MaxPool", node: "n_y", why: "4 spatial axes")),
        Refusal(
            "too many axes",
            one(W.node("Unsqueeze", ["x"], "y", W.attribute("axes", Array(0..<7)))),
            .tooMany("dimensions", max: 8)),
        Refusal(
            "a list of a million axes",
            one(
                W.node(
                    "Unsqueeze", ["x"], "y",
                    W.field(
                        5,
                        W.field(1, "axes") + W.field(20, 7)
                            + W.field(8, [UInt8](repeating: 1, count: 1 << 20 + 1))))),
            .tooMany("integers", max: 1 << 20)),
        Refusal("bad text", W.field(7, W.field(1, W.field(3, [0xff]))), .invalidText),
        Refusal(
            "a long name",
            W.field(7, W.field(1, W.field(3, [UInt8](repeating: 0x61, count: 513)))),
            .tooMany("name bytes", max: 512)),
        Refusal("a truncated varint", [0x08, 0x80], .malformed(.truncated(wanted: 1, left: 0))),
        Refusal("a group", [0x0b], .malformed(.unsupportedWireType(3))),
    ]

    @Test(arguments: refusals)
    func refuses(_ row: Refusal) {
        #expect(throws: row.because) { try ONNX.importModel(row.bytes) }
    }

    @Test func refusesFilesAndGraphsOverTheLimits() {
        var limits = InferenceLimits.standard
        limits.bytesMax = 10
        #expect(throws: ONNXError.tooLarge(bytes: 11, max: 10)) {
            try ONNX.importModel([UInt8](repeating: 0, count: 11), limits: limits)
        }
        limits = .standard
        limits.nodeCountMax = 1
        let two = W.model(
            inputs: [ONNXTests.x], nodes: [W.node("Relu", ["x"], "z"), W.node("Relu", ["z"], "y")])
        #expect(throws: ONNXError.tooMany("nodes", max: 1)) {
            try ONNX.importModel(two, limits: limits)
        }
        limits.nodeCountMax = 2
        #expect(throws: Never.self) { try ONNX.importModel(two, limits: limits) }
        limits.elementCountMax = 11
        #expect(throws: ONNXError.shapeTooLarge(tensor: "y")) {
            try ONNX.importModel(two, limits: limits)
        }
    }

    @Test func takesASymbolicBatchAsOne() throws {
        let graph = try ONNX.importModel(
            W.model(inputs: [W.value("x", [nil, 4])], nodes: [ONNXTests.relu]))
        #expect(graph.inputCount == 4)
        #expect(graph.outputCount == 4)
    }

    @Test func refusesEveryTruncation() throws {
        let bytes = try #require(ModelFolder(fixture: "mlp_tiny").onnx)
        for count in bytes.indices {
            #expect(throws: ONNXError.self, "\(count) bytes") {
                try ONNX.importModel(Array(bytes[..<count]))
            }
        }
    }

    /// A flipped model is refused with a reason or runs: it never traps and never takes long.
    @Test func survivesRandomDamage() throws {
        let bytes = try #require(ModelFolder(fixture: "mlp_tiny").onnx)
        var random = SeededRandom(seed: 11)
        var imported = 0
        for _ in 0..<10_000 {
            var damaged = bytes
            for _ in 0..<1 + random.next() % 4 {
                // Structure lies in the first bytes of each message; most others are weights.
                let index = Int(random.next() % UInt64(bytes.count))
                damaged[index] = UInt8(truncatingIfNeeded: random.next())
            }
            guard let graph = try? ONNX.importModel(damaged) else { continue }
            imported += 1
            if imported.isMultiple(of: 50) {
                let row = [Float](repeating: 0.5, count: min(graph.inputCount, 1 << 16))
                _ = try? Quantiser.quantise(graph, calibration: [row])
            }
        }
        #expect(imported > 1_000 && imported < 10_000)
    }
}
