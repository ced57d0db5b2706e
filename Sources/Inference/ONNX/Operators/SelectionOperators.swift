extension GraphBuilder {
    /// Source: ONNX operators `ArgMax` and `ArgMin`, versions 1 to 13.
    mutating func importArgExtremum(
        _ node: NodeContext, isMinimum: Bool
    ) throws(ONNXError) -> Int {
        try node.expectInputs(1...1)
        let input = try node.operand(0)
        let axis = try node.axis(default: 0, rank: shape(input).count)
        let result = try positions(
            input, axis: axis, isMinimum: isMinimum,
            takesLast: try node.flag("select_last_index"))
        if try node.flag("keepdims", default: true) { return result }
        var target = shape(result)
        target.remove(at: axis)
        return try reshaped(result, target)
    }

    /// One where the first of the largest stands. Source: ONNX operator `Hardmax`: versions
    /// before 13 see a matrix whose columns begin at the axis.
    mutating func importHardmax(_ node: NodeContext) throws(ONNXError) -> Int {
        try node.expectInputs(1...1)
        let input = try node.operand(0)
        return try alongAxis(input, node) { builder, value, axis throws(ONNXError) in
            let places = try builder.positions(value, axis: axis, isMinimum: false)
            let range = try builder.places(builder.shape(value), axis: axis, .int64)
            return try builder.relabelled(
                try builder.compared(.equal, places, range), as: builder.element(input))
        }
    }

    /// `0 ..< size` along the axis, for comparisons.
    mutating func places(
        _ shape: [Int], axis: Int, _ element: ONNXElement, from first: Int64 = 0
    ) throws(ONNXError) -> Int {
        var target = [Int](repeating: 1, count: shape.count)
        target[axis] = shape[axis]
        return try addIntegers((0..<Int64(shape[axis])).map { first + $0 }, target, element)
    }

    /// Runs `body` on the tensor and the axis that the node means: since version 13 the axis
    /// itself (the last by default), before it all axes from there (the second by default) as one.
    mutating func alongAxis(
        _ input: Int, _ node: NodeContext,
        _ body: (inout GraphBuilder, _ value: Int, _ axis: Int) throws(ONNXError) -> Int
    ) throws(ONNXError) -> Int {
        let given = shape(input)
        if opset >= 13 {
            let axis = try node.axis(default: -1, rank: given.count)
            return try body(&self, input, axis)
        }
        let axis = try node.axis(default: given.count > 1 ? 1 : 0, rank: given.count)
        let flat = try reshaped(
            input, [Shape.elementCount(given[..<axis]), Shape.elementCount(given[axis...])])
        return try reshaped(try body(&self, flat, 1), given)
    }

    /// Source: ONNX operator `OneHot`, versions 9 and 11. Positions outside give no one.
    mutating func importOneHot(_ node: NodeContext) throws(ONNXError) -> Int {
        try node.expectInputs(3...3)
        let input = try node.operand(0)
        let depth = try constantNumber(node, 1, "a depth")
        guard depth >= 1, depth <= Float(limits.elementCountMax) else {
            throw node.shapeMismatch
        }
        let rank = shape(input).count + 1
        guard rank <= limits.rankMax else { throw .tooMany("dimensions", max: limits.rankMax) }
        let axis = try node.axis(default: -1, rank: rank)
        var lifted = shape(input)
        lifted.insert(1, at: axis)
        let indices = try reshaped(try cast(input, to: .int64), lifted)
        lifted[axis] = Int(depth)
        let isHere = try compared(
            .equal, indices, try places(lifted, axis: axis, .int64))
        let isThere = try compared(
            .equal, indices, try places(lifted, axis: axis, .int64, from: -Int64(depth)))
        let either = try emit(
            .extremum(isMinimum: false), [isHere, isThere], shape(isHere), as: .boolean)
        let values = try node.operand(2)
        guard shape(values) == [2] else { throw node.shapeMismatch }
        return try selected(
            either, try picked(values, axis: 0, at: 1), try picked(values, axis: 0, at: 0))
    }

    /// The largest one after another, each taken out before the next: for few of them.
    /// Source: ONNX operator `TopK`, versions 1 to 24.
    mutating func importTopK(_ node: NodeContext) throws(ONNXError) -> [Int] {
        try node.expectInputs(opset < 10 ? 1...1 : 2...2)
        let input = try node.operand(0)
        let axis = try node.axis(default: -1, rank: shape(input).count)
        let stated =
            opset < 10
            ? try node.integer("k", default: 0)
            : try constantIntegers(node, 1, "a count").first ?? 0
        let size = shape(input)[axis]
        guard (1...Int64(max(size, 1))).contains(stated) else { throw node.invalid("k") }
        guard stated <= 64 else { throw node.unsupported("more than 64 places") }
        let isMinimum = try !node.flag("largest", default: true)
        var rest = input
        var found: [(value: Int, place: Int)] = []
        let taken = try beyond(input, axis: axis, isMinimum: isMinimum)
        let range = try places(shape(input), axis: axis, .int64)
        for index in 0..<Int(stated) {
            let place = try positions(rest, axis: axis, isMinimum: isMinimum)
            found.append(
                (try reduced(isMinimum ? .minimum : .maximum, rest, [axis]), place))
            if index + 1 < Int(stated) {
                rest = try selected(try compared(.equal, place, range), taken, rest)
            }
        }
        return [
            try concatenated(found.map(\.value), axis: axis),
            try concatenated(found.map(\.place), axis: axis),
        ]
    }

    /// A number that every element comes before: the worst one and its distance from the best.
    private mutating func beyond(
        _ input: Int, axis: Int, isMinimum: Bool
    ) throws(ONNXError) -> Int {
        let best = try reduced(isMinimum ? .minimum : .maximum, input, [axis])
        let worst = try reduced(isMinimum ? .maximum : .minimum, input, [axis])
        if kind(input) == .integer { return try affine(worst, plus: isMinimum ? 1 : -1) }
        // Where all are equal some distance is still needed.
        let step: Float = 0x1p-6
        let distance = try extremum(
            try difference(worst, best), try addFloats([isMinimum ? step : -step], []),
            isMinimum: !isMinimum)
        return try sum(worst, distance)
    }
}
