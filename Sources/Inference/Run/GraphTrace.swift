/// Why given accumulators are refused.
public enum TraceError: Error, Equatable, Sendable {
    case input(RunError)
    case wrongAccumulatorCount(node: Int, wanted: Int, got: Int)
    /// Outside the interval that the analysis gives for all inputs.
    case accumulatorOutOfRange(node: Int, value: Int64)
}

/// A run of a graph whose weights are not at hand: the accumulators of the layers with committed
/// weights are given, everything else follows from them.
///
/// A verifier runs this on what a prover claims, and then needs to check nothing but that the
/// accumulators are right. A prover keeps the accumulators of its own run in the same form.
public struct GraphTrace: Sendable {
    public let outline: GraphOutline
    /// The nodes whose accumulators are given, in order: dense layers and convolutions with more
    /// than one weight an output.
    public let given: [Int]
    /// All tensors one after another, as 32-bit integers.
    private var arena: [Int32]
    /// Where each tensor starts in the arena.
    private let offsets: [Int]
    /// The layers whose outline is all there is to know.
    private let wholes: [IntegerLinear?]

    public init(_ outline: GraphOutline) {
        self.outline = outline
        given = outline.nodes.indices.filter { outline.usesCommittedWeights($0) }
        var offsets: [Int] = []
        var count = 0
        for type in outline.analysis.types {
            offsets.append(count)
            count += type.elementCount
        }
        self.offsets = offsets
        arena = [Int32](repeating: 0, count: count)
        wholes = outline.linears.map(\.whole)
        for (index, constant) in outline.constants.enumerated() {
            let start = offsets[outline.inputs.count + index]
            for (position, value) in constant.values.enumerated() {
                arena[start + position] = Int32(value)
            }
        }
    }

    /// Runs on an input. For each of the given nodes `accumulators` gets the number of the node
    /// and the integers of its operand, and returns one accumulator for each element of the
    /// node's output.
    ///
    /// - Throws: `input`; `wrongAccumulatorCount`; `accumulatorOutOfRange` for one outside the
    ///   interval of the analysis.
    public mutating func run(
        _ input: [Int32],
        accumulators: (_ node: Int, _ operand: ArraySlice<Int32>) -> [Int32]
    ) throws(TraceError) -> [Int32] {
        do { try outline.inputs.check(input) } catch { throw .input(error) }
        for (index, value) in input.enumerated() { arena[index] = value }
        for (index, node) in outline.nodes.enumerated() {
            let types = outline.analysis.types
            let output = outline.firstNodeTensor + index
            let step = Step(
                inputs: node.inputs.map { types[$0] }, output: types[output],
                rescale: Rescale(node.requantisation), sources: node.inputs.map { offsets[$0] },
                target: offsets[output])
            if outline.usesCommittedWeights(index) {
                let sums = accumulators(index, values(of: node.inputs[0]))
                try take(sums, at: index, step)
            } else {
                step.run(
                    node.operation, linear: node.operation.linear.flatMap { wholes[$0] },
                    table: node.operation.table.map { outline.tables[$0] }, &arena)
            }
        }
        return outline.results.flatMap { values(of: $0.tensor) }
    }

    private mutating func take(_ sums: [Int32], at index: Int, _ step: Step) throws(TraceError) {
        guard sums.count == step.outputCount else {
            throw .wrongAccumulatorCount(node: index, wanted: step.outputCount, got: sums.count)
        }
        let interval = outline.analysis.sites[index]?.interval ?? 0...0
        let (low, high) = (Int32(interval.lowerBound), Int32(interval.upperBound))
        let (channels, inner) = outline.channels(of: index)
        var position = 0
        while position < sums.count {
            let channel = position / inner % channels
            for element in position..<position + inner {
                guard sums[element] >= low, sums[element] <= high else {
                    throw .accumulatorOutOfRange(node: index, value: Int64(sums[element]))
                }
                arena[step.target + element] = step.rescale(sums[element], channel: channel)
            }
            position += inner
        }
    }

    /// What a tensor held at the end of the last run.
    public func values(of tensor: Int) -> ArraySlice<Int32> {
        let start = offsets[tensor]
        return arena[start..<start + outline.analysis.types[tensor].elementCount]
    }
}

extension GraphOutline {
    /// Whether a node is a dense layer or convolution with more than one weight an output: its
    /// weights are committed and not written in the outline.
    public func usesCommittedWeights(_ node: Int) -> Bool {
        switch nodes[node].operation {
        case .dense(let linear), .convolution(let linear, _, _): linears[linear].innerCount > 1
        default: false
        }
    }

    /// The output channels of a node with a linear layer, and the elements of one channel that
    /// follow one another.
    public func channels(of node: Int) -> (count: Int, inner: Int) {
        let shape = analysis.types[firstNodeTensor + node].shape
        switch nodes[node].operation {
        case .dense(let linear): return (linears[linear].outputCount, 1)
        case .convolution(let linear, _, _):
            return (linears[linear].outputCount, shape[2] * shape[3])
        case .affine(let linear, let inner): return (linears[linear].outputCount, inner)
        default: return (1, Shape.elementCount(shape))
        }
    }
}
