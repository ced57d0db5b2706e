extension GraphBuilder {
    /// Gates in the order input, output, forget, cell. Source: ONNX operator `LSTM`, versions 1
    /// to 22.
    mutating func importLSTM(_ node: NodeContext) throws(ONNXError) -> [Int] {
        try node.expectInputs(3...8)
        guard try !node.flag("input_forget") else { throw node.unsupported("coupled gates") }
        let (input, isBatchFirst) = try stepsFirst(node)
        let layer = try recurrentLayer(
            node, input: input, isBatchFirst: isBatchFirst, gates: 4,
            defaults: ["Sigmoid", "Tanh", "Tanh"])
        let peepholes = try peepholes(node, layer)
        var sequences: [[Int]] = []
        var last: [[Int]] = [[], []]
        for (index, direction) in layer.directions.enumerated() {
            let bias = zip(direction.inputBias, direction.hiddenBias).map { $0 + $1 }
            let projected = try projected(layer, direction, bias)
            let initial = [
                try initialState(node, 5, layer, index), try initialState(node, 6, layer, index),
            ]
            let run = try unrolled(layer, direction, projected, from: initial) {
                builder, input, states throws(ONNXError) in
                let recurrent = try builder.dense(
                    states[0], direction.hiddenWeights, outputs: 4 * layer.hidden)
                let gates = try builder.sum(input, recurrent)
                return try builder.cell(
                    gates, states[1], peepholes?[index], direction, layer)
            }
            sequences.append(run.sequence)
            last[0].append(run.last[0])
            last[1].append(run.last[1])
        }
        return try recurrentOutputs(layer, sequences, last)
    }

    /// Weights from the cell to the gates, in the order input, output, forget, by direction.
    private mutating func peepholes(
        _ node: NodeContext, _ layer: RecurrentLayer
    ) throws(ONNXError) -> [[Int]]? {
        guard let operand = node.optionalOperand(7) else { return nil }
        let (count, hidden) = (layer.directions.count, layer.hidden)
        guard let weights = floats(operand) else {
            throw node.unsupported("peepholes that are no constants")
        }
        guard shape(operand) == [count, 3 * hidden] else { throw node.shapeMismatch }
        if weights.allSatisfy({ $0 == 0 }) { return nil }
        var result: [[Int]] = []
        for direction in 0..<count {
            var gates: [Int] = []
            for gate in 0..<3 {
                let start = (direction * 3 + gate) * hidden
                gates.append(
                    try addFloats(
                        Array(weights[start..<start + hidden]), [hidden], element(operand)))
            }
            result.append(gates)
        }
        return result
    }

    /// One step from the gates before their functions and the cell: the new hidden state and cell.
    private mutating func cell(
        _ gates: Int, _ cell: Int, _ peepholes: [Int]?, _ direction: RecurrentLayer.Direction,
        _ layer: RecurrentLayer
    ) throws(ONNXError) -> [Int] {
        let functions = direction.functions
        let candidate = try activated(try gate(gates, 3, layer), functions[1], layer)
        if let peepholes {
            let opened = try activated(
                try sum(try gate(gates, 0, layer), try product(cell, peepholes[0])),
                functions[0], layer)
            let kept = try activated(
                try sum(try gate(gates, 2, layer), try product(cell, peepholes[2])),
                functions[0], layer)
            let new = try sum(try product(kept, cell), try product(opened, candidate))
            let given = try activated(
                try sum(try gate(gates, 1, layer), try product(new, peepholes[1])),
                functions[0], layer)
            return [try product(given, try unary(functions[2], new)), new]
        }
        // The three gates share one function and stand together.
        let open = try activated(try gate(gates, 0, count: 3, layer), functions[0], layer)
        let new = try sum(
            try product(try gate(open, 2, layer), cell),
            try product(try gate(open, 0, layer), candidate))
        let hidden = try product(try gate(open, 1, layer), try unary(functions[2], new))
        return [hidden, new]
    }

    /// Gates in the order update, reset, hidden. Source: ONNX operator `GRU`, versions 3 to 22.
    mutating func importGRU(_ node: NodeContext) throws(ONNXError) -> [Int] {
        try node.expectInputs(3...6)
        let (input, isBatchFirst) = try stepsFirst(node)
        let layer = try recurrentLayer(
            node, input: input, isBatchFirst: isBatchFirst, gates: 3,
            defaults: ["Sigmoid", "Tanh"])
        let isLinearFirst = try node.flag("linear_before_reset")
        var sequences: [[Int]] = []
        var last: [Int] = []
        for (index, direction) in layer.directions.enumerated() {
            // The hidden gate's own bias waits for the reset where that comes after.
            let joined = isLinearFirst ? 2 * layer.hidden : 3 * layer.hidden
            let bias = direction.inputBias.enumerated().map { row, value in
                row < joined ? value + direction.hiddenBias[row] : value
            }
            let projected = try projected(layer, direction, bias)
            let initial = try initialState(node, 5, layer, index)
            let run = try unrolled(layer, direction, projected, from: [initial]) {
                builder, input, states throws(ONNXError) in
                [
                    try builder.gatedStep(
                        input, states[0], direction, layer, isLinearFirst: isLinearFirst)
                ]
            }
            sequences.append(run.sequence)
            last.append(run.last[0])
        }
        return try recurrentOutputs(layer, sequences, [last])
    }

    private mutating func gatedStep(
        _ input: Int, _ state: Int, _ direction: RecurrentLayer.Direction,
        _ layer: RecurrentLayer, isLinearFirst: Bool
    ) throws(ONNXError) -> Int {
        let hidden = layer.hidden
        let split = 2 * hidden * hidden
        let (gateWeights, stateWeights) = (
            Array(direction.hiddenWeights[..<split]), Array(direction.hiddenWeights[split...])
        )
        let open = try activated(
            try sum(
                try gate(input, 0, count: 2, layer),
                try dense(state, gateWeights, outputs: 2 * hidden)),
            direction.functions[0], layer)
        let (update, reset) = (try gate(open, 0, layer), try gate(open, 1, layer))
        let recurrent: Int
        if isLinearFirst {
            let bias = Array(direction.hiddenBias[(2 * hidden)...])
            recurrent = try product(
                reset, try dense(state, stateWeights, outputs: hidden, bias: bias))
        } else {
            recurrent = try dense(
                try product(reset, state), stateWeights, outputs: hidden)
        }
        let candidate = try activated(
            try sum(try gate(input, 2, layer), recurrent), direction.functions[1], layer)
        // (1 - z) · n + z · h, with one product less.
        return try sum(candidate, try product(update, try difference(state, candidate)))
    }

    /// Source: ONNX operator `RNN`, versions 1 to 22.
    mutating func importRNN(_ node: NodeContext) throws(ONNXError) -> [Int] {
        try node.expectInputs(3...6)
        let (input, isBatchFirst) = try stepsFirst(node)
        let layer = try recurrentLayer(
            node, input: input, isBatchFirst: isBatchFirst, gates: 1, defaults: ["Tanh"])
        var sequences: [[Int]] = []
        var last: [Int] = []
        for (index, direction) in layer.directions.enumerated() {
            let bias = zip(direction.inputBias, direction.hiddenBias).map { $0 + $1 }
            let projected = try projected(layer, direction, bias)
            let initial = try initialState(node, 5, layer, index)
            let run = try unrolled(layer, direction, projected, from: [initial]) {
                builder, input, states throws(ONNXError) in
                let recurrent = try builder.dense(
                    states[0], direction.hiddenWeights, outputs: layer.hidden)
                return [
                    try builder.activated(
                        try builder.sum(input, recurrent), direction.functions[0], layer)
                ]
            }
            sequences.append(run.sequence)
            last.append(run.last[0])
        }
        return try recurrentOutputs(layer, sequences, [last])
    }
}
