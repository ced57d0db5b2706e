import Primitives
import TestSupport
import Testing

@testable import Inference

/// Every primitive, quantised, against the float graph on random rows, at both widths.
@Suite struct IntegerGraphBuilderTests {
    struct Row: Sendable, CustomTestStringConvertible {
        let name: String
        let operation: FloatOperation
        var shapes: [[Int]] = [[2, 3, 4]]
        var range: ClosedRange<Float> = -2...2
        var output: [Int]?
        /// Of the largest result: eight bits, sixteen bits.
        var tolerances: (Float, Float) = (0.02, 0.0005)

        var testDescription: String { name }
    }

    static let two = [[2, 3, 4], [2, 3, 4]]

    static func unary(
        _ function: UnaryFunction, _ range: ClosedRange<Float> = -2...2, _ eight: Float = 0.02,
        _ sixteen: Float = 0.0005
    ) -> Row {
        Row(
            name: "\(function)", operation: .unary(function), range: range,
            tolerances: (eight, sixteen))
    }

    static let functions: [Row] = [
        unary(.exp), unary(.exp, -20...3), unary(.log, 0.05...4), unary(.sqrt, 0...9, 0.02, 0.001),
        unary(.reciprocal, 0.2...4), unary(.reciprocalSqrt, 0.1...9, 0.02, 0.001), unary(.tanh),
        unary(.sigmoid),
        unary(.erf), unary(.gelu(isTanh: false)), unary(.gelu(isTanh: true)), unary(.absolute),
        unary(.sin), unary(.cos), unary(.tan, -1.2...1.2), unary(.asin, -1...1, 0.02, 0.01),
        unary(.acos, -1...1, 0.02, 0.01), unary(.atan), unary(.sinh), unary(.cosh), unary(.asinh),
        unary(.acosh, 1...5, 0.02, 0.002), unary(.atanh, -0.9...0.9), unary(.softplus),
        unary(.softsign),
        unary(.mish), unary(.hardSwish, -4...4), unary(.elu(alpha: 1)),
        unary(.selu(alpha: 1.6, gamma: 1.05)), unary(.celu(alpha: 2)),
        unary(.hardSigmoid(alpha: 0.2, beta: 0.5)), unary(.leakyRelu(slope: 0.1)),
        unary(.power(exponent: 2)), unary(.power(exponent: 0.5), 0...4),
        unary(.power(exponent: -1.5), 0.3...2), unary(.isNaN),
    ]

    static let others: [Row] = [
        Row(name: "clamp", operation: .clamp(low: -0.5, high: 1)),
        Row(name: "sum", operation: .sum(isDifference: false), shapes: two),
        Row(name: "difference", operation: .sum(isDifference: true), shapes: two),
        Row(name: "product", operation: .product, shapes: two),
        Row(name: "division", operation: .division, shapes: two, range: 0.5...2),
        Row(name: "maximum", operation: .extremum(isMinimum: false), shapes: two),
        Row(name: "minimum", operation: .extremum(isMinimum: true), shapes: two),
        Row(
            name: "matrixProduct", operation: .matrixProduct, shapes: [[2, 3, 40], [1, 40, 5]],
            output: [2, 3, 5]),
        Row(
            name: "affine",
            operation: .affine(multipliers: [0.3, -1.7, 2], offsets: [1, 0, -0.3], inner: 4),
            tolerances: (0.02, 0.01)),
        Row(
            name: "scale", operation: .affine(multipliers: [0.3], offsets: [0], inner: 1)),
        Row(
            name: "scale and offset",
            operation: .affine(multipliers: [-0.7], offsets: [0.2], inner: 1)),
        Row(
            name: "reduceSum", operation: .reduce(.sum, axes: [0, 2]), output: [1, 3, 1]),
        Row(name: "reduceMax", operation: .reduce(.maximum, axes: [1]), output: [2, 1, 4]),
        Row(name: "reduceMin", operation: .reduce(.minimum, axes: [2]), output: [2, 3, 1]),
        Row(name: "concat", operation: .concat(axis: 1), shapes: two, output: [2, 6, 4]),
        Row(
            name: "slice", operation: .slice(starts: [0, 1, 1], steps: [1, 1, 2]),
            output: [2, 2, 2]),
        Row(
            name: "pad",
            operation: .pad(
                before: [0, 1, 0], after: [1, 0, 0], interior: [0, 1, 2], value: 0.5),
            output: [3, 6, 10]),
        Row(
            name: "pad beyond",
            operation: .pad(before: [0, 1, 0], after: [1, 0, 0], interior: [0, 0, 0], value: -7),
            output: [3, 4, 4]),
        Row(name: "expand", operation: .expand, shapes: [[2, 1, 4]], output: [2, 3, 4]),
        Row(
            name: "gather", operation: .gather(axis: 1, indices: [2, 0, 2, 1]), output: [2, 4, 4]),
        Row(name: "transpose", operation: .transpose([2, 0, 1]), output: [4, 2, 3]),
        Row(name: "reshape", operation: .reshape, output: [6, 4]),
        Row(
            name: "maxPool",
            operation: .maxPool(Window(kernel: PlaneSize(height: 2, width: 2))),
            shapes: [[1, 2, 3, 4]], output: [1, 2, 2, 3]),
    ]

    @Test(arguments: functions + others)
    func staysNearTheFloatGraph(_ row: Row) throws {
        var random = SeededRandom(seed: 77)
        var sketch = FloatGraphSketch()
        let operands = row.shapes.map { sketch.input($0) }
        let result = sketch.node(row.operation, operands, row.output)
        let bareGraph = sketch.graph([result])
        // Something behind it, so that the result is no bare accumulator.
        let clamped = sketch.node(.clamp(low: nil, high: nil), [result])
        let graph = sketch.graph([clamped])
        let rows = (0..<40).map { _ in random.floats(graph.inputCount, row.range) }
        for (activations, tolerance) in [
            (QuantiseOptions.Activations.eightBits, row.tolerances.0),
            (.sixteenBits, row.tolerances.1),
        ] {
            let outcome = try graph.compared(on: rows, activations)
            #expect(
                outcome.error <= tolerance * outcome.size + 1e-6,
                "\(activations): \(outcome.error / max(outcome.size, 1e-9))")
            let bare = try bareGraph.compared(on: rows, activations)
            #expect(
                bare.error <= tolerance * bare.size + 1e-6,
                "bare, \(activations): \(bare.error / max(bare.size, 1e-9))")
        }
    }

    /// Softmax over eight bits is within one and a half of its steps, whatever it sums.
    @Test(arguments: [3, 40, 600], [Float(1), 6, 30])
    func softmaxStaysWithinSteps(_ count: Int, _ spread: Float) throws {
        var random = SeededRandom(seed: UInt64(count))
        var sketch = FloatGraphSketch()
        let shape = [2, count]
        let input = sketch.input(shape)
        let share = sketch.softmax(input, shape)
        let turned = sketch.node(.transpose([1, 0]), [share], [count, 2])
        let product = sketch.node(
            .dense(FloatLinear(weights: [1, 0, 0, 1], bias: [0, 0])), [turned])
        let rows = (0..<12).map { _ in random.floats(2 * count, -spread...spread) }
        for activations in [QuantiseOptions.Activations.eightBits, .sixteenBits] {
            let outcome = try sketch.graph([product]).compared(on: rows, activations)
            let layer = try #require(
                outcome.report.layers.last { $0.operation == "product" })
            // What the eight bits of the input lose is none of softmax's business.
            let bits: Float = activations == .eightBits ? 0x1p-8 : 0x1p-11
            #expect(
                Float(layer.errorMax) <= 1.5 * bits * max(outcome.size, 0x1p-6),
                "\(activations) \(layer.errorMax) of \(outcome.size)")
        }
    }

    @Test(arguments: [Float(0.02), 1, 50])
    func layerNormalisationStaysNear(_ scale: Float) throws {
        var random = SeededRandom(seed: 5)
        var sketch = FloatGraphSketch()
        let input = sketch.input([4, 64])
        let normal = sketch.layerNormalisation(input, [4, 64])
        let graph = sketch.graph([normal])
        let rows = (0..<12).map { _ in random.floats(256, -scale...scale * 1.5) }
        let eight = try graph.compared(on: rows, .eightBits)
        #expect(eight.error <= 0.02 * eight.size, "\(eight.error)")
        let sixteen = try graph.compared(on: rows, .sixteenBits)
        #expect(sixteen.error <= 0.002 * sixteen.size, "\(sixteen.error)")
    }

    /// A mask of minus infinity, or of a number as far away, takes no bits from what it leaves.
    @Test(arguments: [-Float.infinity, -3e38, -10_000])
    func masksCostNothing(_ mask: Float) throws {
        var random = SeededRandom(seed: 6)
        var sketch = FloatGraphSketch()
        let input = sketch.input([1, 6])
        let hidden = sketch.constant([1, 6], [0, 0, 1, 0, 1, 0], .boolean)
        let far = sketch.constant([1, 6], [Float](repeating: mask, count: 6))
        let masked = sketch.node(.select, [hidden, far, input], [1, 6], .real)
        let share = sketch.softmax(masked, [1, 6])
        let added = sketch.constant([1, 6], [0, 0, mask, 0, mask, 0])
        let other = sketch.softmax(
            sketch.node(.sum(isDifference: false), [input, added]), [1, 6])
        let rows = (0..<20).map { _ in random.floats(6, -3...3) }
        let graph = sketch.graph([share, other])
        #expect(try graph.compared(on: rows, .eightBits).error <= 0.02)
        #expect(try graph.compared(on: rows, .sixteenBits).error <= 0.0005)
    }
}

/// Integers and booleans go through without an error.
@Suite struct ExactIntegerTests {
    struct Row: Sendable, CustomTestStringConvertible {
        let name: String
        let range: ClosedRange<Int>
        let build: @Sendable (inout FloatGraphSketch, Int, Int) -> Int

        var testDescription: String { name }
    }

    private static func pair(
        _ name: String, _ operation: FloatOperation, _ kind: FloatKind = .integer,
        _ range: ClosedRange<Int> = -90...90
    ) -> Row {
        Row(name: name, range: range) { $0.node(operation, [$1, $2], [2, 3], kind) }
    }

    private static func unary(
        _ function: UnaryFunction, _ kind: FloatKind = .integer,
        _ range: ClosedRange<Int> = -3_000...3_000
    ) -> Row {
        Row(name: "\(function)", range: range) { sketch, left, _ in
            sketch.node(.unary(function), [left], [2, 3], kind)
        }
    }

    static let rows: [Row] = [
        pair("sum", .sum(isDifference: false), .integer, -16_000...16_000),
        pair("difference", .sum(isDifference: true), .integer, -16_000...16_000),
        pair("product", .product), pair("product of few", .product, .integer, -2...2),
        pair("less", .compare(.less), .boolean, -3...3),
        pair("lessOrEqual", .compare(.lessOrEqual), .boolean, -3...3),
        pair("equal", .compare(.equal), .boolean, -3...3),
        pair("far less", .compare(.less), .boolean, -32_768...32_767),
        pair("far equal", .compare(.equal), .boolean, -32_768...32_767),
        pair("minimum", .extremum(isMinimum: true), .integer, -32_768...32_767),
        unary(.absolute), unary(.sign), unary(.isZero, .boolean, -1...1),
        unary(.quotient(divisor: 7)), unary(.remainder(divisor: -7, takesDividendSign: false)),
        unary(.remainder(divisor: 7, takesDividendSign: true)),
        unary(.position(count: 3), .integer, -3...2),
        Row(name: "affine", range: -200...200) { sketch, left, _ in
            sketch.node(.affine(multipliers: [3, -60], offsets: [7, -1_000], inner: 3), [left])
        },
        Row(name: "large affine", range: -20...20) { sketch, left, _ in
            sketch.node(.affine(multipliers: [1_000], offsets: [-9], inner: 1), [left])
        },
        Row(name: "select", range: -900...900) { sketch, left, right in
            let isLess = sketch.node(.compare(.less), [left, right], nil, .boolean)
            return sketch.node(.select, [isLess, left, right], nil, .integer)
        },
        Row(name: "and, or, not", range: -2...2) { sketch, left, right in
            let isLess = sketch.node(.compare(.less), [left, right], nil, .boolean)
            let isEqual = sketch.node(.compare(.equal), [left, right], nil, .boolean)
            let either = sketch.node(.extremum(isMinimum: false), [isLess, isEqual])
            let other = sketch.node(.unary(.isZero), [isEqual])
            return sketch.node(.product, [either, other])
        },
        Row(name: "argMax", range: -2...2) { sketch, left, _ in
            sketch.node(
                .argExtremum(axis: 1, isMinimum: false, takesLast: false), [left], [2, 1],
                .integer)
        },
        Row(name: "argMin, last", range: -2...2) { sketch, left, _ in
            sketch.node(
                .argExtremum(axis: 0, isMinimum: true, takesLast: true), [left], [1, 3],
                .integer)
        },
        Row(name: "take", range: 0...2) { sketch, left, right in
            sketch.node(.take(axis: 1), [left, right], [2, 2, 3], .integer)
        },
        Row(name: "embedding", range: 0...2) { sketch, left, _ in
            let table = sketch.constant([3, 2], [300, -300, 1, 0, 7, 32_000], .integer)
            return sketch.node(.take(axis: 0), [table, left], [2, 3, 2], .integer)
        },
        Row(name: "concat and sum", range: -2_000...2_000) { sketch, left, right in
            let both = sketch.node(.concat(axis: 1), [left, right], [2, 6], .integer)
            return sketch.node(.reduce(.sum, axes: [1]), [both], [2, 1], .integer)
        },
        Row(name: "pad", range: -32_768...32_767) { sketch, left, _ in
            sketch.node(
                .pad(before: [1, 0], after: [0, 2], interior: [0, 0], value: -5), [left], [3, 5])
        },
        Row(name: "dense", range: -20...20) { sketch, left, _ in
            sketch.node(
                .dense(FloatLinear(weights: [1, -2, 3, 63, 5, 6], bias: [100, -1])), [left],
                [2, 2], .integer)
        },
        Row(name: "to real and back", range: -200...200) { sketch, left, _ in
            let real = sketch.node(.reshape, [left], [2, 3], .real)
            let half = sketch.node(.affine(multipliers: [0.5], offsets: [0], inner: 1), [real])
            return sketch.node(.unary(.floor), [half], [2, 3], .integer)
        },
    ]

    @Test(arguments: rows, [QuantiseOptions.Activations.eightBits, .sixteenBits])
    func isExact(_ row: Row, _ activations: QuantiseOptions.Activations) throws {
        var random = SeededRandom(seed: 9)
        var sketch = FloatGraphSketch()
        let operands = [sketch.input([2, 3], .integer), sketch.input([2, 3], .integer)]
        let result = row.build(&sketch, operands[0], operands[1])
        let rows = (0..<200).map { _ in random.integers(12, row.range) }
        #expect(try sketch.graph([result]).compared(on: rows, activations).error == 0)
    }

    /// Numbers of the calibration that sixteen bits do not hold are refused by name.
    @Test func refusesWhatDoesNotFit() throws {
        var sketch = FloatGraphSketch()
        let input = sketch.input([1], .integer)
        let sum = sketch.node(.sum(isDifference: false), [input, input])
        let bare = sketch.graph([sum])
        let isEqual = sketch.node(.compare(.equal), [sum, input], nil, .boolean)
        #expect(throws: QuantiseError.integerOutOfRange(value: "value 1")) {
            try Quantiser.quantise(sketch.graph([isEqual]), calibration: [[20_000]])
        }
        #expect(throws: Never.self) {
            try Quantiser.quantise(sketch.graph([isEqual]), calibration: [[16_383]])
        }
        // A result is as wide as its accumulator.
        #expect(try bare.compared(on: [[20_000]], .eightBits).error == 0)
    }

    /// Real operands at scales far apart compare as the numbers that they stand for.
    @Test(arguments: [Float(1), 0.003, 40_000])
    func comparesAcrossScales(_ scale: Float) throws {
        var random = SeededRandom(seed: 12)
        var sketch = FloatGraphSketch()
        let operands = [sketch.input([4]), sketch.input([4])]
        let outputs = [Comparison.less, .lessOrEqual, .equal].map {
            sketch.node(.compare($0), operands, nil, .boolean)
        }
        let graph = sketch.graph(outputs)
        let rows = (0..<50).map { index in
            let left = random.floats(4, -1...1)
            return left + (index == 0 ? left : left.map { ($0 * 5).rounded() / 5 * scale })
        }
        let (integers, _) = try Quantiser.quantise(
            graph, calibration: rows, options: QuantiseOptions(activations: .sixteenBits))
        var engine = Engine(integers)
        for row in rows {
            let input = try integers.integers(from: row)
            let got = try engine.run(input)
            for index in 0..<4 {
                let left = integers.inputs[0].number(of: input[index]).approximation
                let right = integers.inputs[1].number(of: input[4 + index]).approximation
                #expect(got[index] == (left < right ? 1 : 0))
                #expect(got[4 + index] == (left <= right ? 1 : 0))
                #expect(got[8 + index] == (left == right ? 1 : 0))
            }
        }
    }
}
