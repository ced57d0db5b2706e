// How the operations that only move elements are evaluated.
extension FloatOperation {
    static func transpose(_ input: FloatTensor, _ permutation: [Int]) -> [Float] {
        let strides = Shape.strides(input.shape)
        return pick(
            input.elements, from: 0, steps: permutation.map { strides[$0] },
            counts: permutation.map { input.shape[$0] })
    }

    static func slice(
        _ input: FloatTensor, starts: [Int], steps: [Int], to shape: [Int]
    ) -> [Float] {
        let strides = Shape.strides(input.shape)
        return pick(
            input.elements, from: zip(starts, strides).reduce(0) { $0 + $1.0 * $1.1 },
            steps: zip(steps, strides).map { $0 * $1 }, counts: shape)
    }

    static func expand(_ input: FloatTensor, to shape: [Int]) -> [Float] {
        let strides = Shape.strides(input.shape)
        return pick(
            input.elements, from: 0,
            steps: shape.indices.map { input.shape[$0] == shape[$0] ? strides[$0] : 0 },
            counts: shape)
    }

    static func concat(_ inputs: [FloatTensor], axis: Int, to shape: [Int]) -> [Float] {
        let outer = Shape.elementCount(shape[..<axis])
        var result: [Float] = []
        result.reserveCapacity(Shape.elementCount(shape))
        for row in 0..<outer {
            for input in inputs {
                let length = Shape.elementCount(input.shape[axis...])
                result += input.elements[row * length..<(row + 1) * length]
            }
        }
        return result
    }

    static func pad(
        _ input: FloatTensor, before: [Int], interior: [Int], value: Float, to shape: [Int]
    ) -> [Float] {
        var result = [Float](repeating: value, count: Shape.elementCount(shape))
        let strides = Shape.strides(shape)
        let start = zip(before, strides).reduce(0) { $0 + $1.0 * $1.1 }
        let steps = zip(interior, strides).map { ($0 + 1) * $1 }
        Shape.forEach(input.shape, steps: steps) { source, target in
            result[start + target] = input.elements[source]
        }
        return result
    }

    /// `indices` are positions along the axis; the result has one slab for each.
    static func gather(_ input: FloatTensor, axis: Int, _ indices: [Int]) -> [Float] {
        let inner = Shape.elementCount(input.shape[(axis + 1)...])
        let outer = Shape.elementCount(input.shape[..<axis])
        var result: [Float] = []
        result.reserveCapacity(outer * indices.count * inner)
        for row in 0..<outer {
            let base = row * input.shape[axis] * inner
            for index in indices {
                result += input.elements[base + index * inner..<base + (index + 1) * inner]
            }
        }
        return result
    }

    private static func pick(
        _ elements: [Float], from start: Int, steps: [Int], counts: [Int]
    ) -> [Float] {
        var result: [Float] = []
        result.reserveCapacity(Shape.elementCount(counts))
        Shape.forEach(counts, steps: steps) { _, offset in
            result.append(elements[start + offset])
        }
        return result
    }
}
