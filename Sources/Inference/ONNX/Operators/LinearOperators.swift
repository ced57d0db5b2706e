extension GraphBuilder {
    /// `alpha · A · B + beta · C`, each of A and B perhaps transposed.
    /// Source: ONNX operator `Gemm`, versions 1 to 13.
    mutating func importGemm(_ node: NodeContext) throws(ONNXError) -> Int {
        try node.expectInputs(2...3)
        var left = try node.operand(0)
        var right = try node.operand(1)
        guard shape(left).count == 2, shape(right).count == 2 else { throw node.shapeMismatch }
        let alpha = try node.float("alpha", default: 1)
        let beta = try node.float("beta", default: 1)
        if try node.flag("transA") { left = try transposed(left) }
        if try node.flag("transB") { right = try transposed(right) }
        let result = try affine(try matrixProduct(left, right), by: alpha)
        guard let addend = node.optionalOperand(2) else { return result }
        // C broadcasts to the product, never the other way round.
        guard Broadcast.fits(shape(addend), into: shape(result)) else { throw node.shapeMismatch }
        return try sum(result, try affine(addend, by: beta))
    }

    /// Numpy's product: the last two axes multiply, the others are batches.
    /// Source: ONNX operator `MatMul`, versions 1 to 13.
    mutating func importMatMul(_ node: NodeContext) throws(ONNXError) -> Int {
        try node.expectInputs(2...2)
        return try multiplied(try node.operand(0), try node.operand(1))
    }

    mutating func multiplied(_ first: Int, _ second: Int) throws(ONNXError) -> Int {
        let (leftShape, rightShape) = (shape(first), shape(second))
        guard let inner = leftShape.last, !rightShape.isEmpty else { throw node.shapeMismatch }
        let left = leftShape.count == 1 ? try reshaped(first, [1, inner]) : first
        let right = rightShape.count == 1 ? try reshaped(second, rightShape + [1]) : second
        let product = try matrixProduct(left, right)
        var result = shape(product)
        if rightShape.count == 1 { result.removeLast() }
        if leftShape.count == 1 {
            result.remove(at: result.count - (rightShape.count == 1 ? 1 : 2))
        }
        return try reshaped(product, result)
    }

    /// A triangle of ones. Source: ONNX operator `CumSum`, versions 11 and 14.
    mutating func importCumSum(_ node: NodeContext) throws(ONNXError) -> Int {
        try node.expectInputs(2...2)
        let input = try node.operand(0)
        let stated = try constantIntegers(node, 1, "an axis")
        guard stated.count == 1,
            let axis = NodeContext.axis(stated[0], rank: shape(input).count)
        else { throw node.shapeMismatch }
        let isReverse = try node.flag("reverse")
        let least = try node.flag("exclusive") ? 1 : 0
        let size = shape(input)[axis]
        guard Shape.elementCount([size, size], max: 1 << 20) != nil else {
            throw node.unsupported("more than 1024 elements")
        }
        let ones = (0..<size).flatMap { output in
            (0..<size).map { source -> Float in
                let distance = isReverse ? source - output : output - source
                return distance >= least ? 1 : 0
            }
        }
        return try dense(input, axis: axis, ones, outputs: size)
    }

    /// The transform as a matrix over real and imaginary parts, at constant lengths.
    /// Source: ONNX operator `DFT`, versions 17 and 20.
    mutating func importDFT(_ node: NodeContext) throws(ONNXError) -> Int {
        try node.expectInputs(1...3)
        let input = try node.operand(0)
        let given = shape(input)
        let isInverse = try node.flag("inverse")
        guard given.count >= 2, given[given.count - 1] <= 2 else { throw node.shapeMismatch }
        var axis = try node.axis(default: 1, rank: given.count)
        if opset >= 20 {
            let stated = try optionalIntegers(node, 2, "an axis")?.first ?? -2
            guard let place = NodeContext.axis(stated, rank: given.count) else {
                throw node.invalid("axis")
            }
            axis = place
        }
        let stated = try optionalIntegers(node, 1, "a length")?.first
        guard axis < given.count - 1, stated.map({ (1...1024).contains($0) }) ?? true,
            given[axis] <= 1024
        else { throw node.unsupported("a length above 1024") }
        let length = stated.map { Int($0) } ?? given[axis]
        let isHalf = try node.flag("onesided")
        guard !(isHalf && isInverse) else { throw node.unsupported("a half inverse") }
        let outputs = isHalf ? length / 2 + 1 : length
        let parts = given[given.count - 1]
        let weights = GraphBuilder.transform(
            outputs: outputs, inputs: min(given[axis], length), length: length, parts: parts,
            isInverse: isInverse)
        // The transformed axis and the parts become one, behind the others.
        let cut = try sliced(input, axis: axis, from: 0, count: min(given[axis], length))
        let last = try moved(cut, axis: axis, to: given.count - 2)
        let outer = Array(shape(last).dropLast(2))
        let flat = try reshaped(last, outer + [min(given[axis], length) * parts])
        let result = try dense(flat, weights, outputs: outputs * 2)
        return try moved(
            try reshaped(result, outer + [outputs, 2]), axis: given.count - 2, to: axis)
    }

    private static func transform(
        outputs: Int, inputs: Int, length: Int, parts: Int, isInverse: Bool
    ) -> [Float] {
        let factor = isInverse ? 1 / Double(length) : 1
        var weights: [Float] = []
        for output in 0..<outputs {
            for isImaginary in [false, true] {
                for input in 0..<inputs {
                    let turns = Double(output * input % length) / Double(length)
                    let angle = (isInverse ? 2 : -2) * Double.pi * turns
                    let cosine = UnaryFunction.cos.evaluate(angle) * factor
                    let sine = UnaryFunction.sin.evaluate(angle) * factor
                    let pair = isImaginary ? [sine, cosine] : [cosine, -sine]
                    weights += pair.prefix(parts).map { Float($0) }
                }
            }
        }
        return weights
    }

    /// One of the branches, by a condition from the file. Source: ONNX operator `If`.
    mutating func importIf(_ node: NodeContext) throws(ONNXError) -> [Int] {
        try node.expectInputs(1...1)
        guard let condition = integers(try node.operand(0)) else {
            throw node.unsupported("a condition that is no constant")
        }
        guard condition.count == 1 else { throw node.shapeMismatch }
        let results = try buildBranch(
            try node.graph(condition[0] != 0 ? "then_branch" : "else_branch"))
        guard results.count == node.outputs.count else { throw node.shapeMismatch }
        return results
    }

    /// The identity outside training; nothing is dropped, so the mask is all ones.
    /// Source: ONNX operator `Dropout`, versions 1 to 22.
    mutating func importDropout(_ node: NodeContext) throws(ONNXError) -> [Int] {
        try node.expectInputs(1...3)
        let input = try node.operand(0)
        if let mode = node.optionalOperand(2) {
            guard let isTraining = integers(mode) else { throw node.unsupported("training") }
            let ratio = node.optionalOperand(1).map { numbers($0) ?? [1] } ?? [0.5]
            guard isTraining == [0] || ratio == [0] else { throw node.unsupported("training") }
        }
        guard node.wantsOutput(1) else { return [input] }
        let ones = [Int64](repeating: 1, count: Shape.elementCount(shape(input)))
        let element: ONNXElement = opset < 10 ? element(input) : .boolean
        return [
            input, try addNumbers(ones.map { Float($0) }, shape(input), element),
        ]
    }
}
