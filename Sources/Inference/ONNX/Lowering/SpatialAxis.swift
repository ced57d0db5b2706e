/// How a kernel slides along one axis.
struct SpatialAxis {
    var size: Int
    var kernel: Int
    var stride = 1
    var dilation = 1
    var padBefore = 0
    var padAfter = 0
    /// What the file itself pads at the end, without the last partial window.
    var statedPadAfter = 0

    var reach: Int { (kernel - 1) * dilation + 1 }

    /// How many positions there are; none where the kernel does not fit.
    var positions: Int {
        let padded = size + padBefore + padAfter
        return padded < reach ? 0 : (padded - reach) / stride + 1
    }

    /// How many taps of each position lie inside, or inside and in the stated padding.
    func tapCounts(paddingIsCounted: Bool) -> [Int] {
        let inside =
            paddingIsCounted ? -padBefore..<size + statedPadAfter : 0..<size
        return (0..<positions).map { position in
            (0..<kernel).count {
                inside.contains(position * stride + $0 * dilation - padBefore)
            }
        }
    }

    static func read(
        _ node: NodeContext, sizes: [Int], kernel: [Int], limits: InferenceLimits
    ) throws(ONNXError) -> [SpatialAxis] {
        guard kernel.count == sizes.count, !sizes.isEmpty else { throw node.shapeMismatch }
        guard kernel.allSatisfy({ (1...limits.windowSizeMax).contains($0) }) else {
            throw node.invalid("kernel_shape")
        }
        var axes = zip(sizes, kernel).map { SpatialAxis(size: $0, kernel: $1) }
        let count = axes.count
        let strides = try numbers(node, "strides", count, default: 1, 1, limits)
        let dilations = try numbers(node, "dilations", count, default: 1, 1, limits)
        let pads = try numbers(node, "pads", count * 2, default: 0, 0, limits)
        let padding = try node.text("auto_pad", default: "NOTSET")
        let isCeiling = try node.flag("ceil_mode")
        for index in axes.indices {
            axes[index].stride = strides[index]
            axes[index].dilation = dilations[index]
            switch padding {
            case "NOTSET":
                axes[index].padBefore = pads[index]
                axes[index].padAfter = pads[index + count]
            case "VALID": break
            case "SAME_UPPER": axes[index].keepSize(extraAfter: true)
            case "SAME_LOWER": axes[index].keepSize(extraAfter: false)
            default: throw node.invalid("auto_pad")
            }
            axes[index].statedPadAfter = axes[index].padAfter
            if isCeiling { axes[index].reachCeiling() }
            guard axes[index].positions >= 1 else { throw node.shapeMismatch }
            guard max(axes[index].padBefore, axes[index].padAfter) <= limits.windowSizeMax else {
                throw node.invalid("pads")
            }
        }
        return axes
    }

    static func numbers(
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

    /// One or two axes as a window over a plane.
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
