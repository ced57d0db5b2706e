// Layers with weights. A tensor or each output channel has a scale for its weights.
extension IntegerGraphBuilder {
    /// How many bits a layer gives up: of its operand, of its weights, and of the powers of two by
    /// which a channel may be finer than the coarsest.
    private struct LinearStep {
        var drop = 0
        var weightBits = 8
        var spread = 8
    }

    /// The spread goes first, then the operand's bits, then the weights': they have none to spare.
    private func linearSteps(_ element: ElementType) -> [LinearStep] {
        let spreads = options.perChannel ? [8, 6, 4, 2, 0] : [0]
        let isWide = element == .signed16
        let narrow =
            isWide
            ? (1...6).map { ($0, 8) } + [(6, 7), (7, 7), (7, 6), (8, 6), (8, 5), (8, 4)]
            : [(0, 7), (0, 6), (1, 6), (1, 5), (2, 5), (2, 4), (3, 4), (4, 4)]
        return spreads.map { LinearStep(spread: $0) }
            + narrow.map { LinearStep(drop: $0.0, weightBits: $0.1, spread: 0) }
    }

    mutating func addLinear(
        _ linear: FloatLinear, _ site: Site, _ operation: (Int) -> IntegerOperation
    ) throws(QuantiseError) -> Int {
        let source = try layerOperand(site.inputs[0], site)
        return try addLinear(linear, site, source, operation)
    }

    mutating func addLinear(
        _ linear: FloatLinear, _ site: Site, _ source: Int, _ operation: (Int) -> IntegerOperation
    ) throws(QuantiseError) -> Int {
        if isExact(site.value) {
            return try addExactLinear(linear, site, source, operation)
        }
        return try attempt(linearSteps(assembly.type(of: source).element)) {
            builder, step throws(QuantiseError) in
            let operand = try builder.narrowed(site.inputs[0], source, by: step.drop, site)
            return try builder.addLinear(linear, site, operand, step, operation)
        }
    }

    private mutating func addLinear(
        _ linear: FloatLinear, _ site: Site, _ operand: Int, _ step: LinearStep,
        _ operation: (Int) -> IntegerOperation
    ) throws(QuantiseError) -> Int {
        let isWide = isResultOnly(site)
        var format = try format(of: site.value)
        let type = assembly.type(of: operand)
        let exponents = try weightExponents(
            linear, site, inputExponent: type.scaleExponent,
            finest: isWide
                ? Scale.exponentRange.upperBound
                : Requantisation.shiftRange.upperBound + format.scaleExponent
                    - type.scaleExponent, step, perChannel: options.perChannel && !isWide)
        let least = type.scaleExponent + (exponents.min() ?? 0)
        let number = assembly.number(
            of: quantise(
                linear, exponents, inputExponent: type.scaleExponent,
                weightBounds(step.weightBits)))
        var label = label(site)
        label.activationBits = type.element.bitCount - step.drop
        label.weightBits = step.weightBits
        if isWide {
            let wide = ElementFormat(element: .signed32, scaleExponent: least)
            return try append(operation(number), [operand], wide, label: label)
        }
        format = ElementFormat(
            element: format.element,
            scaleExponent: min(format.scaleExponent, least - Requantisation.shiftRange.lowerBound))
        let shifts = exponents.map { type.scaleExponent + $0 - format.scaleExponent }
        return try append(
            operation(number), [operand], format, try requantisation(shifts, format, site),
            label: label)
    }

    /// Integers in, integers out: weights and biases are kept as they are.
    private mutating func addExactLinear(
        _ linear: FloatLinear, _ site: Site, _ source: Int, _ operation: (Int) -> IntegerOperation
    ) throws(QuantiseError) -> Int {
        let isWide = isResultOnly(site)
        guard let exponent = exactExponent(linear.weights, 0...6),
            linear.bias.allSatisfy({ $0 == $0.rounded(.down) && $0.magnitude < 0x1p22 })
        else { throw .unrepresentable(node: site.name) }
        // There is something to shift where the weights or the operand have a bit to spare.
        let lift =
            isWide ? 0 : max(0, 1 - exponent - assembly.type(of: source).scaleExponent)
        let operand = try converted(
            source,
            to: ElementFormat(
                element: lift > 0 ? .signed16 : assembly.type(of: source).element,
                scaleExponent: assembly.type(of: source).scaleExponent + lift),
            label: part(of: site))
        let inputExponent = assembly.type(of: operand).scaleExponent
        let number = assembly.number(
            of: quantise(
                linear, [exponent], inputExponent: inputExponent, weightBounds(8)))
        if isWide {
            let wide = ElementFormat(
                element: .signed32, scaleExponent: inputExponent + exponent)
            return try append(operation(number), [operand], wide, label: label(site))
        }
        let format = try format(of: site.value)
        return try append(
            operation(number), [operand], format,
            try requantisation([inputExponent + exponent], format, site), label: label(site))
    }

    /// The finest scale at which all numbers are integers of eight bits, if there is one.
    func exactExponent(_ numbers: [Float], _ exponents: ClosedRange<Int>) -> Int? {
        let largest = numbers.reduce(0.0) { max($0, Double($1.magnitude)) }
        return exponents.reversed().first { exponent in
            let unit = Scale.power(exponent)
            return largest * unit <= 127
                && numbers.allSatisfy { Double($0) * unit == (Double($0) * unit).rounded(.down) }
        }
    }

    private func weightBounds(_ bits: Int) -> ClosedRange<Int64> {
        let top = Int64(1) << Int64(bits - 1)
        return -top...top - 1
    }

    private func weightExponent(_ weights: ArraySlice<Float>, _ step: LinearStep) -> Int {
        let largest = weights.reduce(0.0) { max($0, Double($1.magnitude)) }
        let bounds = weightBounds(step.weightBits)
        let exponent = Scale.exponent(largest: largest, max: bounds.upperBound)
        guard largest * Scale.power(exponent) > Double(bounds.upperBound) else { return exponent }
        // The largest would saturate by a step: worth it where most weights gain a bit, but not
        // for a half, a one and their like.
        func error(_ exponent: Int) -> Double {
            weights.reduce(0) { sum, weight in
                let integer = Double(Scale.quantise(Double(weight), exponent, bounds))
                let difference = integer * Scale.power(-exponent) - Double(weight)
                return sum + difference * difference
            }
        }
        return error(exponent) <= error(exponent - 1) ? exponent : exponent - 1
    }

    /// The weight scale of the tensor, or of each output channel.
    private func weightExponents(
        _ linear: FloatLinear, _ site: Site, inputExponent: Int, finest: Int, _ step: LinearStep,
        perChannel: Bool
    ) throws(QuantiseError) -> [Int] {
        let inner = linear.innerCount
        var exponents: [Int?] = []
        for group in 0..<(perChannel ? linear.outputCount : 1) {
            let weights =
                perChannel ? group * inner..<(group + 1) * inner : linear.weights.indices
            let biases = perChannel ? group..<group + 1 : linear.bias.indices
            // A channel of zeros has no opinion.
            if linear.weights[weights].allSatisfy({ $0 == 0 }),
                linear.bias[biases].allSatisfy({ $0 == 0 })
            {
                exponents.append(nil)
                continue
            }
            var exponent = min(weightExponent(linear.weights[weights], step), finest)
            // Biases share the accumulator's scale and must leave room for the sum.
            let bias = linear.bias[biases].reduce(0.0) { max($0, Double($1.magnitude)) }
            while bias * Scale.power(inputExponent + exponent) > 0x1p28 { exponent -= 1 }
            guard exponent >= Scale.exponentRange.lowerBound else {
                throw .unrepresentable(node: site.name)
            }
            exponents.append(exponent)
        }
        let least = exponents.compactMap { $0 }.min() ?? min(0, finest)
        return exponents.map { min($0 ?? least, least + step.spread) }
    }

    private func quantise(
        _ linear: FloatLinear, _ exponents: [Int], inputExponent: Int,
        _ weightBounds: ClosedRange<Int64>
    ) -> IntegerLinear {
        let inner = linear.innerCount
        var weights: [Int8] = []
        weights.reserveCapacity(linear.weights.count)
        var bias: [Int32] = []
        for output in 0..<linear.outputCount {
            let exponent = exponents[exponents.count == 1 ? 0 : output]
            for index in output * inner..<(output + 1) * inner {
                let weight = Scale.quantise(
                    Double(linear.weights[index]), exponent, weightBounds)
                weights.append(Int8(weight))
            }
            let wide = Scale.quantise(
                Double(linear.bias[output]), inputExponent + exponent,
                ElementType.signed32.bounds)
            bias.append(Int32(wide))
        }
        return IntegerLinear(weights: weights, bias: bias)
    }

    /// A scale and an offset.
    ///
    /// One multiplier on sixteen bits needs more than a weight's eight. Unless they hold it exactly
    /// it multiplies as a factor of a sum, and a second node adds the offset.
    mutating func addAffine(
        _ multipliers: [Float], _ offsets: [Float], inner: Int, _ site: Site
    ) throws(QuantiseError) -> Int {
        let source = try tensor(of: site.inputs[0])
        let linear = FloatLinear(weights: multipliers, bias: offsets)
        let exponents = isExact(site.value) ? 0...6 : -12...24
        guard multipliers.count == 1, assembly.type(of: source).element == .signed16,
            multipliers[0] != 0, exactExponent(multipliers, exponents) == nil
        else {
            return try addLinear(linear, site, source) { .affine(linear: $0, inner: inner) }
        }
        if offsets[0] == 0 { return try addScaled(source, by: Double(multipliers[0]), site) }
        let largest = plan.range(of: site.inputs[0], calibration).largest
        let middle = ElementFormat(
            element: .signed16,
            scaleExponent: isExact(site.value)
                ? 0
                : Scale.exponent(
                    largest: largest * Double(multipliers[0].magnitude), max: 32_767))
        let scaled = try scaled(
            source, by: Double(multipliers[0]), to: middle, isWide: false,
            bounds: middle.element.bounds, site, part(of: site))
        let shift = FloatLinear(weights: [1], bias: offsets)
        return try addLinear(shift, site, scaled) { .affine(linear: $0, inner: 1) }
    }

    /// The value of a site as a multiple of a tensor.
    private mutating func addScaled(
        _ source: Int, by factor: Double, _ site: Site
    ) throws(QuantiseError) -> Int {
        let format = try format(of: site.value)
        return try scaled(
            source, by: factor, to: format, isWide: isResultOnly(site),
            bounds: try bounds(format, site), site, label(site))
    }

    /// A multiple of a tensor, with a factor of up to thirteen bits.
    private mutating func scaled(
        _ source: Int, by factor: Double, to wanted: ElementFormat, isWide: Bool,
        bounds: ClosedRange<Int64>, _ site: Site, _ label: GraphAssembly.Label
    ) throws(QuantiseError) -> Int {
        try attempt(Array((3...13).reversed())) { builder, bits throws(QuantiseError) in
            // The factor has `bits` bits: 2^(bits-1) ≤ |factor| · 2^exponent < 2^bits.
            let exponent = bits - 1 - Int(factor.exponent)
            let product = factor * Scale.power(exponent)
            let integer = Int32(
                Scale.quantise(factor, exponent, ElementType.signed32.bounds))
            guard !builder.isExact(site.value) || product == Double(integer) else {
                throw .unrepresentable(node: site.name)
            }
            let least = builder.assembly.type(of: source).scaleExponent + exponent
            if isWide {
                let wide = ElementFormat(element: .signed32, scaleExponent: least)
                return try builder.append(
                    .sum(left: integer, right: 0), [source, source], wide, label: label)
            }
            let shift = least - wanted.scaleExponent
            guard Requantisation.shiftRange.contains(shift) else {
                throw .unrepresentable(node: site.name)
            }
            return try builder.append(
                .sum(left: integer, right: 0), [source, source], wanted,
                Requantisation(
                    shifts: [UInt8(shift)], low: Int32(bounds.lowerBound),
                    high: Int32(bounds.upperBound)), label: label)
        }
    }
}
