// Moves, left out where nothing moves.
extension GraphBuilder {
    /// The value under another shape with as many elements.
    mutating func reshaped(_ input: Int, _ target: [Int]) throws(ONNXError) -> Int {
        if target == shape(input) { return input }
        guard let producer = producer(of: input), case .reshape = producer.operation else {
            return try emit(.reshape, [input], target)
        }
        let source = producer.inputs[0]
        if shape(source) == target, element(source) == element(input) { return source }
        return try emit(.reshape, [source], target, as: element(input))
    }

    mutating func permuted(_ input: Int, _ permutation: [Int]) throws(ONNXError) -> Int {
        let given = shape(input)
        let target = permutation.map { given[$0] }
        if permutation == Array(permutation.indices) { return input }
        if let producer = producer(of: input), case .transpose(let first) = producer.operation {
            return try permuted(producer.inputs[0], permutation.map { first[$0] })
        }
        // Axes of size one go anywhere without moving an element.
        let large = permutation.filter { given[$0] != 1 }
        if large == large.sorted() { return try reshaped(input, target) }
        return try emit(.transpose(permutation), [input], target)
    }

    /// The last two axes exchanged.
    mutating func transposed(_ input: Int) throws(ONNXError) -> Int {
        var permutation = Array(shape(input).indices)
        permutation.swapAt(permutation.count - 1, permutation.count - 2)
        return try permuted(input, permutation)
    }

    /// One axis moved to another place, the others in order.
    mutating func moved(_ input: Int, axis: Int, to place: Int) throws(ONNXError) -> Int {
        var permutation = Array(shape(input).indices)
        permutation.remove(at: axis)
        permutation.insert(axis, at: place)
        return try permuted(input, permutation)
    }

    /// The elements at constant positions along the axis. Positions lie inside.
    mutating func gathered(
        _ input: Int, axis: Int, _ indices: [Int]
    ) throws(ONNXError) -> Int {
        var target = shape(input)
        let step = indices.count > 1 ? indices[1] - indices[0] : 1
        let isEven = indices.enumerated().allSatisfy { $1 == indices[0] + $0 * step }
        if let first = indices.first, step > 0, isEven {
            return try sliced(input, axis: axis, from: first, count: indices.count, by: step)
        }
        target[axis] = indices.count
        return try emit(.gather(axis: axis, indices: indices), [input], target)
    }

    mutating func sliced(
        _ input: Int, axis: Int, from start: Int, count: Int, by step: Int = 1
    ) throws(ONNXError) -> Int {
        var target = shape(input)
        if start == 0, step == 1, count == target[axis] { return input }
        var starts = [Int](repeating: 0, count: target.count)
        var steps = [Int](repeating: 1, count: target.count)
        starts[axis] = start
        steps[axis] = step
        target[axis] = count
        return try emit(.slice(starts: starts, steps: steps), [input], target)
    }

    /// One position along the axis, which goes away.
    mutating func picked(_ input: Int, axis: Int, at index: Int) throws(ONNXError) -> Int {
        let slab = try sliced(input, axis: axis, from: index, count: 1)
        var target = shape(slab)
        target.remove(at: axis)
        return try reshaped(slab, target)
    }

    /// All of one shape but along the axis.
    mutating func concatenated(_ inputs: [Int], axis: Int) throws(ONNXError) -> Int {
        if inputs.count == 1 { return inputs[0] }
        // Many steps of a sequence are put together by parts.
        let most = 64
        if inputs.count > most {
            var parts: [Int] = []
            for start in stride(from: 0, to: inputs.count, by: most) {
                parts.append(
                    try concatenated(
                        Array(inputs[start..<min(start + most, inputs.count)]), axis: axis))
            }
            return try concatenated(parts, axis: axis)
        }
        var target = shape(inputs[0])
        target[axis] = inputs.reduce(0) { $0 + shape($1)[axis] }
        return try emit(.concat(axis: axis), inputs, target)
    }

    /// The values along a new axis.
    mutating func stacked(_ inputs: [Int], axis: Int) throws(ONNXError) -> Int {
        var lifted: [Int] = []
        for input in inputs {
            var target = shape(input)
            target.insert(1, at: axis)
            lifted.append(try reshaped(input, target))
        }
        return try concatenated(lifted, axis: axis)
    }

    mutating func padded(
        _ input: Int, before: [Int], after: [Int], interior: [Int]? = nil, value: Float = 0
    ) throws(ONNXError) -> Int {
        let gaps = interior ?? [Int](repeating: 0, count: before.count)
        if (before + after + gaps).allSatisfy({ $0 == 0 }) { return input }
        let target = shape(input).indices.map { axis in
            before[axis] + shape(input)[axis] + max(shape(input)[axis] - 1, 0) * gaps[axis]
                + after[axis]
        }
        return try emit(
            .pad(before: before, after: after, interior: gaps, value: value), [input], target)
    }
}
