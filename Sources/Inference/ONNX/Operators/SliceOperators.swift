extension GraphBuilder {
    /// Source: ONNX operator `Concat`, versions 1 to 13; before 4 the axis is one by default.
    mutating func importConcat(_ node: NodeContext) throws(ONNXError) -> Int {
        try node.expectInputs(1...limits.nodeInputCountMax)
        var inputs: [Int] = []
        for index in 0..<node.operandCount { inputs.append(try node.operand(index)) }
        let first = shape(inputs[0])
        guard !first.isEmpty else { throw node.shapeMismatch }
        guard opset < 4 || node.has("axis") else { throw node.invalid("axis") }
        let axis = try node.axis(default: 1, rank: first.count)
        for input in inputs {
            let other = shape(input)
            guard other.count == first.count,
                other.indices.allSatisfy({ $0 == axis || other[$0] == first[$0] })
            else { throw node.shapeMismatch }
        }
        return try concatenated(inputs, axis: axis)
    }

    /// Source: ONNX operator `Slice`: attributes before version 10, inputs since.
    mutating func importSlice(_ node: NodeContext) throws(ONNXError) -> Int {
        let input = try node.operand(0)
        var starts: [Int64]
        var ends: [Int64]
        var axes: [Int64]?
        var steps: [Int64]?
        if opset < 10 {
            try node.expectInputs(1...1)
            starts = try node.integers("starts") ?? []
            ends = try node.integers("ends") ?? []
            axes = try node.integers("axes")
        } else {
            try node.expectInputs(3...5)
            starts = try constantIntegers(node, 1, "a start")
            ends = try constantIntegers(node, 2, "an end")
            axes = try optionalIntegers(node, 3, "an axis")
            steps = try optionalIntegers(node, 4, "a step")
        }
        let given = shape(input)
        let places = axes ?? (0..<Int64(starts.count)).map { $0 }
        guard starts.count == ends.count, places.count == starts.count,
            steps.map({ $0.count == starts.count }) ?? true, starts.count <= limits.rankMax
        else { throw node.shapeMismatch }
        var result = input
        var seen: [Int] = []
        for index in starts.indices {
            guard let axis = NodeContext.axis(places[index], rank: given.count),
                !seen.contains(axis)
            else { throw node.invalid("axes") }
            seen.append(axis)
            let step = steps?[index] ?? 1
            guard step != 0 else { throw node.invalid("steps") }
            result = try sliced(
                result, axis: axis, from: starts[index], to: ends[index], by: step)
        }
        return result
    }

    /// As numpy slices: bounds are kept inside, steps may go backwards.
    private mutating func sliced(
        _ input: Int, axis: Int, from start: Int64, to end: Int64, by step: Int64
    ) throws(ONNXError) -> Int {
        let size = Int64(shape(input)[axis])
        func inside(_ bound: Int64) -> Int64 {
            let place = bound < 0 ? bound &+ size : bound
            return step > 0 ? min(max(place, 0), size) : min(max(place, -1), size - 1)
        }
        let first = inside(start)
        let last = inside(end)
        let reach = step > 0 ? last - first : first - last
        let pace = Int64(min(step.magnitude, UInt64(max(size, 1))))
        let count = reach > 0 ? (reach + pace - 1) / pace : 0
        if step > 0, count > 0 {
            return try sliced(
                input, axis: axis, from: Int(first), count: Int(count), by: Int(pace))
        }
        return try gathered(
            input, axis: axis,
            (0..<count).map { Int(step > 0 ? first + $0 * pace : first - $0 * pace) })
    }

    /// Source: ONNX operator `Split`: sizes are an attribute before version 13.
    mutating func importSplit(_ node: NodeContext) throws(ONNXError) -> [Int] {
        try node.expectInputs(1...2)
        let input = try node.operand(0)
        guard !shape(input).isEmpty else { throw node.shapeMismatch }
        let axis = try node.axis(default: 0, rank: shape(input).count)
        let size = shape(input)[axis]
        var stated = try node.integers("split")
        if stated == nil { stated = try optionalIntegers(node, 1, "a size") }
        var sizes: [Int]
        if let stated {
            sizes = try checkedSizes(stated, node)
        } else {
            let parts = try node.integer("num_outputs", default: Int64(node.outputs.count))
            guard (1...Int64(max(size, 1))).contains(parts) else {
                throw node.invalid("num_outputs")
            }
            // The last part takes what is left.
            let each = (size + Int(parts) - 1) / Int(parts)
            sizes = (0..<Int(parts)).map { min(each, max(size - $0 * each, 0)) }
        }
        guard sizes.reduce(0, +) == size, sizes.count == node.outputs.count else {
            throw node.shapeMismatch
        }
        var results: [Int] = []
        var start = 0
        for size in sizes {
            results.append(try sliced(input, axis: axis, from: start, count: size))
            start += size
        }
        return results
    }

    private func checkedSizes(
        _ sizes: [Int64], _ node: NodeContext
    ) throws(ONNXError) -> [Int] {
        guard sizes.count <= limits.nodeInputCountMax,
            sizes.allSatisfy({ (0...Int64(limits.elementCountMax)).contains($0) })
        else { throw node.invalid("split") }
        return sizes.map { Int($0) }
    }

    /// Source: ONNX operator `Pad`: attributes before version 11, inputs since.
    mutating func importPad(_ node: NodeContext) throws(ONNXError) -> Int {
        let input = try node.operand(0)
        var stated: [Int64]
        var value: Float = 0
        if opset < 11 {
            try node.expectInputs(1...1)
            stated = try node.integers(opset < 2 ? "paddings" : "pads") ?? []
            value = try node.float("value", default: 0)
        } else {
            try node.expectInputs(2...4)
            stated = try constantIntegers(node, 1, "a padding")
            if node.optionalOperand(2) != nil { value = try constantNumber(node, 2, "a value") }
        }
        let rank = shape(input).count
        let axes =
            opset < 18
            ? Array(0..<rank)
            : (try statedAxes(node, rank: rank, operand: 3)) ?? Array(0..<rank)
        guard stated.count == axes.count * 2,
            stated.allSatisfy({ $0.magnitude <= UInt64(limits.elementCountMax) })
        else { throw node.shapeMismatch }
        let mode = try node.text("mode", default: "constant")
        var result = input
        var before = [Int](repeating: 0, count: rank)
        var after = before
        for (index, axis) in axes.enumerated() {
            (before[axis], after[axis]) = (Int(stated[index]), Int(stated[index + axes.count]))
        }
        // Negative ones cut.
        for axis in 0..<rank where before[axis] < 0 || after[axis] < 0 {
            let start = max(-before[axis], 0)
            let count = shape(result)[axis] - start - max(-after[axis], 0)
            guard count >= 1 else { throw node.shapeMismatch }
            result = try sliced(result, axis: axis, from: start, count: count)
        }
        before = before.map { max($0, 0) }
        after = after.map { max($0, 0) }
        guard mode != "constant" else {
            guard value.isFinite || isConstant(input) else {
                throw .notFinite(tensor: node.output)
            }
            return try padded(result, before: before, after: after, value: value)
        }
        return try padded(result, before, after, mode: mode, node)
    }

    /// Padding that repeats elements is a gather along each axis.
    private mutating func padded(
        _ input: Int, _ before: [Int], _ after: [Int], mode: String, _ node: NodeContext
    ) throws(ONNXError) -> Int {
        var result = input
        for axis in before.indices where before[axis] + after[axis] > 0 {
            let size = shape(result)[axis]
            guard size >= 1, size + before[axis] + after[axis] <= limits.elementCountMax else {
                throw .shapeTooLarge(tensor: node.output)
            }
            let places = -before[axis]..<size + after[axis]
            let indices: [Int]
            switch mode {
            case "edge": indices = places.map { min(max($0, 0), size - 1) }
            case "wrap": indices = places.map { ($0 % size + size) % size }
            case "reflect":
                let period = max(2 * (size - 1), 1)
                indices = places.map { place in
                    let rest = (place % period + period) % period
                    return min(rest, max(period - rest, 0)) % size
                }
            default: throw node.invalid("mode")
            }
            result = try gathered(result, axis: axis, indices)
        }
        return result
    }

    /// Source: ONNX operator `Expand`, versions 8 and 13.
    mutating func importExpand(_ node: NodeContext) throws(ONNXError) -> Int {
        try node.expectInputs(2...2)
        let input = try node.operand(0)
        let wanted = try checkedShape(try constantIntegers(node, 1, "a shape"), node)
        guard let target = Broadcast.shape([shape(input), wanted]) else {
            throw node.shapeMismatch
        }
        return try expanded(input, to: target)
    }

    /// Source: ONNX operator `Tile`, versions 6 and 13; `tiles` and `axis` before.
    mutating func importTile(_ node: NodeContext) throws(ONNXError) -> Int {
        let input = try node.operand(0)
        var repeats: [Int64]
        if opset < 6 {
            try node.expectInputs(3...3)
            let axis = try node.axis(
                try constantIntegers(node, 2, "an axis").first ?? 0, rank: shape(input).count)
            repeats = shape(input).map { _ in 1 }
            repeats[axis] = try constantIntegers(node, 1, "a number of tiles").first ?? 1
        } else {
            try node.expectInputs(2...2)
            repeats = try constantIntegers(node, 1, "a number of repeats")
        }
        guard repeats.count == shape(input).count,
            repeats.allSatisfy({ (0...Int64(limits.elementCountMax)).contains($0) })
        else { throw node.shapeMismatch }
        var result = input
        for (axis, count) in repeats.enumerated() where count != 1 {
            let given = shape(result)
            var lifted = given
            lifted.insert(1, at: axis)
            var wide = lifted
            wide[axis] = Int(count)
            let (size, overflow) = given[axis].multipliedReportingOverflow(by: Int(count))
            guard !overflow, lifted.count <= limits.rankMax else {
                throw .shapeTooLarge(tensor: node.output)
            }
            let spread = try expanded(try reshaped(result, lifted), to: wide)
            var target = given
            target[axis] = size
            result = try reshaped(spread, target)
        }
        return result
    }

    /// Source: ONNX operator `CenterCropPad`, version 18.
    mutating func importCenterCropPad(_ node: NodeContext) throws(ONNXError) -> Int {
        try node.expectInputs(2...2)
        var result = try node.operand(0)
        let rank = shape(result).count
        let wanted = try checkedShape(try constantIntegers(node, 1, "a shape"), node)
        let axes = try statedAxes(node, rank: rank, operand: 2) ?? Array(0..<rank)
        guard wanted.count == axes.count, !wanted.contains(0) else { throw node.shapeMismatch }
        for (axis, size) in zip(axes, wanted) {
            let given = shape(result)[axis]
            if given >= size {
                result = try sliced(
                    result, axis: axis, from: (given - size) / 2, count: size)
            } else {
                var before = [Int](repeating: 0, count: rank)
                var after = before
                before[axis] = (size - given) / 2
                after[axis] = size - given - before[axis]
                result = try padded(result, before: before, after: after)
            }
        }
        return result
    }

    /// Source: ONNX operator `ReverseSequence`, version 10, with lengths from the file.
    mutating func importReverseSequence(_ node: NodeContext) throws(ONNXError) -> Int {
        try node.expectInputs(2...2)
        let input = try node.operand(0)
        let given = shape(input)
        guard given.count >= 2 else { throw node.shapeMismatch }
        let batch = try node.axis("batch_axis", default: 1, rank: given.count)
        let time = try node.axis("time_axis", default: 0, rank: given.count)
        let lengths = try constantIntegers(node, 1, "a length")
        guard batch + time == 1, lengths.count == given[batch],
            lengths.allSatisfy({ (0...Int64(given[time])).contains($0) })
        else { throw node.shapeMismatch }
        var indices: [Int] = []
        for row in 0..<given[0] {
            for column in 0..<given[1] {
                let (item, step) = batch == 0 ? (row, column) : (column, row)
                let length = Int(lengths[item])
                let source = step < length ? length - 1 - step : step
                indices.append(
                    batch == 0 ? item * given[1] + source : source * given[1] + item)
            }
        }
        let flat = try reshaped(input, [given[0] * given[1]] + given.dropFirst(2))
        return try reshaped(try gathered(flat, axis: 0, indices), given)
    }

    /// Zeros on one side of a diagonal. Source: ONNX operator `Trilu`, version 14.
    mutating func importTrilu(_ node: NodeContext) throws(ONNXError) -> Int {
        try node.expectInputs(1...2)
        let input = try node.operand(0)
        let given = shape(input)
        guard given.count >= 2 else { throw node.shapeMismatch }
        let isUpper = try node.flag("upper", default: true)
        let offset = try optionalIntegers(node, 1, "a diagonal")?.first ?? 0
        let (rows, columns) = (given[given.count - 2], given[given.count - 1])
        let mask = (0..<rows).flatMap { row in
            (0..<columns).map { column -> Int64 in
                let distance = Int64(column) - Int64(row)
                return (isUpper ? distance >= offset : distance <= offset) ? 1 : 0
            }
        }
        let zero = try addNumbers([0], [], element(input))
        guard rows * columns > 0 else { return input }
        return try selected(try addIntegers(mask, [rows, columns], .boolean), input, zero)
    }
}

extension NodeContext {
    fileprivate func axis(_ given: Int64, rank: Int) throws(ONNXError) -> Int {
        guard let axis = NodeContext.axis(given, rank: rank) else { throw invalid("axis") }
        return axis
    }
}
