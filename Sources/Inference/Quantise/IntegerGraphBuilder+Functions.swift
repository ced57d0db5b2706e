// Functions of one number, by tables; clamps; comparisons.
extension IntegerGraphBuilder {
    /// A clamp that stands alone multiplies by one or two, so that there is something to shift.
    mutating func addClamp(_ site: Site, _ clamp: FloatOperation) throws(QuantiseError) -> Int {
        let source = try tensor(of: site.inputs[0])
        let wanted = try format(of: site.value)
        let type = assembly.type(of: source)
        let format = ElementFormat(
            element: wanted.element, scaleExponent: min(wanted.scaleExponent, type.scaleExponent))
        let bounds = try bounds(
            format,
            Site(name: site.name, inputs: site.inputs, value: site.value, clamp: clamp))
        return try converted(source, to: format, within: bounds, label: label(site))
    }

    mutating func addLookup(_ site: Site, _ function: UnaryFunction) throws(QuantiseError) -> Int {
        try addTable(
            try tensor(of: site.inputs[0]), try format(of: site.value), function, factor: 1,
            label(site))
    }

    /// `factor` times a function, written out for every integer of the operand's element type.
    mutating func addTable(
        _ source: Int, _ format: ElementFormat, _ function: UnaryFunction, factor: Double,
        _ label: GraphAssembly.Label
    ) throws(QuantiseError) -> Int {
        let input = self.format(ofTensor: source)
        let key = TableKey(function: function, factor: factor, input: input, output: format)
        let table: IntegerTable
        if let known = tables[key] {
            table = known
        } else {
            table = key.table
            tables[key] = table
        }
        let number = assembly.number(of: table)
        return try append(.lookup(table: number), [source], format, label: label)
    }

    /// Zero and one by the sign of a difference; equality by a table of it.
    ///
    /// Both operands stand at the finer of their scales, so that ties are exact. Of an operand that
    /// is much coarser only the integers near the other's range count; the rest saturates.
    mutating func addComparison(
        _ site: Site, _ comparison: Comparison
    ) throws(QuantiseError) -> Int {
        var operands = (
            try comparand(site.inputs[0], besides: site.inputs[1]),
            try comparand(site.inputs[1], besides: site.inputs[0])
        )
        let exponents = (
            assembly.type(of: operands.0).scaleExponent, assembly.type(of: operands.1).scaleExponent
        )
        if exponents.0 < exponents.1 {
            operands.0 = try near(operands.1, operands.0, site)
        } else if exponents.1 < exponents.0 {
            operands.1 = try near(operands.0, operands.1, site)
        }
        let finest = max(exponents.0, exponents.1)
        guard finest - exponents.0 <= 24, finest - exponents.1 <= 24 else {
            throw .unrepresentable(node: site.name)
        }
        let factors = (
            Int32(1) << Int32(finest - exponents.0), Int32(1) << Int32(finest - exponents.1)
        )
        let bit = ElementFormat(element: .unsigned8, scaleExponent: 0)
        let inputs = [operands.0, operands.1]
        switch comparison {
        case .less:
            return try append(
                .sum(left: -factors.0, right: factors.1), inputs, bit,
                Requantisation(shifts: [1], low: 0, high: 1), label: label(site))
        case .lessOrEqual:
            // Not greater.
            let greater = try append(
                .sum(left: factors.0, right: -factors.1), inputs, bit,
                Requantisation(shifts: [1], low: 0, high: 1), label: part(of: site))
            let number = assembly.number(of: IntegerLinear(weights: [-1], bias: [1]))
            return try append(
                .affine(linear: number, inner: 1), [greater], bit,
                Requantisation(shifts: [1], low: 0, high: 1), label: label(site))
        case .equal:
            // Ties of the sum go upward: twice the difference is what its sign needs.
            let sign = try append(
                .sum(left: 2 * factors.0, right: -2 * factors.1), inputs,
                ElementFormat(element: .signed8, scaleExponent: 0),
                Requantisation(shifts: [1], low: -1, high: 1), label: part(of: site))
            return try addTable(sign, bit, .isZero, factor: 1, label(site))
        }
    }

    /// An operand of a comparison. Constants are as fine as sixteen bits allow, but no finer than
    /// what they are compared with needs.
    private mutating func comparand(_ value: Int, besides other: Int) throws(QuantiseError) -> Int {
        guard isConstant(value), !isExact(value), !isConstant(other) else {
            return try tensor(of: value)
        }
        return try constant(value, as: try realFormat(of: value, isWide: true))
    }

    /// A coarse operand, kept next to the range of a fine one: what lies beyond compares alike.
    private mutating func near(
        _ fine: Int, _ coarse: Int, _ site: Site
    ) throws(QuantiseError) -> Int {
        let type = assembly.type(of: coarse)
        let shift = Int64(assembly.type(of: fine).scaleExponent - type.scaleExponent)
        let range = assembly.type(of: fine).range
        let low = max(type.range.lowerBound, range.lowerBound >> min(shift, 62) - 1)
        let high = min(type.range.upperBound, range.upperBound >> min(shift, 62) + 2)
        guard low > type.range.lowerBound || high < type.range.upperBound else { return coarse }
        let bounds = min(low, type.range.upperBound)...max(high, type.range.lowerBound)
        return try converted(
            coarse,
            to: ElementFormat(element: type.element, scaleExponent: type.scaleExponent),
            within: bounds, label: part(of: site))
    }
}

/// What a table is made from.
struct TableKey: Hashable {
    let function: UnaryFunction
    let factor: Double
    let input: ElementFormat
    let output: ElementFormat

    /// Where the function has no value it takes that of the nearest number that has one, so that
    /// the ends of its domain saturate.
    var table: IntegerTable {
        let unit = Scale.power(-input.scaleExponent)
        var numbers = input.element.bounds.map { integer in
            function.evaluate(Double(integer) * unit) * factor
        }
        fill(&numbers, numbers.indices)
        fill(&numbers, numbers.indices.reversed())
        let bounds = output.element.bounds
        return IntegerTable(
            input: input.element, output: output.element,
            values: numbers.map { number in
                number.isNaN ? 0 : Int16(Scale.quantise(number, output.scaleExponent, bounds))
            })
    }

    private func fill(_ numbers: inout [Double], _ indices: some Sequence<Int>) {
        var last = Double.nan
        for index in indices {
            if numbers[index].isNaN { numbers[index] = last } else { last = numbers[index] }
        }
    }
}
