extension GraphBuilder {
    /// Constant positions inside `0..<size`; negative ones count from the end.
    private func positions(
        _ operand: Int, size: Int, _ node: NodeContext
    ) throws(ONNXError) -> [Int]? {
        guard let given = integers(operand) else { return nil }
        var result: [Int] = []
        result.reserveCapacity(given.count)
        for index in given {
            guard let place = NodeContext.axis(index, rank: size) else {
                throw node.unsupported("position \(index) of \(size)")
            }
            result.append(place)
        }
        return result
    }

    /// Source: ONNX operator `Gather`, versions 1 to 13.
    mutating func importGather(_ node: NodeContext) throws(ONNXError) -> Int {
        try node.expectInputs(2...2)
        let input = try node.operand(0)
        let operand = try node.operand(1)
        let given = shape(input)
        guard !given.isEmpty else { throw node.shapeMismatch }
        let axis = try node.axis(default: 0, rank: given.count)
        var target = given
        target.replaceSubrange(axis...axis, with: shape(operand))
        if let indices = try positions(operand, size: given[axis], node) {
            return try reshaped(try gathered(input, axis: axis, indices), target)
        }
        guard kind(operand) == .integer else { throw node.unsupported("positions of other types") }
        let places = try unary(.position(count: given[axis]), operand)
        return try emit(.take(axis: axis), [input, places], target)
    }

    /// Source: ONNX operator `GatherElements`, versions 11 and 13.
    mutating func importGatherElements(_ node: NodeContext) throws(ONNXError) -> Int {
        try node.expectInputs(2...2)
        let input = try node.operand(0)
        let operand = try node.operand(1)
        let (given, target) = (shape(input), shape(operand))
        guard given.count == target.count, !given.isEmpty else { throw node.shapeMismatch }
        let axis = try node.axis(default: 0, rank: given.count)
        guard given.indices.allSatisfy({ $0 == axis || target[$0] <= given[$0] }) else {
            throw node.shapeMismatch
        }
        guard let places = try positions(operand, size: given[axis], node) else {
            return try elementsChosen(input, operand, axis: axis, node)
        }
        let strides = Shape.strides(given)
        var indices: [Int] = []
        indices.reserveCapacity(places.count)
        var steps = strides
        steps[axis] = 0
        Shape.forEach(target, steps: steps) { index, offset in
            indices.append(offset + places[index] * strides[axis])
        }
        return try flatGather(input, indices, to: target)
    }

    /// With positions of the run: the sum over all places of what stands there, where chosen.
    private mutating func elementsChosen(
        _ input: Int, _ operand: Int, axis: Int, _ node: NodeContext
    ) throws(ONNXError) -> Int {
        var source = input
        for other in shape(input).indices where other != axis {
            source = try sliced(
                source, axis: other, from: 0, count: shape(operand)[other])
        }
        let size = shape(input)[axis]
        guard size <= 256 else { throw node.unsupported("positions of the run over 256 places") }
        let places = try unary(.position(count: size), operand)
        var result = try expanded(
            try sliced(source, axis: axis, from: 0, count: 1), to: shape(operand))
        for place in 1..<max(size, 1) {
            let isHere = try compared(
                .equal, places, try addIntegers([Int64(place)], [], element(operand)))
            result = try selected(
                isHere, try sliced(source, axis: axis, from: place, count: 1), result)
        }
        return result
    }

    /// Elements at constant places of the tensor as a list.
    mutating func flatGather(
        _ input: Int, _ indices: [Int], to target: [Int]
    ) throws(ONNXError) -> Int {
        let flat = try reshaped(input, [Shape.elementCount(shape(input))])
        return try reshaped(try gathered(flat, axis: 0, indices), target)
    }

    /// Source: ONNX operator `GatherND`, versions 11 to 13.
    mutating func importGatherND(_ node: NodeContext) throws(ONNXError) -> Int {
        try node.expectInputs(2...2)
        let input = try node.operand(0)
        let operand = try node.operand(1)
        let batch = try node.integer("batch_dims", default: 0)
        let (given, places) = (shape(input), shape(operand))
        guard (0..<Int64(max(min(given.count, places.count), 1))).contains(batch),
            let depth = places.last, !given.isEmpty
        else { throw node.invalid("batch_dims") }
        let shared = Int(batch)
        guard places[..<shared] == given[..<shared], depth >= 1, shared + depth <= given.count
        else { throw node.shapeMismatch }
        guard let indices = integers(operand) else {
            throw node.unsupported("positions of the run")
        }
        let strides = Shape.strides(given)
        let slab = Shape.elementCount(given[(shared + depth)...])
        let perBatch = Shape.elementCount(places[shared...].dropLast())
        var starts: [Int] = []
        for row in 0..<indices.count / depth {
            var start = row / max(perBatch, 1) * Shape.elementCount(given[shared...])
            for part in 0..<depth {
                let size = given[shared + part]
                guard let place = NodeContext.axis(indices[row * depth + part], rank: size)
                else { throw node.unsupported("a position outside") }
                start += place * strides[shared + part]
            }
            starts.append(start / max(slab, 1))
        }
        let flat = try reshaped(input, [Shape.elementCount(given[..<(shared + depth)]), slab])
        return try reshaped(
            try gathered(flat, axis: 0, starts),
            Array(places.dropLast()) + given[(shared + depth)...])
    }

    /// Source: ONNX operator `Compress`, versions 9 and 11, with a condition from the file.
    mutating func importCompress(_ node: NodeContext) throws(ONNXError) -> Int {
        try node.expectInputs(2...2)
        var input = try node.operand(0)
        let condition = try constantIntegers(node, 1, "a condition")
        if !node.has("axis") { input = try reshaped(input, [Shape.elementCount(shape(input))]) }
        guard !shape(input).isEmpty else { throw node.shapeMismatch }
        let axis = try node.axis(default: 0, rank: shape(input).count)
        guard condition.count <= shape(input)[axis] else { throw node.shapeMismatch }
        return try gathered(input, axis: axis, condition.indices.filter { condition[$0] != 0 })
    }
}
