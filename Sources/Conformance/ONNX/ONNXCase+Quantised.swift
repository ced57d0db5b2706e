public import Inference

/// How far a quantised run was from the published outputs.
public struct ONNXQuantisedResult: Sendable {
    /// The difference of an output over the largest magnitude of that output (of the inputs too,
    /// where elements only move), of all but one element in a thousand; zero where there is no
    /// real output.
    public var error = 0.0
    public var arithmetic = FloatArithmetic.moves
    /// The first integer or boolean that differs, or what else went wrong.
    public var failure: String?
    /// The runs, one a data set.
    public var runs: [ONNXQuantisedRun] = []
}

/// One run of the quantised model, as integers.
public struct ONNXQuantisedRun: Sendable, Equatable {
    public let graph: IntegerGraph
    public let input: [Int32]
    public let output: [Int32]

    /// Graphs are the same where their bytes are.
    public static func == (left: ONNXQuantisedRun, right: ONNXQuantisedRun) -> Bool {
        left.input == right.input && left.output == right.output
            && left.graph.encoded == right.graph.encoded
    }
}

extension ONNXCase {
    /// Quantises the model with the case's own inputs as calibration, and runs it.
    ///
    /// Nil where nothing is left to run: all outputs are folded, or an input or an output is not
    /// finite, which no integer stands for.
    public func runQuantised(_ options: QuantiseOptions) -> ONNXQuantisedResult? {
        var result: ONNXQuantisedResult?
        for set in sets {
            guard let one = runQuantised(set, options) else { continue }
            result = ONNXQuantisedResult(
                error: max(result?.error ?? 0, one.error), arithmetic: one.arithmetic,
                failure: result?.failure ?? one.failure, runs: (result?.runs ?? []) + one.runs)
        }
        return result
    }

    private func runQuantised(
        _ set: DataSet, _ options: QuantiseOptions
    ) -> ONNXQuantisedResult? {
        guard let ports = try? ONNX.signature(model) else { return nil }
        var set = set
        set.inputs = ONNXCase.typed(set.inputs, as: ports.inputs)
        set.outputs = ONNXCase.typed(set.outputs, as: ports.outputs)
        guard let bound = try? graph(for: set), !bound.row.isEmpty,
            bound.row.allSatisfy(\.isFinite),
            set.outputs.allSatisfy({ $0.numbers.allSatisfy(\.isFinite) })
        else { return nil }
        do {
            let (integers, _) = try Quantiser.quantise(
                bound.graph, calibration: [bound.row], options: options)
            var engine = Engine(integers)
            let input = try integers.integers(from: bound.row)
            let output = try engine.run(input)
            var result = difference(
                bound.graph, bound.row, try integers.numbers(from: output), set.outputs)
            result.runs = [ONNXQuantisedRun(graph: integers, input: input, output: output)]
            return result
        } catch {
            return ONNXQuantisedResult(failure: "\(error)")
        }
    }

    private func difference(
        _ graph: FloatGraph, _ row: [Float], _ got: [BinaryFixedPoint], _ wanted: [ONNXTensor]
    ) -> ONNXQuantisedResult {
        var result = ONNXQuantisedResult(arithmetic: graph.arithmetic)
        // Where a real number is rounded, one that lies between two integers may go either way.
        let slack = graph.rounds ? 1.0 : 0
        // What only moves keeps the scale that it had before.
        let least =
            graph.arithmetic == .moves
            ? row.reduce(0x1p-20) { max($0, Double($1.magnitude)) } : 0x1p-20
        var start = 0
        for tensor in wanted {
            let numbers = tensor.numbers.map { Double($0) }
            let mine = got[start..<start + numbers.count].map(\.approximation)
            start += numbers.count
            let errors = zip(mine, numbers).map { ($0 - $1).magnitude }
            if tensor.element.kind != .real {
                guard let first = errors.firstIndex(where: { $0 > slack }) else { continue }
                result.failure =
                    result.failure
                    ?? "\(tensor.name)[\(first)]: \(mine[first]), not \(numbers[first])"
                continue
            }
            if errors.isEmpty { continue }
            let size = numbers.reduce(least) { max($0, $1.magnitude) }
            let most = errors.sorted()[(errors.count * 999 + 999) / 1000 - 1]
            result.error = max(result.error, most / size)
        }
        return result
    }
}

extension BinaryFixedPoint {
    /// The nearest float, for comparisons.
    var approximation: Double {
        Double(integer) * Double(sign: .plus, exponent: -scaleExponent, significand: 1)
    }
}
