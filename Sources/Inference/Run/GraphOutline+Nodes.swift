// Single nodes of an outline, for provers and verifiers that take a graph apart.
extension GraphOutline {
    /// What a node gives for the integers of its operands, one after another.
    ///
    /// - Precondition: the node does not use committed weights; operands have their sizes and lie
    ///   in their ranges.
    public func evaluate(_ node: Int, _ operands: [Int32]) -> [Int32] {
        precondition(!usesCommittedWeights(node), "the weights are known")
        return run(node, nodes[node].operation, operands)
    }

    /// The accumulators of a node that rescales, before it does.
    ///
    /// - Precondition: as for `evaluate`.
    public func accumulators(_ node: Int, _ operands: [Int32]) -> [Int32] {
        precondition(!usesCommittedWeights(node), "the weights are known")
        return run(node, nodes[node].operation, operands, rescales: false)
    }

    /// For each element of a move's result the element that it is, counted over all operands one
    /// after another; -1 where it is padding. Nil for what is no plain move.
    public func sources(of node: Int) -> [Int32]? {
        var operation = nodes[node].operation
        switch operation {
        case .transpose, .reshape, .concat, .slice, .expand, .gather: break
        case .pad(let before, let after, let interior, _):
            operation = .pad(before: before, after: after, interior: interior, value: -1)
        default: return nil
        }
        let count = nodes[node].inputs.reduce(0) { $0 + analysis.types[$1].elementCount }
        return run(node, operation, (0..<count).map { Int32($0) })
    }

    /// The elements that each output of a pool, reduction or selection of extrema is chosen from
    /// or summed over, counted over all operands one after another.
    public func choices(of node: Int) -> [[Int32]]? {
        let types = nodes[node].inputs.map { analysis.types[$0] }
        let output = analysis.types[firstNodeTensor + node]
        let input = types[0]
        switch nodes[node].operation {
        case .maxPool(let window):
            let plane = PlaneSize(height: input.shape[2], width: input.shape[3])
            var lists: [[Int32]] = []
            lists.reserveCapacity(output.elementCount)
            for channel in 0..<output.shape[0] * output.shape[1] {
                for row in 0..<output.shape[2] {
                    for column in 0..<output.shape[3] {
                        var list: [Int32] = []
                        window.forEachTap(row: row, column: column, plane: plane) { _, offset in
                            list.append(Int32(channel * plane.count + offset))
                        }
                        lists.append(list)
                    }
                }
            }
            return lists
        case .reduceExtremum(let axes, _), .reduceSum(let axes, _):
            return reduced(input.shape, axes, output.shape)
        case .argExtremum(let axis, _, _): return reduced(input.shape, [axis], output.shape)
        case .extremum:
            let count = Int32(output.elementCount)
            return (0..<count).map { [$0, count + $0] }
        default: return nil
        }
    }

    private func reduced(_ shape: [Int], _ axes: [Int], _ output: [Int]) -> [[Int32]] {
        let strides = Shape.strides(shape)
        var rest: [Int] = []
        Shape.forEach(axes.map { shape[$0] }, steps: axes.map { strides[$0] }) { rest.append($1) }
        var lists: [[Int32]] = []
        Shape.forEach(output, steps: strides) { _, first in
            lists.append(rest.map { Int32(first + $0) })
        }
        return lists
    }

    private func run(
        _ node: Int, _ operation: IntegerOperation, _ operands: [Int32], rescales: Bool = true
    ) -> [Int32] {
        let types = nodes[node].inputs.map { analysis.types[$0] }
        let output = analysis.types[firstNodeTensor + node]
        var sources: [Int] = []
        var count = 0
        for type in types {
            sources.append(count)
            count += type.elementCount
        }
        precondition(operands.count == count, "operands have their sizes")
        var arena = operands + [Int32](repeating: 0, count: output.elementCount)
        Step(
            inputs: types, output: output,
            rescale: Rescale(rescales ? nodes[node].requantisation : nil),
            sources: sources, target: count
        ).run(
            operation, linear: nodes[node].operation.linear.flatMap { linears[$0].whole },
            table: nodes[node].operation.table.map { tables[$0] }, &arena)
        return Array(arena[count...])
    }
}
