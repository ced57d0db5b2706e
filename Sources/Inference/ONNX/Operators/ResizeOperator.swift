/// How one axis is resized: each output is a sum of inputs with constant weights.
struct ResizedAxis {
    enum Mode: String {
        case nearest
        case linear
        case cubic
    }

    var size: Int
    var output: Int
    var scale: Double
    var mode = Mode.nearest
    var coordinates = "half_pixel"
    var rounding = "round_prefer_floor"
    var cubicCoefficient = -0.75
    var excludesOutside = false
    /// The part of the input that is shown, of one.
    var region: (start: Double, end: Double) = (0, 1)

    /// Where the output stands in the input; nil for a transformation that does not exist.
    func coordinate(_ index: Int) -> Double? {
        let (x, length) = (Double(index), scale * Double(size))
        switch coordinates {
        case "half_pixel": return (x + 0.5) / scale - 0.5
        case "pytorch_half_pixel": return length > 1 ? (x + 0.5) / scale - 0.5 : 0
        case "align_corners": return length == 1 ? 0 : x * Double(size - 1) / (length - 1)
        case "asymmetric": return x / scale
        case "tf_half_pixel_for_nn": return (x + 0.5) / scale
        case "half_pixel_symmetric":
            let adjustment = Double(output) / length
            let offset = Double(size) / 2 * (1 - adjustment)
            return offset + (x + 0.5) / scale - 0.5
        case "tf_crop_and_resize":
            let last = Double(size - 1)
            return output > 1
                ? region.start * last
                    + x * (region.end - region.start) * last / Double(output - 1)
                : 0.5 * (region.start + region.end) * last
        default: return nil
        }
    }

    /// Whether the region lies beyond the input there.
    func isOutside(_ coordinate: Double) -> Bool {
        coordinates == "tf_crop_and_resize" && (coordinate < 0 || coordinate > Double(size - 1))
    }

    /// The inputs that one output takes and their weights.
    func taps(_ coordinate: Double) -> [(index: Int, weight: Double)] {
        let floor = coordinate.rounded(.down)
        let fraction = coordinate - floor
        let place = Int(min(max(floor, -8), Double(size) + 8))
        switch mode {
        case .nearest: return [(inside(nearest(coordinate)), 1)]
        case .linear:
            return [(inside(place), 1 - fraction), (inside(place + 1), fraction)]
        case .cubic:
            var taps = (-1...2).map { offset in
                (
                    index: place + offset,
                    weight: cubic((Double(offset) - fraction).magnitude)
                )
            }
            if excludesOutside {
                taps.removeAll { $0.index < 0 || $0.index >= size }
                let total = taps.reduce(0) { $0 + $1.weight }
                taps = taps.map { ($0.index, $0.weight / total) }
            }
            return taps.map { (inside($0.index), $0.weight) }
        }
    }

    private func nearest(_ x: Double) -> Int {
        let rounded: Double
        switch rounding {
        case "round_prefer_ceil": rounded = (x + 0.5).rounded(.down)
        case "floor": rounded = x.rounded(.down)
        case "ceil": rounded = x.rounded(.up)
        default: rounded = (x - 0.5).rounded(.up)
        }
        return Int(min(max(rounded, 0), Double(size - 1)))
    }

    private func inside(_ index: Int) -> Int { min(max(index, 0), size - 1) }

    /// Keys' kernel at a distance below two.
    private func cubic(_ x: Double) -> Double {
        let a = cubicCoefficient
        return x <= 1
            ? ((a + 2) * x - (a + 3)) * x * x + 1 : ((a * x - 5 * a) * x + 8 * a) * x - 4 * a
    }
}

extension GraphBuilder {
    /// Source: ONNX operator `Resize`, versions 10 to 19, at sizes from the file.
    mutating func importResize(_ node: NodeContext) throws(ONNXError) -> Int {
        try node.expectInputs(1...4)
        let input = try node.operand(0)
        guard try !node.flag("antialias") else { throw node.unsupported("antialias") }
        let rank = shape(input).count
        let axes = try statedAxes(node, rank: rank, operand: 4) ?? Array(0..<rank)
        let isOld = opset < 11
        var pattern = ResizedAxis(size: 1, output: 1, scale: 1)
        pattern.mode = try resizeMode(node)
        pattern.coordinates = try node.text(
            "coordinate_transformation_mode", default: isOld ? "asymmetric" : "half_pixel")
        pattern.rounding = try node.text(
            "nearest_mode", default: isOld ? "floor" : "round_prefer_floor")
        pattern.cubicCoefficient = Double(try node.float("cubic_coeff_a", default: -0.75))
        pattern.excludesOutside = try node.flag("exclude_outside")
        let scales = try numbers(node, isOld ? 1 : 2)
        let sizes = isOld ? [] : try numbers(node, 3)
        guard (scales.isEmpty != sizes.isEmpty), max(scales.count, sizes.count) == axes.count
        else { throw node.shapeMismatch }
        let region = pattern.coordinates == "tf_crop_and_resize" ? try numbers(node, 1) : []
        guard region.isEmpty || region.count == axes.count * 2 else { throw node.shapeMismatch }
        var plan: [(axis: Int, resizing: ResizedAxis)] = []
        for (index, axis) in axes.enumerated() {
            var one = pattern
            one.size = shape(input)[axis]
            if scales.isEmpty {
                one.scale = sizes[index] / Double(one.size)
                one.output = try checkedSize(sizes[index], node)
            } else {
                one.scale = scales[index]
                one.output = try checkedSize((Double(one.size) * one.scale).rounded(.down), node)
            }
            if !region.isEmpty { one.region = (region[index], region[index + axes.count]) }
            plan.append((axis, one))
        }
        guard try node.text("keep_aspect_ratio_policy", default: "stretch") == "stretch" else {
            throw node.unsupported("a kept aspect ratio")
        }
        return try resized(input, plan, node)
    }

    /// Source: ONNX operator `Upsample`, versions 7 and 9.
    mutating func importUpsample(_ node: NodeContext) throws(ONNXError) -> Int {
        try node.expectInputs(1...2)
        let input = try node.operand(0)
        let stated = try node.floats("scales")?.map { Double($0) }
        let scales = if let stated { stated } else { try numbers(node, 1) }
        guard scales.count == shape(input).count else { throw node.shapeMismatch }
        let mode = try resizeMode(node)
        var axes: [(axis: Int, resizing: ResizedAxis)] = []
        for (axis, scale) in scales.enumerated() {
            let size = shape(input)[axis]
            var one = ResizedAxis(
                size: size, output: try checkedSize((Double(size) * scale).rounded(.down), node),
                scale: scale)
            one.mode = mode
            one.coordinates = "asymmetric"
            one.rounding = "floor"
            axes.append((axis, one))
        }
        return try resized(input, axes, node)
    }

    private func resizeMode(_ node: NodeContext) throws(ONNXError) -> ResizedAxis.Mode {
        let text = try node.text("mode", default: "nearest")
        // Its name in version 7 of `Upsample`.
        if text == "bilinear" { return .linear }
        guard let mode = ResizedAxis.Mode(rawValue: text) else { throw node.invalid("mode") }
        return mode
    }

    /// A list from the file, empty where it is left out.
    private func numbers(_ node: NodeContext, _ index: Int) throws(ONNXError) -> [Double] {
        guard let operand = node.optionalOperand(index) else { return [] }
        guard let list = numbers(operand) else {
            throw node.unsupported("a size that is no constant")
        }
        guard list.allSatisfy(\.isFinite) else { throw .notFinite(tensor: node.output) }
        return list.map { Double($0) }
    }

    private func checkedSize(_ size: Double, _ node: NodeContext) throws(ONNXError) -> Int {
        guard size >= 1, size <= Double(limits.elementCountMax) else { throw node.shapeMismatch }
        return Int(size)
    }

    private mutating func resized(
        _ input: Int, _ axes: [(axis: Int, resizing: ResizedAxis)], _ node: NodeContext
    ) throws(ONNXError) -> Int {
        var result = input
        let fill = try node.float("extrapolation_value", default: 0)
        var masks: [Int] = []
        for (axis, resizing) in axes {
            let size = shape(result)[axis]
            var rows: [[(index: Int, weight: Double)]] = []
            var outside: [Int64] = []
            for index in 0..<resizing.output {
                guard let place = resizing.coordinate(index) else {
                    throw node.invalid("coordinate_transformation_mode")
                }
                guard place.isFinite else { throw .notFinite(tensor: node.output) }
                rows.append(resizing.taps(place))
                outside.append(resizing.isOutside(place) ? 1 : 0)
            }
            if outside.contains(1) {
                var target = [Int](repeating: 1, count: shape(input).count)
                target[axis] = outside.count
                masks.append(try addIntegers(outside, target, .boolean))
            }
            if rows.allSatisfy({ $0.count == 1 || $0.contains { $0.weight == 1 } }) {
                // One input each: nothing to compute.
                let indices = rows.map { row in
                    row.first { $0.weight == 1 }?.index ?? row[0].index
                }
                result = try gathered(result, axis: axis, indices)
                continue
            }
            guard Shape.elementCount([rows.count, size], max: limits.elementCountMax) != nil else {
                throw .shapeTooLarge(tensor: node.output)
            }
            var weights = [Float](repeating: 0, count: rows.count * size)
            for (row, taps) in rows.enumerated() {
                for tap in taps { weights[row * size + tap.index] += Float(tap.weight) }
            }
            result = try dense(result, axis: axis, weights, outputs: rows.count)
        }
        for mask in masks {
            result = try selected(mask, try addNumbers([fill], [], element(input)), result)
        }
        return result
    }
}
