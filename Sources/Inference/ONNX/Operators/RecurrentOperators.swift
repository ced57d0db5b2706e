// Recurrent layers, unrolled: every step is a few nodes that share their weights.

/// What one recurrent layer reads: `X`, weights of every direction, states to begin with.
struct RecurrentLayer {
    struct Direction {
        /// `gates · hidden × inputs` and `gates · hidden × hidden`.
        let inputWeights: [Float]
        let hiddenWeights: [Float]
        let inputBias: [Float]
        let hiddenBias: [Float]
        let functions: [UnaryFunction]
        let isReverse: Bool
    }

    let steps: Int
    let batch: Int
    let hidden: Int
    let gates: Int
    var directions: [Direction] = []
    let clip: Float?
    /// Nil where every sequence takes all steps.
    var lengths: [Int64]?
    /// `steps × batch × inputs`.
    let input: Int
    let isBatchFirst: Bool
}

extension GraphBuilder {
    /// Reads what `LSTM`, `GRU` and `RNN` have in common.
    func recurrentLayer(
        _ node: NodeContext, input: Int, isBatchFirst: Bool, gates: Int, defaults: [String]
    ) throws(ONNXError) -> RecurrentLayer {
        let given = shape(input)
        guard given.count == 3, let weights = floats(try node.operand(1)),
            let recurrent = floats(try node.operand(2))
        else { throw node.unsupported("weights that are no constants") }
        let (first, second) = (shape(try node.operand(1)), shape(try node.operand(2)))
        let names: [Bool]
        switch try node.text("direction", default: "forward") {
        case "forward": names = [false]
        case "reverse": names = [true]
        case "bidirectional": names = [false, true]
        default: throw node.invalid("direction")
        }
        guard first.count == 3, second.count == 3, first[0] == names.count,
            second[0] == names.count, first[2] == given[2], first[1] == second[1],
            second[2] >= 1, second[2] <= limits.elementCountMax / gates,
            first[1] == gates * second[2]
        else { throw node.shapeMismatch }
        let hidden = second[2]
        if node.has("hidden_size") {
            guard try node.integer("hidden_size", default: 0) == Int64(hidden) else {
                throw node.invalid("hidden_size")
            }
        }
        let rows = gates * hidden
        var bias = [Float](repeating: 0, count: names.count * 2 * rows)
        if let operand = node.optionalOperand(3) {
            guard let values = floats(operand) else {
                throw node.unsupported("a bias that is no constant")
            }
            guard shape(operand) == [names.count, 2 * rows] else { throw node.shapeMismatch }
            bias = values
        }
        var layer = RecurrentLayer(
            steps: given[0], batch: given[1], hidden: hidden, gates: gates,
            clip: try node.optionalFloat("clip"), input: input, isBatchFirst: isBatchFirst)
        layer.lengths = try lengths(node, layer)
        for (index, isReverse) in names.enumerated() {
            let size = (rows * given[2], rows * hidden)
            layer.directions.append(
                RecurrentLayer.Direction(
                    inputWeights: Array(weights[index * size.0..<(index + 1) * size.0]),
                    hiddenWeights: Array(recurrent[index * size.1..<(index + 1) * size.1]),
                    inputBias: Array(bias[index * 2 * rows..<(index * 2 + 1) * rows]),
                    hiddenBias: Array(bias[(index * 2 + 1) * rows..<(index + 1) * 2 * rows]),
                    functions: try functions(node, index, names.count, defaults),
                    isReverse: isReverse))
        }
        return layer
    }

    private func lengths(
        _ node: NodeContext, _ layer: RecurrentLayer
    ) throws(ONNXError) -> [Int64]? {
        guard let lengths = try optionalIntegers(node, 4, "a length") else { return nil }
        guard lengths.count == layer.batch,
            lengths.allSatisfy({ (0...Int64(layer.steps)).contains($0) })
        else { throw node.shapeMismatch }
        return lengths.allSatisfy { $0 == Int64(layer.steps) } ? nil : lengths
    }

    private func functions(
        _ node: NodeContext, _ direction: Int, _ count: Int, _ defaults: [String]
    ) throws(ONNXError) -> [UnaryFunction] {
        let names = try node.texts("activations") ?? []
        guard names.isEmpty || names.count == defaults.count * count else {
            throw node.invalid("activations")
        }
        let alphas = try node.floats("activation_alpha") ?? []
        let betas = try node.floats("activation_beta") ?? []
        var result: [UnaryFunction] = []
        for (index, standard) in defaults.enumerated() {
            let place = direction * defaults.count + index
            let name = names.isEmpty ? standard : names[place]
            let floats = NodeFloats(
                node: node, alpha: place < alphas.count ? alphas[place] : nil,
                beta: place < betas.count ? betas[place] : nil)
            if name == "Relu" {
                result.append(.leakyRelu(slope: 0))
            } else if let function = try activation(name, floats) {
                result.append(function)
            } else {
                throw node.unsupported("activation \(name)")
            }
        }
        return result
    }

    /// The input as steps first.
    mutating func stepsFirst(
        _ node: NodeContext
    ) throws(ONNXError) -> (input: Int, isBatchFirst: Bool) {
        let input = try node.operand(0)
        guard shape(input).count == 3 else { throw node.shapeMismatch }
        guard try node.flag("layout") else { return (input, false) }
        return (try permuted(input, [1, 0, 2]), true)
    }

    /// The state that a direction begins with, `batch × hidden`.
    mutating func initialState(
        _ node: NodeContext, _ index: Int, _ layer: RecurrentLayer, _ direction: Int
    ) throws(ONNXError) -> Int {
        let size = [layer.batch, layer.hidden]
        guard let operand = node.optionalOperand(index) else {
            return try addFloats(
                [Float](repeating: 0, count: Shape.elementCount(size)), size,
                element(layer.input))
        }
        let count = layer.directions.count
        let wanted =
            layer.isBatchFirst
            ? [layer.batch, count, layer.hidden] : [count, layer.batch, layer.hidden]
        guard shape(operand) == wanted else { throw node.shapeMismatch }
        return try picked(operand, axis: layer.isBatchFirst ? 1 : 0, at: direction)
    }

    /// `W · x + bias` of all steps at once, `steps × batch × rows`.
    mutating func projected(
        _ layer: RecurrentLayer, _ direction: RecurrentLayer.Direction, _ bias: [Float]
    ) throws(ONNXError) -> Int {
        try dense(
            layer.input, direction.inputWeights, outputs: layer.gates * layer.hidden, bias: bias)
    }

    /// Columns of one gate, or of several that stand together.
    mutating func gate(
        _ input: Int, _ index: Int, count: Int = 1, _ layer: RecurrentLayer
    ) throws(ONNXError) -> Int {
        try sliced(
            input, axis: 1, from: index * layer.hidden, count: count * layer.hidden)
    }

    mutating func activated(
        _ input: Int, _ function: UnaryFunction, _ layer: RecurrentLayer
    ) throws(ONNXError) -> Int {
        let kept = try clamped(input, low: layer.clip.map { -$0 }, high: layer.clip)
        return try unary(function, kept)
    }

    /// The new state where the sequence still runs at that step, else the old one.
    mutating func running(
        _ new: Int, else old: Int, step: Int, _ layer: RecurrentLayer
    ) throws(ONNXError) -> Int {
        guard let lengths = layer.lengths else { return new }
        let mask = try addIntegers(
            lengths.map { Int64(step) < $0 ? 1 : 0 }, [layer.batch, 1], .boolean)
        return try selected(mask, new, old)
    }

    /// `Y` and the last states in the order that the layout asks for.
    mutating func recurrentOutputs(
        _ layer: RecurrentLayer, _ sequences: [[Int]], _ last: [[Int]]
    ) throws(ONNXError) -> [Int] {
        var whole: [Int] = []
        for sequence in sequences { whole.append(try stacked(sequence, axis: 0)) }
        // steps × directions × batch × hidden
        let all = try stacked(whole, axis: 1)
        var results = [layer.isBatchFirst ? try permuted(all, [2, 0, 1, 3]) : all]
        for states in last {
            results.append(try stacked(states, axis: layer.isBatchFirst ? 1 : 0))
        }
        return results
    }

    /// Runs `step` over all steps of a direction. States are `batch × hidden`, the first of them
    /// is what the layer gives.
    mutating func unrolled(
        _ layer: RecurrentLayer, _ direction: RecurrentLayer.Direction, _ projected: Int,
        from initial: [Int],
        _ step: (inout GraphBuilder, _ input: Int, _ states: [Int]) throws(ONNXError) -> [Int]
    ) throws(ONNXError) -> (sequence: [Int], last: [Int]) {
        var states = initial
        var sequence: [Int?] = [Int?](repeating: nil, count: layer.steps)
        for index in 0..<layer.steps {
            let time = direction.isReverse ? layer.steps - 1 - index : index
            let input = try picked(projected, axis: 0, at: time)
            let new = try step(&self, input, states)
            // Past its end a sequence gives zeros and keeps its states.
            let zero = try addFloats([0], [1, 1], element(layer.input))
            sequence[time] = try running(new[0], else: zero, step: time, layer)
            for state in states.indices {
                states[state] = try running(
                    new[state], else: states[state], step: time, layer)
            }
        }
        return (sequence.compactMap { $0 }, states)
    }
}
