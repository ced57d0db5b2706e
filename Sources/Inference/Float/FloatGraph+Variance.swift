// Variances as many exporters write them, E[x²] - E[x]², cancel: in sixteen bits nothing is left of
// a small one. E[(x - E[x])²] is the same number and keeps its digits.
extension FloatGraph {
    /// Replaces differences of mean squares and squared means.
    mutating func centreVariances() {
        var producers: [Int: Int] = [:]
        for (index, node) in nodes.enumerated() { producers[node.output] = index }
        var result: [Node] = []
        for node in nodes {
            guard let variance = variance(node, producers) else {
                result.append(node)
                continue
            }
            result += centred(variance, node)
        }
        nodes = result
        dropUnused()
    }

    private struct Variance {
        let source: Int
        let mean: Int
        let axes: [Int]
        let count: Int
    }

    private struct Mean {
        let source: Int
        let axes: [Int]
        let count: Int
    }

    /// What a node is the variance of, or nil where it is none.
    private func variance(_ node: Node, _ producers: [Int: Int]) -> Variance? {
        guard case .sum(isDifference: true) = node.operation,
            let square = producers[node.inputs[1]], case .product = nodes[square].operation,
            nodes[square].inputs[0] == nodes[square].inputs[1],
            let mean = mean(nodes[square].inputs[0], producers),
            let squares = self.mean(node.inputs[0], producers),
            let product = producers[squares.source], case .product = nodes[product].operation,
            nodes[product].inputs == [mean.source, mean.source], squares.axes == mean.axes
        else { return nil }
        return Variance(
            source: mean.source, mean: nodes[square].inputs[0], axes: mean.axes,
            count: mean.count)
    }

    /// What a value is the mean of over some axes, whether it kept them or not.
    private func mean(_ value: Int, _ producers: [Int: Int]) -> Mean? {
        guard let scale = producers[value],
            case .affine(let multipliers, let offsets, _) = nodes[scale].operation,
            multipliers.count == 1, offsets == [0]
        else { return nil }
        var sum = nodes[scale].inputs[0]
        if let move = producers[sum], case .reshape = nodes[move].operation {
            sum = nodes[move].inputs[0]
        }
        guard let reduction = producers[sum],
            case .reduce(.sum, let axes) = nodes[reduction].operation
        else { return nil }
        let source = nodes[reduction].inputs[0]
        let count = axes.reduce(1) { $0 * values[source].shape[$1] }
        guard (multipliers[0] * Float(count) - 1).magnitude < 1e-5 else { return nil }
        return Mean(source: source, axes: axes, count: count)
    }

    private mutating func centred(_ variance: Variance, _ node: Node) -> [Node] {
        let shape = values[variance.source].shape
        var kept = shape
        for axis in variance.axes { kept[axis] = 1 }
        var added: [Node] = []
        func add(_ operation: FloatOperation, _ inputs: [Int], _ shape: [Int]) -> Int {
            values.append(
                Value(name: values[node.output].name, shape: shape, kind: .real, constant: nil))
            added.append(
                Node(
                    name: node.name, operation: operation, inputs: inputs,
                    output: values.count - 1))
            return values.count - 1
        }
        let aligned =
            values[variance.mean].shape == kept
            ? variance.mean : add(.reshape, [variance.mean], kept)
        let spread = aligned == variance.source ? aligned : add(.expand, [aligned], shape)
        let centred = add(.sum(isDifference: true), [variance.source, spread], shape)
        let squares = add(.product, [centred, centred], shape)
        var sum = add(.reduce(.sum, axes: variance.axes), [squares], kept)
        let target = values[node.output].shape
        if target != kept { sum = add(.reshape, [sum], target) }
        added.append(
            Node(
                name: node.name,
                operation: .affine(
                    multipliers: [1 / Float(variance.count)], offsets: [0], inner: 1),
                inputs: [sum], output: node.output))
        return added
    }
}
