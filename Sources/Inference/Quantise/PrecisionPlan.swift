internal import Glibc

/// Which values of a float graph need sixteen bits although the layers take eight, and how far down
/// a value has to be known.
///
/// Eight bits serve layers, pools and smooth functions. A steep function (exp, reciprocal, roots,
/// logarithms, powers, quotients, rounding), a long sum, a comparison and a choice by size need
/// their operands finer, and what these are computed from as far back as a layer, whose
/// accumulator gives any width for nothing. Masks and far tails, on the other hand, matter to
/// nobody: below `lowerClip` of a value all its readers, in the end exponentials, give the same.
struct PrecisionPlan {
    /// Indexed by value.
    private(set) var isWide: [Bool]
    private(set) var lowerClips: [Double?]
    /// Whether the largest number has to be held exactly, since a step or a comparison follows.
    private(set) var isStrict: [Bool]
    /// Integers that are no more than sums on their way to real numbers, and may be rounded.
    private(set) var isLoose: [Bool]

    /// `exp(-12)` is below half a step of sixteen bits when the largest is one.
    static let exponentialDepth = 12.0

    init(_ graph: FloatGraph, _ calibration: Calibration, _ options: QuantiseOptions) {
        isWide = [Bool](
            repeating: options.activations == .sixteenBits, count: graph.values.count)
        lowerClips = [Double?](repeating: nil, count: graph.values.count)
        isStrict = [Bool](repeating: false, count: graph.values.count)
        isLoose = isStrict
        planWidths(graph)
        planExactness(graph)
        planClips(graph, calibration)
    }

    /// The part of a value's range that counts.
    func range(of value: Int, _ calibration: Calibration) -> Calibration.Range {
        var range = calibration.ranges[value]
        guard let clip = lowerClips[value], clip.isFinite else { return range }
        let bottom = min(clip, range.high)
        if range.hasNegativeInfinity {
            range.low = bottom
            range.largest = max(range.largest, range.low.magnitude)
            range.hasNegativeInfinity = false
        }
        range.low = max(range.low, bottom)
        range.largest = min(range.largest, max(range.high.magnitude, range.low.magnitude))
        return range
    }

    private mutating func planWidths(_ graph: FloatGraph) {
        // Whether a value comes straight from a steep function.
        var isSteep = [Bool](repeating: false, count: graph.values.count)
        for node in graph.nodes {
            switch node.operation {
            case .unary(let function): isSteep[node.output] = function.isSteep
            case .division: isSteep[node.output] = true
            case .dense, .convolution, .matrixProduct, .product, .compare, .argExtremum: break
            default: isSteep[node.output] = node.inputs.contains { isSteep[$0] }
            }
        }
        for node in graph.nodes.reversed() {
            if case .reduce(.sum, _) = node.operation { isWide[node.output] = true }
            let demands: Bool
            switch node.operation {
            case .dense, .convolution, .matrixProduct: demands = false
            case .unary(let function):
                demands = function.isSteep || function.hasSteps || isWide[node.output]
            case .division, .reduce(.sum, _), .compare, .argExtremum: demands = true
            case .product: demands = isWide[node.output] || node.inputs.contains { isSteep[$0] }
            default: demands = isWide[node.output]
            }
            if demands { for input in node.inputs { isWide[input] = true } }
        }
    }

    private mutating func planExactness(_ graph: FloatGraph) {
        var isReal = [Bool](repeating: true, count: graph.values.count)
        for output in graph.outputs { isReal[output] = false }
        for node in graph.nodes.reversed() {
            let isStrict: Bool
            switch node.operation {
            case .unary(let function): isStrict = function.hasSteps
            case .compare, .argExtremum: isStrict = true
            case .dense, .convolution, .matrixProduct, .product, .sum, .division: isStrict = false
            default: isStrict = self.isStrict[node.output]
            }
            if isStrict { for input in node.inputs { self.isStrict[input] = true } }
            var isRelabelling = false
            if case .reshape = node.operation {
                isRelabelling = graph.values[node.output].kind == .real
            }
            if !isRelabelling { for input in node.inputs { isReal[input] = false } }
            switch node.operation {
            case .dense, .convolution, .matrixProduct:
                isLoose[node.output] = isReal[node.output]
            default: break
            }
        }
    }

    private mutating func planClips(_ graph: FloatGraph, _ calibration: Calibration) {
        // Later readers first, so that each value has heard of all of its own.
        var isTolerant = [Bool](repeating: true, count: graph.values.count)
        for output in graph.outputs { isTolerant[output] = false }
        for node in graph.nodes.reversed() {
            for (position, input) in node.inputs.enumerated() {
                let clip = lowerClip(node, position, calibration)
                if let clip, isTolerant[input] {
                    lowerClips[input] = min(lowerClips[input] ?? clip, clip)
                } else {
                    isTolerant[input] = false
                    lowerClips[input] = nil
                }
            }
        }
    }

    /// The number below which a node does not tell its operand's numbers apart.
    private func lowerClip(
        _ node: FloatGraph.Node, _ position: Int, _ calibration: Calibration
    ) -> Double? {
        let clip = lowerClips[node.output]
        switch node.operation {
        case .unary(.exp):
            let largest = max(
                calibration.ranges[node.output].high, Double(Float.leastNormalMagnitude))
            return Glibc.log(largest) - PrecisionPlan.exponentialDepth
        // What is below another reader's clip is below the maximum: no opinion.
        case .reduce(.maximum, _): return .infinity
        case .reshape, .transpose, .expand, .slice, .gather, .concat: return clip
        case .select: return position == 0 ? nil : clip
        case .sum(let isDifference):
            guard let clip, !isDifference || position == 0 else { return nil }
            let other = calibration.ranges[node.inputs[1 - position]]
            guard !other.hasPositiveInfinity, !other.hasNegativeInfinity || !isDifference else {
                return nil
            }
            return isDifference ? clip + other.low : clip - other.high
        case .affine(let multipliers, let offsets, _):
            guard let clip, multipliers.count == 1, multipliers[0] > 0 else { return nil }
            return (clip - Double(offsets[0])) / Double(multipliers[0])
        default: return nil
        }
    }
}

extension UnaryFunction {
    /// Whether the result jumps where the operand changes by little.
    fileprivate var hasSteps: Bool {
        switch self {
        case .floor, .ceil, .round, .truncate, .sign, .thresholdedRelu, .isZero: true
        case .composed(let program):
            program.compares || program.functions.contains(where: \.hasSteps)
        default: false
        }
    }

    /// Whether small differences of the operand make large ones of the result somewhere.
    fileprivate var isSteep: Bool {
        switch self {
        case .exp, .log, .sqrt, .reciprocal, .reciprocalSqrt, .power, .tan, .asin, .acos, .sinh,
            .cosh, .acosh, .atanh:
            true
        case .composed(let program):
            program.divides || program.functions.contains(where: \.isSteep)
        default: false
        }
    }
}
