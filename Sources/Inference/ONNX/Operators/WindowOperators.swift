extension GraphBuilder {
    /// What `Conv` and its kin read before they convolve.
    struct Filter {
        let weights: [Float]
        let kernel: [Int]
        let outputs: Int
        let groups: Int
    }

    /// Source: ONNX operator `Conv`, versions 1 to 22.
    mutating func importConv(_ node: NodeContext) throws(ONNXError) -> Int {
        try node.expectInputs(2...3)
        let input = try node.operand(0)
        guard let weights = floats(try node.operand(1)) else {
            throw node.unsupported("weights that are no constants")
        }
        let filter = try filter(node, input, weights, shape(try node.operand(1)))
        var bias = [Float](repeating: 0, count: filter.outputs)
        var addend: Int?
        if let operand = node.optionalOperand(2) {
            guard shape(operand) == [filter.outputs] else { throw node.shapeMismatch }
            if let values = floats(operand) { bias = values } else { addend = operand }
        }
        let result = try convolved(input, filter, bias, node)
        guard let addend else { return result }
        let ones = [Int](repeating: 1, count: filter.kernel.count)
        return try sum(result, try reshaped(addend, [filter.outputs] + ones))
    }

    /// Checks the weights against the input.
    func filter(
        _ node: NodeContext, _ input: Int, _ weights: [Float], _ shape: [Int]
    ) throws(ONNXError) -> Filter {
        let given = self.shape(input)
        guard given.count == shape.count, given.count >= 3 else { throw node.shapeMismatch }
        let groups = try node.integer("group", default: 1)
        guard groups >= 1, groups <= Int64(given[1]) else { throw node.invalid("group") }
        let kernel = Array(shape.dropFirst(2))
        if let stated = try node.integers("kernel_shape") {
            guard stated == kernel.map({ Int64($0) }) else { throw node.invalid("kernel_shape") }
        }
        let count = Int(groups)
        let (channels, overflow) = shape[1].multipliedReportingOverflow(by: count)
        guard !overflow, given[1] == channels, shape[0] >= 1, shape[0].isMultiple(of: count) else {
            throw node.shapeMismatch
        }
        return Filter(weights: weights, kernel: kernel, outputs: shape[0], groups: count)
    }

    mutating func convolved(
        _ input: Int, _ filter: Filter, _ bias: [Float], _ node: NodeContext
    ) throws(ONNXError) -> Int {
        let axes = try SpatialAxis.read(
            node, sizes: Array(shape(input).dropFirst(2)), kernel: filter.kernel, limits: limits)
        return try convolved(
            input, FloatLinear(weights: filter.weights, bias: bias), axes, groups: filter.groups)
    }

    /// Source: ONNX operator `MaxPool`, versions 1 to 22; the indices are not given.
    mutating func importMaxPool(_ node: NodeContext) throws(ONNXError) -> Int {
        try node.expectInputs(1...1)
        guard try !node.flag("storage_order") || !node.wantsOutput(1) else {
            throw node.unsupported("column-major indices")
        }
        let input = try node.operand(0)
        return try maximumPooled(input, try poolAxes(node, input))
    }

    /// Source: ONNX operator `AveragePool`, versions 1 to 22.
    mutating func importAveragePool(_ node: NodeContext) throws(ONNXError) -> Int {
        try node.expectInputs(1...1)
        let input = try node.operand(0)
        return try averaged(
            input, try poolAxes(node, input),
            paddingIsCounted: try node.flag("count_include_pad"))
    }

    /// The root of the sum of powers. Source: ONNX operator `LpPool`, versions 1 to 22.
    mutating func importLpPool(_ node: NodeContext) throws(ONNXError) -> Int {
        try node.expectInputs(1...1)
        let input = try node.operand(0)
        let axes = try poolAxes(node, input)
        let exponent = try node.integer("p", default: 2)
        guard (1...16).contains(exponent) else { throw node.invalid("p") }
        let total = try summed(try powered(input, exponent), axes, weight: 1)
        return try rooted(total, exponent)
    }

    private mutating func powered(_ input: Int, _ exponent: Int64) throws(ONNXError) -> Int {
        switch exponent {
        case 1: return try unary(.absolute, input)
        case 2: return try product(input, input)
        default:
            return try unary(.power(exponent: Float(exponent)), try unary(.absolute, input))
        }
    }

    private mutating func rooted(_ input: Int, _ exponent: Int64) throws(ONNXError) -> Int {
        switch exponent {
        case 1: return input
        case 2: return try unary(.sqrt, input)
        default: return try unary(.power(exponent: 1 / Float(exponent)), input)
        }
    }

    /// The axes that a global pool takes together.
    private func planeAxes(_ node: NodeContext) throws(ONNXError) -> [Int] {
        try node.expectInputs(1...1)
        let rank = shape(try node.operand(0)).count
        guard rank >= 3 else { throw node.shapeMismatch }
        return Array(2..<rank)
    }

    /// Source: ONNX operator `GlobalAveragePool`, versions 1 to 22.
    mutating func importGlobalAveragePool(_ node: NodeContext) throws(ONNXError) -> Int {
        try mean(try node.operand(0), try planeAxes(node))
    }

    /// Source: ONNX operator `GlobalMaxPool`, versions 1 to 22.
    mutating func importGlobalMaxPool(_ node: NodeContext) throws(ONNXError) -> Int {
        try reduced(.maximum, try node.operand(0), try planeAxes(node))
    }

    /// Source: ONNX operator `GlobalLpPool`, versions 2 to 22.
    mutating func importGlobalLpPool(_ node: NodeContext) throws(ONNXError) -> Int {
        let axes = try planeAxes(node)
        let exponent = try node.integer("p", default: 2)
        guard (1...16).contains(exponent) else { throw node.invalid("p") }
        let total = try reduced(.sum, try powered(try node.operand(0), exponent), axes)
        return try rooted(total, exponent)
    }

    private func poolAxes(
        _ node: NodeContext, _ input: Int
    ) throws(ONNXError) -> [SpatialAxis] {
        guard let stated = try node.integers("kernel_shape"),
            stated.allSatisfy({ (1...Int64(limits.windowSizeMax)).contains($0) })
        else { throw node.invalid("kernel_shape") }
        guard shape(input).count >= 3 else { throw node.shapeMismatch }
        return try SpatialAxis.read(
            node, sizes: Array(shape(input).dropFirst(2)), kernel: stated.map { Int($0) },
            limits: limits)
    }
}
