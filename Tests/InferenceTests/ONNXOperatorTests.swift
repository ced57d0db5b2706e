import Inference
import Testing

private typealias W = ONNXWriter

/// Operators against values worked out by hand, family by family.
@Suite struct ONNXOperatorTests {
    struct Sample: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let model: [UInt8]
        let input: [Float]
        let output: [Float]

        init(
            _ name: String, _ nodes: [[UInt8]], _ shape: [Int], _ input: [Float],
            _ output: [Float], tensors: [[UInt8]] = [], opset: Int = 17, elementType: Int = 1
        ) {
            testDescription = name
            model = W.model(
                inputs: [W.value("x", shape.map { $0 }, elementType: elementType)], nodes: nodes,
                tensors: tensors, opset: opset)
            self.input = input
            self.output = output
        }
    }

    static let functions: [Sample] = [
        Sample("Neg", [W.node("Neg", ["x"], "y")], [3], [1, -2, 0], [-1, 2, 0]),
        Sample(
            "Round goes to even", [W.node("Round", ["x"], "y")], [3], [0.5, 1.5, -2.5], [0, 2, -2]),
        Sample(
            "HardSigmoid", [W.node("HardSigmoid", ["x"], "y", W.attribute("alpha", Float(0.5)))],
            [3], [-1, 0, 2], [0, 0.5, 1]),
        Sample("Softmax", [W.node("Softmax", ["x"], "y")], [1, 2], [1000, 1000], [0.5, 0.5]),
        Sample(
            "Softmax before version 13 takes all axes behind",
            [W.node("Softmax", ["x"], "y", W.attribute("axis", 1))], [1, 2, 2], [3, 3, 3, 3],
            [0.25, 0.25, 0.25, 0.25], opset: 11),
        Sample(
            "Pow with some exponents", [W.node("Pow", ["x", "e"], "y")], [3], [2, 9, 4],
            [8, 3, 0.25], tensors: [W.tensor("e", [3], [3, 0.5, -1])]),
        Sample(
            "Mod takes the divisor's sign", [W.node("Mod", ["x", "d"], "y")], [4], [-7, 7, -3, 3],
            [2, 1, 0, 0], tensors: [W.tensor("d", integers: [3, 3, 3, 3])], elementType: 7),
        Sample(
            "Div of integers goes toward zero", [W.node("Div", ["x", "d"], "y")], [2], [-7, 7],
            [-3, 3], tensors: [W.tensor("d", integers: [2, 2])], elementType: 7),
        Sample(
            "Clip's upper bound wins", [W.node("Clip", ["x", "a", "b"], "y")], [2], [0, 9],
            [2, 2], tensors: [W.tensor("a", [], [5]), W.tensor("b", [], [2])]),
    ]

    static let moves: [Sample] = [
        Sample(
            "Slice backwards", [W.node("Slice", ["x", "s", "e", "a", "p"], "y")], [4],
            [1, 2, 3, 4], [4, 2],
            tensors: [
                W.tensor("s", integers: [-1]), W.tensor("e", integers: [-9]),
                W.tensor("a", integers: [0]), W.tensor("p", integers: [-2]),
            ]),
        Sample(
            "Pad reflects",
            [
                W.node("Pad", ["x", "p"], "y", W.attribute("mode", "reflect"))
            ], [3], [1, 2, 3], [3, 2, 1, 2, 3, 2], tensors: [W.tensor("p", integers: [2, 1])]),
        Sample(
            "Tile", [W.node("Tile", ["x", "r"], "y")], [1, 2], [1, 2], [1, 2, 1, 2, 1, 2, 1, 2],
            tensors: [W.tensor("r", integers: [2, 2])]),
        Sample(
            "Concat with itself", [W.node("Concat", ["x", "x"], "y", W.attribute("axis", -1))],
            [2, 1], [1, 2], [1, 1, 2, 2]),
        Sample(
            "Gather from the end", [W.node("Gather", ["x", "i"], "y")], [3], [1, 2, 3], [3, 1],
            tensors: [W.tensor("i", integers: [-1, 0])]),
        Sample(
            "DepthToSpace", [W.node("DepthToSpace", ["x"], "y", W.attribute("blocksize", 2))],
            [1, 4, 1, 1], [1, 2, 3, 4], [1, 2, 3, 4]),
        Sample(
            "Trilu keeps the lower half",
            [
                W.node("Trilu", ["x"], "y", W.attribute("upper", 0))
            ], [2, 2], [1, 2, 3, 4], [1, 0, 3, 4]),
        Sample(
            "ScatterND adds twice at one place",
            [
                W.node(
                    "ScatterElements", ["x", "i", "u"], "y", W.attribute("reduction", "add"))
            ], [3], [1, 2, 3], [1, 42, 3],
            tensors: [W.tensor("i", integers: [1, 1]), W.tensor("u", [2], [30, 10])], opset: 18),
        Sample(
            "Resize doubles",
            [
                W.node("Resize", ["x", "", "s"], "y", W.attribute("mode", "linear"))
            ], [1, 2], [0, 4], [0, 1, 3, 4], tensors: [W.tensor("s", [2], [1, 2])]),
    ]

    static let reductions: [Sample] = [
        Sample(
            "ReduceMean over all",
            [
                W.node("ReduceMean", ["x"], "y", W.attribute("keepdims", 0))
            ], [2, 2], [1, 2, 3, 6], [3]),
        Sample("ReduceProd", [W.node("ReduceProd", ["x"], "y")], [5], [1, 2, 3, 4, 5], [120]),
        Sample("ReduceLogSumExp", [W.node("ReduceLogSumExp", ["x"], "y")], [1], [200], [200]),
        Sample(
            "ArgMax takes the last of equals",
            [
                W.node("ArgMax", ["x"], "y", W.attribute("select_last_index", 1))
            ], [3], [5, 5, 1], [1]),
        Sample(
            "CumSum from behind, without itself",
            [
                W.node(
                    "CumSum", ["x", "a"], "y",
                    W.attribute("reverse", 1) + W.attribute("exclusive", 1))
            ], [3], [1, 2, 3], [5, 3, 0], tensors: [W.tensor("a", integers: [0])]),
        Sample(
            "Einsum traces", [W.node("Einsum", ["x"], "y", W.attribute("equation", "ii->"))],
            [2, 2], [1, 2, 3, 4], [5]),
        Sample(
            "LayerNormalization",
            [
                W.node("LayerNormalization", ["x", "s"], "y", W.attribute("epsilon", Float(0)))
            ], [1, 2], [1, 3], [-2, 2], tensors: [W.tensor("s", [2], [2, 2])]),
        Sample(
            "ConvTranspose puts blocks side by side",
            [
                W.node("ConvTranspose", ["x", "w"], "y", W.attribute("strides", [1, 2]))
            ], [1, 1, 1, 2], [1, 2], [3, 4, 6, 8], tensors: [W.tensor("w", [1, 1, 1, 2], [3, 4])]),
        Sample(
            "QuantizeLinear goes to even and saturates",
            [
                W.node("QuantizeLinear", ["x", "s"], "y")
            ], [4], [1, 3, -5, 900], [0, 2, 0, 255], tensors: [W.tensor("s", [], [2])]),
    ]

    @Test(arguments: functions + moves + reductions)
    func givesWhatTheOperatorMeans(_ sample: Sample) throws {
        let graph = try ONNX.importModel(sample.model)
        let got = try ReferenceRunner(graph).run(sample.input)
        #expect(got.count == sample.output.count)
        for (got, wanted) in zip(got, sample.output) {
            #expect((got - wanted).magnitude <= 1e-5 * max(1, wanted.magnitude), "\(got)")
        }
    }

    /// One unit, one step: `h' = tanh(w·x + r·h + b)` with `h = 0`, then again.
    @Test func unrollsARecurrentLayer() throws {
        let model = W.model(
            inputs: [W.value("x", [2, 1, 1])], nodes: [W.node("RNN", ["x", "w", "r", "b"], "y")],
            tensors: [
                W.tensor("w", [1, 1, 1], [0.5]), W.tensor("r", [1, 1, 1], [2]),
                W.tensor("b", [1, 2], [0.25, -0.25]),
            ])
        let got = try ReferenceRunner(try ONNX.importModel(model)).run([1, 0])
        let first: Float = 0.46211716
        #expect(got.count == 2)
        #expect((try #require(got.first) - first).magnitude < 1e-6)
        // tanh(2 · tanh(0.5))
        #expect((try #require(got.last) - 0.7279).magnitude < 1e-3)
    }

    @Test func takesRowsInsteadOfMultiplyingByOneHotRows() throws {
        let model = W.model(
            inputs: [W.value("x", [3, 1], elementType: 6)],
            nodes: [
                W.node("Equal", ["x", "range"], "hot"),
                W.node("Cast", ["hot"], "real", W.attribute("to", 1)),
                W.node("MatMul", ["real", "w"], "y"),
            ],
            tensors: [
                W.tensor("range", integers: [0, 1]), W.tensor("w", [2, 2], [1, 2, 3, 4]),
            ])
        let graph = try ONNX.importModel(model)
        #expect(graph.operations.contains("take"))
        #expect(!graph.operations.contains("dense"))
        // A position outside has no one in its row.
        #expect(try ReferenceRunner(graph).run([1, 7, -3]) == [3, 4, 0, 0, 0, 0])
    }

    /// The tanh form of gelu as exporters write it: one table.
    @Test func fusesWhatIsComputedElementByElement() throws {
        let model = W.model(
            inputs: [W.value("x", [4])],
            nodes: [
                W.node("Mul", ["x", "x"], "a"), W.node("Mul", ["a", "x"], "b"),
                W.node("Mul", ["b", "k"], "c"), W.node("Add", ["x", "c"], "d"),
                W.node("Mul", ["d", "q"], "e"), W.node("Tanh", ["e"], "f"),
                W.node("Add", ["f", "one"], "g"), W.node("Mul", ["g", "x"], "h"),
                W.node("Mul", ["h", "half"], "y"),
            ],
            tensors: [
                W.tensor("k", [], [0.044715]), W.tensor("q", [], [0.7978846]),
                W.tensor("one", [], [1]), W.tensor("half", [], [0.5]),
            ])
        let graph = try ONNX.importModel(model)
        #expect(graph.operations == ["table"])
        let got = try ReferenceRunner(graph).run([-3, 0, 1, 3])
        for (got, wanted) in zip(got, [-0.00363739, 0, 0.841192, 2.9963627] as [Float]) {
            #expect((got - wanted).magnitude < 1e-5)
        }
    }

    @Test func takesSizesShapesAndConstantsFromTheCaller() throws {
        let model = W.model(
            inputs: [W.value("x", [nil, 2]), W.value("n", [], elementType: 7)],
            nodes: [
                W.node("Unsqueeze", ["n", "zero"], "list"), W.node("Tile", ["x", "list"], "y"),
            ],
            tensors: [W.tensor("zero", integers: [0])])
        let repeats = ONNXTensor(
            name: "", shape: [], element: .int64, data: .integers([2]))
        #expect(throws: ONNXError.self) { try ONNX.importModel(model) }
        var options = ONNXOptions(dimensions: ["batch": 3], constants: ["n": repeats])
        #expect(throws: ONNXError.shapeMismatch(op: "Tile", node: "n_y")) {
            try ONNX.importModel(model, options: options)
        }
        options.shapes = ["x": [2]]
        #expect(try ONNX.importModel(model, options: options).outputCount == 4)
        options.constants["n"]?.shape = [5]
        #expect(throws: ONNXError.dataSizeMismatch(tensor: "n", wanted: 0, got: 1)) {
            try ONNX.importModel(model, options: options)
        }
    }

    @Test func takesTheBranchThatTheFileDecides() throws {
        func branch(_ operation: String) -> [UInt8] {
            W.field(1, W.node(operation, ["x"], "r_" + operation))
                + W.field(12, W.value("r_" + operation, [1]))
        }
        func conditional(_ condition: String) -> [UInt8] {
            W.node(
                "If", [condition], "y",
                W.field(
                    5, W.field(1, "then_branch") + W.field(6, branch("Neg")) + W.field(20, 5))
                    + W.field(
                        5, W.field(1, "else_branch") + W.field(6, branch("Abs")) + W.field(20, 5)))
        }
        let tensors = [W.tensor("one", integers: [1]), W.tensor("two", integers: [2])]
        let fixed = W.model(
            inputs: [W.value("x", [2])],
            nodes: [W.node("Less", ["one", "two"], "c"), conditional("c")], tensors: tensors)
        #expect(try ReferenceRunner(try ONNX.importModel(fixed)).run([1, -2]) == [-1, 2])
        let open = W.model(
            inputs: [W.value("x", [1])],
            nodes: [W.node("Less", ["x", "x"], "c"), conditional("c")], tensors: tensors)
        #expect(
            throws: ONNXError.unsupportedForm(
                op: "If", node: "n_y", why: "a condition that is no constant")
        ) { try ONNX.importModel(open) }
    }
}
