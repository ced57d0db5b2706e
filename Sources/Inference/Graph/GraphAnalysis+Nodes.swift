extension GraphAnalysis.Work {
    /// Checks one node and adds its output.
    mutating func add(_ node: IntegerNode, at index: Int) throws(GraphError) {
        try checkOperands(node, at: index)
        try use(node.operation, at: index)
        let shape = try outputShape(node, at: index)
        guard let size = Shape.elementCount(shape, max: limits.elementCountMax) else {
            throw .invalidShape
        }
        // Bounds on the work come before any sweep over windows or indices.
        try countWork(node, outputCount: size)
        try checkFormat(node, at: index)
        let interval: ClosedRange<Int64>
        if node.operation.accumulates {
            let site = try site(node, at: index)
            sites.append(site)
            interval = clamped(site.interval, node.requantisation)
        } else {
            sites.append(nil)
            interval = try movedInterval(node, at: index)
        }
        let format = outputFormat(node)
        activationCount += try append(
            TensorType(
                name: "", shape: shape, element: format.element,
                scaleExponent: format.scaleExponent, range: interval))
    }

    private func checkOperands(_ node: IntegerNode, at index: Int) throws(GraphError) {
        let count = node.inputs.count
        let wanted = node.operation.code.inputCount
        guard wanted.map({ $0 == count }) ?? (2...limits.operandCountMax).contains(count) else {
            throw .wrongInputCount(op: node.operation.name, node: index, got: count)
        }
        for input in node.inputs where !types.indices.contains(input) {
            throw .undefinedTensor(input, node: index)
        }
    }

    private mutating func countWork(
        _ node: IntegerNode, outputCount: Int
    ) throws(GraphError) {
        let first = types[node.inputs[0]]
        if let linear = node.operation.linear {
            return try count(
                multiplications: outputCount, each: linears[linear].innerCount)
        }
        switch node.operation {
        case .sum: try count(multiplications: outputCount, each: 2)
        case .product: try count(multiplications: outputCount, each: 1)
        case .matrixProduct: try count(multiplications: outputCount, each: first.shape[2])
        case .reduceSum: try count(multiplications: first.elementCount, each: 1)
        case .maxPool(let window): try count(comparisons: outputCount, each: window.kernel.count)
        case .reduceExtremum, .argExtremum: try count(comparisons: first.elementCount, each: 1)
        case .extremum, .select: try count(comparisons: outputCount, each: 1)
        // The sum of all tensors' sizes bounds these.
        case .lookup: lookupCount += outputCount
        default: moveCount += outputCount
        }
    }

    /// Which outputs and rescalings an operation may have, and which operands go together.
    private func checkFormat(_ node: IntegerNode, at index: Int) throws(GraphError) {
        let mismatch = GraphError.formatMismatch(op: node.operation.name, node: index)
        if node.operation.isMove { return try checkMove(node, at: index) }
        let isWide = node.inputs.contains { types[$0].element == .signed32 }
        switch node.operation {
        case .argExtremum:
            guard node.output == nil, node.requantisation == nil else { throw mismatch }
        case .lookup(let table):
            let facts = tables[table].table
            guard types[node.inputs[0]].element == facts.input,
                node.output?.element == facts.output, node.requantisation == nil
            else { throw mismatch }
        default:
            guard let output = node.output, !isWide,
                (output.element == .signed32) == (node.requantisation == nil)
            else { throw mismatch }
            guard let requantisation = node.requantisation else { return }
            try check(requantisation, element: output.element, node, at: index)
        }
    }

    /// What is moved has one format; indices and conditions count from zero in steps of one.
    private func checkMove(_ node: IntegerNode, at index: Int) throws(GraphError) {
        var moved = node.inputs.map { types[$0] }
        var selector: TensorType?
        switch node.operation {
        case .take: selector = moved.removeLast()
        case .select: selector = moved.removeFirst()
        default: break
        }
        let isOne = moved.allSatisfy {
            $0.element == moved[0].element && $0.scaleExponent == moved[0].scaleExponent
        }
        guard node.output == nil, node.requantisation == nil, isOne,
            selector.map({ $0.scaleExponent == 0 && $0.element != .signed32 }) ?? true
        else { throw .formatMismatch(op: node.operation.name, node: index) }
    }

    private func check(
        _ requantisation: Requantisation, element: ElementType, _ node: IntegerNode, at index: Int
    ) throws(GraphError) {
        let shifts = requantisation.shifts
        let channels = node.operation.linear.map { linears[$0].outputCount }
        guard shifts.count == 1 || shifts.count == channels else {
            throw .formatMismatch(op: node.operation.name, node: index)
        }
        for shift in shifts where !Requantisation.shiftRange.contains(Int(shift)) {
            throw .shiftOutOfRange(Int(shift), node: index)
        }
        guard shifts.count == 1 || shifts.contains(where: { $0 != shifts[0] }) else {
            throw .redundantShifts(node: index)
        }
        let bounds = element.bounds
        guard requantisation.low <= requantisation.high,
            bounds.contains(Int64(requantisation.low)), bounds.contains(Int64(requantisation.high))
        else { throw .invalidClamp(node: index) }
    }

    /// The element type and scale of a node's output, once its format is checked.
    private func outputFormat(_ node: IntegerNode) -> ElementFormat {
        if let output = node.output { return output }
        switch node.operation {
        case .argExtremum(let axis, _, _):
            let count = types[node.inputs[0]].shape[axis]
            return ElementFormat(
                element: count <= 256 ? .unsigned8 : .signed16, scaleExponent: 0)
        case .select:
            let type = types[node.inputs[1]]
            return ElementFormat(element: type.element, scaleExponent: type.scaleExponent)
        default:
            let type = types[node.inputs[0]]
            return ElementFormat(element: type.element, scaleExponent: type.scaleExponent)
        }
    }

    /// The interval of a result that no accumulator gives.
    private func movedInterval(
        _ node: IntegerNode, at index: Int
    ) throws(GraphError) -> ClosedRange<Int64> {
        let ranges = node.inputs.map { types[$0].range }
        switch node.operation {
        case .lookup(let table): return tables[table].range
        case .concat: return ranges.reduce(ranges[0]) { $0.union($1) }
        case .pad(let before, let after, let interior, let value):
            guard types[node.inputs[0]].element.bounds.contains(Int64(value)) else {
                throw .valueOutOfRange(Int64(value))
            }
            let isPadded = (before + after + interior).contains { $0 > 0 }
            return isPadded ? ranges[0].union(Int64(value)...Int64(value)) : ranges[0]
        case .take(let axis):
            let count = types[node.inputs[0]].shape[axis]
            for bound in [ranges[1].lowerBound, ranges[1].upperBound]
            where !(0..<Int64(count)).contains(bound) {
                throw .indexOutOfRange(bound, count: count, node: index)
            }
            return ranges[0]
        case .select:
            for bound in [ranges[0].lowerBound, ranges[0].upperBound]
            where !(0...1).contains(bound) {
                throw .conditionOutOfRange(bound, node: index)
            }
            return ranges[1].union(ranges[2])
        case .extremum(let isMinimum):
            let choose: (Int64, Int64) -> Int64 = isMinimum ? { min($0, $1) } : { max($0, $1) }
            return choose(
                ranges[0].lowerBound, ranges[1].lowerBound)...choose(
                    ranges[0].upperBound, ranges[1].upperBound)
        case .argExtremum(let axis, _, _):
            return 0...Int64(types[node.inputs[0]].shape[axis] - 1)
        default: return ranges[0]
        }
    }

    private func clamped(
        _ accumulators: ClosedRange<Int64>, _ requantisation: Requantisation?
    ) -> ClosedRange<Int64> {
        guard let requantisation else { return accumulators }
        return Int64(requantisation.low)...Int64(requantisation.high)
    }
}

extension ClosedRange<Int64> {
    fileprivate func union(_ other: ClosedRange<Int64>) -> ClosedRange<Int64> {
        Swift.min(lowerBound, other.lowerBound)...Swift.max(upperBound, other.upperBound)
    }
}
