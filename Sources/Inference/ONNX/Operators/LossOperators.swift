extension GraphBuilder {
    /// Source: ONNX operator `NegativeLogLikelihoodLoss`, versions 12 to 22.
    mutating func importLikelihoodLoss(_ node: NodeContext) throws(ONNXError) -> Int {
        try node.expectInputs(2...3)
        return try likelihoodLoss(try node.operand(0), node)
    }

    /// Source: ONNX operator `SoftmaxCrossEntropyLoss`, versions 12 and 13.
    mutating func importCrossEntropy(_ node: NodeContext) throws(ONNXError) -> [Int] {
        try node.expectInputs(2...3)
        let input = try node.operand(0)
        guard shape(input).count >= 2 else { throw node.shapeMismatch }
        let logarithms = try softmax(input, axis: 1, isLogarithm: true)
        return [try likelihoodLoss(logarithms, node), logarithms]
    }

    /// What stands at the target class of each item, negated and weighted.
    private mutating func likelihoodLoss(
        _ input: Int, _ node: NodeContext
    ) throws(ONNXError) -> Int {
        let given = shape(input)
        let target = try node.operand(1)
        guard given.count >= 2, kind(target) == .integer,
            shape(target) == [given[0]] + given.dropFirst(2)
        else { throw node.shapeMismatch }
        let classes = given[1]
        let ones = [Int](repeating: 1, count: given.count - 2)
        var weights = [Float](repeating: 1, count: classes)
        if let operand = node.optionalOperand(2) {
            guard let values = floats(operand), values.count == classes else {
                throw node.unsupported("weights that are no constants")
            }
            weights = values
        }
        var isWeighted = node.optionalOperand(2) != nil
        if node.has("ignore_index") {
            let ignored = try node.integer("ignore_index", default: -1)
            isWeighted = true
            if (0..<Int64(classes)).contains(ignored) { weights[Int(ignored)] = 0 }
        }
        let column = try reshaped(target, [given[0], 1] + given.dropFirst(2))
        let isTarget = try relabelled(
            try compared(
                .equal, column, try places(given, axis: 1, element(target))),
            as: element(input))
        let factor = try addFloats(weights, [classes] + ones, element(input))
        let chosen = try product(isTarget, factor)
        let losses = try reduced(.sum, try product(chosen, input), [1])
        let each = try affine(try reshaped(losses, shape(target)), by: -1)
        let axes = Array(shape(target).indices)
        switch try node.text("reduction", default: "mean") {
        case "none": return each
        case "sum": return try reshaped(try reduced(.sum, each, axes), [])
        case "mean":
            let total = try reshaped(try reduced(.sum, each, axes), [])
            if !isWeighted {
                return try affine(total, by: 1 / Float(Shape.elementCount(shape(target))))
            }
            let all = try reduced(.sum, chosen, Array(given.indices))
            return try quotient(total, try reshaped(all, []))
        default: throw node.invalid("reduction")
        }
    }
}
