extension GraphBuilder {
    /// One or two spatial axes. Source: ONNX operator `Conv`, versions 1 to 22.
    mutating func importConv(_ node: NodeContext) throws(ONNXError) -> Int {
        try node.expectInputs(2...3)
        let input = try node.operand(0)
        let kernel = try node.operand(1)
        guard let weights = floats(kernel) else {
            throw node.unsupported("weights that are no constants")
        }
        let (given, filter) = (shape(input), shape(kernel))
        guard given.count == filter.count else { throw node.shapeMismatch }
        let groups = try node.integer("group", default: 1)
        guard groups >= 1, groups <= Int64(given[1]) else { throw node.invalid("group") }
        let spatial = Array(filter.dropFirst(2))
        if let stated = try node.integers("kernel_shape") {
            guard stated == spatial.map({ Int64($0) }) else { throw node.invalid("kernel_shape") }
        }
        let groupCount = Int(groups)
        guard given[1] == filter[1] * groupCount, filter[0].isMultiple(of: groupCount) else {
            throw node.shapeMismatch
        }
        var bias = [Float](repeating: 0, count: filter[0])
        if let operand = node.optionalOperand(2) {
            guard let values = floats(operand) else {
                throw node.unsupported("a bias that is no constant")
            }
            guard shape(operand) == [filter[0]] else { throw node.shapeMismatch }
            bias = values
        }
        let linear = FloatLinear(weights: weights, bias: bias)
        return try sliding(input, kernel: spatial, channels: filter[0], node) { window, _, _ in
            .convolution(linear, window, groups: groupCount)
        }
    }

    /// Source: ONNX operator `MaxPool`, versions 1 to 22; the indices are not given.
    mutating func importMaxPool(_ node: NodeContext) throws(ONNXError) -> Int {
        try node.expectInputs(1...1)
        guard try node.integer("storage_order", default: 0) == 0 else {
            throw node.unsupported("column-major indices")
        }
        let input = try node.operand(0)
        return try sliding(
            input, kernel: try kernelShape(node), channels: nil, mustTouch: true, node
        ) { window, _, _ in .maxPool(window) }
    }

    mutating func importGlobalMaxPool(_ node: NodeContext) throws(ONNXError) -> Int {
        try node.expectInputs(1...1)
        let input = try node.operand(0)
        let plane = Array(shape(input).dropFirst(2))
        return try sliding(input, kernel: plane, channels: nil, mustTouch: true, node) {
            window, _, _ in .maxPool(window)
        }
    }

    /// A mean is a convolution whose weights are all one over the size.
    /// Source: ONNX operator `AveragePool`, versions 1 to 22.
    mutating func importAveragePool(_ node: NodeContext) throws(ONNXError) -> Int {
        try node.expectInputs(1...1)
        let countsPadding = try node.integer("count_include_pad", default: 0) != 0
        let reachesOut = try node.integer("ceil_mode", default: 0) != 0
        guard !(countsPadding && reachesOut) else {
            throw node.unsupported("counted padding with partial windows")
        }
        return try averaged(
            try node.operand(0), kernel: try kernelShape(node),
            paddingIsCounted: countsPadding, node)
    }

    /// Source: ONNX operator `GlobalAveragePool`, versions 1 to 22.
    mutating func importGlobalAveragePool(_ node: NodeContext) throws(ONNXError) -> Int {
        try node.expectInputs(1...1)
        let input = try node.operand(0)
        return try averaged(
            input, kernel: Array(shape(input).dropFirst(2)), paddingIsCounted: true, node)
    }

    private mutating func averaged(
        _ input: Int, kernel: [Int], paddingIsCounted: Bool, _ node: NodeContext
    ) throws(ONNXError) -> Int {
        guard shape(input).count > 2 else { throw node.shapeMismatch }
        let channels = shape(input)[1]
        guard let count = Shape.elementCount(kernel, max: limits.windowSizeMax),
            let weightCount = Shape.elementCount(
                [channels, count], max: limits.elementCountMax)
        else { throw .shapeTooLarge(tensor: node.output) }
        let linear = FloatLinear(
            weights: [Float](repeating: 1 / Float(count), count: weightCount),
            bias: [Float](repeating: 0, count: channels))
        var corrections: [Float] = []
        let mean = try sliding(
            input, kernel: kernel, channels: channels, mustTouch: !paddingIsCounted, node
        ) { window, plane, size in
            if !paddingIsCounted, window.isPadded {
                corrections = window.tapCounts(over: plane, size).map {
                    Float(count) / Float($0)
                }
            }
            return .convolution(linear, window, groups: channels)
        }
        // Where the window hangs over the border, the divisor is what lies inside.
        if corrections.isEmpty { return mean }
        let zeros = [Float](repeating: 0, count: corrections.count)
        return try affine(mean, corrections, zeros, inner: 1, node)
    }

    private func kernelShape(_ node: NodeContext) throws(ONNXError) -> [Int] {
        guard let stated = try node.integers("kernel_shape") else {
            throw node.invalid("kernel_shape")
        }
        guard stated.allSatisfy({ (1...Int64(limits.windowSizeMax)).contains($0) }) else {
            throw node.invalid("kernel_shape")
        }
        return stated.map { Int($0) }
    }

    /// Lifts one spatial axis to two, works out the window and emits the operation.
    private mutating func sliding(
        _ input: Int, kernel: [Int], channels: Int?, mustTouch: Bool = false,
        _ node: NodeContext,
        _ operation: (Window, _ plane: PlaneSize, _ size: PlaneSize) -> FloatOperation
    ) throws(ONNXError) -> Int {
        let given = shape(input)
        guard given.count == 3 || given.count == 4 else {
            throw node.unsupported("\(given.count - 2) spatial axes")
        }
        guard kernel.count == given.count - 2 else { throw node.shapeMismatch }
        let axes = try SpatialAxis.read(
            node, sizes: Array(given.dropFirst(2)), kernel: kernel, limits: limits)
        let window = SpatialAxis.window(axes)
        guard window.isValid(max: limits.windowSizeMax) else { throw node.invalid("pads") }
        let plane = PlaneSize(
            height: given.count == 4 ? given[2] : 1, width: given[given.count - 1])
        guard let size = window.output(over: plane) else { throw node.shapeMismatch }
        // Checked before the sweep below, whose cost grows with the output.
        guard
            Shape.elementCount([size.height, size.width], max: limits.elementCountMax) != nil
        else { throw .shapeTooLarge(tensor: node.output) }
        if mustTouch {
            guard window.touchesEverywhere(plane) else {
                throw node.unsupported("windows that lie in the padding")
            }
        }
        let batch = [given[0], channels ?? given[1]]
        let lifted = try reshaped(
            input, [given[0], given[1], plane.height, plane.width], node)
        let result = try emit(
            operation(window, plane, size), [lifted], shape: batch + [size.height, size.width], node
        )
        let flat = given.count == 4 ? [size.height, size.width] : [size.width]
        return try reshaped(result, batch + flat, node)
    }
}

/// How a kernel slides along one axis.
private struct SpatialAxis {
    var size: Int
    var kernel: Int
    var stride = 1
    var dilation = 1
    var padBefore = 0
    var padAfter = 0

    static func read(
        _ node: NodeContext, sizes: [Int], kernel: [Int], limits: InferenceLimits
    ) throws(ONNXError) -> [SpatialAxis] {
        var axes = zip(sizes, kernel).map { SpatialAxis(size: $0, kernel: $1) }
        let count = axes.count
        let strides = try numbers(node, "strides", count, default: 1, 1, limits)
        let dilations = try numbers(node, "dilations", count, default: 1, 1, limits)
        let pads = try numbers(node, "pads", count * 2, default: 0, 0, limits)
        let padding = try node.text("auto_pad", default: "NOTSET")
        let isCeiling = try node.integer("ceil_mode", default: 0) != 0
        for index in axes.indices {
            axes[index].stride = strides[index]
            axes[index].dilation = dilations[index]
            switch padding {
            case "NOTSET":
                axes[index].padBefore = pads[index]
                axes[index].padAfter = pads[index + count]
                if isCeiling { axes[index].reachCeiling() }
            case "VALID": break
            case "SAME_UPPER": axes[index].keepSize(extraAfter: true)
            case "SAME_LOWER": axes[index].keepSize(extraAfter: false)
            default: throw node.invalid("auto_pad")
            }
        }
        return axes
    }

    private static func numbers(
        _ node: NodeContext, _ name: String, _ count: Int, default value: Int, _ min: Int64,
        _ limits: InferenceLimits
    ) throws(ONNXError) -> [Int] {
        guard let given = try node.integers(name) else {
            return [Int](repeating: value, count: count)
        }
        guard given.count == count,
            given.allSatisfy({ (min...Int64(limits.windowSizeMax)).contains($0) })
        else { throw node.invalid(name) }
        return given.map { Int($0) }
    }

    static func window(_ axes: [SpatialAxis]) -> Window {
        func pair(_ part: (SpatialAxis) -> Int, _ alone: Int) -> PlaneSize {
            axes.count == 2
                ? PlaneSize(height: part(axes[0]), width: part(axes[1]))
                : PlaneSize(height: alone, width: part(axes[0]))
        }
        return Window(
            kernel: pair(\.kernel, 1), strides: pair(\.stride, 1), dilations: pair(\.dilation, 1),
            padsBefore: pair(\.padBefore, 0), padsAfter: pair(\.padAfter, 0))
    }

    private var reach: Int { (kernel - 1) * dilation + 1 }

    /// Pads so that there are `ceil(size / stride)` positions.
    private mutating func keepSize(extraAfter: Bool) {
        let positions = (size + stride - 1) / stride
        let total = max(0, (positions - 1) * stride + reach - size)
        padBefore = extraAfter ? total / 2 : total - total / 2
        padAfter = total - padBefore
    }

    /// Pads the end so that the last, partial window counts; it must begin before the end padding.
    private mutating func reachCeiling() {
        let padded = size + padBefore + padAfter
        guard padded >= reach, !(padded - reach).isMultiple(of: stride) else { return }
        let start = ((padded - reach) / stride + 1) * stride
        if start < size + padBefore { padAfter = start + reach - size - padBefore }
    }
}
