extension GraphBuilder {
    /// Source: ONNX operators `Add` and `Sub`, versions 7 to 14.
    mutating func importSum(
        _ node: NodeContext, isDifference: Bool
    ) throws(ONNXError) -> Int {
        try node.expectInputs(2...2)
        return try sum(
            try node.operand(0), try node.operand(1), isDifference: isDifference, node)
    }

    mutating func sum(
        _ left: Int, _ right: Int, isDifference: Bool, _ node: NodeContext
    ) throws(ONNXError) -> Int {
        if let addend = floats(right), Broadcast.fits(shape(right), into: shape(left)) {
            let spread = Broadcast(addend, shape: shape(right), into: shape(left))
            let ones = [Float](repeating: 1, count: spread.elements.count)
            let offsets = isDifference ? spread.elements.map { -$0 } : spread.elements
            return try affine(left, ones, offsets, inner: spread.inner, node)
        }
        if let addend = floats(left), Broadcast.fits(shape(left), into: shape(right)) {
            let spread = Broadcast(addend, shape: shape(left), into: shape(right))
            let signs = [Float](repeating: isDifference ? -1 : 1, count: spread.elements.count)
            return try affine(right, signs, spread.elements, inner: spread.inner, node)
        }
        guard shape(left) == shape(right) else {
            throw node.unsupported("operands that broadcast in the run")
        }
        return try emit(
            .sum(isDifference: isDifference), [left, right], shape: shape(left), node)
    }

    /// Source: ONNX operator `Mul`, versions 7 to 14.
    mutating func importProduct(_ node: NodeContext) throws(ONNXError) -> Int {
        try node.expectInputs(2...2)
        let left = try node.operand(0)
        let right = try node.operand(1)
        for (input, factor) in [(left, right), (right, left)] {
            guard let factors = floats(factor), Broadcast.fits(shape(factor), into: shape(input))
            else { continue }
            let spread = Broadcast(factors, shape: shape(factor), into: shape(input))
            let zeros = [Float](repeating: 0, count: spread.elements.count)
            return try affine(input, spread.elements, zeros, inner: spread.inner, node)
        }
        guard shape(left) == shape(right) else {
            throw node.unsupported("operands that broadcast in the run")
        }
        return try emit(.product, [left, right], shape: shape(left), node)
    }

    /// Source: ONNX operator `Relu`, versions 6 to 14.
    mutating func importRelu(_ node: NodeContext) throws(ONNXError) -> Int {
        try node.expectInputs(1...1)
        let input = try node.operand(0)
        return try emit(.clamp(low: 0, high: nil), [input], shape: shape(input), node)
    }

    /// Source: ONNX operator `LeakyRelu`, versions 6 to 16.
    mutating func importLeakyRelu(_ node: NodeContext) throws(ONNXError) -> Int {
        try node.expectInputs(1...1)
        let input = try node.operand(0)
        let slope = try node.float("alpha", default: 0.01)
        return try emit(.unary(.leakyRelu(slope: slope)), [input], shape: shape(input), node)
    }

    /// Source: ONNX operator `Clip`: attributes before version 11, inputs since.
    mutating func importClip(_ node: NodeContext) throws(ONNXError) -> Int {
        try node.expectInputs(1...3)
        let input = try node.operand(0)
        var low: Float?
        var high: Float?
        if opset < 11 {
            low = try node.optionalFloat("min")
            high = try node.optionalFloat("max")
        } else {
            low = try bound(node, 1)
            high = try bound(node, 2)
        }
        guard (low ?? -.infinity) <= (high ?? .infinity) else {
            throw node.unsupported("a lower bound above the upper")
        }
        return try emit(.clamp(low: low, high: high), [input], shape: shape(input), node)
    }

    private func bound(_ node: NodeContext, _ index: Int) throws(ONNXError) -> Float? {
        guard let operand = node.optionalOperand(index) else { return nil }
        guard let values = floats(operand) else {
            throw node.unsupported("bounds that are no constants")
        }
        guard values.count == 1 else { throw node.shapeMismatch }
        return values[0]
    }

    /// Source: ONNX operator `Identity`.
    mutating func importIdentity(
        _ node: NodeContext, inputs: ClosedRange<Int>
    ) throws(ONNXError) -> Int {
        try node.expectInputs(inputs)
        return try node.operand(0)
    }

    /// The identity outside training. Source: ONNX operator `Dropout`, versions 7 to 13.
    mutating func importDropout(_ node: NodeContext) throws(ONNXError) -> Int {
        guard node.optionalOperand(2) == nil else { throw node.unsupported("training") }
        return try importIdentity(node, inputs: 1...3)
    }

    /// Source: ONNX operator `Constant`, versions 1 to 13.
    mutating func importConstant(_ node: NodeContext) throws(ONNXError) -> Int {
        try node.expectInputs(0...0)
        if let tensor = try node.tensor("value") { return try add(tensor) }
        if let value = try node.optionalFloat("value_float") {
            return try addConstant([value], shape: [], name: node.output)
        }
        if let values = try node.floats("value_floats"), !values.isEmpty {
            guard values.allSatisfy(\.isFinite) else { throw .notFinite(tensor: node.output) }
            return try addConstant(values, shape: [values.count], name: node.output)
        }
        if let values = try node.integers("value_ints"), !values.isEmpty {
            return try addIntegers(values, shape: [values.count], node)
        }
        if node.has("value_int") {
            return try addIntegers([try node.integer("value_int", default: 0)], shape: [], node)
        }
        throw node.unsupported("a value that is no numeric tensor")
    }

    private mutating func addIntegers(
        _ values: [Int64], shape: [Int], _ node: NodeContext
    ) throws(ONNXError) -> Int {
        try add(ONNXTensor(name: node.output, shape: shape, data: .integers(values)))
    }
}

/// A constant spread over another tensor's shape: element `i` takes `elements[(i / inner) mod n]`.
struct Broadcast {
    let elements: [Float]
    let inner: Int

    /// Whether broadcasting `shape` with `target` gives `target`.
    static func fits(_ shape: [Int], into target: [Int]) -> Bool {
        shape.count <= target.count
            && zip(shape.reversed(), target.reversed()).allSatisfy { $0 == 1 || $0 == $1 }
    }

    /// Leading and trailing axes of size one cost nothing; ones in between are written out.
    init(_ constant: [Float], shape: [Int], into target: [Int]) {
        let full = [Int](repeating: 1, count: target.count - shape.count) + shape
        guard let first = full.firstIndex(where: { $0 != 1 }),
            let last = full.lastIndex(where: { $0 != 1 })
        else {
            elements = constant
            inner = 1
            return
        }
        let source = Shape.strides(full)
        let strides = Shape.strides(target)
        inner = Shape.elementCount(target[(last + 1)...])
        var spread: [Float] = []
        for index in 0..<Shape.elementCount(target[first...last]) {
            var offset = 0
            for axis in first...last where full[axis] != 1 {
                offset += index * inner / strides[axis] % target[axis] * source[axis]
            }
            spread.append(constant[offset])
        }
        elements = spread
    }
}
