public import Inference
internal import Primitives

/// Graphs of random nodes, each accepted by the analysis: what engines are compared on.
public struct RandomGraphs {
    private var random: SeededRandom

    public init(seed: UInt64) { random = SeededRandom(seed: seed) }

    public mutating func pick(_ range: ClosedRange<Int>) -> Int {
        range.lowerBound + Int(random.next() % UInt64(range.count))
    }

    private mutating func element() -> ElementType {
        [ElementType.unsigned8, .signed8, .signed16][pick(0...2)]
    }

    private mutating func isHeads() -> Bool { pick(0...1) == 0 }

    /// Integers in the ranges of the graph's inputs.
    public mutating func input(_ graph: IntegerGraph) -> [Int32] {
        var result: [Int32] = []
        for type in graph.inputs {
            for _ in 0..<type.elementCount {
                result.append(
                    Int32(pick(Int(type.range.lowerBound)...Int(type.range.upperBound))))
            }
        }
        return result
    }

    /// A graph with at most `count` nodes; every node's tensor is a result.
    public mutating func graph(nodes count: Int) throws -> IntegerGraph {
        var parts = Parts()
        for index in 0..<pick(1...2) {
            let shape =
                isHeads()
                ? [pick(1...2), pick(1...4), pick(1...9), pick(1...20)]
                : [pick(1...3), pick(1...5), pick(1...70)]
            let element = element()
            let limit = element == .signed16 ? Int64(pick(100...4000)) : element.bounds.upperBound
            parts.inputs.append(
                TensorType(
                    name: "x\(index)", shape: shape, element: element, scaleExponent: 0,
                    range: max(element.bounds.lowerBound, -limit)...limit))
        }
        var graph = try parts.sealed()
        for _ in 0..<count * 4 where graph.nodes.count < count {
            var longer = parts
            propose(graph.analysis.types, &longer)
            guard let next = try? longer.sealed() else { continue }
            (parts, graph) = (longer, next)
        }
        return graph
    }

    /// The parts of a graph while it grows.
    struct Parts {
        var inputs: [TensorType] = []
        var tables: [IntegerTable] = []
        var linears: [IntegerLinear] = []
        var nodes: [IntegerNode] = []

        func sealed() throws(GraphError) -> IntegerGraph {
            let results = nodes.indices.map {
                IntegerResult(name: "y\($0)", tensor: inputs.count + $0)
            }
            return try IntegerGraph(
                inputs: inputs, tables: tables, linears: linears, nodes: nodes,
                results: nodes.isEmpty ? [IntegerResult(name: "y", tensor: 0)] : results)
        }
    }

    // MARK: Nodes

    private mutating func propose(_ types: [TensorType], _ parts: inout Parts) {
        let tensor = pick(0...types.count - 1)
        let type = types[tensor]
        switch pick(0...6) {
        case 0, 1: proposeProduct(tensor, type, types, &parts)
        case 2: proposeElements(tensor, type, types, &parts)
        case 3: proposeReduction(tensor, type, &parts)
        case 4: proposeChoice(tensor, type, types, &parts)
        default: proposeMove(tensor, type, types, &parts)
        }
    }

    private mutating func add(
        _ operation: IntegerOperation, _ inputs: [Int], channels: Int = 1, _ parts: inout Parts
    ) {
        let isWide = pick(0...7) == 0
        let element = isWide ? ElementType.signed32 : element()
        let bounds = element.bounds
        let shift = pick(1...10)
        let shifts =
            channels > 1 && isHeads()
            ? (0..<channels).map { UInt8(max(1, shift + $0 % 3 - 1)) } : [UInt8(shift)]
        parts.nodes.append(
            IntegerNode(
                operation, inputs: inputs,
                output: ElementFormat(element: element, scaleExponent: 0),
                requantisation: isWide
                    ? nil
                    : Requantisation(
                        shifts: shifts, low: Int32(isHeads() ? bounds.lowerBound : 0),
                        high: Int32(bounds.upperBound))))
    }

    private func move(_ operation: IntegerOperation, _ inputs: [Int], _ parts: inout Parts) {
        parts.nodes.append(
            IntegerNode(operation, inputs: inputs, output: nil, requantisation: nil))
    }

    private mutating func linear(_ outputs: Int, _ inner: Int, _ parts: inout Parts) -> Int {
        parts.linears.append(
            IntegerLinear(
                weights: random.bytes(outputs * inner).map { Int8(bitPattern: $0) },
                bias: (0..<outputs).map { _ in Int32(truncatingIfNeeded: random.next()) >> 14 }))
        return parts.linears.count - 1
    }

    private mutating func proposeProduct(
        _ tensor: Int, _ type: TensorType, _ types: [TensorType], _ parts: inout Parts
    ) {
        if type.shape.count == 4, isHeads() {
            let groups = type.shape[1].isMultiple(of: 2) ? pick(1...2) : 1
            let window = window()
            let outputs = groups * pick(1...20)
            let inner = type.shape[1] / groups * window.kernel.height * window.kernel.width
            let linear = linear(outputs, inner, &parts)
            add(
                .convolution(linear: linear, window, groups: groups), [tensor],
                channels: outputs, &parts)
        } else if type.shape.count == 3, isHeads() {
            let others = types.indices.filter { types[$0].shape.count == 3 }
            add(.matrixProduct, [tensor, others[pick(0...others.count - 1)]], &parts)
        } else if let inner = type.shape.last {
            let outputs = pick(1...70)
            add(
                .dense(linear: linear(outputs, inner, &parts)), [tensor], channels: outputs,
                &parts)
        }
    }

    private mutating func window() -> Window {
        Window(
            kernel: PlaneSize(height: pick(1...3), width: pick(1...3)),
            strides: PlaneSize(height: pick(1...2), width: pick(1...2)),
            dilations: PlaneSize(height: pick(1...2), width: pick(1...2)),
            padsBefore: PlaneSize(height: pick(0...1), width: pick(0...1)),
            padsAfter: PlaneSize(height: pick(0...1), width: pick(0...1)))
    }

    private mutating func proposeElements(
        _ tensor: Int, _ type: TensorType, _ types: [TensorType], _ parts: inout Parts
    ) {
        let alike = types.indices.filter { types[$0].shape == type.shape }
        let other = alike[pick(0...alike.count - 1)]
        switch pick(0...3) {
        case 0:
            add(
                .sum(left: Int32(pick(-9...9)), right: Int32(pick(1...9))), [tensor, other], &parts)
        case 1: add(.product, [tensor, other], &parts)
        case 2:
            let axis = pick(0...type.shape.count - 1)
            let inner = type.shape[(axis + 1)...].reduce(1, *)
            let linear = linear(isHeads() ? 1 : type.shape[axis], 1, &parts)
            add(
                .affine(linear: linear, inner: inner), [tensor],
                channels: parts.linears[linear].outputCount, &parts)
        default:
            guard type.element != .signed32 else { return }
            let output = element()
            let count = UInt64(output.bounds.count)
            parts.tables.append(
                IntegerTable(
                    input: type.element, output: output,
                    values: type.element.bounds.map { _ in
                        Int16(output.bounds.lowerBound + Int64(random.next() % count))
                    }))
            parts.nodes.append(
                IntegerNode(
                    .lookup(table: parts.tables.count - 1), inputs: [tensor],
                    output: ElementFormat(element: output, scaleExponent: 0),
                    requantisation: nil))
        }
    }

    private mutating func proposeReduction(
        _ tensor: Int, _ type: TensorType, _ parts: inout Parts
    ) {
        let axes = type.shape.indices.filter { _ in isHeads() }
        switch pick(0...3) {
        case 0 where !axes.isEmpty:
            add(.reduceSum(axes: axes, weight: Int32(pick(-3...3))), [tensor], &parts)
        case 1 where !axes.isEmpty:
            move(.reduceExtremum(axes: axes, isMinimum: isHeads()), [tensor], &parts)
        case 2 where type.shape.count == 4: move(.maxPool(window()), [tensor], &parts)
        default:
            parts.nodes.append(
                IntegerNode(
                    .argExtremum(
                        axis: pick(0...type.shape.count - 1), isMinimum: isHeads(),
                        takesLast: isHeads()), inputs: [tensor],
                    output: ElementFormat(element: element(), scaleExponent: 0),
                    requantisation: nil))
        }
    }

    /// Operations whose operands are alike in format.
    private mutating func proposeChoice(
        _ tensor: Int, _ type: TensorType, _ types: [TensorType], _ parts: inout Parts
    ) {
        let alike = types.indices.filter {
            types[$0].shape == type.shape && types[$0].element == type.element
        }
        let other = alike[pick(0...alike.count - 1)]
        switch pick(0...2) {
        case 0: move(.extremum(isMinimum: isHeads()), [tensor, other], &parts)
        case 1:
            let axis = pick(0...type.shape.count - 1)
            move(.concat(axis: axis), [tensor, other] + (isHeads() ? [tensor] : []), &parts)
        default:
            let flags = types.indices.filter {
                types[$0].shape == type.shape && types[$0].range == 0...1
            }
            if flags.isEmpty {
                parts.nodes.append(
                    IntegerNode(
                        .sum(left: 1, right: -1), inputs: [tensor, other],
                        output: ElementFormat(element: .unsigned8, scaleExponent: 0),
                        requantisation: Requantisation(shifts: [1], low: 0, high: 1)))
            } else {
                move(.select, [flags[pick(0...flags.count - 1)], tensor, other], &parts)
            }
        }
    }

    private mutating func proposeMove(
        _ tensor: Int, _ type: TensorType, _ types: [TensorType], _ parts: inout Parts
    ) {
        let shape = type.shape
        let axis = pick(0...shape.count - 1)
        switch pick(0...6) {
        case 0:
            var order = Array(shape.indices)
            order.swapAt(axis, pick(0...shape.count - 1))
            order.swapAt(0, pick(0...shape.count - 1))
            move(.transpose(order), [tensor], &parts)
        case 1:
            let count = shape.reduce(1, *)
            let part = shape[axis]
            move(
                .reshape(isHeads() ? [1, count / part, part] : [1, part, 1, count / part]),
                [tensor], &parts)
        case 2:
            let steps = shape.map { _ in [1, 2, -1, -2][pick(0...3)] }
            let counts = zip(shape, steps).map { max(1, $0 / abs($1) - pick(0...1)) }
            let starts = shape.indices.map { steps[$0] > 0 ? 0 : shape[$0] - 1 }
            move(.slice(starts: starts, steps: steps, counts: counts), [tensor], &parts)
        case 3:
            move(
                .pad(
                    before: shape.map { _ in pick(0...2) }, after: shape.map { _ in pick(0...2) },
                    interior: shape.map { _ in pick(0...1) }, value: Int32(pick(0...9))),
                [tensor], &parts)
        case 4: move(.expand(shape.map { $0 == 1 ? pick(1...6) : $0 }), [tensor], &parts)
        case 5:
            move(
                .gather(
                    axis: axis, indices: (0..<pick(1...7)).map { _ in pick(0...shape[axis] - 1) }),
                [tensor], &parts)
        default:
            let indices = types.indices.filter {
                types[$0].range.lowerBound >= 0 && types[$0].range.upperBound < shape[axis]
            }
            guard !indices.isEmpty else { return }
            move(.take(axis: axis), [tensor, indices[pick(0...indices.count - 1)]], &parts)
        }
    }
}
