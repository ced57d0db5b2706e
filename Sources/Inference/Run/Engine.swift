/// Runs an integer graph, bit for bit the same on every machine.
///
/// All memory is taken at the start and reused by every run. One engine serves one caller at a
/// time; engines for the same graph share its weights.
public struct Engine: Sendable {
    public let graph: IntegerGraph
    public let level: KernelLevel
    /// All tensors one after another, as 32-bit integers.
    private var arena: [Int32]
    /// Where each tensor starts in the arena.
    private let offsets: [Int]
    private var scratch: Scratch

    public init(_ graph: IntegerGraph, level: KernelLevel = .best) {
        precondition(level.isAvailable, "this machine has the instructions")
        self.graph = graph
        self.level = level
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
        scratch = Scratch(graph)
    }

    /// The outputs, one after another, for the inputs, one after another, at the graph's scales.
    ///
    /// - Throws: `wrongInputCount`; `inputOutOfRange` for an integer outside the range of its
    ///   input.
    public mutating func run(_ input: [Int32]) throws(RunError) -> [Int32] {
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
            level: level, inputs: node.inputs.map { types[$0] }, output: types[output],
            rescale: Rescale(node.requantisation), sources: node.inputs.map { offsets[$0] },
            target: offsets[output])
        switch node.operation {
        case .dense(let linear): step.dense(graph.linears[linear], &arena, &scratch)
        case .convolution(let linear, let window, let groups):
            step.convolution(graph.linears[linear], window, groups: groups, &arena, &scratch)
        case .affine(let linear, let inner):
            step.affine(graph.linears[linear], inner: inner, &arena)
        case .sum(let left, let right): step.sum(left: left, right: right, &arena)
        case .product: step.product(&arena)
        case .matrixProduct: step.matrixProduct(&arena)
        case .maxPool(let window): step.maxPool(window, &arena)
        case .transpose(let permutation): step.transpose(permutation, &arena)
        case .reshape: step.copy(&arena)
        case .lookup(let table): step.lookup(graph.tables[table].values, &arena)
        case .concat(let axis): step.concat(axis: axis, &arena)
        case .slice(let starts, let steps, _): step.slice(starts: starts, steps: steps, &arena)
        case .pad(let before, _, let interior, let value):
            step.pad(before: before, interior: interior, value: value, &arena)
        case .expand: step.expand(&arena)
        case .gather(let axis, let indices): step.gather(axis: axis, indices, &arena)
        case .take(let axis): step.take(axis: axis, &arena)
        case .reduceSum(let axes, let weight): step.reduceSum(axes: axes, weight: weight, &arena)
        case .reduceExtremum(let axes, let isMinimum):
            step.reduceExtremum(axes: axes, isMinimum: isMinimum, &arena)
        case .extremum(let isMinimum): step.extremum(isMinimum: isMinimum, &arena)
        case .select: step.select(&arena)
        case .argExtremum(let axis, let isMinimum, let takesLast):
            step.argExtremum(axis: axis, isMinimum: isMinimum, takesLast: takesLast, &arena)
        }
    }
}

/// Memory that linear layers gather their operands in, sized once for the largest.
struct Scratch: Sendable {
    var bytes = Lane<UInt8>()
    var words = Lane<Int16>()
    var sums: [Int32] = []

    init(_ graph: IntegerGraph) {
        for node in graph.nodes {
            guard let linear = graph.linear(of: node) else { continue }
            let type = graph.analysis.types[node.inputs[0]]
            var plane = 0
            if case .affine = node.operation { continue }
            if case .convolution(_, let window, _) = node.operation {
                plane = window.paddedPlane(type.shape).count * type.shape[1]
            }
            if type.element == .unsigned8 {
                bytes.reserve(plane: plane, patch: linear.innerCount)
            } else {
                words.reserve(plane: plane, patch: linear.innerCount)
            }
            let missing = max(0, linear.outputCount - sums.count)
            sums += [Int32](repeating: 0, count: missing)
        }
    }
}

/// Packed operands of one width: a padded plane and the patch that is multiplied.
struct Lane<Element: PackedElement>: Sendable {
    var plane: [Element] = []
    var patch: [Element] = []

    mutating func reserve(plane planeCount: Int, patch patchCount: Int) {
        plane += [Element](repeating: 0, count: max(0, planeCount - plane.count))
        patch += [Element](repeating: 0, count: max(0, patchCount - patch.count))
    }
}

extension Window {
    /// The plane of an `N × C × H × W` tensor with its padding.
    func paddedPlane(_ shape: [Int]) -> PlaneSize {
        PlaneSize(
            height: shape[2] + padsBefore.height + padsAfter.height,
            width: shape[3] + padsBefore.width + padsAfter.width)
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
