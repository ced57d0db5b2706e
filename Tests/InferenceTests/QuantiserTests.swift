import Inference
import Primitives
import TestSupport
import Testing

private typealias W = ONNXWriter

@Suite struct QuantiserTests {
    /// A second implementation of the quantiser, the bytes and the run, written in numpy from
    /// `IntegerGraph.md`, gave these hashes (`tools/integer-graph-twin`).
    @Test(arguments: [
        (
            "lenet5", "0x635f8b179231ca8c9b29801b59e4e823da2cf3803e61f6c41a7fbd7d6b1c2d4d",
            "0xd03da23d7f29dcc5e06df19446f82989a5683ffba528f7c018d0f536113b8f99"
        ),
        (
            "mlp_tiny", "0x6aea9758d5460b3807eb9bec6bee96a48f723f0f0ccaf1d9727659fcfd9eb00d",
            "0xe48a1c3a051e3185b2002731e592473a6eaa03c714c2eb60ff7db8a8f7a21de0"
        ),
    ])
    func pinsTheSampleModels(_ row: (name: String, graph: String, output: String)) throws {
        let folder = ModelFolder(fixture: row.name)
        let graph = try ONNX.importModel(try #require(folder.onnx))
        let rows = try #require(folder.rows("calibration.json", key: "input_data"))
        let input = try #require(folder.rows("input.json", key: "input_data")?.first)
        let (integers, report) = try Quantiser.quantise(graph, calibration: rows)
        var engine = Engine(integers)
        let output = try engine.run(try integers.integers(from: input))
        #expect(integers.hash.hex == row.graph)
        #expect(try integers.outputHash(output).hex == row.output)
        #expect(report.layers.count == integers.nodes.count)
        for layer in report.layers {
            #expect(layer.errorRootMeanSquare <= 0.05 * layer.signalRootMeanSquare, "\(layer)")
        }
    }

    /// Imports, quantises to sixteen bits and compares with the reference on random rows.
    private func expectClose(
        _ model: [UInt8], nodes: [String], tolerance: Float = 0.01,
        options: QuantiseOptions = QuantiseOptions(activations: .sixteenBits)
    ) throws {
        let graph = try ONNX.importModel(model)
        var random = SeededRandom(seed: 51)
        let rows = (0..<16).map { _ in
            (0..<graph.inputCount).map { _ in Float(random.next() % 2_001) / 1_000 - 1 }
        }
        let (integers, _) = try Quantiser.quantise(graph, calibration: rows, options: options)
        #expect(integers.nodes.map(\.operation.name) == nodes)
        let again = try Quantiser.quantise(graph, calibration: rows, options: options).graph
        #expect(again.hash == integers.hash)
        var engine = Engine(integers)
        let runner = ReferenceRunner(graph)
        for row in rows {
            let wanted = try runner.run(row)
            let result = try engine.run(try integers.integers(from: row))
            let got = try integers.numbers(from: result).map(\.approximation)
            let size = wanted.map(\.magnitude).max() ?? 0
            #expect(zip(got, wanted).allSatisfy { ($0 - $1).magnitude <= tolerance * (size + 0.1) })
        }
    }

    private static let weights = (0..<18).map { Float($0 * 7 % 11 - 5) / 9 }

    @Test func foldsBatchNormalisationIntoTheConvolution() throws {
        let model = W.model(
            inputs: [W.value("x", [nil, 1, 5, 5])],
            nodes: [
                W.node("Conv", ["x", "w"], "c"),
                W.node("BatchNormalization", ["c", "s", "b", "m", "v"], "n"),
                W.node("Relu", ["n"], "y"),
            ],
            tensors: [
                W.tensor("w", [2, 1, 3, 3], QuantiserTests.weights),
                W.tensor("s", [2], [1.5, -0.5]),
                W.tensor("b", [2], [0.1, 0.2]), W.tensor("m", [2], [0.3, -0.1]),
                W.tensor("v", [2], [0.8, 1.9]),
            ])
        try expectClose(model, nodes: ["convolution"], tolerance: 0.03)
        try expectClose(
            model, nodes: ["convolution"], tolerance: 0.05,
            options: QuantiseOptions(perChannel: true))
    }

    @Test func foldsBiasAndScaleIntoTheProduct() throws {
        try expectClose(
            W.model(
                inputs: [W.value("x", [1, 6])],
                nodes: [
                    W.node("MatMul", ["x", "w"], "p"), W.node("Add", ["b", "p"], "q"),
                    W.node("Mul", ["q", "k"], "y"),
                ],
                tensors: [
                    W.tensor("w", [6, 3], QuantiserTests.weights), W.tensor("b", [3], [1, -2, 3]),
                    W.tensor("k", [], [0.25]),
                ]), nodes: ["dense"])
    }

    @Test func keepsAResidualBranch() throws {
        try expectClose(
            W.model(
                inputs: [W.value("x", [1, 3, 6])],
                nodes: [
                    W.node("Reshape", ["x", "shape"], "f"),
                    W.node("Gemm", ["f", "w"], "g", W.attribute("alpha", Float(0.5))),
                    W.node("Clip", ["g", "", "six"], "h"), W.node("Sub", ["h", "f"], "y"),
                ],
                tensors: [
                    W.tensor("w", [6, 6], QuantiserTests.weights + QuantiserTests.weights),
                    W.tensor("six", [], [0.4]), W.tensor("shape", integers: [-1, 6]),
                ]), nodes: ["reshape", "dense", "sum"])
    }

    @Test func multipliesActivations() throws {
        try expectClose(
            W.model(
                inputs: [W.value("x", [2, 3, 4])],
                nodes: [
                    W.node("Transpose", ["x"], "t", W.attribute("perm", [0, 2, 1])),
                    W.node("MatMul", ["x", "t"], "p"), W.node("LeakyRelu", ["p"], "l"),
                    W.node("Mul", ["l", "p"], "m"), W.node("Relu", ["x"], "r"),
                    W.node("MatMul", ["m", "r"], "y"),
                ]),
            // Two operands of sixteen bits make too wide a product: each affine narrows one.
            nodes: [
                "transpose", "affine", "affine", "matrixProduct", "lookup", "affine", "affine",
                "affine", "matrixProduct",
            ])
    }

    @Test func averagesAndPools() throws {
        try expectClose(
            W.model(
                inputs: [W.value("x", [1, 2, 5, 5])],
                nodes: [
                    W.node(
                        "AveragePool", ["x"], "a",
                        W.attribute("kernel_shape", [2, 2]) + W.attribute("pads", [1, 0, 0, 1])),
                    W.node(
                        "MaxPool", ["a"], "m",
                        W.attribute("kernel_shape", [2, 2])
                            + W.attribute("auto_pad", "SAME_UPPER")),
                    W.node("GlobalAveragePool", ["m"], "g"),
                    W.node("Squeeze", ["g", "axes"], "y"),
                ], tensors: [W.tensor("axes", integers: [2, -1])]),
            nodes: ["convolution", "affine", "maxPool", "reduceSum", "sum", "reshape"])
    }

    @Test func shrinksActivationsUntilSumsFit() throws {
        let inner = 4_096
        let graph = try ONNX.importModel(
            W.model(
                inputs: [W.value("x", [1, inner])], nodes: [W.node("MatMul", ["x", "w"], "y")],
                tensors: [
                    W.tensor("w", [inner, 1], [Float](repeating: 0.9, count: inner))
                ]))
        let row = (0..<inner).map { Float($0 % 3) - 1 }
        let (_, report) = try Quantiser.quantise(
            graph, calibration: [row], options: QuantiseOptions(activations: .sixteenBits))
        #expect(report.activationBits < 16 || report.weightBits < 8)
    }

    @Test func refusesUselessCalibrations() throws {
        let graph = try ONNX.importModel(
            W.model(inputs: [W.value("x", [1, 2])], nodes: [W.node("Relu", ["x"], "y")]))
        #expect(throws: QuantiseError.noCalibrationRows) {
            try Quantiser.quantise(graph, calibration: [])
        }
        #expect(throws: QuantiseError.wrongRowLength(row: 1, wanted: 2, got: 3)) {
            try Quantiser.quantise(graph, calibration: [[1, 2], [1, 2, 3]])
        }
        #expect(throws: QuantiseError.rowNotFinite(row: 0)) {
            try Quantiser.quantise(graph, calibration: [[1, .nan]])
        }
        #expect(throws: QuantiseError.tooManyCalibrationRows(4_097, max: 4_096)) {
            try Quantiser.quantise(graph, calibration: [[Float]](repeating: [1, 2], count: 4_097))
        }
        #expect(throws: Never.self) { try Quantiser.quantise(graph, calibration: [[0, 0]]) }
    }
}
