import Inference
import Primitives
import Testing

@testable import Proofs

/// A graph of one layer whose results are bare accumulators.
struct LinearCase: Sendable, CustomTestStringConvertible {
    let name: String
    let operation: IntegerOperation
    let shapes: [[Int]]
    var outputs = 0
    var inner = 0

    var testDescription: String { name }

    private static func window(
        _ kernel: (Int, Int), strides: (Int, Int) = (1, 1), dilations: (Int, Int) = (1, 1),
        before: (Int, Int) = (0, 0), after: (Int, Int) = (0, 0)
    ) -> Window {
        func size(_ pair: (Int, Int)) -> PlaneSize { PlaneSize(height: pair.0, width: pair.1) }
        return Window(
            kernel: size(kernel), strides: size(strides), dilations: size(dilations),
            padsBefore: size(before), padsAfter: size(after))
    }

    private static func convolution(
        _ name: String, _ window: Window, groups: Int = 1, _ shape: [Int], outputs: Int
    ) -> LinearCase {
        LinearCase(
            name: name, operation: .convolution(linear: 0, window, groups: groups),
            shapes: [shape], outputs: outputs,
            inner: shape[1] / groups * window.kernel.height * window.kernel.width)
    }

    static let all: [LinearCase] = [
        LinearCase(
            name: "dense", operation: .dense(linear: 0), shapes: [[2, 3, 5]], outputs: 4, inner: 5),
        LinearCase(
            name: "dense, one row", operation: .dense(linear: 0), shapes: [[8]], outputs: 1,
            inner: 8),
        convolution("plain", window((3, 3)), [1, 1, 6, 6], outputs: 2),
        convolution(
            "strides, dilations, padding",
            window((2, 3), strides: (2, 1), dilations: (1, 2), before: (1, 0), after: (0, 1)),
            [1, 2, 5, 6], outputs: 3),
        convolution(
            "groups and items", window((3, 3), strides: (2, 2), before: (1, 1), after: (1, 1)),
            groups: 2, [2, 4, 4, 4], outputs: 4),
        convolution(
            "a group a channel", window((2, 2), dilations: (3, 2)), groups: 3, [1, 3, 7, 5],
            outputs: 6),
        convolution(
            "mostly padding", window((3, 3), before: (2, 2), after: (2, 2)), [1, 1, 2, 2],
            outputs: 2),
        convolution(
            "strides beyond the kernel", window((1, 2), strides: (3, 4), after: (0, 3)),
            [1, 2, 7, 6], outputs: 5),
        LinearCase(name: "product", operation: .matrixProduct, shapes: [[3, 2, 4], [3, 4, 5]]),
        LinearCase(
            name: "product, left repeated", operation: .matrixProduct,
            shapes: [[1, 2, 5], [3, 5, 3]]),
        LinearCase(
            name: "product, right repeated", operation: .matrixProduct,
            shapes: [[3, 2, 4], [1, 4, 5]]),
        LinearCase(
            name: "product of vectors", operation: .matrixProduct,
            shapes: [[1, 1, 6], [1, 6, 1]]),
    ]

    func graph(_ random: inout SeededRandom) throws -> IntegerGraph {
        try IntegerGraph(
            inputs: shapes.enumerated().map {
                TensorType(
                    name: "x\($0.offset)", shape: $0.element, element: .signed8, scaleExponent: 0)
            },
            linears: outputs == 0
                ? []
                : [
                    IntegerLinear(
                        weights: random.bytes(outputs * inner).map { Int8(bitPattern: $0) },
                        bias: (0..<outputs).map { Int32($0 * 1000 - 700) })
                ],
            nodes: [
                IntegerNode(
                    operation, inputs: Array(shapes.indices),
                    output: ElementFormat(element: .signed32, scaleExponent: 0),
                    requantisation: nil)
            ], results: [IntegerResult(name: "y", tensor: shapes.count)])
    }
}

@Suite struct LinearSiteTests {
    /// A site with random axes, the operands of all inferences and the accumulators that the engine
    /// computes.
    private struct Made {
        let graph: IntegerGraph
        let outline: GraphOutline
        let site: LinearSite
        let axes: LinearAxes
        let operands: [[Int32]]
        let accumulators: [Int32]

        init(_ shape: LinearCase, batch: Int, termBitsMin: Int) throws {
            var random = SeededRandom(seed: 17)
            graph = try shape.graph(&random)
            outline = GraphOutline(graph)
            site = try #require(LinearSite(outline, node: 0, termBitsMin: termBitsMin))
            var transcript = Transcript(domain: "linear test")
            axes = LinearAxes(for: [site], batch: batch, &transcript)
            var operands = graph.inputs.map { _ in [Int32]() }
            var accumulators: [Int32] = []
            var engine = Engine(graph)
            for _ in 0..<batch {
                let input = random.bytes(graph.inputCount).map { Int32(Int8(bitPattern: $0)) }
                accumulators += try engine.run(input)
                var start = 0
                for (index, type) in graph.inputs.enumerated() {
                    operands[index] += input[start..<start + type.elementCount]
                    start += type.elementCount
                }
            }
            self.operands = operands
            self.accumulators = accumulators
        }

        func left(_ logColumns: Int, batch: Int) -> ExtensionBuffer {
            guard case .weights(let linear, _) = site.operands else {
                return site.leftVector(operands[0], axes, batch: batch)
            }
            let layout = WeightLayout(outline.linears, logColumns: logColumns)
            let stack = layout.stack(
                graph.linears, logRows: Bits.ceiling(log2: layout.blockCount))
            return layout.weightVector(
                stack, site, linear: linear, channels: axes.channel.table)
        }

        func right(batch: Int) -> ExtensionBuffer {
            site.rightVector(operands[operands.count - 1], axes, batch: batch)
        }

        func point(batch: Int) -> [Extension] {
            var transcript = Transcript(domain: "linear point")
            return transcript.challenges("point", count: site.bits(batch: batch))
        }
    }

    private func dot(_ a: ExtensionBuffer, _ b: ExtensionBuffer) -> Extension {
        (0..<min(a.count, b.count)).reduce(Extension.zero) { $0 + a[$1] * b[$1] }
    }

    private func dot(_ numbers: [Int32], _ functional: ExtensionBuffer) -> Extension {
        numbers.indices.reduce(Extension.zero) {
            $0 + functional[$1].scaled(by: BabyBear(signed: Int64(numbers[$1])))
        }
    }

    /// `⟨output functional, acc⟩ = ⟨U, V⟩` for the engine's accumulators.
    @Test(arguments: LinearCase.all, [1, 2, 3])
    func vectorsGiveTheAccumulators(_ shape: LinearCase, _ batch: Int) throws {
        for logColumns in [0, 2, 4] {
            let made = try Made(shape, batch: batch, termBitsMin: logColumns)
            let functional = made.site.outputFunctional(made.axes, batch: batch)
            #expect(functional.count == made.accumulators.count)
            #expect(
                dot(made.accumulators, functional)
                    == dot(made.left(logColumns, batch: batch), made.right(batch: batch)))
        }
    }

    /// `⟨functional, x⟩ = ⟨point, V(x)⟩`, biases apart.
    @Test(arguments: LinearCase.all, [1, 3])
    func functionalsAreAdjoint(_ shape: LinearCase, _ batch: Int) throws {
        let made = try Made(shape, batch: batch, termBitsMin: 3)
        let table = ExtensionBuffer.eq(made.point(batch: batch))
        let right = made.operands[made.operands.count - 1]
        let functional = made.site.rightFunctional(table, made.axes, batch: batch)
        #expect(functional.count == right.count)
        let constant = made.site.rightConstant(table, made.axes, batch: batch)
        #expect(dot(right, functional) + constant == dot(made.right(batch: batch), table))
        guard case .product = made.site.operands else { return }
        let left = made.site.leftFunctional(table, made.axes, batch: batch)
        #expect(left.count == made.operands[0].count)
        #expect(dot(made.operands[0], left) == dot(made.left(0, batch: batch), table))
    }

    /// The claim on the weights' rows after their columns are folded.
    @Test(arguments: LinearCase.all.filter { $0.outputs > 0 }, [0, 2, 3])
    func weightFunctionalsAreAdjoint(_ shape: LinearCase, _ logColumns: Int) throws {
        let made = try Made(shape, batch: 1, termBitsMin: logColumns)
        let layout = WeightLayout(made.outline.linears, logColumns: logColumns)
        let logRows = Bits.ceiling(log2: layout.blockCount)
        let stack = layout.stack(made.graph.linears, logRows: logRows)
        let point = made.point(batch: 1)
        let low = ExtensionBuffer.eq(Array(point[..<logColumns]))
        let functional = ExtensionBuffer(count: 1 << logRows)
        layout.add(
            .one, made.site, linear: 0, made.axes,
            high: ExtensionBuffer.eq(Array(point[logColumns...])), to: functional)
        var sum = Extension.zero
        for row in 0..<1 << logRows {
            for column in 0..<1 << logColumns {
                sum +=
                    (functional[row] * low[column]).scaled(by: stack[row << logColumns + column])
            }
        }
        #expect(sum == dot(made.left(logColumns, batch: 1), ExtensionBuffer.eq(point)))
    }

    @Test func otherNodesHaveNoSite() throws {
        let whole = try IntegerGraph(
            inputs: [TensorType(name: "x", shape: [1, 1], element: .signed8, scaleExponent: 0)],
            linears: [IntegerLinear(weights: [3, 4], bias: [0, 1])],
            nodes: [
                IntegerNode(
                    .dense(linear: 0), inputs: [0],
                    output: ElementFormat(element: .signed32, scaleExponent: 0),
                    requantisation: nil)
            ], results: [IntegerResult(name: "y", tensor: 1)])
        // One weight an output: the outline says it.
        #expect(LinearSite(GraphOutline(whole), node: 0, termBitsMin: 0) == nil)
    }
}
