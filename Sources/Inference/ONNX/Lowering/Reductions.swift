// Reductions keep their axes with size one.
extension GraphBuilder {
    mutating func reduced(
        _ reduction: Reduction, _ input: Int, _ axes: [Int]
    ) throws(ONNXError) -> Int {
        var target = shape(input)
        for axis in axes { target[axis] = 1 }
        if target == shape(input) { return input }
        return try emit(.reduce(reduction, axes: axes.sorted()), [input], target)
    }

    mutating func mean(_ input: Int, _ axes: [Int]) throws(ONNXError) -> Int {
        let count = axes.reduce(1) { $0 * shape(input)[$1] }
        return try affine(try reduced(.sum, input, axes), by: 1 / Float(max(count, 1)))
    }

    /// The product over an axis by halves. Only short axes have a product that stays in range.
    mutating func multiplied(_ input: Int, axis: Int) throws(ONNXError) -> Int {
        guard shape(input)[axis] <= 64 || isConstant(input) else {
            throw node.unsupported("a product of more than 64 factors")
        }
        var rest = input
        while shape(rest)[axis] > 1 {
            let half = shape(rest)[axis] / 2
            var pair = try product(
                try sliced(rest, axis: axis, from: 0, count: half),
                try sliced(rest, axis: axis, from: half, count: half))
            if !shape(rest)[axis].isMultiple(of: 2) {
                let last = try sliced(rest, axis: axis, from: half * 2, count: 1)
                pair = try concatenated([pair, last], axis: axis)
            }
            rest = pair
        }
        return rest
    }

    /// The positions of the extremes along the axis, which stays with size one.
    mutating func positions(
        _ input: Int, axis: Int, isMinimum: Bool, takesLast: Bool = false
    ) throws(ONNXError) -> Int {
        var target = shape(input)
        target[axis] = 1
        return try emit(
            .argExtremum(axis: axis, isMinimum: isMinimum, takesLast: takesLast), [input], target,
            as: .int64)
    }

    /// Differences from the mean and the mean of their squares over the axes.
    mutating func centred(
        _ input: Int, _ axes: [Int]
    ) throws(ONNXError) -> (centred: Int, variance: Int) {
        let centred = try difference(input, try mean(input, axes))
        return (centred, try mean(try product(centred, centred), axes))
    }
}
