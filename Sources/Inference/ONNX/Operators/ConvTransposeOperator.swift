extension GraphBuilder {
    /// Zeros between the elements, then a convolution with the kernel turned round.
    /// Source: ONNX operator `ConvTranspose`, versions 1 to 22.
    mutating func importConvTranspose(_ node: NodeContext) throws(ONNXError) -> Int {
        try node.expectInputs(2...3)
        let input = try node.operand(0)
        let kernel = try node.operand(1)
        guard let weights = floats(kernel) else {
            throw node.unsupported("weights that are no constants")
        }
        let (given, filter) = (shape(input), shape(kernel))
        let groups = try node.integer("group", default: 1)
        guard given.count == filter.count, given.count >= 3, given[1] == filter[0], groups >= 1,
            groups <= Int64(given[1]), given[1].isMultiple(of: Int(groups))
        else { throw node.shapeMismatch }
        let outputs = filter[1] * Int(groups)
        var bias = [Float](repeating: 0, count: outputs)
        if let operand = node.optionalOperand(2) {
            guard let values = floats(operand) else {
                throw node.unsupported("a bias that is no constant")
            }
            guard shape(operand) == [outputs] else { throw node.shapeMismatch }
            bias = values
        }
        let axes = try TransposedAxis.read(
            node, sizes: Array(given.dropFirst(2)), kernel: Array(filter.dropFirst(2)),
            limits: limits)
        if groups == 1, axes.count == 2, axes.allSatisfy(\.isTiling) {
            return try tiled(input, weights, bias, axes)
        }
        let turned = GraphBuilder.turned(weights, filter, groups: Int(groups))
        let spread = try self.spread(input, axes)
        let sliding = axes.enumerated().map { index, axis in
            var result = SpatialAxis(size: shape(spread)[index + 2], kernel: axis.kernel)
            result.dilation = axis.dilation
            result.padBefore = max(axis.before, 0)
            result.padAfter = max(axis.after, 0)
            return result
        }
        return try convolved(
            spread, FloatLinear(weights: turned, bias: bias), sliding, groups: Int(groups))
    }

    /// Zeros in between, and what the padding cuts off.
    private mutating func spread(
        _ input: Int, _ axes: [TransposedAxis]
    ) throws(ONNXError) -> Int {
        let none = [Int](repeating: 0, count: axes.count + 2)
        var result = try padded(
            input, before: none, after: none, interior: [0, 0] + axes.map { $0.stride - 1 })
        for (index, axis) in axes.enumerated() where axis.before < 0 || axis.after < 0 {
            let start = max(-axis.before, 0)
            let count = shape(result)[index + 2] - start - max(-axis.after, 0)
            guard count >= 1 else { throw node.shapeMismatch }
            result = try sliced(result, axis: index + 2, from: start, count: count)
        }
        return result
    }

    /// Kernels that tile the plane without overlap: each input element becomes one block.
    private mutating func tiled(
        _ input: Int, _ weights: [Float], _ bias: [Float], _ axes: [TransposedAxis]
    ) throws(ONNXError) -> Int {
        let given = shape(input)
        let block = axes[0].kernel * axes[1].kernel
        let outputs = bias.count
        // From `channels × outputs × block` to `outputs × block × channels`.
        let linear = FloatLinear(
            weights: FloatOperation.transpose(
                FloatTensor([given[1], outputs * block], weights), [1, 0]),
            bias: bias.flatMap { [Float](repeating: $0, count: block) })
        let point = given.dropFirst(2).map { SpatialAxis(size: $0, kernel: 1) }
        let blocks = try reshaped(
            try convolved(input, linear, point, groups: 1),
            [given[0], outputs, axes[0].kernel, axes[1].kernel, given[2], given[3]])
        return try reshaped(
            try permuted(blocks, [0, 1, 4, 2, 5, 3]),
            [given[0], outputs, given[2] * axes[0].kernel, given[3] * axes[1].kernel])
    }

    /// From `channels × outputs/groups × kernel` to `outputs × channels/groups × kernel` backwards.
    private static func turned(_ weights: [Float], _ shape: [Int], groups: Int) -> [Float] {
        let kernel = Shape.elementCount(shape.dropFirst(2))
        let channels = shape[0] / groups
        var result: [Float] = []
        result.reserveCapacity(weights.count)
        for group in 0..<groups {
            for output in 0..<shape[1] {
                for channel in 0..<channels {
                    let start = ((group * channels + channel) * shape[1] + output) * kernel
                    result += weights[start..<start + kernel].reversed()
                }
            }
        }
        return result
    }
}

/// How a kernel spreads along one axis.
private struct TransposedAxis {
    let size: Int
    let kernel: Int
    var stride = 1
    var dilation = 1
    var extra = 0
    /// Padding of the convolution that does the work; negative cuts.
    var before = 0
    var after = 0

    private var reach: Int { (kernel - 1) * dilation + 1 }

    var isTiling: Bool {
        kernel == stride && dilation == 1 && before == kernel - 1 && after == kernel - 1
    }

    static func read(
        _ node: NodeContext, sizes: [Int], kernel: [Int], limits: InferenceLimits
    ) throws(ONNXError) -> [TransposedAxis] {
        if let stated = try node.integers("kernel_shape") {
            guard stated == kernel.map({ Int64($0) }) else { throw node.invalid("kernel_shape") }
        }
        guard kernel.allSatisfy({ (1...limits.windowSizeMax).contains($0) }) else {
            throw node.invalid("kernel_shape")
        }
        let count = sizes.count
        let strides = try SpatialAxis.numbers(node, "strides", count, default: 1, 1, limits)
        let dilations = try SpatialAxis.numbers(node, "dilations", count, default: 1, 1, limits)
        let pads = try SpatialAxis.numbers(node, "pads", count * 2, default: 0, 0, limits)
        let extras = try SpatialAxis.numbers(node, "output_padding", count, default: 0, 0, limits)
        let padding = try node.text("auto_pad", default: "NOTSET")
        var wanted = try node.integers("output_shape")
        if let given = wanted, given.count == count + 2 { wanted = Array(given.dropFirst(2)) }
        guard wanted.map({ $0.count == count }) ?? true else {
            throw node.invalid("output_shape")
        }
        guard ["NOTSET", "VALID", "SAME_UPPER", "SAME_LOWER"].contains(padding) else {
            throw node.invalid("auto_pad")
        }
        var axes: [TransposedAxis] = []
        for index in 0..<count {
            var axis = TransposedAxis(size: sizes[index], kernel: kernel[index])
            axis.stride = strides[index]
            axis.dilation = dilations[index]
            axis.extra = extras[index]
            let full = axis.stride * (axis.size - 1) + axis.extra + axis.reach
            var pair = (pads[index], pads[index + count])
            var target = wanted.map { Int(clamping: $0[index]) }
            if target == nil, padding.utf8.starts(with: "SAME".utf8) {
                target = axis.size * axis.stride
            }
            if let target {
                guard (1...full + limits.windowSizeMax).contains(target) else {
                    throw node.invalid("output_shape")
                }
                let total = full - target
                // What is odd goes to the end with `SAME_UPPER`.
                let half = total >= 0 ? total / 2 : 0
                pair =
                    padding == "SAME_UPPER"
                    ? (half, total - half) : (max(total, 0) - half, min(total, 0) + half)
            }
            axis.before = axis.reach - 1 - pair.0
            axis.after = axis.reach - 1 - pair.1 + axis.extra
            guard full - pair.0 - pair.1 >= 1 else { throw node.shapeMismatch }
            axes.append(axis)
        }
        return axes
    }
}
