// Linear layers and matrix products.
extension GraphBuilder {
    /// `y[r, o] = Σ x[r, i] · weights[o, i]` over the last axis.
    mutating func dense(
        _ input: Int, _ weights: [Float], outputs: Int, bias: [Float]? = nil
    ) throws(ONNXError) -> Int {
        guard weights.allSatisfy(\.isFinite) else { throw .notFinite(tensor: node.output) }
        let linear = FloatLinear(
            weights: weights, bias: bias ?? [Float](repeating: 0, count: outputs))
        return try emit(.dense(linear), [input], shape(input).dropLast() + [outputs])
    }

    /// The same constant map along any axis.
    mutating func dense(
        _ input: Int, axis: Int, _ weights: [Float], outputs: Int
    ) throws(ONNXError) -> Int {
        let last = shape(input).count - 1
        let moved = try moved(input, axis: axis, to: last)
        return try self.moved(
            try dense(moved, weights, outputs: outputs), axis: last, to: axis)
    }

    /// The product of two tensors of rank two or more, as the cheapest operation that gives it.
    mutating func matrixProduct(_ left: Int, _ right: Int) throws(ONNXError) -> Int {
        let (leftShape, rightShape) = (shape(left), shape(right))
        let inner = leftShape[leftShape.count - 1]
        let rows = leftShape[leftShape.count - 2]
        let columns = rightShape[rightShape.count - 1]
        guard rightShape[rightShape.count - 2] == inner else { throw node.shapeMismatch }
        guard inner > 0, rows > 0, columns > 0 else {
            throw node.unsupported("a tensor without elements")
        }
        if rightShape.count == 2, isConstant(right), !isConstant(left) {
            if let rows = try rowsTaken(left, right) { return rows }
            let flipped = try transposed(right)
            return try dense(left, numbers(flipped) ?? [], outputs: columns)
        }
        if leftShape.count == 2, rightShape.count == 2, !isConstant(right),
            let weights = numbers(left)
        {
            return try transposed(try dense(try transposed(right), weights, outputs: rows))
        }
        let (leftBatch, rightBatch) = (
            Array(leftShape.dropLast(2)), Array(rightShape.dropLast(2))
        )
        guard let batch = Broadcast.shape([leftBatch, rightBatch]) else {
            throw node.shapeMismatch
        }
        let isSimple = [leftBatch, rightBatch].allSatisfy {
            Shape.elementCount($0) == 1 || Shape.elementCount($0) == Shape.elementCount(batch)
        }
        let first = isSimple ? left : try expanded(left, to: batch + leftShape.suffix(2))
        let second = isSimple ? right : try expanded(right, to: batch + rightShape.suffix(2))
        let (firstCount, secondCount) = (
            Shape.elementCount(shape(first).dropLast(2)),
            Shape.elementCount(shape(second).dropLast(2))
        )
        let product = try emit(
            .matrixProduct,
            [
                try reshaped(first, [firstCount, rows, inner]),
                try reshaped(second, [secondCount, inner, columns]),
            ], [max(firstCount, secondCount), rows, columns])
        return try reshaped(product, batch + [rows, columns])
    }
}
