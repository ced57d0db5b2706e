extension GraphBuilder {
    /// Source: ONNX operators `Softmax` and `LogSoftmax`, versions 1 to 13.
    mutating func importSoftmax(
        _ node: NodeContext, isLogarithm: Bool
    ) throws(ONNXError) -> Int {
        try node.expectInputs(1...1)
        let input = try node.operand(0)
        return try alongAxis(input, node) { builder, value, axis throws(ONNXError) in
            try builder.softmax(value, axis: axis, isLogarithm: isLogarithm)
        }
    }

    /// The largest element goes out first, so that the exponentials stay within one.
    mutating func softmax(
        _ input: Int, axis: Int, isLogarithm: Bool
    ) throws(ONNXError) -> Int {
        let largest = try reduced(.maximum, input, [axis])
        let below = try difference(input, largest)
        let powers = try unary(.exp, below)
        let total = try reduced(.sum, powers, [axis])
        if isLogarithm { return try difference(below, try unary(.log, total)) }
        return try product(powers, try unary(.reciprocal, total))
    }

    /// Source: ONNX operator `BatchNormalization`, versions 1 to 15, inference only.
    mutating func importBatchNormalization(_ node: NodeContext) throws(ONNXError) -> Int {
        try node.expectInputs(5...5)
        guard try !node.flag("training_mode"), try node.flag("is_test", default: opset >= 7)
        else { throw node.unsupported("training") }
        guard try node.flag("spatial", default: true) else {
            throw node.unsupported("statistics of each position")
        }
        let input = try node.operand(0)
        guard shape(input).count >= 2 else { throw node.shapeMismatch }
        let channels = shape(input)[1]
        var parameters: [[Float]] = []
        for index in 1...4 {
            guard let values = floats(try node.operand(index)) else {
                throw node.unsupported("statistics that are no constants")
            }
            guard values.count == channels else { throw node.shapeMismatch }
            parameters.append(values)
        }
        let epsilon = Double(try node.float("epsilon", default: 1e-5))
        var multipliers: [Float] = []
        var offsets: [Float] = []
        for channel in 0..<channels {
            let variance = Double(parameters[3][channel]) + epsilon
            guard variance > 0 else { throw .notFinite(tensor: node.output) }
            let multiplier = Double(parameters[0][channel]) / variance.squareRoot()
            multipliers.append(Float(multiplier))
            offsets.append(
                Float(Double(parameters[1][channel]) - Double(parameters[2][channel]) * multiplier))
        }
        let inner = Shape.elementCount(shape(input).dropFirst(2))
        return try affine(input, multipliers, offsets, inner: inner)
    }

    /// Source: ONNX operator `InstanceNormalization`, versions 6 and 22.
    mutating func importInstanceNormalization(_ node: NodeContext) throws(ONNXError) -> Int {
        try node.expectInputs(3...3)
        let input = try node.operand(0)
        let rank = shape(input).count
        guard rank >= 3 else { throw node.shapeMismatch }
        let normal = try normalised(
            input, Array(2..<rank), epsilon: try node.float("epsilon", default: 1e-5))
        return try scaledChannels(normal, node)
    }

    /// Source: ONNX operator `GroupNormalization`: scales of groups in version 18, of channels
    /// since 21.
    mutating func importGroupNormalization(_ node: NodeContext) throws(ONNXError) -> Int {
        try node.expectInputs(3...3)
        let input = try node.operand(0)
        let given = shape(input)
        let groups = try node.integer("num_groups", default: 0)
        guard given.count >= 2, groups >= 1, groups <= Int64(given[1]),
            given[1].isMultiple(of: Int(groups))
        else { throw node.invalid("num_groups") }
        let count = Int(groups)
        let grouped = try reshaped(
            input, [given[0], count, Shape.elementCount(given[1...]) / count])
        let normal = try normalised(
            grouped, [2], epsilon: try node.float("epsilon", default: 1e-5))
        if shape(try node.operand(1)) == [count] {
            return try reshaped(try scaledChannels(normal, node), given)
        }
        return try scaledChannels(try reshaped(normal, given), node)
    }

    /// Multiplies each channel by the second operand and adds the third.
    private mutating func scaledChannels(
        _ input: Int, _ node: NodeContext
    ) throws(ONNXError) -> Int {
        let given = shape(input)
        let target = [given[1]] + [Int](repeating: 1, count: given.count - 2)
        var operands: [Int] = []
        for index in 1...2 {
            let operand = try node.operand(index)
            guard shape(operand) == [given[1]] else { throw node.shapeMismatch }
            operands.append(try reshaped(operand, target))
        }
        return try sum(try product(input, operands[0]), operands[1])
    }

    /// Less the mean, over the square root of the variance.
    private mutating func normalised(
        _ input: Int, _ axes: [Int], epsilon: Float
    ) throws(ONNXError) -> Int {
        let (centred, variance) = try centred(input, axes)
        return try product(
            centred, try unary(.reciprocalSqrt, try affine(variance, plus: epsilon)))
    }

    /// Source: ONNX operator `LayerNormalization`, version 17: gives the mean and the inverse
    /// deviation too.
    mutating func importLayerNormalization(_ node: NodeContext) throws(ONNXError) -> [Int] {
        try node.expectInputs(2...3)
        let input = try node.operand(0)
        let rank = shape(input).count
        let axes = Array(try node.axis(default: -1, rank: rank)..<rank)
        let mean = try mean(input, axes)
        let centred = try difference(input, mean)
        let variance = try self.mean(try product(centred, centred), axes)
        let inverse = try unary(
            .reciprocalSqrt,
            try affine(variance, plus: try node.float("epsilon", default: 1e-5)))
        let scaled = try product(try product(centred, inverse), try node.operand(1))
        guard let bias = node.optionalOperand(2) else { return [scaled, mean, inverse] }
        return [try sum(scaled, bias), mean, inverse]
    }

    /// Source: ONNX operator `RMSNormalization`, version 23.
    mutating func importRMSNormalization(_ node: NodeContext) throws(ONNXError) -> Int {
        try node.expectInputs(2...2)
        let input = try node.operand(0)
        let rank = shape(input).count
        let axis = try node.axis(default: -1, rank: rank)
        let squares = try mean(try product(input, input), Array(axis..<rank))
        let shifted = try affine(squares, plus: try node.float("epsilon", default: 1e-5))
        let normal = try product(input, try unary(.reciprocalSqrt, shifted))
        return try product(normal, try node.operand(1))
    }

    /// Source: ONNX operator `MeanVarianceNormalization`, versions 9 and 13.
    mutating func importMeanVarianceNormalization(
        _ node: NodeContext
    ) throws(ONNXError) -> Int {
        try node.expectInputs(1...1)
        let input = try node.operand(0)
        let rank = shape(input).count
        let axes = try statedAxes(node, rank: rank) ?? [0, 2, 3]
        guard axes.allSatisfy({ $0 < rank }) else { throw node.shapeMismatch }
        return try normalised(input, axes, epsilon: 1e-9)
    }

    /// Source: ONNX operator `LpNormalization`, versions 1 and 22.
    mutating func importLpNormalization(_ node: NodeContext) throws(ONNXError) -> Int {
        try node.expectInputs(1...1)
        let input = try node.operand(0)
        let axis = try node.axis(default: -1, rank: shape(input).count)
        switch try node.integer("p", default: 2) {
        case 1:
            return try quotient(
                input, try reduced(.sum, try unary(.absolute, input), [axis]))
        case 2:
            let squares = try reduced(.sum, try product(input, input), [axis])
            return try product(input, try unary(.reciprocalSqrt, squares))
        default: throw node.invalid("p")
        }
    }

    /// Over neighbouring channels. Source: ONNX operator `LRN`, versions 1 and 13.
    mutating func importLRN(_ node: NodeContext) throws(ONNXError) -> Int {
        try node.expectInputs(1...1)
        let input = try node.operand(0)
        let given = shape(input)
        let size = try node.integer("size", default: 0)
        guard given.count >= 2, (1...Int64(limits.windowSizeMax)).contains(size) else {
            throw node.invalid("size")
        }
        let alpha = try node.float("alpha", default: 0.0001)
        let beta = try node.float("beta", default: 0.75)
        let bias = try node.float("bias", default: 1)
        let before = (Int(size) - 1) / 2
        let channels = given[1]
        let isNear = (0..<channels).flatMap { output in
            (0..<channels).map { input in
                (-before...Int(size) - 1 - before).contains(input - output)
                    ? alpha / Float(size) : 0
            }
        }
        let near = try dense(
            try product(input, input), axis: 1, isNear, outputs: channels)
        let divisor = try unary(.power(exponent: -beta), try affine(near, plus: bias))
        return try product(input, divisor)
    }
}
