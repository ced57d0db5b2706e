// Which integers stand for a value, and how they become others.
extension IntegerGraphBuilder {
    /// The format that suits a value's range.
    func format(of value: Int) throws(QuantiseError) -> ElementFormat {
        if plan.isLoose[value] {
            return try realFormat(of: value, isWide: plan.isWide[value])
        }
        switch graph.values[value].kind {
        case .boolean: return ElementFormat(element: .unsigned8, scaleExponent: 0)
        case .integer:
            let range = calibration.ranges[value]
            let bounds = ElementType.signed16.bounds
            guard range.low >= Double(bounds.lowerBound), range.high <= Double(bounds.upperBound),
                !range.hasNegativeInfinity, !range.hasPositiveInfinity
            else { throw .integerOutOfRange(value: graph.values[value].name) }
            return ElementFormat(element: .signed16, scaleExponent: 0)
        case .real: return try realFormat(of: value, isWide: plan.isWide[value])
        }
    }

    func realFormat(of value: Int, isWide: Bool) throws(QuantiseError) -> ElementFormat {
        let range = plan.range(of: value, calibration)
        guard !range.hasNegativeInfinity, !range.hasPositiveInfinity else {
            throw .notFinite(value: graph.values[value].name)
        }
        let element: ElementType =
            isWide ? .signed16 : range.isNegative ? .signed8 : .unsigned8
        // Sixteen bits have room for outliers.
        let largest =
            isWide ? max(range.largest, range.high, -range.low) : range.largest
        var exponent = Scale.exponent(largest: largest, max: element.bounds.upperBound)
        if plan.isStrict[value],
            range.high * Scale.power(exponent) > Double(element.bounds.upperBound)
        {
            exponent -= 1
        }
        return ElementFormat(element: element, scaleExponent: exponent)
    }

    func format(ofTensor tensor: Int) -> ElementFormat {
        let type = assembly.type(of: tensor)
        return ElementFormat(element: type.element, scaleExponent: type.scaleExponent)
    }

    func isExact(_ value: Int) -> Bool {
        graph.values[value].kind != .real && !plan.isLoose[value]
    }

    func isConstant(_ value: Int) -> Bool { graph.values[value].constant != nil }

    /// The tensor that stands for a value; a constant in the format that suits it.
    mutating func tensor(of value: Int) throws(QuantiseError) -> Int {
        if let tensor = tensors[value] { return tensor }
        guard isConstant(value) else { preconditionFailure("nodes stand in topological order") }
        var format = try format(of: value)
        if graph.values[value].kind == .real, !plan.isWide[value] {
            let range = plan.range(of: value, calibration)
            format = ElementFormat(
                element: .signed8, scaleExponent: Scale.exponent(largest: range.largest, max: 127))
        }
        return try constant(value, as: format)
    }

    /// A constant value in a format; beyond its bounds it saturates.
    mutating func constant(_ value: Int, as format: ElementFormat) throws(QuantiseError) -> Int {
        let bounds = format.element.bounds
        let key = Conversion(source: value, isConstant: true, format: format, bounds: bounds)
        if let tensor = conversions[key] { return tensor }
        let elements = graph.values[value].constant ?? []
        let part = IntegerConstant(
            shape: graph.values[value].shape, element: format.element,
            scaleExponent: format.scaleExponent,
            values: elements.map {
                Int16(Scale.quantise(Double($0), format.scaleExponent, bounds))
            })
        let tensor: Int
        do { tensor = try assembly.add(constant: part) } catch { throw .graph(error) }
        remember(key, tensor)
        return tensor
    }

    private mutating func remember(_ key: Conversion, _ tensor: Int) {
        conversions[key] = tensor
        conversionLog.append(key)
    }

    /// A value in a given format.
    mutating func tensor(
        of value: Int, as format: ElementFormat, _ site: Site
    ) throws(QuantiseError) -> Int {
        if isConstant(value) { return try constant(value, as: format) }
        return try converted(
            try tensor(of: value), to: format, label: .init(name: site.name, value: value))
    }

    /// A tensor in another format, within bounds: the tensor itself where nothing changes.
    mutating func converted(
        _ tensor: Int, to format: ElementFormat, within bounds: ClosedRange<Int64>? = nil,
        label: GraphAssembly.Label
    ) throws(QuantiseError) -> Int {
        let wanted = bounds ?? format.element.bounds
        let type = assembly.type(of: tensor)
        if self.format(ofTensor: tensor) == format, wanted.lowerBound <= type.range.lowerBound,
            type.range.upperBound <= wanted.upperBound
        {
            return tensor
        }
        let key = Conversion(source: tensor, isConstant: false, format: format, bounds: wanted)
        if let known = conversions[key] { return known }
        var current = tensor
        var exponent = type.scaleExponent
        // Steps that one shift and one weight can take; all but the last saturate at sixteen bits.
        let shiftMax = format.element == .signed16 ? 14 : 20
        let coarsest = format.scaleExponent + shiftMax
        let finest = format.scaleExponent - 5
        while exponent > coarsest || exponent < finest {
            exponent =
                exponent > coarsest ? max(coarsest, exponent - 14) : min(finest, exponent + 5)
            let middle = ElementFormat(element: .signed16, scaleExponent: exponent)
            current = try rescaled(current, middle, ElementType.signed16.bounds, label)
        }
        let result = try rescaled(current, format, wanted, label)
        remember(key, result)
        return result
    }

    /// One affine node of a single weight.
    private mutating func rescaled(
        _ tensor: Int, _ format: ElementFormat, _ bounds: ClosedRange<Int64>,
        _ label: GraphAssembly.Label
    ) throws(QuantiseError) -> Int {
        let drop = assembly.type(of: tensor).scaleExponent - format.scaleExponent
        let weight: Int8 = drop >= 1 ? 1 : 1 << Int8(1 - drop)
        let linear = assembly.number(of: IntegerLinear(weights: [weight], bias: [0]))
        return try append(
            .affine(linear: linear, inner: 1), [tensor], format,
            Requantisation(
                shifts: [UInt8(max(1, drop))], low: Int32(bounds.lowerBound),
                high: Int32(bounds.upperBound)), label: label)
    }

    /// An operand with its lowest bits dropped; no value where it stands for none.
    mutating func narrowed(
        _ value: Int?, _ tensor: Int, by drop: Int, _ site: Site
    ) throws(QuantiseError) -> Int {
        if drop == 0 { return tensor }
        let type = assembly.type(of: tensor)
        let exponent = type.scaleExponent - drop
        if let value, isConstant(value) {
            return try constant(
                value, as: ElementFormat(element: type.element, scaleExponent: exponent))
        }
        let low = type.range.lowerBound >> Int64(drop)
        // What rounds up to one more than the bits hold saturates instead.
        let isFull = type.range.upperBound == type.element.bounds.upperBound
        let half = isFull ? 0 : Int64(1) << Int64(drop - 1)
        let bounds = low...(type.range.upperBound + half) >> Int64(drop)
        return try converted(
            tensor, to: ElementFormat(element: type.element, scaleExponent: exponent),
            within: bounds, label: .init(name: site.name, value: value))
    }

    /// The operand of a layer of many products: eight bits where the options say so.
    mutating func layerOperand(_ value: Int, _ site: Site) throws(QuantiseError) -> Int {
        let tensor = try tensor(of: value)
        guard options.activations == .eightBits, !isExact(value),
            assembly.type(of: tensor).element == .signed16
        else { return tensor }
        return try self.tensor(of: value, as: try realFormat(of: value, isWide: false), site)
    }

    func requantisation(
        _ shifts: [Int], _ format: ElementFormat, _ site: Site
    ) throws(QuantiseError) -> Requantisation {
        guard shifts.allSatisfy(Requantisation.shiftRange.contains) else {
            throw .unrepresentable(node: site.name)
        }
        let bounds = try bounds(format, site)
        let isUniform = shifts.allSatisfy { $0 == shifts[0] }
        return Requantisation(
            shifts: (isUniform ? [shifts[0]] : shifts).map { UInt8($0) },
            low: Int32(bounds.lowerBound), high: Int32(bounds.upperBound))
    }

    /// The integers that a result may have.
    func bounds(
        _ format: ElementFormat, _ site: Site
    ) throws(QuantiseError) -> ClosedRange<Int64> {
        if graph.values[site.value].kind == .boolean { return 0...1 }
        let bounds = try calibratedBounds(format, site)
        guard case .clamp(let low, let high) = site.clamp else { return bounds }
        let least = low.map { Scale.quantise(Double($0), format.scaleExponent, bounds) }
        let most = high.map { Scale.quantise(Double($0), format.scaleExponent, bounds) }
        let bottom = least ?? bounds.lowerBound
        return bottom...max(bottom, most ?? bounds.upperBound)
    }

    /// The element's integers, or fewer where the scale is coarser than the value's range asks for:
    /// the range stays, and what reads the result need not provide for more.
    private func calibratedBounds(
        _ format: ElementFormat, _ site: Site
    ) throws(QuantiseError) -> ClosedRange<Int64> {
        let bounds = format.element.bounds
        guard !isExact(site.value) else { return bounds }
        let wanted = try self.format(of: site.value)
        let drop = Int64(wanted.scaleExponent - format.scaleExponent)
        guard drop > 0, wanted.element == format.element else { return bounds }
        let high = min(bounds.upperBound, max(1, (bounds.upperBound + 1) >> drop))
        return bounds.lowerBound >> drop...high
    }

    /// Whether a value goes to results only, perhaps through moves, so that it can stay wide.
    func isResultOnly(_ site: Site) -> Bool {
        var value = site.value
        guard site.clamp == nil, graph.values[value].kind != .boolean else { return false }
        while readers[value].count == 1, !graph.outputs.contains(value) {
            let reader = graph.nodes[readers[value][0]]
            switch reader.operation {
            case .reshape, .transpose, .maxPool, .slice, .gather, .expand, .reduce(.maximum, _),
                .reduce(.minimum, _):
                value = reader.output
                if graph.values[value].kind != graph.values[site.value].kind { return false }
            case .argExtremum: return true
            default: return false
            }
        }
        return readers[value].isEmpty && graph.outputs.contains(value)
    }
}
