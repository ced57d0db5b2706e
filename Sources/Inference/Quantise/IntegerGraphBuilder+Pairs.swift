// Operations on two values, and sums over axes. Their accumulators' scale comes from the operands.
extension IntegerGraphBuilder {
    /// The operands of an element-wise operation. A constant beside sixteen bits gets as many.
    private mutating func pair(_ site: Site) throws(QuantiseError) -> (left: Int, right: Int) {
        var isWide = false
        for value in site.inputs where !isConstant(value) {
            if assembly.type(of: try tensor(of: value)).element == .signed16 { isWide = true }
        }
        var operands: [Int] = []
        for value in site.inputs {
            if isConstant(value), isWide, !isExact(value) {
                operands.append(
                    try constant(value, as: try realFormat(of: value, isWide: true)))
            } else {
                operands.append(try tensor(of: value))
            }
        }
        return (operands[0], operands[1])
    }

    mutating func addSum(_ site: Site, isDifference: Bool) throws(QuantiseError) -> Int {
        let operands = try pair(site)
        return try attempt(Array(isExact(site.value) ? 0...0 : 0...16)) {
            builder, drop throws(QuantiseError) in
            // The finer operand loses bits that the coarser one drowns.
            let finest =
                max(
                    builder.assembly.type(of: operands.left).scaleExponent,
                    builder.assembly.type(of: operands.right).scaleExponent) - drop
            let left = try builder.limited(site.inputs[0], operands.left, to: finest, site)
            let right = try builder.limited(site.inputs[1], operands.right, to: finest, site)
            return try builder.addSum(left, right, site, isDifference: isDifference)
        }
    }

    /// An operand no finer than a scale.
    private mutating func limited(
        _ value: Int, _ tensor: Int, to exponent: Int, _ site: Site
    ) throws(QuantiseError) -> Int {
        let drop = assembly.type(of: tensor).scaleExponent - exponent
        return try narrowed(value, tensor, by: max(0, drop), site)
    }

    private mutating func addSum(
        _ left: Int, _ right: Int, _ site: Site, isDifference: Bool
    ) throws(QuantiseError) -> Int {
        let exponents = (
            assembly.type(of: left).scaleExponent, assembly.type(of: right).scaleExponent
        )
        let finest = max(exponents.0, exponents.1)
        let isWide = isResultOnly(site)
        // Finer than its operands a sum says nothing more.
        let wanted = isWide ? nil : try format(of: site.value)
        let exponent = min(wanted?.scaleExponent ?? finest, finest)
        let shift = isWide ? 0 : max(1, finest - exponent)
        let common = exponent + shift
        guard common - exponents.0 <= 24, common - exponents.1 <= 24 else {
            throw .unrepresentable(node: site.name)
        }
        let sign: Int32 = isDifference ? -1 : 1
        let operation = IntegerOperation.sum(
            left: 1 << Int32(common - exponents.0), right: sign << Int32(common - exponents.1))
        let format = ElementFormat(
            element: wanted?.element ?? .signed32, scaleExponent: exponent)
        return try append(
            operation, [left, right], format,
            isWide ? nil : try requantisation([shift], format, site), label: label(site))
    }

    mutating func addProduct(
        _ site: Site, _ operation: IntegerOperation
    ) throws(QuantiseError) -> Int {
        var operands: (left: Int, right: Int)
        if operation == .matrixProduct {
            operands = (
                try layerOperand(site.inputs[0], site), try layerOperand(site.inputs[1], site)
            )
        } else {
            operands = try pair(site)
        }
        if isExact(site.value) {
            return try addExactProduct(operands.left, operands.right, site, operation)
        }
        return try addProduct(operands.left, operands.right, site, operation)
    }

    /// The product of two tensors as the value of a site.
    ///
    /// Bits are dropped from the operand that has more of them, one at a time, until it fits.
    private mutating func addProduct(
        _ left: Int, _ right: Int, _ site: Site, _ operation: IntegerOperation
    ) throws(QuantiseError) -> Int {
        let widths = (bits(left), bits(right))
        let steps = (0...24).map { count in
            var drops = (left: 0, right: 0)
            for _ in 0..<count {
                if widths.0 - drops.left >= widths.1 - drops.right {
                    drops.left += 1
                } else {
                    drops.right += 1
                }
            }
            return drops
        }
        return try attempt(steps) { builder, drops throws(QuantiseError) in
            // A quotient's second operand stands for no value.
            let second = site.inputs.count > 1 ? site.inputs[1] : nil
            let x = try builder.narrowed(site.inputs[0], left, by: drops.left, site)
            let y = try builder.narrowed(second, right, by: drops.right, site)
            var label = builder.label(site)
            label.activationBits = max(widths.0 - drops.left, widths.1 - drops.right)
            return try builder.addProduct(x, y, site, operation, label)
        }
    }

    /// Bits that a tensor's integers take, with their sign.
    private func bits(_ tensor: Int) -> Int {
        let range = assembly.type(of: tensor).range
        let magnitude = max(range.upperBound, -range.lowerBound - 1, 0)
        return Int64.bitWidth - magnitude.leadingZeroBitCount + (range.lowerBound < 0 ? 1 : 0)
    }

    private mutating func addProduct(
        _ left: Int, _ right: Int, _ site: Site, _ operation: IntegerOperation,
        _ label: GraphAssembly.Label
    ) throws(QuantiseError) -> Int {
        let exponent =
            assembly.type(of: left).scaleExponent + assembly.type(of: right).scaleExponent
        if isResultOnly(site) {
            let wide = ElementFormat(element: .signed32, scaleExponent: exponent)
            return try append(operation, [left, right], wide, label: label)
        }
        let wanted = try format(of: site.value)
        // There has to be something to shift: an operand of small integers makes room for it.
        var operands = (left, right)
        var lift = 0
        if exponent - wanted.scaleExponent < 1 {
            lift = try lifted(&operands, by: 1 - exponent + wanted.scaleExponent, site)
        }
        let format = ElementFormat(
            element: wanted.element,
            scaleExponent: min(wanted.scaleExponent, exponent + lift - 1))
        return try append(
            operation, [operands.0, operands.1], format,
            try requantisation([exponent + lift - format.scaleExponent], format, site),
            label: label)
    }

    /// Integers in, integers out. The operand whose range was smaller is kept within eleven bits,
    /// or both within nine where many products are summed, and is doubled to have something to
    /// shift.
    private mutating func addExactProduct(
        _ left: Int, _ right: Int, _ site: Site, _ operation: IntegerOperation
    ) throws(QuantiseError) -> Int {
        let sizes = site.inputs.map { calibration.ranges[$0].largest }
        let isLeftSmaller = sizes[0] <= sizes[1]
        let limits: (small: Int64, large: Int64) =
            operation == .product ? (2_047, 32_767) : (511, 511)
        guard min(sizes[0], sizes[1]) <= Double(limits.small),
            max(sizes[0], sizes[1]) <= Double(limits.large)
        else { throw .integerOutOfRange(value: graph.values[site.value].name) }
        let (small, large) = isLeftSmaller ? (left, right) : (right, left)
        let isWide = isResultOnly(site)
        let doubled = try converted(
            small, to: ElementFormat(element: .signed16, scaleExponent: isWide ? 0 : 1),
            within: isWide
                ? -limits.small...limits.small : -2 * limits.small...2 * limits.small,
            label: part(of: site))
        let other = try converted(
            large, to: format(ofTensor: large), within: -limits.large...limits.large,
            label: part(of: site))
        let operands = isLeftSmaller ? [doubled, other] : [other, doubled]
        if isWide {
            let wide = ElementFormat(element: .signed32, scaleExponent: 0)
            return try append(operation, operands, wide, label: label(site))
        }
        let format = try format(of: site.value)
        return try append(
            operation, operands, format, try requantisation([1], format, site),
            label: label(site))
    }

    /// Multiplies the operand with the smaller integers by a power of two, as far as wanted if that
    /// fits sixteen bits; gives the exponent.
    private mutating func lifted(
        _ operands: inout (Int, Int), by wanted: Int, _ site: Site
    ) throws(QuantiseError) -> Int {
        let widths = (bits(operands.0), bits(operands.1))
        let lift = min(wanted, 15 - min(widths.0, widths.1))
        guard lift > 0 else { return 0 }
        let operand = widths.0 < widths.1 ? operands.0 : operands.1
        let type = assembly.type(of: operand)
        let raised = try converted(
            operand,
            to: ElementFormat(element: .signed16, scaleExponent: type.scaleExponent + lift),
            label: part(of: site))
        if widths.0 < widths.1 { operands.0 = raised } else { operands.1 = raised }
        return lift
    }

    /// A quotient is the table of the reciprocal and a product.
    mutating func addDivision(_ site: Site) throws(QuantiseError) -> Int {
        // The product's rounding is not a division's.
        guard !isExact(site.value) else { throw .unrepresentable(node: site.name) }
        let divisor = try tensor(of: site.inputs[1])
        if let numerator = graph.values[site.inputs[0]].constant, let first = numerator.first,
            numerator.allSatisfy({ $0 == first }), site.clamp == nil
        {
            return try addTable(
                divisor, try format(of: site.value), .reciprocal, factor: Double(first),
                label(site))
        }
        let range = plan.range(of: site.inputs[1], calibration)
        let largest = range.smallest > 0 ? 1 / range.smallest : 1
        let reciprocal = try addTable(
            divisor,
            ElementFormat(
                element: .signed16, scaleExponent: Scale.exponent(largest: largest, max: 32_767)),
            .reciprocal, factor: 1, part(of: site))
        let numerator = try tensor(of: site.inputs[0])
        let pair = Site(
            name: site.name, inputs: [site.inputs[0]], value: site.value, clamp: site.clamp)
        return try addProduct(numerator, reciprocal, pair, .product)
    }

    mutating func addReduceSum(_ site: Site, axes: [Int]) throws(QuantiseError) -> Int {
        let source = try tensor(of: site.inputs[0])
        return try attempt(Array(isExact(site.value) ? 0...0 : 0...12)) {
            builder, drop throws(QuantiseError) in
            let operand = try builder.narrowed(site.inputs[0], source, by: drop, site)
            let exponent = builder.assembly.type(of: operand).scaleExponent
            if builder.isResultOnly(site) {
                return try builder.append(
                    .reduceSum(axes: axes, weight: 1), [operand],
                    ElementFormat(element: .signed32, scaleExponent: exponent),
                    label: builder.label(site))
            }
            let wanted = try builder.format(of: site.value)
            let format = ElementFormat(
                element: wanted.element, scaleExponent: min(wanted.scaleExponent, exponent))
            // Where nothing is to be shifted out, the weight makes it so.
            let weight: Int32 = format.scaleExponent == exponent ? 2 : 1
            let shift = exponent - format.scaleExponent + Int(weight) - 1
            return try builder.append(
                .reduceSum(axes: axes, weight: weight), [operand], format,
                try builder.requantisation([shift], format, site), label: builder.label(site))
        }
    }
}
