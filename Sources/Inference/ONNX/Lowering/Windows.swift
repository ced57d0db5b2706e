// Convolutions and pools over any number of spatial axes, from those over a plane.
extension GraphBuilder {
    /// A convolution with constant weights, `outputs × channels/groups × kernel`.
    mutating func convolved(
        _ input: Int, _ linear: FloatLinear, _ axes: [SpatialAxis], groups: Int
    ) throws(ONNXError) -> Int {
        guard (linear.weights + linear.bias).allSatisfy(\.isFinite) else {
            throw .notFinite(tensor: node.output)
        }
        if axes.count > 2 {
            return try unrolled(input, linear, axes, groups: groups)
        }
        let given = shape(input)
        let height = axes.count == 2 ? axes[0] : SpatialAxis(size: 1, kernel: 1)
        let lifted = try reshaped(input, [given[0], given[1], height.size, given[given.count - 1]])
        let target = [given[0], linear.outputCount] + axes.map(\.positions)
        let plane = [height.positions, axes[axes.count - 1].positions]
        let result = try emit(
            .convolution(linear, SpatialAxis.window(axes), groups: groups), [lifted],
            Array(target.prefix(2)) + plane)
        return try reshaped(result, target)
    }

    /// The first spatial axis goes into batch and channels: each of its positions becomes an item
    /// whose channels are its taps.
    private mutating func unrolled(
        _ input: Int, _ linear: FloatLinear, _ axes: [SpatialAxis], groups: Int
    ) throws(ONNXError) -> Int {
        let given = shape(input)
        let (first, rest) = (axes[0], Array(axes.dropFirst()))
        var before = [Int](repeating: 0, count: given.count)
        var after = before
        before[2] = first.padBefore
        after[2] = first.padAfter
        let padded = try padded(input, before: before, after: after)
        guard first.positions * first.kernel <= limits.elementCountMax else {
            throw .shapeTooLarge(tensor: node.output)
        }
        let taps = (0..<first.positions).flatMap { position in
            (0..<first.kernel).map { position * first.stride + $0 * first.dilation }
        }
        let sizes = rest.map(\.size)
        let windows = try reshaped(
            try gathered(padded, axis: 2, taps),
            [given[0], given[1], first.positions, first.kernel] + sizes)
        let order = [0, 2, 1, 3] + Array(4..<4 + sizes.count)
        let items = try reshaped(
            try permuted(windows, order),
            [given[0] * first.positions, given[1] * first.kernel] + sizes)
        let result = try convolved(items, linear, rest, groups: groups)
        let positions = rest.map(\.positions)
        let split = try reshaped(
            result, [given[0], first.positions, linear.outputCount] + positions)
        return try permuted(split, [0, 2, 1] + Array(3..<3 + positions.count))
    }

    /// The largest of each window; three axes are two and then one.
    mutating func maximumPooled(
        _ input: Int, _ axes: [SpatialAxis]
    ) throws(ONNXError) -> Int {
        guard axes.allSatisfy({ !$0.tapCounts(paddingIsCounted: false).contains(0) }) else {
            throw node.unsupported("windows that lie in the padding")
        }
        guard axes.count <= 3 else { throw node.unsupported("\(axes.count) spatial axes") }
        let given = shape(input)
        let channels = Array(given.prefix(2))
        let target = channels + axes.map(\.positions)
        if axes.count == 3 {
            let (depth, rest) = (axes[0], Array(axes.dropFirst()))
            let slices = try reshaped(
                input, [given[0], given[1] * depth.size] + rest.map(\.size))
            let flat = try reshaped(
                try maximumPooled(slices, rest),
                channels + [depth.size, rest[0].positions * rest[1].positions])
            let column = SpatialAxis(size: shape(flat)[3], kernel: 1)
            return try reshaped(try maximumPooled(flat, [depth, column]), target)
        }
        let height = axes.count == 2 ? axes[0].size : 1
        let positions = axes.count == 2 ? axes[0].positions : 1
        let lifted = try reshaped(input, channels + [height, given[given.count - 1]])
        let result = try emit(
            .maxPool(SpatialAxis.window(axes)), [lifted],
            channels + [positions, axes[axes.count - 1].positions])
        return try reshaped(result, target)
    }

    /// The sum of each window times `weight`, channel by channel.
    mutating func summed(
        _ input: Int, _ axes: [SpatialAxis], weight: Float
    ) throws(ONNXError) -> Int {
        let channels = shape(input)[1]
        guard
            let count = Shape.elementCount(
                [channels] + axes.map(\.kernel), max: limits.elementCountMax)
        else { throw .shapeTooLarge(tensor: node.output) }
        let linear = FloatLinear(
            weights: [Float](repeating: weight, count: count),
            bias: [Float](repeating: 0, count: channels))
        return try convolved(input, linear, axes, groups: channels)
    }

    /// The mean of each window: of all its taps, or of those inside.
    mutating func averaged(
        _ input: Int, _ axes: [SpatialAxis], paddingIsCounted: Bool
    ) throws(ONNXError) -> Int {
        let full = axes.reduce(1) { $0 * $1.kernel }
        let mean = try summed(input, axes, weight: 1 / Float(full))
        // Where the window hangs over the border, the divisor is what lies inside.
        var counts = [1]
        for axis in axes {
            let along = axis.tapCounts(paddingIsCounted: paddingIsCounted)
            counts = counts.flatMap { count in along.map { count * $0 } }
        }
        guard !counts.contains(0) else {
            throw node.unsupported("windows that lie in the padding")
        }
        if counts.allSatisfy({ $0 == full }) { return mean }
        let factors = counts.map { Float(full) / Float($0) }
        return try affine(
            mean, factors, [Float](repeating: 0, count: factors.count), inner: 1)
    }
}
