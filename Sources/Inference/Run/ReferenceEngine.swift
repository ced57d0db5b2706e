/// Runs an integer graph in plain Swift: the definition that `Engine` is held to.
///
/// Every tensor stays readable after a run, which the quantiser's report needs.
struct ReferenceEngine: Sendable {
    let graph: IntegerGraph
    /// All tensors one after another, as 32-bit integers.
    private var arena: [Int32]
    /// Where each tensor starts in the arena.
    private let offsets: [Int]

    init(_ graph: IntegerGraph) {
        self.graph = graph
        var offsets: [Int] = []
        var count = 0
        for type in graph.analysis.types {
            offsets.append(count)
            count += type.elementCount
        }
        self.offsets = offsets
        arena = [Int32](repeating: 0, count: count)
        for (index, constant) in graph.constants.enumerated() {
            let start = offsets[graph.inputs.count + index]
            for (position, value) in constant.values.enumerated() {
                arena[start + position] = Int32(value)
            }
        }
    }

    /// The outputs, one after another, for the inputs, one after another, at the graph's scales.
    ///
    /// - Throws: `wrongInputCount`; `inputOutOfRange` for an integer outside the range of its
    ///   input.
    mutating func run(_ input: [Int32]) throws(RunError) -> [Int32] {
        guard input.count == graph.inputCount else {
            throw .wrongInputCount(wanted: graph.inputCount, got: input.count)
        }
        var start = 0
        for type in graph.inputs {
            let bounds = type.range
            for index in start..<start + type.elementCount {
                guard bounds.contains(Int64(input[index])) else {
                    throw .inputOutOfRange(index: index, value: Int64(input[index]))
                }
                arena[index] = input[index]
            }
            start += type.elementCount
        }
        for index in graph.nodes.indices { run(node: index) }
        return graph.results.flatMap { values(of: $0.tensor) }
    }

    /// What a tensor held at the end of the last run.
    func values(of tensor: Int) -> ArraySlice<Int32> {
        let start = offsets[tensor]
        return arena[start..<start + graph.analysis.types[tensor].elementCount]
    }

    private mutating func run(node index: Int) {
        let node = graph.nodes[index]
        let output = graph.inputs.count + graph.constants.count + index
        let types = graph.analysis.types
        let step = Step(
            inputs: node.inputs.map { types[$0] }, output: types[output],
            rescale: Rescale(node.requantisation), sources: node.inputs.map { offsets[$0] },
            target: offsets[output])
        step.run(
            node.operation, linear: graph.linear(of: node), table: graph.table(of: node), &arena)
    }
}

extension Step {
    /// Runs an operation; those with weights or a table are given theirs.
    func run(
        _ operation: IntegerOperation, linear: IntegerLinear?, table: IntegerTable?,
        _ arena: inout [Int32]
    ) {
        switch operation {
        case .dense:
            if let linear { dense(linear, &arena) }
        case .convolution(_, let window, let groups):
            if let linear { convolution(linear, window, groups: groups, &arena) }
        case .affine(_, let inner):
            if let linear { affine(linear, inner: inner, &arena) }
        case .sum(let left, let right): sum(left: left, right: right, &arena)
        case .product: product(&arena)
        case .matrixProduct: matrixProduct(&arena)
        case .maxPool(let window): maxPool(window, &arena)
        case .transpose(let permutation): transpose(permutation, &arena)
        case .reshape: copy(&arena)
        case .lookup:
            if let table { lookup(table.values, &arena) }
        case .concat(let axis): concat(axis: axis, &arena)
        case .slice(let starts, let steps, _): slice(starts: starts, steps: steps, &arena)
        case .pad(let before, _, let interior, let value):
            pad(before: before, interior: interior, value: value, &arena)
        case .expand: expand(&arena)
        case .gather(let axis, let indices): gather(axis: axis, indices, &arena)
        case .take(let axis): take(axis: axis, &arena)
        case .reduceSum(let axes, let weight): reduceSum(axes: axes, weight: weight, &arena)
        case .reduceExtremum(let axes, let isMinimum):
            reduceExtremum(axes: axes, isMinimum: isMinimum, &arena)
        case .extremum(let isMinimum): extremum(isMinimum: isMinimum, &arena)
        case .select: select(&arena)
        case .argExtremum(let axis, let isMinimum, let takesLast):
            argExtremum(axis: axis, isMinimum: isMinimum, takesLast: takesLast, &arena)
        }
    }
}

/// The rescaling of one node, ready for use; absent where bare accumulators are the result.
struct Rescale {
    private let shifts: [UInt8]
    private let low: Int32
    private let high: Int32

    init(_ requantisation: Requantisation?) {
        shifts = requantisation?.shifts ?? []
        low = requantisation?.low ?? 0
        high = requantisation?.high ?? 0
    }

    /// The activation of an accumulator in an output channel.
    @inline(__always)
    func callAsFunction(_ accumulator: Int32, channel: Int) -> Int32 {
        if shifts.isEmpty { return accumulator }
        return Requantisation.apply(
            accumulator, shift: shifts[shifts.count == 1 ? 0 : channel], low: low, high: high)
    }
}
