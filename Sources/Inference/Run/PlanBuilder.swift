/// Makes a plan: packs what is constant, places tensors, lists the steps.
struct PlanBuilder {
    let graph: IntegerGraph
    let level: KernelLevel
    private(set) var steps: [PlanStep] = []
    private(set) var places: [Place] = []
    private(set) var data = PlanData()
    private(set) var arenaBytes = 0
    private(set) var scratchBytes = 0
    /// By table and the element type of its results.
    private var tables: [Int: Int] = [:]

    private var types: [TensorType] { graph.analysis.types }

    private let keepsTensors: Bool

    init(_ graph: IntegerGraph, _ level: KernelLevel, keepsTensors: Bool) {
        self.graph = graph
        self.level = level
        self.keepsTensors = keepsTensors
    }

    mutating func build() {
        places = [Place](repeating: Place(isConstant: false, offset: 0), count: types.count)
        for (index, constant) in graph.constants.enumerated() {
            let offset =
                constant.element == .signed16
                ? data.add(constant.values)
                : data.add(constant.values.map { UInt8(truncatingIfNeeded: $0) })
            places[graph.inputs.count + index] = Place(isConstant: true, offset: offset)
        }
        var arena = ArenaLayout(graph, keepsTensors: keepsTensors)
        arenaBytes = arena.place(&places) + 64
        for (index, node) in graph.nodes.enumerated() {
            add(node, output: graph.inputs.count + graph.constants.count + index)
        }
        // Vectors may read past the last number.
        _ = data.reserve(64)
        scratchBytes = (scratchBytes + 63) / 64 * 64
    }

    private mutating func needScratch(_ byteCount: Int) {
        scratchBytes = max(scratchBytes, byteCount)
    }

    private func operand(_ tensor: Int) -> PlanOperand {
        PlanOperand(place: places[tensor], element: Int32(types[tensor].element.rawValue))
    }

    private mutating func add(_ node: IntegerNode, output: Int) {
        switch node.operation {
        case .dense(let linear): addDense(node, graph.linears[linear], output)
        case .convolution(let linear, let window, let groups):
            addConvolution(node, graph.linears[linear], window, groups: groups, output)
        case .matrixProduct: addMatrices(node, output)
        case .affine, .sum, .product, .lookup, .select, .extremum: addElements(node, output)
        case .maxPool(let window): addPool(node, window, output)
        case .reduceSum, .reduceExtremum, .argExtremum: addReduction(node, output)
        default: addMove(node, output)
        }
    }
}

// MARK: Products

extension PlanBuilder {
    /// - Parameter correction: what is added to each output's bias.
    private mutating func rescale(
        _ node: IntegerNode, _ output: Int, channels: Int, bias: [Int32] = [],
        correction: [Int32] = []
    ) -> PlanRescale {
        var numbers = bias.isEmpty ? [Int32](repeating: 0, count: channels) : bias
        for (index, number) in correction.enumerated() { numbers[index] &+= number }
        let shifts = node.requantisation.map { requantisation in
            requantisation.shifts.count == 1
                ? [Int32](repeating: Int32(requantisation.shifts[0]), count: channels)
                : requantisation.shifts.map { Int32($0) }
        }
        return PlanRescale(
            bias: data.add(numbers), shifts: shifts.map { data.add($0) },
            low: node.requantisation?.low ?? 0, high: node.requantisation?.high ?? 0,
            element: Int32(types[output].element.rawValue))
    }

    /// What signed activations with 128 added cost each output.
    private func correction(_ linear: IntegerLinear, _ element: ElementType, _ form: ProductForm)
        -> [Int32]
    {
        guard form == .quads, element == .signed8 else { return [] }
        let inner = linear.innerCount
        return (0..<linear.outputCount).map { output in
            var sum: Int32 = 0
            for index in output * inner..<(output + 1) * inner {
                sum &+= Int32(linear.weights[index])
            }
            return sum &* -128
        }
    }

    private mutating func addDense(_ node: IntegerNode, _ linear: IntegerLinear, _ output: Int) {
        let type = types[node.inputs[0]]
        let form = level.form(type.element)
        let (inner, outputs, lanes) = (linear.innerCount, linear.outputCount, level.lanes)
        let (groups, size) = (form.groups(inner), form.groupSize)
        let blocks = (outputs + lanes - 1) / lanes
        var packed = [Int8](repeating: 0, count: blocks * groups * lanes * size)
        for row in 0..<outputs {
            let (block, lane) = row.quotientAndRemainder(dividingBy: lanes)
            for index in 0..<inner {
                let (group, place) = index.quotientAndRemainder(dividingBy: size)
                packed[((block * groups + group) * lanes + lane) * size + place] =
                    linear.weights[row * inner + index]
            }
        }
        let step = PlanRows(
            source: operand(node.inputs[0]), target: places[output], form: form,
            rows: type.elementCount / inner, inner: inner, outputs: outputs,
            weights: data.add(packed),
            rescale: rescale(
                node, output, channels: outputs, bias: linear.bias,
                correction: correction(linear, type.element, form)))
        needScratch(step.scratchBytes)
        steps.append(.rows(step))
    }

    private mutating func addConvolution(
        _ node: IntegerNode, _ linear: IntegerLinear, _ window: Window, groups: Int,
        _ output: Int
    ) {
        let type = types[node.inputs[0]]
        let form = level.form(type.element)
        let inner = linear.innerCount
        let rowCount = form.groups(inner) * form.groupSize
        var offsets: [Int32] = []
        let plane = PlaneSize(height: type.shape[2], width: type.shape[3])
        let padded = window.padded(plane)
        for channel in 0..<type.shape[1] / groups {
            for row in 0..<window.kernel.height {
                for column in 0..<window.kernel.width {
                    offsets.append(
                        Int32(
                            channel * padded.count + row * window.dilations.height * padded.width
                                + column * window.dilations.width))
                }
            }
        }
        let weights: Int
        if form == .quads {
            weights = data.add(spread(linear.weights, inner: inner, to: rowCount))
        } else {
            weights = data.add(
                spread(linear.weights.map { Int16($0) }, inner: inner, to: rowCount))
        }
        let shape = types[output].shape
        let step = PlanPlanes(
            source: operand(node.inputs[0]), target: places[output], form: form, window: window,
            batch: type.shape[0], groups: groups, channels: type.shape[1] / groups,
            outputs: linear.outputCount / groups, plane: plane,
            output: PlaneSize(height: shape[2], width: shape[3]), weights: weights,
            offsets: data.add(offsets),
            rescale: rescale(
                node, output, channels: linear.outputCount, bias: linear.bias,
                correction: correction(linear, type.element, form)))
        needScratch(step.scratchBytes)
        steps.append(.planes(step))
    }

    /// Rows of `inner` numbers, filled up with zeros.
    private func spread<Number: FixedWidthInteger>(
        _ numbers: [Number], inner: Int, to rowCount: Int
    ) -> [Number] {
        if inner == rowCount { return numbers }
        var result: [Number] = []
        result.reserveCapacity(numbers.count / inner * rowCount)
        for start in stride(from: 0, to: numbers.count, by: inner) {
            result += numbers[start..<start + inner]
            for _ in inner..<rowCount { result.append(0) }
        }
        return result
    }

    private mutating func addMatrices(_ node: IntegerNode, _ output: Int) {
        let (left, right) = (types[node.inputs[0]].shape, types[node.inputs[1]].shape)
        let shape = types[output].shape
        let step = PlanMatrices(
            left: operand(node.inputs[0]), right: operand(node.inputs[1]),
            target: places[output], batch: shape[0], leftRepeats: left[0] == 1,
            rightRepeats: right[0] == 1, rows: shape[1], inner: left[2], columns: shape[2],
            rescale: rescale(node, output, channels: shape[2]), lanes: level.lanes)
        needScratch(step.scratchBytes)
        steps.append(.matrices(step))
    }
}

// MARK: Elementwise steps and reductions

extension PlanBuilder {
    private mutating func addElements(_ node: IntegerNode, _ output: Int) {
        let last = node.inputs.count - 1
        let isSelect = node.operation == .select
        let elements = PlanElements(
            first: operand(node.inputs[isSelect ? 1 : 0]), second: operand(node.inputs[last]),
            target: places[output], count: types[output].elementCount)
        switch node.operation {
        case .affine(let index, let inner):
            let linear = graph.linears[index]
            let rescale = rescale(
                node, output, channels: linear.outputCount, bias: linear.bias)
            steps.append(
                .affine(
                    elements, inner: inner, channels: linear.outputCount,
                    weights: data.add(linear.weights.map { Int32($0) }), rescale))
        case .sum(let left, let right):
            steps.append(
                .sum(elements, left: left, right: right, rescale(node, output, channels: 1)))
        case .product:
            steps.append(.product(elements, rescale(node, output, channels: 1)))
        case .lookup(let table):
            let element = types[output].element
            steps.append(
                .lookup(
                    elements, table: place(ofTable: table, element),
                    outElement: Int32(element.rawValue)))
        case .select:
            steps.append(.select(elements, condition: operand(node.inputs[0])))
        case .extremum(let isMinimum):
            steps.append(.extremum(elements, isMinimum: isMinimum))
        default: return
        }
    }

    /// The entries as wide as what they are stored in.
    private mutating func place(ofTable table: Int, _ element: ElementType) -> Int {
        let isWide = element == .signed16
        let key = table * 2 + (isWide ? 1 : 0)
        if let known = tables[key] { return known }
        let values = graph.tables[table].values
        let offset =
            isWide
            ? data.add(values) : data.add(values.map { UInt8(truncatingIfNeeded: $0) })
        tables[key] = offset
        return offset
    }

    private mutating func addPool(_ node: IntegerNode, _ window: Window, _ output: Int) {
        let (shape, outShape) = (types[node.inputs[0]].shape, types[output].shape)
        let source = operand(node.inputs[0])
        var pool = PlanPool(
            window: window, channels: shape[0] * shape[1],
            plane: PlaneSize(height: shape[2], width: shape[3]),
            output: PlaneSize(height: outShape[2], width: outShape[3]))
        if pool.coversPlane {
            let reduction = PlanReduction(
                source: source, target: places[output], outer: pool.channels,
                middle: pool.plane.count, inner: 1)
            return steps.append(.reduceExtremum(reduction, isMinimum: false))
        }
        // Long rows are fast rows.
        if pool.plane.width == 1 { pool = pool.turned }
        needScratch(pool.plane.width * source.byteCount)
        steps.append(.maxPool(source, pool, target: places[output]))
    }

    private mutating func addReduction(_ node: IntegerNode, _ output: Int) {
        let axes: [Int]
        switch node.operation {
        case .reduceSum(let given, _), .reduceExtremum(let given, _): axes = given
        case .argExtremum(let axis, _, _): axes = [axis]
        default: return
        }
        let reduction = reduction(node.inputs[0], axes, output)
        switch node.operation {
        case .reduceSum(_, let weight):
            needScratch(reduction.inner * 4)
            steps.append(
                .reduceSum(
                    reduction, weight: weight, rescale(node, output, channels: 1)))
        case .reduceExtremum(_, let isMinimum):
            steps.append(.reduceExtremum(reduction, isMinimum: isMinimum))
        case .argExtremum(_, let isMinimum, let takesLast):
            steps.append(
                .argExtremum(
                    reduction, isMinimum: isMinimum, takesLast: takesLast,
                    outElement: Int32(types[output].element.rawValue)))
        default: return
        }
    }

    /// The tensor as `outer × middle × inner`; reduced axes that are apart are brought together
    /// first.
    private mutating func reduction(_ input: Int, _ axes: [Int], _ output: Int) -> PlanReduction {
        let shape = types[input].shape
        let source = operand(input)
        let reduced = axes.filter { shape[$0] > 1 }
        guard let first = reduced.first, let last = reduced.last else {
            return PlanReduction(
                source: source, target: places[output], outer: 1, middle: 1,
                inner: types[input].elementCount)
        }
        let between = (first...last).filter { !reduced.contains($0) && shape[$0] > 1 }
        if between.isEmpty {
            return PlanReduction(
                source: source, target: places[output],
                outer: Shape.elementCount(shape[..<first]),
                middle: Shape.elementCount(shape[first...last]),
                inner: Shape.elementCount(shape[(last + 1)...]))
        }
        let kept = shape.indices.filter { !reduced.contains($0) }
        let order = kept + reduced
        let strides = Shape.strides(shape)
        let outStrides = Shape.strides(order.map { shape[$0] })
        let gathered = Place(isConstant: false, offset: arenaBytes)
        arenaBytes += (types[input].elementCount * source.byteCount + 127) / 64 * 64
        steps.append(
            .copy(
                PlanCopy(
                    byteCount: source.byteCount, source: source.place, target: gathered,
                    axes: zip(order, outStrides).map { axis, step in
                        PlanCopy.Axis(size: shape[axis], step: strides[axis], outStep: step)
                    })))
        return PlanReduction(
            source: PlanOperand(place: gathered, element: source.element),
            target: places[output], outer: Shape.elementCount(kept.map { shape[$0] }),
            middle: Shape.elementCount(reduced.map { shape[$0] }), inner: 1)
    }
}

extension PlanPool {
    /// Whether the one window is the whole plane.
    fileprivate var coversPlane: Bool {
        output.count == 1 && window.kernel == plane && !window.isPadded
            && window.dilations == PlaneSize(height: 1, width: 1)
    }

    /// Height and width exchanged.
    fileprivate var turned: PlanPool {
        PlanPool(
            window: Window(
                kernel: window.kernel.turned, strides: window.strides.turned,
                dilations: window.dilations.turned, padsBefore: window.padsBefore.turned,
                padsAfter: window.padsAfter.turned),
            channels: channels, plane: plane.turned, output: output.turned)
    }
}

extension PlaneSize {
    fileprivate var turned: PlaneSize { PlaneSize(height: width, width: height) }
}

// MARK: Moves

extension PlanBuilder {
    private mutating func addMove(_ node: IntegerNode, _ output: Int) {
        let input = node.inputs[0]
        let shape = types[input].shape
        let outShape = types[output].shape
        let strides = Shape.strides(shape)
        let outStrides = Shape.strides(outShape)
        switch node.operation {
        case .transpose(let permutation):
            copy(input, output, sizes: outShape, permutation.map { strides[$0] }, outStrides)
        case .reshape:
            // The result lies where the operand lies, unless that is no place of a run.
            guard places[output] != places[input] else { return }
            let count = types[output].elementCount
            copy(input, output, sizes: [count], [1], [1])
        case .concat(let axis):
            var start = 0
            for operand in node.inputs {
                let sizes = types[operand].shape
                copy(
                    operand, output, sizes: sizes, Shape.strides(sizes), outStrides,
                    targetStart: start * outStrides[axis])
                start += sizes[axis]
            }
        case .slice(let starts, let steps, let counts):
            let start = zip(starts, strides).reduce(0) { $0 + $1.0 * $1.1 }
            copy(
                input, output, sizes: counts, zip(steps, strides).map { $0 * $1 }, outStrides,
                sourceStart: start)
        case .pad(let before, _, let interior, let value):
            steps.append(
                .fill(
                    element: Int32(types[output].element.rawValue), value: value,
                    count: types[output].elementCount, target: places[output]))
            let start = zip(before, outStrides).reduce(0) { $0 + $1.0 * $1.1 }
            copy(
                input, output, sizes: shape, strides,
                zip(interior, outStrides).map { ($0 + 1) * $1 }, targetStart: start)
        case .expand:
            copy(
                input, output, sizes: outShape,
                shape.indices.map { shape[$0] == 1 ? 0 : strides[$0] }, outStrides)
        case .gather(let axis, let indices):
            let place = Place(isConstant: true, offset: data.add(indices.map { Int32($0) }))
            addTake(
                input, PlanOperand(place: place, element: 3), count: indices.count, axis, output)
        case .take(let axis):
            addTake(
                input, operand(node.inputs[1]), count: types[node.inputs[1]].elementCount, axis,
                output)
        default: preconditionFailure("every operation has a step")
        }
    }

    private mutating func copy(
        _ input: Int, _ output: Int, sizes: [Int], _ strides: [Int], _ outStrides: [Int],
        sourceStart: Int = 0, targetStart: Int = 0
    ) {
        let axes = sizes.indices.map {
            PlanCopy.Axis(size: sizes[$0], step: strides[$0], outStep: outStrides[$0])
        }
        steps.append(
            .copy(
                PlanCopy(
                    byteCount: types[input].element.byteCount, source: places[input],
                    sourceStart: sourceStart, target: places[output], targetStart: targetStart,
                    axes: axes)))
    }

    private mutating func addTake(
        _ input: Int, _ indices: PlanOperand, count: Int, _ axis: Int, _ output: Int
    ) {
        let shape = types[input].shape
        steps.append(
            .take(
                PlanTake(
                    source: operand(input), indices: indices, indexCount: count,
                    target: places[output], outer: Shape.elementCount(shape[..<axis]),
                    middle: shape[axis], inner: Shape.elementCount(shape[(axis + 1)...]))))
    }
}
