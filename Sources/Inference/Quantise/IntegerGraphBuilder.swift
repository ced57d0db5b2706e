/// Builds the integer graph of a float graph at given widths.
struct IntegerGraphBuilder {
    struct Widths {
        var activationBits: Int
        var weightBits: Int
        var channelSpread: Int
    }

    let activationBits: Int
    let weightBits: Int
    /// How much finer than the coarsest channel of a layer another may be, in powers of two.
    let channelSpread: Int
    /// For each integer node the float value that it stands for, and a name to report.
    private(set) var floatValues: [Int] = []
    private(set) var names: [String] = []

    private let graph: FloatGraph
    private let calibration: Calibration
    private let options: QuantiseOptions
    private var inputs: [TensorType] = []
    private var constants: [IntegerConstant] = []
    private var nodes: [IntegerNode] = []
    private var tables = Interned<IntegerTable>()
    private var linears = Interned<IntegerLinear>()
    /// By float value: the tensor that stands for it and its format.
    private var tensors: [Int: (index: Int, format: ElementFormat)] = [:]
    /// By float value: the nodes that read it.
    private var readers: [[Int]]

    init(
        _ graph: FloatGraph, _ calibration: Calibration, _ options: QuantiseOptions,
        widths: Widths
    ) {
        self.graph = graph
        self.calibration = calibration
        self.options = options
        activationBits = widths.activationBits
        weightBits = widths.weightBits
        channelSpread = widths.channelSpread
        readers = [[Int]](repeating: [], count: graph.values.count)
        for (index, node) in graph.nodes.enumerated() {
            for input in node.inputs { readers[input].append(index) }
        }
    }

    mutating func build(limits: InferenceLimits) throws(QuantiseError) -> IntegerGraph {
        for value in graph.inputs { addInput(value) }
        for value in graph.values.indices where graph.values[value].constant != nil {
            addConstant(value)
        }
        var fused: [Int: Bool] = [:]
        for (index, node) in graph.nodes.enumerated() where fused[index] == nil {
            let clamp = clampToFuse(node)
            if let clamp { fused[clamp] = true }
            try add(node, clamp: clamp.map { graph.nodes[$0] })
        }
        let results = graph.outputs.compactMap { value in
            tensors[value].map {
                IntegerResult(name: graph.values[value].name, tensor: $0.index)
            }
        }
        do {
            return try IntegerGraph(
                inputs: inputs, constants: constants, tables: tables.parts,
                linears: linears.parts, nodes: nodes, results: results, limits: limits)
        } catch {
            throw .graph(error)
        }
    }

    private mutating func addInput(_ value: Int) {
        let format = calibrated(value)
        tensors[value] = (inputs.count, format)
        inputs.append(
            TensorType(
                name: graph.values[value].name, shape: graph.values[value].shape,
                element: format.element, scaleExponent: format.scaleExponent,
                range: activationBounds(format.element)))
    }

    private mutating func addConstant(_ value: Int) {
        let elements = graph.values[value].constant ?? []
        let exponent = weightExponent(elements)
        let bounds = weightBounds
        tensors[value] = (
            inputs.count + constants.count,
            ElementFormat(element: .signed8, scaleExponent: exponent)
        )
        constants.append(
            IntegerConstant(
                shape: graph.values[value].shape, element: .signed8, scaleExponent: exponent,
                values: elements.map { Int16(Scale.quantise(Double($0), exponent, bounds)) }))
    }

    /// The clamp that is the only reader of a linear node's value.
    private func clampToFuse(_ node: FloatGraph.Node) -> Int? {
        switch node.operation {
        case .dense, .convolution, .affine, .sum, .product, .matrixProduct: break
        default: return nil
        }
        guard readers[node.output].count == 1, !graph.outputs.contains(node.output),
            case .clamp = graph.nodes[readers[node.output][0]].operation
        else { return nil }
        return readers[node.output][0]
    }

    private mutating func add(
        _ node: FloatGraph.Node, clamp: FloatGraph.Node?
    ) throws(QuantiseError) {
        let site = Site(
            name: node.name, inputs: node.inputs.map { operand($0) },
            value: clamp?.output ?? node.output,
            limits: clamp?.operation)
        switch node.operation {
        case .dense(let linear): try addLinear(linear, site) { .dense(linear: $0) }
        case .convolution(let linear, let window, let groups):
            try addLinear(linear, site) {
                .convolution(linear: $0, window, groups: groups)
            }
        case .affine(let multipliers, let offsets, let inner):
            let linear = FloatLinear(weights: multipliers, bias: offsets)
            try addLinear(linear, site) { .affine(linear: $0, inner: inner) }
        case .sum(let isDifference): try addSum(site, isDifference: isDifference)
        case .product: try addProduct(site, .product)
        case .matrixProduct: try addProduct(site, .matrixProduct)
        case .clamp: try addClamp(site, node.operation)
        case .unary(let function): addLookup(site) { function.evaluate($0) }
        case .maxPool(let window): addMove(.maxPool(window), site)
        case .transpose(let permutation): addMove(.transpose(permutation), site)
        case .reshape: addMove(.reshape(graph.values[node.output].shape), site)
        default: throw .unrepresentable(node: node.name)
        }
    }

    private func operand(_ value: Int) -> (index: Int, format: ElementFormat) {
        guard let tensor = tensors[value] else {
            preconditionFailure("nodes stand in topological order")
        }
        return tensor
    }
}

// Choosing scales.
extension IntegerGraphBuilder {
    /// What one integer node is made from.
    private struct Site {
        let name: String
        let inputs: [(index: Int, format: ElementFormat)]
        /// The float value that the node's output stands for.
        let value: Int
        /// The clamp that was merged into it.
        let limits: FloatOperation?

        var exponent: Int { inputs[0].format.scaleExponent }
    }

    private var weightBounds: ClosedRange<Int64> {
        let top = Int64(1) << (weightBits - 1)
        return -top...top - 1
    }

    private func weightExponent(_ weights: some Sequence<Float>) -> Int {
        let largest = weights.reduce(0.0) { max($0, Double($1.magnitude)) }
        return Scale.exponent(largest: largest, max: weightBounds.upperBound)
    }

    /// The format of a value from what the calibration saw.
    private func calibrated(_ value: Int) -> ElementFormat {
        let range = calibration.ranges[value]
        let element: ElementType =
            options.activations == .sixteenBits
            ? .signed16 : range.isNegative ? .signed8 : .unsigned8
        return ElementFormat(
            element: element,
            scaleExponent: Scale.exponent(
                largest: range.largest, max: activationBounds(element).upperBound))
    }

    private func activationBounds(_ element: ElementType) -> ClosedRange<Int64> {
        guard element == .signed16 else { return element.bounds }
        let top = Int64(1) << (activationBits - 1)
        return -top...top - 1
    }

    /// Whether a value goes to results only, perhaps through moves, so that it can stay wide.
    private func isResultOnly(_ value: Int) -> Bool {
        var value = value
        while readers[value].count == 1, !graph.outputs.contains(value) {
            let reader = graph.nodes[readers[value][0]]
            switch reader.operation {
            case .reshape, .transpose, .maxPool: value = reader.output
            default: return false
            }
        }
        return readers[value].isEmpty && graph.outputs.contains(value)
    }

    private func requantisation(
        _ shifts: [Int], _ format: ElementFormat, _ clamp: FloatOperation?
    ) -> Requantisation {
        var bounds = activationBounds(format.element)
        if case .clamp(let low, let high) = clamp {
            let least = low.map { Scale.quantise(Double($0), format.scaleExponent, bounds) }
            let most = high.map { Scale.quantise(Double($0), format.scaleExponent, bounds) }
            bounds = (least ?? bounds.lowerBound)...(most ?? bounds.upperBound)
        }
        let isUniform = shifts.allSatisfy { $0 == shifts[0] }
        return Requantisation(
            shifts: (isUniform ? [shifts[0]] : shifts).map { UInt8($0) },
            low: Int32(bounds.lowerBound), high: Int32(bounds.upperBound))
    }

    private mutating func append(
        _ operation: IntegerOperation, _ site: Site, _ format: ElementFormat?,
        _ requantisation: Requantisation?
    ) {
        tensors[site.value] = (
            inputs.count + constants.count + nodes.count, format ?? site.inputs[0].format
        )
        nodes.append(
            IntegerNode(
                operation, inputs: site.inputs.map(\.index), output: format,
                requantisation: requantisation))
        floatValues.append(site.value)
        names.append(site.name)
    }
}

// One function for each kind of node.
extension IntegerGraphBuilder {
    private mutating func addMove(_ operation: IntegerOperation, _ site: Site) {
        append(operation, site, nil, nil)
    }

    private mutating func addLinear(
        _ linear: FloatLinear, _ site: Site, _ operation: (Int) -> IntegerOperation
    ) throws(QuantiseError) {
        let isWide = site.limits == nil && isResultOnly(site.value)
        var format = calibrated(site.value)
        let exponents = try weightExponents(
            linear, site,
            finest: isWide
                ? Scale.exponentRange.upperBound
                : Requantisation.shiftRange.upperBound + format.scaleExponent - site.exponent,
            perChannel: options.perChannel && !isWide)
        let least = site.exponent + (exponents.min() ?? 0)
        let integers = linears.number(
            of: quantise(linear, exponents, inputExponent: site.exponent))
        if isWide {
            let wide = ElementFormat(element: .signed32, scaleExponent: least)
            return append(operation(integers), site, wide, nil)
        }
        format = ElementFormat(
            element: format.element,
            scaleExponent: min(format.scaleExponent, least - Requantisation.shiftRange.lowerBound))
        let shifts = exponents.map { site.exponent + $0 - format.scaleExponent }
        guard shifts.allSatisfy(Requantisation.shiftRange.contains) else {
            throw .unrepresentable(node: site.name)
        }
        append(
            operation(integers), site, format, requantisation(shifts, format, site.limits))
    }

    /// The weight scale of the tensor, or of each output channel.
    private func weightExponents(
        _ linear: FloatLinear, _ site: Site, finest: Int, perChannel: Bool
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
            var exponent = min(weightExponent(linear.weights[weights]), finest)
            // Biases share the accumulator's scale and must leave room for the sum.
            let bias = linear.bias[biases].reduce(0.0) { max($0, Double($1.magnitude)) }
            while bias * Scale.power(site.exponent + exponent) > 0x1p28 { exponent -= 1 }
            guard exponent >= Scale.exponentRange.lowerBound else {
                throw .unrepresentable(node: site.name)
            }
            exponents.append(exponent)
        }
        let least = exponents.compactMap { $0 }.min() ?? min(0, finest)
        return exponents.map { min($0 ?? least, least + channelSpread) }
    }

    private func quantise(
        _ linear: FloatLinear, _ exponents: [Int], inputExponent: Int
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

    private mutating func addSum(_ site: Site, isDifference: Bool) throws(QuantiseError) {
        let (left, right) = (site.inputs[0].format, site.inputs[1].format)
        let finest = max(left.scaleExponent, right.scaleExponent)
        let isWide = site.limits == nil && isResultOnly(site.value)
        let format = calibrated(site.value)
        let shift = isWide ? 0 : max(1, finest - format.scaleExponent)
        let common = isWide ? finest : format.scaleExponent + shift
        // Beyond 2¹³ the analysis would refuse the sum in any case.
        guard shift <= Requantisation.shiftRange.upperBound, common - left.scaleExponent <= 24,
            common - right.scaleExponent <= 24
        else { throw .unrepresentable(node: site.name) }
        let sign: Int32 = isDifference ? -1 : 1
        let operation = IntegerOperation.sum(
            left: 1 << Int32(common - left.scaleExponent),
            right: sign << Int32(common - right.scaleExponent))
        try addScaled(operation, site, exponent: common, isWide: isWide)
    }

    private mutating func addProduct(
        _ site: Site, _ operation: IntegerOperation
    ) throws(QuantiseError) {
        let exponent = site.inputs[0].format.scaleExponent + site.inputs[1].format.scaleExponent
        let isWide = site.limits == nil && isResultOnly(site.value)
        try addScaled(operation, site, exponent: exponent, isWide: isWide)
    }

    /// Adds a node whose accumulator's scale is given by its inputs alone.
    private mutating func addScaled(
        _ operation: IntegerOperation, _ site: Site, exponent: Int, isWide: Bool
    ) throws(QuantiseError) {
        if isWide {
            let wide = ElementFormat(element: .signed32, scaleExponent: exponent)
            return append(operation, site, wide, nil)
        }
        let wanted = calibrated(site.value)
        let format = ElementFormat(
            element: wanted.element, scaleExponent: min(wanted.scaleExponent, exponent - 1))
        let shift = exponent - format.scaleExponent
        guard Requantisation.shiftRange.contains(shift) else {
            throw .unrepresentable(node: site.name)
        }
        append(operation, site, format, requantisation([shift], format, site.limits))
    }

    /// A clamp that stands alone multiplies by one or two, so that there is something to shift.
    private mutating func addClamp(
        _ site: Site, _ clamp: FloatOperation
    ) throws(QuantiseError) {
        let wanted = calibrated(site.value)
        let format = ElementFormat(
            element: wanted.element, scaleExponent: min(wanted.scaleExponent, site.exponent))
        let isCoarser = format.scaleExponent < site.exponent
        let shift = isCoarser ? site.exponent - format.scaleExponent : 1
        guard Requantisation.shiftRange.contains(shift) else {
            throw .unrepresentable(node: site.name)
        }
        let linear = linears.number(
            of: IntegerLinear(weights: [isCoarser ? 1 : 2], bias: [0]))
        append(
            .affine(linear: linear, inner: 1), site, format, requantisation([shift], format, clamp))
    }

    /// A function of one number, written out for every integer of the input's element type.
    private mutating func addLookup(_ site: Site, _ function: (Double) -> Double) {
        let input = site.inputs[0].format
        let format = calibrated(site.value)
        let unit = Scale.power(-input.scaleExponent)
        let bounds = activationBounds(format.element)
        let table = input.element.bounds.map { integer in
            Int16(
                Scale.quantise(function(Double(integer) * unit), format.scaleExponent, bounds))
        }
        let number = tables.number(
            of: IntegerTable(input: input.element, output: format.element, values: table))
        append(.lookup(table: number), site, format, nil)
    }
}
