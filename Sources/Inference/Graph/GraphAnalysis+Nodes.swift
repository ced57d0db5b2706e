extension GraphAnalysis.Work {
    /// Checks one node and adds its output.
    mutating func add(_ node: IntegerNode, at index: Int) throws(GraphError) {
        let name = node.operation.name
        guard node.inputs.count == node.operation.inputCount else {
            throw .wrongInputCount(op: name, node: index, got: node.inputs.count)
        }
        for input in node.inputs where !types.indices.contains(input) {
            throw .undefinedTensor(input, node: index)
        }
        let shape = try outputShape(node, at: index)
        guard let size = Shape.elementCount(shape, max: limits.elementCountMax) else {
            throw .invalidShape
        }
        // Bounds on the work come before any sweep over weights or windows.
        try countWork(node.operation, node.inputs, outputCount: size)
        try checkFormat(node, at: index)
        let first = node.inputs[0]
        let format =
            node.output
            ?? ElementFormat(
                element: types[first].element, scaleExponent: types[first].scaleExponent)
        let interval: ClosedRange<Int64>
        if node.operation.accumulates {
            let site = try site(node, at: index)
            sites.append(site)
            interval = clamped(site.interval, node.requantisation)
        } else {
            sites.append(nil)
            interval = try movedInterval(node, at: index)
        }
        activationCount += try append(
            TensorType(
                name: "", shape: shape, element: format.element,
                scaleExponent: format.scaleExponent, range: interval))
    }

    private mutating func countWork(
        _ operation: IntegerOperation, _ inputs: [Int], outputCount: Int
    ) throws(GraphError) {
        if let linear = operation.linear {
            weightCount += linear.weights.count + linear.bias.count
            try count(multiplications: outputCount, each: linear.innerCount)
            return
        }
        switch operation {
        case .sum: try count(multiplications: outputCount, each: 2)
        case .product: try count(multiplications: outputCount, each: 1)
        case .matrixProduct:
            try count(multiplications: outputCount, each: types[inputs[0]].shape[2])
        case .maxPool(let window):
            try count(comparisons: outputCount, each: window.kernel.count)
        case .lookup(let table): weightCount += table.count
        default: break
        }
    }

    /// Which outputs and rescalings an operation may have.
    private func checkFormat(_ node: IntegerNode, at index: Int) throws(GraphError) {
        let mismatch = GraphError.formatMismatch(op: node.operation.name, node: index)
        let isWide = node.inputs.contains { types[$0].element == .signed32 }
        switch node.operation {
        case .reshape, .transpose, .maxPool:
            guard node.output == nil, node.requantisation == nil else { throw mismatch }
        case .lookup:
            guard let output = node.output, output.element != .signed32,
                node.requantisation == nil, !isWide
            else { throw mismatch }
        default:
            guard let output = node.output, !isWide,
                (output.element == .signed32) == (node.requantisation == nil)
            else { throw mismatch }
            guard let requantisation = node.requantisation else { return }
            try check(requantisation, element: output.element, node, at: index)
        }
    }

    private func check(
        _ requantisation: Requantisation, element: ElementType, _ node: IntegerNode, at index: Int
    ) throws(GraphError) {
        let shifts = requantisation.shifts
        guard shifts.count == 1 || shifts.count == node.operation.linear?.outputCount else {
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

    private func outputShape(_ node: IntegerNode, at index: Int) throws(GraphError) -> [Int] {
        let mismatch = GraphError.shapeMismatch(op: node.operation.name, node: index)
        let first = types[node.inputs[0]].shape
        switch node.operation {
        case .dense(let linear):
            guard let inner = first.last, isWhole(linear), linear.innerCount == inner else {
                throw mismatch
            }
            return first.dropLast() + [linear.outputCount]
        case .convolution(let linear, let window, let groups):
            let size = try slide(window, over: first, at: index)
            guard isWhole(linear), groups >= 1, groups <= first[1],
                first[1].isMultiple(of: groups), linear.outputCount.isMultiple(of: groups),
                linear.innerCount == first[1] / groups * window.kernel.count
            else { throw mismatch }
            return [first[0], linear.outputCount, size.height, size.width]
        case .affine(let linear, let inner):
            let count = Shape.elementCount(first)
            guard isWhole(linear), linear.innerCount == 1, inner >= 1, inner <= count,
                linear.outputCount <= count / inner,
                count.isMultiple(of: inner * linear.outputCount)
            else { throw mismatch }
            return first
        case .sum, .product:
            guard types[node.inputs[1]].shape == first else { throw mismatch }
            return first
        case .matrixProduct:
            let second = types[node.inputs[1]].shape
            guard first.count == 3, second.count == 3, first[2] == second[1],
                first[0] == second[0] || first[0] == 1 || second[0] == 1
            else { throw mismatch }
            return [max(first[0], second[0]), first[1], second[2]]
        case .maxPool(let window):
            let size = try slide(window, over: first, at: index)
            guard window.touchesEverywhere(PlaneSize(height: first[2], width: first[3])) else {
                throw .invalidWindow(node: index)
            }
            return [first[0], first[1], size.height, size.width]
        case .transpose(let permutation):
            guard permutation.count == first.count,
                first.indices.allSatisfy(permutation.contains)
            else { throw mismatch }
            return permutation.map { first[$0] }
        case .reshape(let shape):
            let count = Shape.elementCount(first)
            guard Shape.elementCount(shape, max: count) == count else { throw mismatch }
            return shape
        case .lookup(let table):
            guard table.count == 1 << types[node.inputs[0]].element.bitCount else {
                throw mismatch
            }
            return first
        }
    }

    private func isWhole(_ linear: IntegerLinear) -> Bool {
        !linear.weights.isEmpty && !linear.bias.isEmpty
            && linear.weights.count.isMultiple(of: linear.bias.count)
    }

    private func slide(
        _ window: Window, over shape: [Int], at index: Int
    ) throws(GraphError) -> PlaneSize {
        guard shape.count == 4, window.isValid(max: limits.windowSizeMax),
            let size = window.output(over: PlaneSize(height: shape[2], width: shape[3])),
            Shape.elementCount([size.height, size.width], max: limits.elementCountMax) != nil
        else { throw .invalidWindow(node: index) }
        return size
    }

    /// The interval after operations that only select.
    private func movedInterval(
        _ node: IntegerNode, at index: Int
    ) throws(GraphError) -> ClosedRange<Int64> {
        guard case .lookup(let table) = node.operation, let output = node.output else {
            return types[node.inputs[0]].range
        }
        guard let low = table.min(), let high = table.max() else {
            throw .shapeMismatch(op: node.operation.name, node: index)
        }
        for value in [Int64(low), Int64(high)] where !output.element.bounds.contains(value) {
            throw .valueOutOfRange(value)
        }
        return Int64(low)...Int64(high)
    }

    private func clamped(
        _ accumulators: ClosedRange<Int64>, _ requantisation: Requantisation?
    ) -> ClosedRange<Int64> {
        guard let requantisation else { return accumulators }
        return Int64(requantisation.low)...Int64(requantisation.high)
    }
}
