// Operations that pass integers on: what they join has to have one format.
extension IntegerGraphBuilder {
    mutating func addMove(_ operation: FloatOperation, _ site: Site) throws(QuantiseError) -> Int {
        let shape = graph.values[site.value].shape
        switch operation {
        case .maxPool(let window): return try moved(.maxPool(window), site)
        case .transpose(let permutation): return try moved(.transpose(permutation), site)
        case .reshape:
            let source = try relabelled(site)
            return try append(.reshape(shape), [source], label: label(site))
        case .expand: return try moved(.expand(shape), site)
        case .slice(let starts, let steps):
            return try moved(.slice(starts: starts, steps: steps, counts: shape), site)
        case .gather(let axis, let indices):
            return try moved(.gather(axis: axis, indices: indices), site)
        case .reduce(let reduction, let axes):
            return try moved(
                .reduceExtremum(axes: axes, isMinimum: reduction == .minimum), site)
        case .concat(let axis):
            let operands = try joined(site.inputs, site)
            guard operands.count > 1 else {
                return try append(.reshape(shape), operands, label: label(site))
            }
            return try append(.concat(axis: axis), operands, label: label(site))
        case .extremum(let isMinimum):
            return try append(
                .extremum(isMinimum: isMinimum), try joined(site.inputs, site), label: label(site))
        case .select:
            let condition = try condition(site)
            let operands = try joined(Array(site.inputs.dropFirst()), site)
            return try append(.select, [condition] + operands, label: label(site))
        case .pad(let before, let after, let interior, let value):
            return try addPad(site, before, after, interior, value)
        case .take(let axis): return try addTake(site, axis: axis)
        default: preconditionFailure("every other primitive has its own function")
        }
    }

    private mutating func moved(
        _ operation: IntegerOperation, _ site: Site
    ) throws(QuantiseError) -> Int {
        try append(operation, [try tensor(of: site.inputs[0])], label: label(site))
    }

    /// The operand of a reshape, which may turn real numbers into integers.
    private mutating func relabelled(_ site: Site) throws(QuantiseError) -> Int {
        let source = try tensor(of: site.inputs[0])
        guard isExact(site.value), assembly.type(of: source).scaleExponent != 0 else {
            return source
        }
        return try converted(source, to: try format(of: site.value), label: part(of: site))
    }

    /// Several values in one format.
    ///
    /// Where they have one already it stays, if the constants among them fit; else it is the
    /// result's, but no finer than the finest of them.
    private mutating func joined(
        _ values: [Int], _ site: Site
    ) throws(QuantiseError) -> [Int] {
        var formats: [ElementFormat] = []
        for value in values where !isConstant(value) {
            formats.append(format(ofTensor: try tensor(of: value)))
        }
        var common = try format(of: site.value)
        if let first = formats.first, formats.allSatisfy({ $0 == first }),
            values.allSatisfy({ fits($0, first) })
        {
            common = first
        } else if isExact(site.value) {
            common = ElementFormat(element: .signed16, scaleExponent: 0)
        } else if let finest = formats.map(\.scaleExponent).max(),
            !values.contains(where: isConstant)
        {
            common = ElementFormat(
                element: common.element, scaleExponent: min(common.scaleExponent, finest))
        }
        var operands: [Int] = []
        for value in values { operands.append(try tensor(of: value, as: common, site)) }
        return operands
    }

    /// Whether a constant keeps its numbers in a format, but for rounding and what is clipped.
    private func fits(_ value: Int, _ format: ElementFormat) -> Bool {
        guard isConstant(value) else { return true }
        let range = plan.range(of: value, calibration)
        let unit = Scale.power(format.scaleExponent)
        let bounds = format.element.bounds
        return !range.hasNegativeInfinity && !range.hasPositiveInfinity
            && range.low * unit >= Double(bounds.lowerBound)
            && range.high * unit <= Double(bounds.upperBound + 1)
    }

    /// A condition is zero or one.
    private mutating func condition(_ site: Site) throws(QuantiseError) -> Int {
        let tensor = try tensor(of: site.inputs[0])
        let type = assembly.type(of: tensor)
        if type.scaleExponent == 0, type.range.lowerBound >= 0, type.range.upperBound <= 1 {
            return tensor
        }
        let bit = ElementFormat(element: .unsigned8, scaleExponent: 0)
        let isZero = try addTable(tensor, bit, .isZero, factor: 1, part(of: site))
        return try addTable(isZero, bit, .isZero, factor: 1, part(of: site))
    }

    private mutating func addPad(
        _ site: Site, _ before: [Int], _ after: [Int], _ interior: [Int], _ value: Float
    ) throws(QuantiseError) -> Int {
        var source = try tensor(of: site.inputs[0])
        var format = format(ofTensor: source)
        let scaled = Double(value) * Scale.power(format.scaleExponent)
        let bounds = format.element.bounds
        if scaled < Double(bounds.lowerBound) || scaled > Double(bounds.upperBound + 1) {
            // Where nobody tells masks from small numbers the format is fine, if it has a sign.
            format = try self.format(of: site.value)
            source = try converted(source, to: format, label: part(of: site))
        }
        let integer = Scale.quantise(
            value.isNaN ? 0 : Double(value), format.scaleExponent, format.element.bounds)
        return try append(
            .pad(before: before, after: after, interior: interior, value: Int32(integer)),
            [source], label: label(site))
    }

    /// Indices are kept inside the axis: the analysis wants proof that they are.
    private mutating func addTake(_ site: Site, axis: Int) throws(QuantiseError) -> Int {
        let source = try tensor(of: site.inputs[0])
        let count = Int64(assembly.type(of: source).shape[axis])
        var indices = try tensor(of: site.inputs[1])
        let type = assembly.type(of: indices)
        if type.scaleExponent != 0 || type.range.lowerBound < 0 || type.range.upperBound >= count {
            indices = try converted(
                indices, to: ElementFormat(element: .signed16, scaleExponent: 0),
                within: 0...min(count - 1, 32_767), label: part(of: site))
        }
        return try append(.take(axis: axis), [source, indices], label: label(site))
    }
}
