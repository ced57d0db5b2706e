extension GraphBuilder {
    /// The `Reduce` family. Nil where the operator is none of it.
    ///
    /// Axes are an attribute before version 18 (13 for `ReduceSum`) and an input since.
    mutating func importReduction(_ node: NodeContext) throws(ONNXError) -> Int? {
        guard node.operation.utf8.starts(with: "Reduce".utf8) else { return nil }
        guard GraphBuilder.reductions.contains(node.operation) else { return nil }
        try node.expectInputs(1...2)
        let input = try node.operand(0)
        let rank = shape(input).count
        var axes = try statedAxes(node, rank: rank) ?? []
        if axes.isEmpty {
            // Without axes: nothing or everything.
            if try node.flag("noop_with_empty_axes") { return input }
            axes = Array(0..<rank)
        }
        guard !axes.contains(where: { shape(input)[$0] == 0 }) || isConstant(input) else {
            throw node.unsupported("a tensor without elements")
        }
        let result = try reduced(node.operation, input, axes.sorted())
        if try node.flag("keepdims", default: true) { return result }
        return try reshaped(
            result,
            shape(result).enumerated().filter { !axes.contains($0.offset) }.map(\.element))
    }

    private static let reductions = [
        "ReduceSum", "ReduceMean", "ReduceMax", "ReduceMin", "ReduceProd", "ReduceL1", "ReduceL2",
        "ReduceLogSum", "ReduceLogSumExp", "ReduceSumSquare",
    ]

    private mutating func reduced(
        _ operation: String, _ input: Int, _ axes: [Int]
    ) throws(ONNXError) -> Int {
        switch operation {
        case "ReduceMax": return try reduced(.maximum, input, axes)
        case "ReduceMin": return try reduced(.minimum, input, axes)
        case "ReduceMean": return try mean(input, axes)
        case "ReduceProd":
            var result = input
            for axis in axes { result = try multiplied(result, axis: axis) }
            return result
        case "ReduceL1": return try reduced(.sum, try unary(.absolute, input), axes)
        case "ReduceL2":
            let squares = try reduced(.sum, try product(input, input), axes)
            return try unary(.sqrt, squares)
        case "ReduceSumSquare": return try reduced(.sum, try product(input, input), axes)
        case "ReduceLogSum": return try unary(.log, try reduced(.sum, input, axes))
        case "ReduceLogSumExp":
            // The largest goes out first, so that the exponentials stay within one.
            let largest = try reduced(.maximum, input, axes)
            let powers = try unary(.exp, try difference(input, largest))
            return try sum(largest, try unary(.log, try reduced(.sum, powers, axes)))
        default: return try reduced(.sum, input, axes)
        }
    }
}
