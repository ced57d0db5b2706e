import Primitives

@testable import Inference

/// A float graph written down by hand, one primitive after another.
struct FloatGraphSketch {
    private var values: [FloatGraph.Value] = []
    private var nodes: [FloatGraph.Node] = []
    private var inputs: [Int] = []

    mutating func input(_ shape: [Int], _ kind: FloatKind = .real) -> Int {
        inputs.append(values.count)
        return add(shape, kind, nil)
    }

    mutating func constant(_ shape: [Int], _ elements: [Float], _ kind: FloatKind = .real) -> Int {
        add(shape, kind, elements)
    }

    /// The result has the first operand's shape and kind unless they are given.
    mutating func node(
        _ operation: FloatOperation, _ operands: [Int], _ shape: [Int]? = nil,
        _ kind: FloatKind? = nil
    ) -> Int {
        let output = add(
            shape ?? values[operands[0]].shape, kind ?? values[operands[0]].kind, nil)
        nodes.append(
            FloatGraph.Node(
                name: "node \(nodes.count)", operation: operation, inputs: operands,
                output: output))
        return output
    }

    func graph(_ outputs: [Int]) -> FloatGraph {
        FloatGraph(values: values, nodes: nodes, inputs: inputs, outputs: outputs)
    }

    private mutating func add(_ shape: [Int], _ kind: FloatKind, _ elements: [Float]?) -> Int {
        values.append(
            FloatGraph.Value(
                name: "value \(values.count)", shape: shape, kind: kind, constant: elements))
        return values.count - 1
    }
}

extension FloatGraphSketch {
    /// `exp(x - max) / Σ exp(x - max)` over the last axis, as the importer lowers it.
    mutating func softmax(_ x: Int, _ shape: [Int]) -> Int {
        let axis = shape.count - 1
        let one = Array(shape.dropLast()) + [1]
        let largest = node(.reduce(.maximum, axes: [axis]), [x], one)
        let spread = node(.expand, [largest], shape)
        let depth = node(.sum(isDifference: true), [x, spread])
        let powers = node(.unary(.exp), [depth])
        let total = node(.reduce(.sum, axes: [axis]), [powers], one)
        let share = node(.unary(.reciprocal), [total])
        return node(.product, [powers, node(.expand, [share], shape)])
    }

    /// `(x - mean) / sqrt(variance + ε)` over the last axis, as the importer lowers it.
    mutating func layerNormalisation(_ x: Int, _ shape: [Int]) -> Int {
        let axis = shape.count - 1
        let one = Array(shape.dropLast()) + [1]
        let share = [1 / Float(shape[axis])]
        let total = node(.reduce(.sum, axes: [axis]), [x], one)
        let mean = node(.affine(multipliers: share, offsets: [0], inner: 1), [total])
        let centred = node(.sum(isDifference: true), [x, node(.expand, [mean], shape)])
        let squares = node(.product, [centred, centred])
        let sum = node(.reduce(.sum, axes: [axis]), [squares], one)
        let variance = node(.affine(multipliers: share, offsets: [1e-5], inner: 1), [sum])
        let root = node(.unary(.reciprocalSqrt), [variance])
        return node(.product, [centred, node(.expand, [root], shape)])
    }
}

/// What a quantised graph made of rows, beside the float graph.
struct Outcome {
    let integers: IntegerGraph
    let report: QuantisationReport
    /// The largest difference between the results, and the largest result.
    let error: Float
    let size: Float
}

extension FloatGraph {
    func compared(
        on rows: [[Float]], _ activations: QuantiseOptions.Activations
    ) throws -> Outcome {
        let (integers, report) = try Quantiser.quantise(
            self, calibration: rows, options: QuantiseOptions(activations: activations))
        var engine = Engine(integers)
        let runner = ReferenceRunner(self)
        var error: Float = 0
        var size: Float = 0
        for row in rows {
            let wanted = try runner.run(row)
            let result = try engine.run(try integers.integers(from: row))
            let got = try integers.numbers(from: result).map(\.approximation)
            for (left, right) in zip(got, wanted) where right.isFinite {
                error = max(error, (left - right).magnitude)
                size = max(size, right.magnitude)
            }
        }
        return Outcome(integers: integers, report: report, error: error, size: size)
    }
}

extension SeededRandom {
    mutating func floats(_ count: Int, _ range: ClosedRange<Float>) -> [Float] {
        (0..<count).map { _ in
            range.lowerBound
                + (range.upperBound - range.lowerBound) * Float(next() % 65_536) / 65_535
        }
    }

    mutating func integers(_ count: Int, _ range: ClosedRange<Int>) -> [Float] {
        (0..<count).map { _ in
            Float(range.lowerBound + Int(next() % UInt64(range.count)))
        }
    }
}
