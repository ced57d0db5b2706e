extension FloatGraph {
    /// Merges affine nodes (batch normalisation, bias, scale) into the linear node before them,
    /// makes one function of what is computed element by element from one value, and drops what
    /// reaches no output.
    mutating func fold() {
        dropUnused()
        mergeScales()
        fusePointwise()
        dropUnused()
        renumber()
    }

    private mutating func mergeScales() {
        var merged: [Node] = []
        var producer: [Int: Int] = [:]
        let uses = useCounts()
        for node in nodes {
            if case .affine(let multipliers, let offsets, let inner) = node.operation,
                uses[node.inputs[0]] == 1, let before = producer[node.inputs[0]],
                let operation = merged[before].operation.scaled(
                    multipliers, offsets, inner: inner, plane: plane(of: node.inputs[0]))
            {
                merged[before] = Node(
                    name: merged[before].name, operation: operation,
                    inputs: merged[before].inputs, output: node.output)
                producer[node.output] = before
            } else {
                producer[node.output] = merged.count
                merged.append(node)
            }
        }
        nodes = merged
    }

    /// How often each value is read; an output counts as read.
    func useCounts() -> [Int] {
        var uses = [Int](repeating: 0, count: values.count)
        for node in nodes { for input in node.inputs { uses[input] += 1 } }
        for output in outputs { uses[output] += 1 }
        return uses
    }

    private mutating func dropUnused() {
        var isNeeded = [Bool](repeating: false, count: values.count)
        for output in outputs { isNeeded[output] = true }
        for node in nodes.reversed() where isNeeded[node.output] {
            for input in node.inputs { isNeeded[input] = true }
        }
        nodes.removeAll { !isNeeded[$0.output] }
        for index in values.indices where !isNeeded[index] { values[index].constant = nil }
    }

    /// Keeps the values that are inputs, outputs or read by a node, in order.
    private mutating func renumber() {
        var isKept = [Bool](repeating: false, count: values.count)
        for index in inputs + outputs { isKept[index] = true }
        for node in nodes { for index in node.inputs + [node.output] { isKept[index] = true } }
        var places = [Int](repeating: 0, count: values.count)
        var kept: [Value] = []
        for index in values.indices where isKept[index] {
            places[index] = kept.count
            kept.append(values[index])
        }
        values = kept
        inputs = inputs.map { places[$0] }
        outputs = outputs.map { places[$0] }
        nodes = nodes.map { node in
            Node(
                name: node.name, operation: node.operation,
                inputs: node.inputs.map { places[$0] }, output: places[node.output])
        }
    }

    /// Elements behind the channel axis of a convolution's output.
    private func plane(of value: Int) -> Int {
        values[value].shape.dropFirst(2).reduce(1, *)
    }
}

extension FloatOperation {
    /// This operation followed by an affine one, or nil where the pair is no single operation.
    func scaled(
        _ multipliers: [Float], _ offsets: [Float], inner: Int, plane: Int
    ) -> FloatOperation? {
        switch self {
        case .dense(let linear):
            guard multipliers.count == 1 || (inner == 1 && multipliers.count == linear.outputCount)
            else { return nil }
            return .dense(linear.scaled(multipliers, offsets))
        case .convolution(let linear, let window, let groups):
            guard
                multipliers.count == 1
                    || (inner == plane && multipliers.count == linear.outputCount)
            else { return nil }
            return .convolution(linear.scaled(multipliers, offsets), window, groups: groups)
        case .affine(let first, let firstOffsets, let firstInner):
            guard first.count == multipliers.count, firstInner == inner else { return nil }
            let both = FloatLinear(weights: first, bias: firstOffsets).scaled(multipliers, offsets)
            return .affine(multipliers: both.weights, offsets: both.bias, inner: inner)
        default: return nil
        }
    }
}

extension FloatLinear {
    /// Multiplies each output by its multiplier and adds its offset; one of either serves all.
    func scaled(_ multipliers: [Float], _ offsets: [Float]) -> FloatLinear {
        var result = self
        let inner = innerCount
        for output in 0..<outputCount {
            let index = multipliers.count == 1 ? 0 : output
            for weight in output * inner..<(output + 1) * inner {
                result.weights[weight] *= multipliers[index]
            }
            result.bias[output] = bias[output] * multipliers[index] + offsets[index]
        }
        return result
    }
}
