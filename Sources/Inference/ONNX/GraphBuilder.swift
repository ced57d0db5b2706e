/// Turns ONNX nodes into a float graph, one at a time, and folds what is constant.
///
/// Invariant: every value has a checked shape, all shapes together stay within the limits, and
/// a value without elements is a constant.
struct GraphBuilder {
    /// A value while the graph is built; the finished graph keeps those that it needs.
    struct Value {
        let name: String
        let shape: [Int]
        let element: ONNXElement
        let constant: ONNXTensor.Data?
        /// Whether a run can hold the constant: numbers, infinite ones as masks have them, and
        /// integers of 16 bits.
        let isExact: Bool

        init(_ name: String, _ shape: [Int], _ element: ONNXElement, _ constant: ONNXTensor.Data?) {
            self.name = name
            self.shape = shape
            self.element = element
            self.constant = constant
            isExact =
                switch constant {
                case .reals(let elements): !elements.contains(where: \.isNaN)
                case .integers(let elements):
                    elements.allSatisfy { (-1 << 15..<1 << 15).contains($0) }
                case nil: true
                }
        }
    }

    /// An output that its operator has in ONNX but not here.
    private struct Absence {
        let operation: String
        let label: String
        let index: Int
    }

    let opset: Int64
    let options: ONNXOptions
    /// The node that is being imported: what is refused is refused in its name.
    private(set) var node = NodeContext.none
    private(set) var values: [Value] = []
    private var nodes: [FloatGraph.Node] = []
    /// By value: the node that gives it.
    private var producers: [Int: Int] = [:]
    private var inputs: [Int] = []
    /// Keyed by bytes: names compare as bytes, not as text.
    private var names: [[UInt8]: Int] = [:]
    private var absences: [[UInt8]: Absence] = [:]
    /// The names that each open graph within the graph has defined.
    private var scopes: [[[UInt8]]] = []
    private var budget = Budget()

    /// What has been used of the limits.
    private struct Budget {
        var elements = 0
        var foldedSteps = 0
        var multiplications = 0
        var parameters = 0
        var importedNodes = 0
    }

    init(opset: Int64, options: ONNXOptions) {
        self.opset = opset
        self.options = options
    }

    var limits: InferenceLimits { options.limits }

    mutating func build(_ graph: ONNXGraph) throws(ONNXError) {
        for tensor in graph.initializers { try define(tensor.name, try addTensor(tensor)) }
        let initialised = Set(graph.initializers.map { Array($0.name.utf8) })
        for input in graph.inputs {
            // Old files list their initializers among the inputs, as defaults.
            if initialised.contains(Array(input.name.utf8)) { continue }
            if var constant = options.constants[input.name] {
                constant.name = input.name
                let count = constant.numbers.count
                guard constant.shape.allSatisfy({ $0 >= 0 }),
                    Shape.elementCount(
                        constant.shape, max: limits.elementCountMax, allowsZero: true) == count
                else { throw .dataSizeMismatch(tensor: input.name, wanted: 0, got: count) }
                try define(input.name, try addTensor(constant))
                continue
            }
            guard let element = ONNXElement(rawValue: input.elementType) else {
                throw .unsupportedElementType(input.elementType, tensor: input.name)
            }
            let index = try addValue(input.name, try shape(of: input), element, nil)
            try define(input.name, index)
            inputs.append(index)
        }
        guard !inputs.isEmpty || options.allowsNoInputs else { throw .noInputs }
        for node in graph.nodes { try build(node) }
    }

    /// The finished graph with the outputs that the file names.
    func finish(_ graph: ONNXGraph) throws(ONNXError) -> FloatGraph {
        guard !graph.outputs.isEmpty else { throw .noOutputs }
        var outputs: [Int] = []
        for output in graph.outputs {
            let index = try lookUp(output.name, label: "")
            guard !values[index].shape.contains(0) else {
                throw .invalidDimension(0, tensor: output.name)
            }
            try checkExact(index)
            outputs.append(index)
        }
        let used = Set(nodes.flatMap(\.inputs) + outputs)
        let kept = values.enumerated().map { index, value in
            FloatGraph.Value(
                name: value.name, shape: value.shape, kind: value.element.kind,
                bounds: value.element.byteBounds,
                constant: used.contains(index) ? value.constant?.floats : nil)
        }
        var result = FloatGraph(values: kept, nodes: nodes, inputs: inputs, outputs: outputs)
        result.fold()
        return result
    }

    private func shape(of input: ONNXValueInfo) throws(ONNXError) -> [Int] {
        let stated = options.shapes[input.name]
        guard stated != nil || input.dimensions != nil else {
            throw .missingShape(tensor: input.name)
        }
        var shape: [Int] = []
        for size in stated?.map({ Int64($0) })
            ?? (input.dimensions ?? []).map({ sizeChosen($0) })
        {
            guard size >= 1, size <= Int64(limits.elementCountMax) else {
                throw .invalidDimension(size, tensor: input.name)
            }
            shape.append(Int(size))
        }
        return shape
    }

    /// Some exporters write minus one for what is not known.
    private func sizeChosen(_ dimension: ONNXValueInfo.Dimension) -> Int64 {
        if let size = dimension.size, size != -1 { return size }
        return Int64(options.dimensions[dimension.symbol] ?? 1)
    }

    private mutating func build(_ source: ONNXNode) throws(ONNXError) {
        budget.importedNodes += 1
        guard budget.importedNodes <= limits.nodeCountMax else {
            throw .tooMany("nodes", max: limits.nodeCountMax)
        }
        guard ONNXNode.isStandard(source.domain) else {
            throw .unsupportedOperator(
                op: source.domain + "." + source.operation, node: source.label)
        }
        var operands: [Int?] = []
        for name in source.inputs {
            operands.append(name.isEmpty ? nil : try lookUp(name, label: source.label))
        }
        node = try NodeContext(source, operands: operands)
        let context = node
        guard !source.outputs.allSatisfy(\.isEmpty) else {
            throw context.unsupported("no output")
        }
        let results = try importOperator(context)
        for (index, output) in source.outputs.enumerated() where !output.isEmpty {
            if index < results.count {
                try define(output, results[index])
            } else {
                absences[Array(output.utf8)] = Absence(
                    operation: source.operation, label: source.label, index: index)
            }
        }
    }

    /// The outputs of a graph within the graph, whose names are forgotten afterwards.
    mutating func buildBranch(_ bytes: ArraySlice<UInt8>) throws(ONNXError) -> [Int] {
        guard scopes.count < InferenceLimits.graphDepthMax else {
            throw .tooMany("graphs within graphs", max: InferenceLimits.graphDepthMax)
        }
        let graph = try ONNXGraph(bytes, limits: limits)
        let outer = node
        scopes.append([])
        guard graph.inputs.isEmpty else { throw outer.unsupported("a branch with inputs") }
        for tensor in graph.initializers { try define(tensor.name, try addTensor(tensor)) }
        for node in graph.nodes { try build(node) }
        var results: [Int] = []
        for output in graph.outputs {
            results.append(try lookUp(output.name, label: outer.label))
        }
        for name in scopes.removeLast() { names[name] = nil }
        node = outer
        return results
    }

    private func lookUp(_ name: String, label: String) throws(ONNXError) -> Int {
        let key = Array(name.utf8)
        if let index = names[key] { return index }
        if let absence = absences[key] {
            throw .unsupportedForm(
                op: absence.operation, node: absence.label, why: "output \(absence.index)")
        }
        throw .usedBeforeDefined(value: name, node: label)
    }

    private mutating func define(_ name: String, _ index: Int) throws(ONNXError) {
        let key = Array(name.utf8)
        guard names.updateValue(index, forKey: key) == nil else { throw .duplicateName(name) }
        if !scopes.isEmpty { scopes[scopes.count - 1].append(key) }
    }
}

// What operators build with.
extension GraphBuilder {
    func shape(_ value: Int) -> [Int] { values[value].shape }

    func element(_ value: Int) -> ONNXElement { values[value].element }

    func kind(_ value: Int) -> FloatKind { values[value].element.kind }

    /// The node that gives the value; nil for inputs and constants.
    func producer(of value: Int) -> FloatGraph.Node? { producers[value].map { nodes[$0] } }

    func isConstant(_ value: Int) -> Bool { values[value].constant != nil }

    /// The elements of a constant of real numbers.
    func floats(_ value: Int) -> [Float]? {
        guard case .reals(let elements) = values[value].constant else { return nil }
        return elements
    }

    /// The elements of a constant of integers or booleans.
    func integers(_ value: Int) -> [Int64]? {
        guard case .integers(let elements) = values[value].constant else { return nil }
        return elements
    }

    /// The elements of any constant.
    func numbers(_ value: Int) -> [Float]? { values[value].constant?.floats }

    mutating func addTensor(_ tensor: ONNXTensor) throws(ONNXError) -> Int {
        try addValue(tensor.name, tensor.shape, tensor.element, tensor.data)
    }

    mutating func addFloats(
        _ elements: [Float], _ shape: [Int], _ element: ONNXElement = .float
    ) throws(ONNXError) -> Int {
        try addValue(node.output, shape, element, .reals(elements))
    }

    mutating func addIntegers(
        _ elements: [Int64], _ shape: [Int], _ element: ONNXElement = .int64
    ) throws(ONNXError) -> Int {
        try addValue(node.output, shape, element, .integers(elements))
    }

    /// Adds a node and gives its value; evaluates it at once where all inputs are constant.
    ///
    /// The result has the first input's element type if none is given.
    mutating func emit(
        _ operation: FloatOperation, _ inputs: [Int], _ shape: [Int],
        as given: ONNXElement? = nil
    ) throws(ONNXError) -> Int {
        let element = given ?? values[inputs[0]].element
        guard !shape.contains(0), !inputs.contains(where: { values[$0].shape.contains(0) })
        else { return try emitWithoutElements(operation, inputs, shape, element) }
        // A few bytes of file can ask for many parameters: means, spread constants.
        budget.parameters += operation.parameterCount
        guard budget.parameters <= limits.elementCountMax else {
            throw .shapeTooLarge(tensor: node.output)
        }
        if case .convolution(_, let window, _) = operation,
            !window.isPaddable(values[inputs[0]].shape, max: limits.elementCountMax)
        {
            throw .shapeTooLarge(tensor: node.output)
        }
        let work = operation.multiplyCount(inputs.map { values[$0].shape }, to: shape)
        if inputs.allSatisfy({ values[$0].constant != nil }) {
            return try fold(operation, inputs, shape, element, steps: work)
        }
        budget.multiplications += work
        guard budget.multiplications <= limits.multiplyCountMax else {
            throw .tooMany("multiplications", max: limits.multiplyCountMax)
        }
        guard nodes.count < limits.nodeCountMax else {
            throw .tooMany("nodes", max: limits.nodeCountMax)
        }
        for input in inputs { try checkExact(input) }
        let output = try addValue(node.output, shape, element, nil)
        producers[output] = nodes.count
        nodes.append(
            FloatGraph.Node(
                name: node.label, operation: operation, inputs: inputs, output: output))
        return output
    }

    /// Constants alone may be empty, and only moves make something of them.
    private mutating func emitWithoutElements(
        _ operation: FloatOperation, _ inputs: [Int], _ shape: [Int], _ element: ONNXElement
    ) throws(ONNXError) -> Int {
        if shape.contains(0) {
            return try addValue(
                node.output, shape, element, element.kind == .real ? .reals([]) : .integers([]))
        }
        switch operation {
        case .concat(let axis):
            let rest = inputs.filter { !values[$0].shape.contains(0) }
            return try emit(.concat(axis: axis), rest, shape, as: element)
        case .pad(_, _, _, let value):
            let elements = [Float](repeating: value, count: Shape.elementCount(shape))
            return try addNumbers(elements, shape, element)
        case .reduce(.sum, _):
            let zeros = [Float](repeating: 0, count: Shape.elementCount(shape))
            return try addNumbers(zeros, shape, element)
        default: throw node.unsupported("a tensor without elements")
        }
    }

    /// Numbers as a constant of any element type.
    mutating func addNumbers(
        _ elements: [Float], _ shape: [Int], _ element: ONNXElement
    ) throws(ONNXError) -> Int {
        element.kind == .real
            ? try addFloats(elements, shape, element)
            : try addIntegers(
                elements.map { element.wrapped(FloatOperation.integer(Double($0))) }, shape,
                element)
    }

    private mutating func fold(
        _ operation: FloatOperation, _ inputs: [Int], _ shape: [Int], _ element: ONNXElement,
        steps: Int
    ) throws(ONNXError) -> Int {
        budget.foldedSteps += steps
        guard budget.foldedSteps <= InferenceLimits.foldedMultiplyCountMax else {
            throw .tooMany(
                "folded multiplications", max: InferenceLimits.foldedMultiplyCountMax)
        }
        guard Shape.elementCount(shape, max: limits.elementCountMax - budget.elements) != nil
        else { throw .shapeTooLarge(tensor: node.output) }
        let integers = inputs.compactMap { index in
            self.integers(index).map { IntegerTensor(values[index].shape, $0) }
        }
        if integers.count == inputs.count, element.kind != .real {
            guard let elements = operation.evaluateIntegers(integers, to: shape) else {
                throw node.unsupported("integers")
            }
            return try addIntegers(elements.map(element.wrapped), shape, element)
        }
        let tensors = inputs.map { FloatTensor(values[$0].shape, numbers($0) ?? []) }
        return try addNumbers(operation.evaluate(tensors, to: shape), shape, element)
    }

    /// Refuses constants that a run cannot hold.
    private func checkExact(_ value: Int) throws(ONNXError) {
        if values[value].isExact { return }
        guard kind(value) == .real else { throw node.unsupported("integers beyond 16 bits") }
        throw .notFinite(tensor: values[value].name)
    }

    private mutating func addValue(
        _ name: String, _ shape: [Int], _ element: ONNXElement, _ constant: ONNXTensor.Data?
    ) throws(ONNXError) -> Int {
        guard shape.count <= limits.rankMax else {
            throw .tooMany("dimensions", max: limits.rankMax)
        }
        let left = limits.elementCountMax - budget.elements
        guard
            let count = Shape.elementCount(
                shape, max: left, allowsZero: constant != nil)
        else { throw .shapeTooLarge(tensor: name) }
        guard values.count < limits.tensorCountMax else {
            throw .tooMany("tensors", max: limits.tensorCountMax)
        }
        budget.elements += count
        values.append(Value(name, shape, element, constant))
        return values.count - 1
    }
}

extension ONNXTensor.Data {
    var floats: [Float] {
        switch self {
        case .reals(let elements): elements
        case .integers(let elements): elements.map { Float($0) }
        }
    }
}
