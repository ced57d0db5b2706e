import Inference
import Testing

/// Each operation of version 2 by hand, and what the analysis refuses about it.
@Suite struct GraphNodesTests {
    struct Sample: Sendable, CustomTestStringConvertible {
        let operation: IntegerOperation
        var shapes: [[Int]] = [[2, 3]]
        var inputs: [Int32] = [1, -2, 3, 4, 50, -6]
        var output: ElementFormat?
        var requantisation: Requantisation?
        let shape: [Int]
        let result: [Int32]

        var testDescription: String { "\(operation)" }
    }

    private static let byte = ElementFormat(element: .signed8, scaleExponent: 0)

    private static func graph(
        _ operation: IntegerOperation, _ inputs: [TensorType], _ output: ElementFormat? = nil,
        _ requantisation: Requantisation? = nil
    ) throws -> IntegerGraph {
        try IntegerGraph(
            inputs: inputs,
            nodes: [
                IntegerNode(
                    operation, inputs: Array(inputs.indices), output: output,
                    requantisation: requantisation)
            ], results: [IntegerResult(name: "y", tensor: inputs.count)])
    }

    private static func type(
        _ shape: [Int], _ element: ElementType = .signed8, _ exponent: Int = 0,
        _ range: ClosedRange<Int64>? = nil
    ) -> TensorType {
        TensorType(
            name: "", shape: shape, element: element, scaleExponent: exponent, range: range)
    }

    @Test(arguments: [
        Sample(
            operation: .concat(axis: 0), shapes: [[1, 3], [1, 3]], shape: [2, 3],
            result: [1, -2, 3, 4, 50, -6]),
        Sample(
            operation: .concat(axis: 1), shapes: [[2, 1], [2, 2]], shape: [2, 3],
            result: [1, 3, 4, -2, 50, -6]),
        Sample(
            operation: .slice(starts: [1, 2], steps: [1, -2], counts: [1, 2]), shape: [1, 2],
            result: [-6, 4]),
        Sample(
            operation: .slice(starts: [0, 1], steps: [1, 2], counts: [2, 1]), shape: [2, 1],
            result: [-2, 50]),
        Sample(
            operation: .pad(before: [0, 1], after: [1, 0], interior: [0, 1], value: 9),
            shape: [3, 6],
            result: [9, 1, 9, -2, 9, 3, 9, 4, 9, 50, 9, -6, 9, 9, 9, 9, 9, 9]),
        Sample(
            operation: .pad(before: [0, 0], after: [0, 0], interior: [1, 0], value: -7),
            shape: [3, 3], result: [1, -2, 3, -7, -7, -7, 4, 50, -6]),
        Sample(
            operation: .expand([2, 2, 3]), shapes: [[2, 1, 3]], shape: [2, 2, 3],
            result: [1, -2, 3, 1, -2, 3, 4, 50, -6, 4, 50, -6]),
        Sample(
            operation: .gather(axis: 1, indices: [2, 2, 0, 1]), shape: [2, 4],
            result: [3, 3, 1, -2, -6, -6, 4, 50]),
        Sample(
            operation: .reduceSum(axes: [1], weight: 1),
            output: ElementFormat(element: .signed32, scaleExponent: 0), shape: [2, 1],
            result: [2, 48]),
        Sample(
            operation: .reduceSum(axes: [0, 1], weight: -3), output: byte,
            requantisation: Requantisation(shifts: [2], low: -128, high: 127), shape: [1, 1],
            // -150 / 4 = -37.5 rounds up.
            result: [-37]),
        Sample(
            operation: .reduceExtremum(axes: [0], isMinimum: false), shape: [1, 3],
            result: [4, 50, 3]),
        Sample(
            operation: .reduceExtremum(axes: [0, 1], isMinimum: true), shape: [1, 1],
            result: [-6]),
        Sample(
            operation: .extremum(isMinimum: false), shapes: [[3], [3]], shape: [3],
            result: [4, 50, 3]),
        Sample(
            operation: .extremum(isMinimum: true), shapes: [[3], [3]], shape: [3],
            result: [1, -2, -6]),
        Sample(
            operation: .argExtremum(axis: 1, isMinimum: false, takesLast: false), shape: [2, 1],
            result: [2, 1]),
        Sample(
            operation: .argExtremum(axis: 1, isMinimum: true, takesLast: false),
            inputs: [1, 0, 0, 7, 7, 7], shape: [2, 1], result: [1, 0]),
        Sample(
            operation: .argExtremum(axis: 1, isMinimum: true, takesLast: true),
            inputs: [1, 0, 0, 7, 7, 7], shape: [2, 1], result: [2, 2]),
    ])
    func computes(_ sample: Sample) throws {
        let graph = try GraphNodesTests.graph(
            sample.operation, sample.shapes.map { GraphNodesTests.type($0) }, sample.output,
            sample.requantisation)
        var engine = Engine(graph)
        #expect(try engine.run(sample.inputs) == sample.result)
        #expect(graph.outputs[0].shape == sample.shape)
        #expect(try IntegerGraph(decoding: graph.encoded) == graph)
        let range = graph.outputs[0].range
        #expect(sample.result.allSatisfy { range.contains(Int64($0)) })
    }

    @Test func selectsAndTakes() throws {
        let bits = GraphNodesTests.type([4], .unsigned8, 0, 0...1)
        let numbers = GraphNodesTests.type([4], .signed16, 3)
        let choice = try GraphNodesTests.graph(.select, [bits, numbers, numbers])
        var engine = Engine(choice)
        #expect(try engine.run([1, 0, 0, 1, 10, 20, 30, 40, -1, -2, -3, -4]) == [10, -2, -3, 40])
        #expect(choice.outputs[0].element == .signed16)
        let indices = GraphNodesTests.type([2, 2], .signed16, 0, 0...2)
        let rows = try GraphNodesTests.graph(
            .take(axis: 0), [GraphNodesTests.type([3, 2]), indices])
        var other = Engine(rows)
        #expect(
            try other.run([1, 2, 3, 4, 5, 6, 2, 0, 1, 1]) == [5, 6, 1, 2, 3, 4, 3, 4])
        #expect(rows.outputs[0].shape == [2, 2, 2])
        #expect(rows.analysis.moveCount == 8)
    }

    @Test func countsWork() throws {
        let sum = try GraphNodesTests.graph(
            .reduceSum(axes: [0], weight: 1), [GraphNodesTests.type([5, 7])],
            ElementFormat(element: .signed32, scaleExponent: 0))
        #expect(sum.macs == 35)
        let largest = try GraphNodesTests.graph(
            .argExtremum(axis: 0, isMinimum: false, takesLast: false),
            [GraphNodesTests.type([300, 2])])
        #expect(largest.analysis.compareCount == 600)
        #expect(largest.outputs[0].element == .signed16)
        #expect(largest.outputs[0].range == 0...299)
        let both = try GraphNodesTests.graph(
            .concat(axis: 0), [GraphNodesTests.type([5]), GraphNodesTests.type([2])])
        #expect(both.analysis.moveCount == 7)
    }

    struct Refusal: Sendable, CustomTestStringConvertible {
        let because: GraphError
        let build: @Sendable () throws -> IntegerGraph

        var testDescription: String { "\(because)" }
    }

    private static func mismatch(
        _ operation: IntegerOperation, _ shapes: [[Int]] = [[2, 3]]
    ) -> Refusal {
        Refusal(because: .shapeMismatch(op: operation.name, node: 0)) {
            try graph(operation, shapes.map { type($0) })
        }
    }

    @Test(arguments: [
        mismatch(.concat(axis: 2), [[2, 3], [2, 3]]),
        mismatch(.concat(axis: 0), [[2, 3], [2, 4]]),
        mismatch(.concat(axis: -1), [[2, 3], [2, 3]]),
        mismatch(.slice(starts: [0], steps: [1], counts: [1])),
        mismatch(.slice(starts: [0, 0], steps: [1, 0], counts: [1, 1])),
        mismatch(.slice(starts: [0, 0], steps: [1, 1], counts: [1, 4])),
        mismatch(.slice(starts: [0, 1], steps: [1, 2], counts: [1, 2])),
        mismatch(.slice(starts: [0, 1], steps: [1, -2], counts: [1, 2])),
        mismatch(.slice(starts: [0, 3], steps: [1, 1], counts: [1, 1])),
        mismatch(.slice(starts: [-1, 0], steps: [1, 1], counts: [1, 1])),
        mismatch(.slice(starts: [0, 0], steps: [1, .min], counts: [1, .max])),
        mismatch(.pad(before: [0], after: [0, 0], interior: [0, 0], value: 0)),
        mismatch(.pad(before: [0, -1], after: [0, 0], interior: [0, 0], value: 0)),
        mismatch(.pad(before: [0, .max], after: [0, 1], interior: [0, 0], value: 0)),
        mismatch(.expand([2, 6])), mismatch(.expand([1, 2, 3])), mismatch(.expand([3, 3])),
        mismatch(.gather(axis: 0, indices: [2])), mismatch(.gather(axis: 0, indices: [])),
        mismatch(.gather(axis: 0, indices: [-1])), mismatch(.gather(axis: 2, indices: [0])),
        mismatch(.reduceExtremum(axes: [], isMinimum: false)),
        mismatch(.reduceExtremum(axes: [1, 0], isMinimum: false)),
        mismatch(.reduceExtremum(axes: [0, 0], isMinimum: false)),
        mismatch(.reduceExtremum(axes: [2], isMinimum: false)),
        mismatch(.argExtremum(axis: 2, isMinimum: false, takesLast: false)),
        mismatch(.argExtremum(axis: 0, isMinimum: false, takesLast: false), [[32_769]]),
        mismatch(.extremum(isMinimum: true), [[2, 3], [3, 2]]),
        Refusal(because: .wrongInputCount(op: "concat", node: 0, got: 1)) {
            try graph(.concat(axis: 0), [type([2])])
        },
        Refusal(because: .wrongInputCount(op: "select", node: 0, got: 2)) {
            try graph(.select, [type([2]), type([2])])
        },
        Refusal(because: .formatMismatch(op: "concat", node: 0)) {
            try graph(.concat(axis: 0), [type([2]), type([2], .signed8, 1)])
        },
        Refusal(because: .formatMismatch(op: "extremum", node: 0)) {
            try graph(.extremum(isMinimum: true), [type([2]), type([2], .unsigned8)])
        },
        Refusal(because: .formatMismatch(op: "reduceExtremum", node: 0)) {
            try graph(.reduceExtremum(axes: [0], isMinimum: true), [type([2])], byte)
        },
        Refusal(because: .formatMismatch(op: "reduceSum", node: 0)) {
            try graph(.reduceSum(axes: [0], weight: 1), [type([2])])
        },
        Refusal(because: .formatMismatch(op: "argExtremum", node: 0)) {
            try graph(
                .argExtremum(axis: 0, isMinimum: true, takesLast: true), [type([2])], byte)
        },
        Refusal(because: .conditionOutOfRange(2, node: 0)) {
            try graph(.select, [type([2], .unsigned8, 0, 0...2), type([2]), type([2])])
        },
        Refusal(because: .conditionOutOfRange(-1, node: 0)) {
            try graph(.select, [type([2], .signed8, 0, -1...0), type([2]), type([2])])
        },
        Refusal(because: .formatMismatch(op: "select", node: 0)) {
            try graph(.select, [type([2], .unsigned8, 1, 0...1), type([2]), type([2])])
        },
        Refusal(because: .indexOutOfRange(3, count: 3, node: 0)) {
            try graph(.take(axis: 0), [type([3]), type([1], .unsigned8, 0, 0...3)])
        },
        Refusal(because: .indexOutOfRange(-1, count: 3, node: 0)) {
            try graph(.take(axis: 0), [type([3]), type([1], .signed8, 0, -1...1)])
        },
        Refusal(because: .formatMismatch(op: "take", node: 0)) {
            try graph(.take(axis: 0), [type([3]), type([1], .signed8, 2, 0...1)])
        },
        Refusal(because: .shapeMismatch(op: "take", node: 0)) {
            try graph(.take(axis: 1), [type([3]), type([1], .signed8, 0, 0...1)])
        },
        Refusal(because: .valueOutOfRange(128)) {
            try graph(.pad(before: [1], after: [0], interior: [0], value: 128), [type([2])])
        },
        Refusal(because: .accumulatorMayOverflow(op: "reduceSum", node: 0, bound: 1 << 30)) {
            // A weight of zero does not make a long sum short.
            try graph(
                .reduceSum(axes: [0], weight: 0), [type([1 << 15], .signed16)],
                ElementFormat(element: .signed32, scaleExponent: 0))
        },
        Refusal(because: .accumulatorMayOverflow(op: "reduceSum", node: 0, bound: 1 << 45)) {
            try graph(
                .reduceSum(axes: [0], weight: .min), [type([128])],
                ElementFormat(element: .signed32, scaleExponent: 0))
        },
    ])
    func refuses(_ row: Refusal) {
        #expect(throws: row.because) { try row.build() }
    }

    /// Accumulators may be moved and searched, but nothing else reads them.
    @Test func movesAccumulators() throws {
        func graph(_ operation: IntegerOperation, _ output: ElementFormat? = nil) throws
            -> IntegerGraph
        {
            try IntegerGraph(
                inputs: [GraphNodesTests.type([4], .signed16)],
                nodes: [
                    IntegerNode(
                        .sum(left: 1_000, right: 0), inputs: [0, 0],
                        output: ElementFormat(element: .signed32, scaleExponent: 9),
                        requantisation: nil),
                    IntegerNode(operation, inputs: [1], output: output, requantisation: nil),
                ], results: [IntegerResult(name: "y", tensor: 2)])
        }
        var engine = Engine(try graph(.reduceExtremum(axes: [0], isMinimum: false)))
        #expect(try engine.run([1, -3, 20_000, 4]) == [20_000_000])
        var search = Engine(try graph(.argExtremum(axis: 0, isMinimum: false, takesLast: false)))
        #expect(try search.run([1, -3, 20_000, 4]) == [2])
        var padded = Engine(
            try graph(.pad(before: [1], after: [0], interior: [0], value: 1 << 30)))
        #expect(try padded.run([1, -3, 2, 4]) == [1 << 30, 1_000, -3_000, 2_000, 4_000])
        #expect(throws: GraphError.formatMismatch(op: "reduceSum", node: 1)) {
            try graph(
                .reduceSum(axes: [0], weight: 1),
                ElementFormat(element: .signed32, scaleExponent: 9))
        }
    }
}
