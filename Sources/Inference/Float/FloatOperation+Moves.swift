// How the operations that only move elements are evaluated.
extension FloatOperation {
    /// The elements of the result of an operation that computes nothing.
    func move<Element>(_ inputs: [DenseTensor<Element>], to shape: [Int]) -> [Element] {
        let first = inputs[0]
        switch self {
        case .transpose(let permutation): return FloatOperation.transpose(first, permutation)
        case .concat(let axis): return FloatOperation.concat(inputs, axis: axis, to: shape)
        case .slice(let starts, let steps):
            return FloatOperation.slice(first, starts: starts, steps: steps, to: shape)
        case .expand: return FloatOperation.expand(first, to: shape)
        case .gather(let axis, let indices):
            return FloatOperation.gather(first, axis: axis, indices)
        default: return first.elements
        }
    }

    static func transpose<Element>(
        _ input: DenseTensor<Element>, _ permutation: [Int]
    ) -> [Element] {
        let strides = Shape.strides(input.shape)
        return pick(
            input.elements, from: 0, steps: permutation.map { strides[$0] },
            counts: permutation.map { input.shape[$0] })
    }

    static func slice<Element>(
        _ input: DenseTensor<Element>, starts: [Int], steps: [Int], to shape: [Int]
    ) -> [Element] {
        let strides = Shape.strides(input.shape)
        return pick(
            input.elements, from: zip(starts, strides).reduce(0) { $0 + $1.0 * $1.1 },
            steps: zip(steps, strides).map { $0 * $1 }, counts: shape)
    }

    static func expand<Element>(
        _ input: DenseTensor<Element>, to shape: [Int]
    ) -> [Element] {
        let strides = Shape.strides(input.shape)
        return pick(
            input.elements, from: 0,
            steps: shape.indices.map { input.shape[$0] == shape[$0] ? strides[$0] : 0 },
            counts: shape)
    }

    static func concat<Element>(
        _ inputs: [DenseTensor<Element>], axis: Int, to shape: [Int]
    ) -> [Element] {
        let outer = Shape.elementCount(shape[..<axis])
        var result: [Element] = []
        result.reserveCapacity(Shape.elementCount(shape))
        for row in 0..<outer {
            for input in inputs {
                let length = Shape.elementCount(input.shape[axis...])
                result += input.elements[row * length..<(row + 1) * length]
            }
        }
        return result
    }

    static func pad<Element>(
        _ input: DenseTensor<Element>, before: [Int], interior: [Int], value: Element,
        to shape: [Int]
    ) -> [Element] {
        var result = [Element](repeating: value, count: Shape.elementCount(shape))
        let strides = Shape.strides(shape)
        let start = zip(before, strides).reduce(0) { $0 + $1.0 * $1.1 }
        let steps = zip(interior, strides).map { ($0 + 1) * $1 }
        Shape.forEach(input.shape, steps: steps) { source, target in
            result[start + target] = input.elements[source]
        }
        return result
    }

    /// `indices` are positions along the axis; the result has one slab for each.
    static func gather<Element>(
        _ input: DenseTensor<Element>, axis: Int, _ indices: [Int]
    ) -> [Element] {
        let inner = Shape.elementCount(input.shape[(axis + 1)...])
        let outer = Shape.elementCount(input.shape[..<axis])
        var result: [Element] = []
        result.reserveCapacity(outer * indices.count * inner)
        for row in 0..<outer {
            let base = row * input.shape[axis] * inner
            for index in indices {
                result += input.elements[base + index * inner..<base + (index + 1) * inner]
            }
        }
        return result
    }

    private static func pick<Element>(
        _ elements: [Element], from start: Int, steps: [Int], counts: [Int]
    ) -> [Element] {
        var result: [Element] = []
        result.reserveCapacity(Shape.elementCount(counts))
        Shape.forEach(counts, steps: steps) { _, offset in
            result.append(elements[start + offset])
        }
        return result
    }
}
