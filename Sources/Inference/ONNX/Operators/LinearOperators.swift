extension GraphBuilder {
    /// `Y = alpha · A' · B' + beta · C`. Source: ONNX operator `Gemm`, versions 7 to 13.
    mutating func importGemm(_ node: NodeContext) throws(ONNXError) -> Int {
        try node.expectInputs(2...3)
        var left = try node.operand(0)
        var right = try node.operand(1)
        guard shape(left).count == 2, shape(right).count == 2 else { throw node.shapeMismatch }
        let alpha = try node.float("alpha", default: 1)
        let beta = try node.float("beta", default: 1)
        if try node.integer("transA", default: 0) != 0 { left = try transposed(left, node) }
        if try node.integer("transB", default: 0) != 0 { right = try transposed(right, node) }
        var result = try matrixProduct(left, right, node)
        if alpha != 1 { result = try affine(result, [alpha], [0], inner: 1, node) }
        guard let addend = node.optionalOperand(2) else { return result }
        // C broadcasts to the product, never the other way round.
        guard Broadcast.fits(shape(addend), into: shape(result)) else { throw node.shapeMismatch }
        var scaled = addend
        if beta != 1 { scaled = try affine(addend, [beta], [0], inner: 1, node) }
        return try sum(result, scaled, isDifference: false, node)
    }

    /// Numpy's product: the last two axes multiply, the others are batches.
    /// Source: ONNX operator `MatMul`, versions 1 to 13.
    mutating func importMatMul(_ node: NodeContext) throws(ONNXError) -> Int {
        try node.expectInputs(2...2)
        var left = try node.operand(0)
        var right = try node.operand(1)
        let (leftShape, rightShape) = (shape(left), shape(right))
        guard let rows = leftShape.last, !rightShape.isEmpty else { throw node.shapeMismatch }
        if leftShape.count == 1 { left = try reshaped(left, [1, rows], node) }
        if rightShape.count == 1 { right = try reshaped(right, rightShape + [1], node) }
        let product = try matrixProduct(left, right, node)
        var result = shape(product)
        if rightShape.count == 1 { result.removeLast() }
        if leftShape.count == 1 {
            result.remove(at: result.count - (rightShape.count == 1 ? 1 : 2))
        }
        return try reshaped(product, result, node)
    }

    /// The product of two tensors of rank two or more, as the cheapest operation that gives it.
    private mutating func matrixProduct(
        _ left: Int, _ right: Int, _ node: NodeContext
    ) throws(ONNXError) -> Int {
        let (leftShape, rightShape) = (shape(left), shape(right))
        let inner = leftShape[leftShape.count - 1]
        let rows = leftShape[leftShape.count - 2]
        let columns = rightShape[rightShape.count - 1]
        guard rightShape[rightShape.count - 2] == inner else { throw node.shapeMismatch }
        if rightShape.count == 2, floats(right) != nil {
            let flipped = try transposed(right, node)
            guard let weights = floats(flipped) else { throw node.shapeMismatch }
            return try dense(left, weights, outputs: columns, node)
        }
        if leftShape.count == 2, rightShape.count == 2, let weights = floats(left) {
            let product = try dense(try transposed(right, node), weights, outputs: rows, node)
            return try transposed(product, node)
        }
        let leftBatch = Array(leftShape.dropLast(2))
        let rightBatch = Array(rightShape.dropLast(2))
        let leftCount = Shape.elementCount(leftBatch)
        let rightCount = Shape.elementCount(rightBatch)
        guard leftBatch == rightBatch || leftCount == 1 || rightCount == 1 else {
            throw node.unsupported("batches that broadcast axis by axis")
        }
        let product = try emit(
            .matrixProduct,
            [
                try reshaped(left, [leftCount, rows, inner], node),
                try reshaped(right, [rightCount, inner, columns], node),
            ], shape: [max(leftCount, rightCount), rows, columns], node)
        let (longer, shorter) =
            leftBatch.count >= rightBatch.count ? (leftBatch, rightBatch) : (rightBatch, leftBatch)
        let padding = [Int](repeating: 1, count: longer.count - shorter.count)
        let batch = zip(longer, padding + shorter).map { max($0, $1) }
        return try reshaped(product, batch + [rows, columns], node)
    }

    private mutating func dense(
        _ input: Int, _ weights: [Float], outputs: Int, _ node: NodeContext
    ) throws(ONNXError) -> Int {
        let linear = FloatLinear(weights: weights, bias: [Float](repeating: 0, count: outputs))
        return try emit(
            .dense(linear), [input], shape: shape(input).dropLast() + [outputs], node)
    }

    /// Source: ONNX operator `BatchNormalization`, versions 7 to 15, inference only.
    mutating func importBatchNormalization(_ node: NodeContext) throws(ONNXError) -> Int {
        try node.expectInputs(5...5)
        guard try node.integer("training_mode", default: 0) == 0 else {
            throw node.unsupported("training")
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
        return try affine(input, multipliers, offsets, inner: inner, node)
    }
}

// Pieces that several operators use.
extension GraphBuilder {
    mutating func affine(
        _ input: Int, _ multipliers: [Float], _ offsets: [Float], inner: Int, _ node: NodeContext
    ) throws(ONNXError) -> Int {
        guard (multipliers + offsets).allSatisfy(\.isFinite) else {
            throw .notFinite(tensor: node.output)
        }
        return try emit(
            .affine(multipliers: multipliers, offsets: offsets, inner: inner), [input],
            shape: shape(input), node)
    }

    /// The value under another shape with as many elements; itself where nothing changes.
    mutating func reshaped(
        _ input: Int, _ target: [Int], _ node: NodeContext
    ) throws(ONNXError) -> Int {
        target == shape(input) ? input : try emit(.reshape, [input], shape: target, node)
    }

    /// The last two axes exchanged.
    mutating func transposed(_ input: Int, _ node: NodeContext) throws(ONNXError) -> Int {
        var permutation = Array(shape(input).indices)
        permutation.swapAt(permutation.count - 1, permutation.count - 2)
        return try permuted(input, permutation, node)
    }

    mutating func permuted(
        _ input: Int, _ permutation: [Int], _ node: NodeContext
    ) throws(ONNXError) -> Int {
        try emit(
            .transpose(permutation), [input], shape: permutation.map { shape(input)[$0] }, node)
    }
}
