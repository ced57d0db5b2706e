// The shape of a node's output. Sizes come from outside: each is bounded before it is multiplied.
extension GraphAnalysis.Work {
    func outputShape(_ node: IntegerNode, at index: Int) throws(GraphError) -> [Int] {
        let shapes = node.inputs.map { types[$0].shape }
        let first = shapes[0]
        switch node.operation {
        case .maxPool(let window):
            let size = try slide(window, over: first, at: index)
            guard window.touchesEverywhere(PlaneSize(height: first[2], width: first[3])) else {
                throw .invalidWindow(node: index)
            }
            return [first[0], first[1], size.height, size.width]
        case .convolution(_, let window, _):
            let size = try slide(window, over: first, at: index)
            return try whole(linearShape(node.operation, first, size), node, index)
        case .dense, .affine: return try whole(linearShape(node.operation, first, nil), node, index)
        case .sum, .product, .matrixProduct, .extremum, .select, .concat, .take:
            return try whole(joinedShape(node.operation, shapes), node, index)
        default: return try whole(movedShape(node.operation, first), node, index)
        }
    }

    private func whole(
        _ shape: [Int]?, _ node: IntegerNode, _ index: Int
    ) throws(GraphError) -> [Int] {
        guard let shape else {
            throw .shapeMismatch(op: node.operation.name, node: index)
        }
        return shape
    }

    private func linearShape(
        _ operation: IntegerOperation, _ first: [Int], _ size: PlaneSize?
    ) -> [Int]? {
        guard let linear = operation.linear.map({ linears[$0] }) else { return nil }
        switch operation {
        case .convolution(_, let window, let groups):
            guard let size, groups >= 1, groups <= first[1],
                first[1].isMultiple(of: groups), linear.outputCount.isMultiple(of: groups),
                linear.innerCount == first[1] / groups * window.kernel.count
            else { return nil }
            return [first[0], linear.outputCount, size.height, size.width]
        case .affine(_, let inner):
            let count = Shape.elementCount(first)
            guard linear.innerCount == 1, inner >= 1, inner <= count,
                linear.outputCount <= count / inner,
                count.isMultiple(of: inner * linear.outputCount)
            else { return nil }
            return first
        default:
            guard first.last == linear.innerCount else { return nil }
            return first.dropLast() + [linear.outputCount]
        }
    }

    /// Operations on several tensors.
    private func joinedShape(_ operation: IntegerOperation, _ shapes: [[Int]]) -> [Int]? {
        let first = shapes[0]
        switch operation {
        case .matrixProduct:
            let second = shapes[1]
            guard first.count == 3, second.count == 3, first[2] == second[1],
                first[0] == second[0] || first[0] == 1 || second[0] == 1
            else { return nil }
            return [max(first[0], second[0]), first[1], second[2]]
        case .concat(let axis):
            guard first.indices.contains(axis) else { return nil }
            var shape = first
            shape[axis] = 0
            for other in shapes {
                guard other.count == first.count,
                    first.indices.allSatisfy({ $0 == axis || other[$0] == first[$0] })
                else { return nil }
                // Sizes of tensors: their sum over a list in memory fits.
                shape[axis] += other[axis]
            }
            return shape
        case .take(let axis):
            guard first.indices.contains(axis) else { return nil }
            return first[..<axis] + shapes[1] + first[(axis + 1)...]
        default: return shapes.allSatisfy { $0 == first } ? first : nil
        }
    }

    /// Operations on one tensor whose parameters say the shape.
    private func movedShape(_ operation: IntegerOperation, _ first: [Int]) -> [Int]? {
        switch operation {
        case .transpose(let permutation):
            guard permutation.count == first.count,
                first.indices.allSatisfy(permutation.contains)
            else { return nil }
            return permutation.map { first[$0] }
        case .reshape(let shape):
            let count = Shape.elementCount(first)
            return Shape.elementCount(shape, max: count) == count ? shape : nil
        case .slice(let starts, let steps, let counts):
            return isSlice(starts, steps, counts, of: first) ? counts : nil
        case .pad(let before, let after, let interior, _):
            return padded(first, before, after, interior)
        case .expand(let shape):
            guard shape.count == first.count,
                zip(shape, first).allSatisfy({ $0 == $1 || $1 == 1 })
            else { return nil }
            return shape
        case .gather(let axis, let indices):
            guard first.indices.contains(axis), !indices.isEmpty,
                indices.allSatisfy({ (0..<first[axis]).contains($0) })
            else { return nil }
            return first[..<axis] + [indices.count] + first[(axis + 1)...]
        case .reduceSum(let axes, _), .reduceExtremum(let axes, _):
            guard !axes.isEmpty, zip(axes, axes.dropFirst()).allSatisfy({ $0 < $1 }),
                axes.allSatisfy(first.indices.contains)
            else { return nil }
            return first.indices.map { axes.contains($0) ? 1 : first[$0] }
        case .argExtremum(let axis, _, _):
            // Indices are sixteen bits wide at most.
            guard first.indices.contains(axis), first[axis] <= 1 << 15 else { return nil }
            return first.indices.map { $0 == axis ? 1 : first[$0] }
        default: return first
        }
    }

    private func isSlice(
        _ starts: [Int], _ steps: [Int], _ counts: [Int], of shape: [Int]
    ) -> Bool {
        guard starts.count == shape.count, steps.count == shape.count, counts.count == shape.count
        else { return false }
        return shape.indices.allSatisfy { axis in
            let size = shape[axis]
            guard (0..<size).contains(starts[axis]), (1...size).contains(counts[axis]),
                steps[axis] != 0, (-size...size).contains(steps[axis])
            else { return false }
            return (0..<size).contains(starts[axis] + (counts[axis] - 1) * steps[axis])
        }
    }

    private func padded(
        _ shape: [Int], _ before: [Int], _ after: [Int], _ interior: [Int]
    ) -> [Int]? {
        guard before.count == shape.count, after.count == shape.count,
            interior.count == shape.count,
            (before + after + interior).allSatisfy((0...limits.elementCountMax).contains)
        else { return nil }
        return shape.indices.map { axis in
            before[axis] + after[axis] + shape[axis] + (shape[axis] - 1) * interior[axis]
        }
    }

    private func slide(
        _ window: Window, over shape: [Int], at index: Int
    ) throws(GraphError) -> PlaneSize {
        guard shape.count == 4, window.isValid(max: limits.windowSizeMax),
            let size = window.output(over: PlaneSize(height: shape[2], width: shape[3])),
            Shape.elementCount([size.height, size.width], max: limits.elementCountMax) != nil,
            window.isPaddable(shape, max: limits.elementCountMax)
        else { throw .invalidWindow(node: index) }
        return size
    }
}
