/// Turns ONNX nodes into a float graph, one at a time, and folds what is constant.
///
/// Invariant: every value has a checked shape, and all shapes together stay within the limits.
struct GraphBuilder {
    let opset: Int64
    let limits: InferenceLimits
    private(set) var values: [FloatGraph.Value] = []
    private(set) var nodes: [FloatGraph.Node] = []
    private var inputs: [Int] = []
    /// Keyed by bytes: names compare as bytes, not as text.
    private var names: [[UInt8]: Int] = [:]
    /// Integer constants: shapes and axes. They never enter the graph.
    private var integerConstants: [Int: [Int64]] = [:]
    private var elementCount = 0
    private var foldedMultiplyCount = 0
    private var multiplyCount = 0
    private var parameterCount = 0

    init(opset: Int64, limits: InferenceLimits) {
        self.opset = opset
        self.limits = limits
    }

    mutating func build(_ graph: ONNXGraph) throws(ONNXError) {
        for tensor in graph.initializers { try define(tensor.name, try add(tensor)) }
        for input in graph.inputs {
            // Old files list their initializers among the inputs, as defaults.
            if names[Array(input.name.utf8)] != nil, isInitializer(input.name, in: graph) {
                continue
            }
            let index = try addValue(input.name, shape: try shape(of: input), constant: nil)
            try define(input.name, index)
            inputs.append(index)
        }
        guard !inputs.isEmpty else { throw .noInputs }
        for node in graph.nodes { try build(node) }
    }

    /// The finished graph with the outputs that the file names.
    func finish(_ graph: ONNXGraph) throws(ONNXError) -> FloatGraph {
        guard !graph.outputs.isEmpty else { throw .noOutputs }
        var outputs: [Int] = []
        for output in graph.outputs {
            guard let index = names[Array(output.name.utf8)] else {
                throw .usedBeforeDefined(value: output.name, node: "")
            }
            guard integerConstants[index] == nil else {
                throw .unsupportedElementType(output.elementType, tensor: output.name)
            }
            outputs.append(index)
        }
        var result = FloatGraph(values: values, nodes: nodes, inputs: inputs, outputs: outputs)
        result.fold()
        return result
    }

    private func isInitializer(_ name: String, in graph: ONNXGraph) -> Bool {
        guard let index = names[Array(name.utf8)] else { return false }
        return index < graph.initializers.count
    }

    private func shape(of input: ONNXValueInfo) throws(ONNXError) -> [Int] {
        guard input.elementType == ONNXTensor.ElementType.float.rawValue else {
            throw .unsupportedElementType(input.elementType, tensor: input.name)
        }
        guard let dimensions = input.dimensions else { throw .missingShape(tensor: input.name) }
        var shape: [Int] = []
        for dimension in dimensions {
            let size = dimension ?? 1
            guard size >= 1, size <= Int64(limits.elementCountMax) else {
                throw .invalidDimension(size, tensor: input.name)
            }
            shape.append(Int(size))
        }
        return shape
    }

    private mutating func build(_ node: ONNXNode) throws(ONNXError) {
        guard ONNXNode.isStandard(node.domain) else {
            throw .unsupportedOperator(op: node.domain + "." + node.operation, node: node.label)
        }
        var operands: [Int?] = []
        for name in node.inputs {
            if name.isEmpty {
                operands.append(nil)
                continue
            }
            guard let index = names[Array(name.utf8)] else {
                throw .usedBeforeDefined(value: name, node: node.label)
            }
            operands.append(index)
        }
        let context = try NodeContext(node, operands: operands)
        let result = try importOperator(context)
        // Further outputs (a mask, statistics) stay undefined: whoever reads them is refused.
        guard let output = node.outputs.first, !output.isEmpty else {
            throw context.unsupported("no output")
        }
        try define(output, result)
    }

    private mutating func define(_ name: String, _ index: Int) throws(ONNXError) {
        guard names.updateValue(index, forKey: Array(name.utf8)) == nil else {
            throw .duplicateName(name)
        }
    }
}

// What operators build with.
extension GraphBuilder {
    func shape(_ value: Int) -> [Int] { values[value].shape }

    func floats(_ value: Int) -> [Float]? { values[value].constant }

    func integers(_ value: Int) -> [Int64]? { integerConstants[value] }

    /// A float constant.
    mutating func addConstant(
        _ elements: [Float], shape: [Int], name: String
    ) throws(ONNXError) -> Int {
        try addValue(name, shape: shape, constant: elements)
    }

    mutating func add(_ tensor: ONNXTensor) throws(ONNXError) -> Int {
        switch tensor.data {
        case .floats(let elements):
            return try addValue(tensor.name, shape: tensor.shape, constant: elements)
        case .integers(let elements):
            let index = try addValue(tensor.name, shape: tensor.shape, constant: nil)
            integerConstants[index] = elements
            return index
        }
    }

    /// Adds a node and gives its value; evaluates it at once where all inputs are constant.
    mutating func emit(
        _ operation: FloatOperation, _ inputs: [Int], shape: [Int], _ node: NodeContext
    ) throws(ONNXError) -> Int {
        guard inputs.allSatisfy({ integerConstants[$0] == nil }) else {
            throw node.unsupported("integer operand")
        }
        // A few bytes of file can ask for many parameters: means, spread constants.
        parameterCount += operation.parameterCount
        guard parameterCount <= limits.elementCountMax else {
            throw .shapeTooLarge(tensor: node.output)
        }
        let work = operation.multiplyCount(inputs.map { values[$0].shape }, to: shape)
        let tensors = inputs.compactMap { index in
            values[index].constant.map { FloatTensor(values[index].shape, $0) }
        }
        guard tensors.count == inputs.count else {
            multiplyCount += work
            guard multiplyCount <= limits.multiplyCountMax else {
                throw .tooMany("multiplications", max: limits.multiplyCountMax)
            }
            let output = try addValue(node.output, shape: shape, constant: nil)
            nodes.append(
                FloatGraph.Node(
                    name: node.label, operation: operation, inputs: inputs, output: output))
            return output
        }
        foldedMultiplyCount += work
        guard foldedMultiplyCount <= InferenceLimits.foldedMultiplyCountMax else {
            throw .tooMany(
                "folded multiplications", max: InferenceLimits.foldedMultiplyCountMax)
        }
        let elements = operation.evaluate(tensors, to: shape)
        guard elements.allSatisfy(\.isFinite) else { throw .notFinite(tensor: node.output) }
        return try addValue(node.output, shape: shape, constant: elements)
    }

    private mutating func addValue(
        _ name: String, shape: [Int], constant: [Float]?
    ) throws(ONNXError) -> Int {
        guard shape.count <= limits.rankMax else {
            throw .tooMany("dimensions", max: limits.rankMax)
        }
        let left = limits.elementCountMax - elementCount
        guard let count = Shape.elementCount(shape, max: left) else {
            throw .shapeTooLarge(tensor: name)
        }
        guard values.count < limits.tensorCountMax else {
            throw .tooMany("tensors", max: limits.tensorCountMax)
        }
        elementCount += count
        values.append(FloatGraph.Value(name: name, shape: shape, kind: .real, constant: constant))
        return values.count - 1
    }
}
