// Files that are quantised already. Scales and zero points stand in the file; what a run rounds
// is rounded half to even, as ONNX has it.
extension GraphBuilder {
    /// Source: ONNX operator `QuantizeLinear`, versions 10 to 24.
    mutating func importQuantizeLinear(_ node: NodeContext) throws(ONNXError) -> Int {
        try node.expectInputs(2...3)
        let input = try node.operand(0)
        var element = ONNXElement.uint8
        let stated = try node.integer("output_dtype", default: 0)
        if stated != 0 {
            guard let type = ONNXElement(rawValue: stated) else {
                throw node.invalid("output_dtype")
            }
            element = type
        }
        if let zero = node.optionalOperand(2) { element = self.element(zero) }
        return try byChannel(node, input) {
            builder, part, scale, zero throws(ONNXError) in
            guard builder.floats(scale) != nil else {
                throw node.unsupported("a scale that is no constant")
            }
            return try builder.quantised(try builder.quotient(part, scale), zero, element, node)
        }
    }

    /// Runs `body` on the whole tensor where one scale serves all of it, and else on each channel
    /// with its own: a table is exact for one scale, no layer is for many.
    private mutating func byChannel(
        _ node: NodeContext, _ input: Int,
        _ body: (inout GraphBuilder, _ part: Int, _ scale: Int, _ zero: Int?) throws(ONNXError)
            -> Int
    ) throws(ONNXError) -> Int {
        let scale = try alongChannels(node, try node.operand(1), input)
        var zero: Int?
        if let operand = node.optionalOperand(2) {
            zero = try alongChannels(node, operand, input)
        }
        let count = Shape.elementCount(shape(scale))
        guard !shape(scale).isEmpty, !isConstant(input), count <= 256 else {
            return try body(&self, input, scale, zero)
        }
        let axis = shape(input).count - shape(scale).count
        var parts: [Int] = []
        for channel in 0..<count {
            let one = try reshaped(try sliced(scale, axis: 0, from: channel, count: 1), [])
            var point: Int?
            if let zero {
                point = try reshaped(
                    shape(zero).isEmpty
                        ? zero : try sliced(zero, axis: 0, from: channel, count: 1), [])
            }
            let part = try sliced(input, axis: axis, from: channel, count: 1)
            parts.append(try body(&self, part, one, point))
        }
        return try concatenated(parts, axis: axis)
    }

    /// Rounds, shifts and saturates.
    private mutating func quantised(
        _ input: Int, _ zero: Int?, _ element: ONNXElement, _ node: NodeContext
    ) throws(ONNXError) -> Int {
        guard let bounds = element.bounds else { throw node.unsupported("such an element type") }
        var result = try unary(.round, input, as: element)
        if let zero { result = try sum(result, try relabelled(zero, as: element)) }
        return try clamped(
            result, low: Float(bounds.lowerBound), high: Float(bounds.upperBound))
    }

    /// Source: ONNX operator `DequantizeLinear`, versions 10 to 24.
    mutating func importDequantizeLinear(_ node: NodeContext) throws(ONNXError) -> Int {
        try node.expectInputs(2...3)
        let input = try node.operand(0)
        guard kind(input) == .integer, kind(try node.operand(1)) == .real else {
            throw node.shapeMismatch
        }
        return try byChannel(node, input) {
            builder, part, scale, zero throws(ONNXError) in
            guard builder.isConstant(scale), zero.map({ builder.isConstant($0) }) ?? true else {
                throw node.unsupported("a scale that is no constant")
            }
            let target = builder.element(scale)
            var real = try builder.cast(part, to: target)
            if let zero { real = try builder.difference(real, try builder.cast(zero, to: target)) }
            return try builder.product(real, scale)
        }
    }

    /// A list along the node's axis, or one number for all.
    private mutating func alongChannels(
        _ node: NodeContext, _ operand: Int, _ input: Int
    ) throws(ONNXError) -> Int {
        let sizes = shape(operand)
        if sizes.isEmpty || sizes == [1] { return try reshaped(operand, []) }
        guard try node.integer("block_size", default: 0) == 0, sizes.count == 1 else {
            throw node.unsupported("scales of blocks")
        }
        let rank = shape(input).count
        let axis = try node.axis(default: 1, rank: rank)
        guard sizes[0] == shape(input)[axis] else { throw node.shapeMismatch }
        return try reshaped(operand, sizes + [Int](repeating: 1, count: rank - axis - 1))
    }

    /// Source: ONNX operator `DynamicQuantizeLinear`, version 11.
    mutating func importDynamicQuantizeLinear(_ node: NodeContext) throws(ONNXError) -> [Int] {
        try node.expectInputs(1...1)
        let input = try node.operand(0)
        let axes = Array(shape(input).indices)
        let least = try clamped(
            try reshaped(try reduced(.minimum, input, axes), []), low: nil, high: 0)
        let most = try clamped(
            try reshaped(try reduced(.maximum, input, axes), []), low: 0, high: nil)
        let range = try difference(most, least)
        let scale = try affine(range, by: 1 / 255)
        let shift = try affine(try emit(.division, [least, scale], []), by: -1)
        let zero = try clamped(
            try unary(.round, shift, as: .uint8), low: 0, high: 255)
        // Divided, not multiplied by the inverse: what lies between two steps must stay there.
        let steps = try emit(
            .division, try broadcast([input, scale]), shape(input))
        return [try quantised(steps, zero, .uint8, node), scale, zero]
    }

    /// Source: ONNX operator `MatMulInteger`, version 10.
    mutating func importMatMulInteger(_ node: NodeContext) throws(ONNXError) -> Int {
        try node.expectInputs(2...4)
        let sums = try multiplied(
            try centred(node, 0, zero: 2, isRow: true), try centred(node, 1, zero: 3))
        return try relabelled(sums, as: .int32)
    }

    /// Source: ONNX operator `QLinearMatMul`, versions 10 and 21.
    mutating func importQLinearMatMul(_ node: NodeContext) throws(ONNXError) -> Int {
        try node.expectInputs(8...8)
        let sums = try multiplied(
            try centred(node, 0, zero: 2, isRow: true), try centred(node, 3, zero: 5))
        let left = try lined(try node.operand(1), isRow: true)
        return try rescaled(
            node, sums, [left, try node.operand(4)], output: 6)
    }

    /// A list for rows stands upright.
    private mutating func lined(_ operand: Int, isRow: Bool) throws(ONNXError) -> Int {
        let sizes = shape(operand)
        if sizes == [1] { return try reshaped(operand, []) }
        return isRow && sizes.count == 1 ? try reshaped(operand, sizes + [1]) : operand
    }

    /// An operand less its zero point: integers, labelled as real numbers because the sums of
    /// their products leave the range of a run's integers.
    private mutating func centred(
        _ node: NodeContext, _ index: Int, zero: Int, isRow: Bool = false
    ) throws(ONNXError) -> Int {
        let operand = try node.operand(index)
        let wide = try cast(operand, to: .float)
        guard let zeros = node.optionalOperand(zero) else { return wide }
        let point = try cast(try lined(zeros, isRow: isRow), to: .float)
        if let points = floats(point), points.allSatisfy({ $0 == 0 }) { return wide }
        let result = try difference(wide, point)
        guard element(operand).byteCount == 1, !isConstant(result) else { return result }
        // Changes nothing, and says how few bits there are.
        return try clamped(result, low: -255, high: 255)
    }

    /// Exact sums times the operands' scales over the output's, rounded to the output's type.
    private mutating func rescaled(
        _ node: NodeContext, _ sums: Int, _ scales: [Int], output: Int
    ) throws(ONNXError) -> Int {
        var factor = try quotient(
            try product(scales[0], scales[1]), try reshaped(try node.operand(output), []))
        guard floats(factor) != nil else { throw node.unsupported("a scale that is no constant") }
        let zero = try node.operand(output + 1)
        if shape(factor) == [1] { factor = try reshaped(factor, []) }
        return try quantised(try product(sums, factor), zero, element(zero), node)
    }

    /// Source: ONNX operator `ConvInteger`, version 10.
    mutating func importConvInteger(_ node: NodeContext) throws(ONNXError) -> Int {
        try node.expectInputs(2...4)
        let sums = try integerConvolution(
            node, weights: 1, inputZero: 2, weightZero: 3, bias: nil)
        return try relabelled(sums, as: .int32)
    }

    /// Source: ONNX operator `QLinearConv`, version 10.
    mutating func importQLinearConv(_ node: NodeContext) throws(ONNXError) -> Int {
        try node.expectInputs(8...9)
        let sums = try integerConvolution(node, weights: 3, inputZero: 2, weightZero: 5, bias: 8)
        let ones = [Int](repeating: 1, count: shape(sums).count - 2)
        var scale = try node.operand(4)
        if shape(scale).count == 1 {
            scale =
                shape(scale) == [1]
                ? try reshaped(scale, []) : try reshaped(scale, shape(scale) + ones)
        }
        return try rescaled(node, sums, [try reshaped(try node.operand(1), []), scale], output: 6)
    }

    private mutating func integerConvolution(
        _ node: NodeContext, weights: Int, inputZero: Int, weightZero: Int, bias: Int?
    ) throws(ONNXError) -> Int {
        let input = try centred(node, 0, zero: inputZero)
        let kernel = try node.operand(weights)
        guard var numbers = numbers(kernel) else {
            throw node.unsupported("weights that are no constants")
        }
        let filter = try filter(node, input, numbers, shape(kernel))
        if let operand = node.optionalOperand(weightZero) {
            guard let zeros = self.numbers(operand) else {
                throw node.unsupported("a zero point that is no constant")
            }
            guard zeros.count == 1 || zeros.count == filter.outputs else {
                throw node.shapeMismatch
            }
            let each = numbers.count / filter.outputs
            for index in numbers.indices {
                numbers[index] -= zeros[zeros.count == 1 ? 0 : index / each]
            }
        }
        var addends = [Float](repeating: 0, count: filter.outputs)
        if let bias, let operand = node.optionalOperand(bias) {
            guard let given = self.numbers(operand), given.count == filter.outputs else {
                throw node.shapeMismatch
            }
            addends = given
        }
        let exact = Filter(
            weights: numbers, kernel: filter.kernel, outputs: filter.outputs,
            groups: filter.groups)
        return try convolved(input, exact, addends, node)
    }
}

extension ONNXElement {
    /// The numbers of a narrow integer type.
    var bounds: ClosedRange<Int64>? {
        switch self {
        case .uint8: 0...255
        case .int8: -128...127
        case .uint16: 0...65_535
        case .int16: -32_768...32_767
        default: nil
        }
    }
}
