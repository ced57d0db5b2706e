/// One ONNX node while it is imported: operands by position, attributes by name.
struct NodeContext {
    let operation: String
    let label: String
    let output: String
    private let operands: [Int?]
    private let attributes: [ONNXAttribute]

    init(_ node: ONNXNode, operands: [Int?]) throws(ONNXError) {
        operation = node.operation
        label = node.label
        output = node.outputs.first ?? ""
        self.operands = operands
        attributes = node.attributes
        for (index, attribute) in attributes.enumerated() {
            guard !attributes[..<index].contains(where: { $0.name == attribute.name }) else {
                throw .duplicateAttribute(attribute.name, node: label)
            }
        }
    }

    /// Checks how many inputs the node has, present or left out.
    func expectInputs(_ counts: ClosedRange<Int>) throws(ONNXError) {
        guard counts.contains(operands.count) else {
            throw .wrongInputCount(op: operation, node: label, got: operands.count)
        }
    }

    func operand(_ index: Int) throws(ONNXError) -> Int {
        guard let value = optionalOperand(index) else {
            throw .missingInput(op: operation, node: label, index: index)
        }
        return value
    }

    func optionalOperand(_ index: Int) -> Int? { index < operands.count ? operands[index] : nil }

    func integer(_ name: String, default value: Int64) throws(ONNXError) -> Int64 {
        guard let attribute = attribute(name) else { return value }
        guard case .integer(let given) = attribute else { throw invalid(name) }
        return given
    }

    func float(_ name: String, default value: Float) throws(ONNXError) -> Float {
        try optionalFloat(name) ?? value
    }

    func optionalFloat(_ name: String) throws(ONNXError) -> Float? {
        guard let attribute = attribute(name) else { return nil }
        guard case .float(let given) = attribute, given.isFinite else { throw invalid(name) }
        return given
    }

    func integers(_ name: String) throws(ONNXError) -> [Int64]? {
        guard let attribute = attribute(name) else { return nil }
        guard case .integers(let given) = attribute else { throw invalid(name) }
        return given
    }

    func floats(_ name: String) throws(ONNXError) -> [Float]? {
        guard let attribute = attribute(name) else { return nil }
        guard case .floats(let given) = attribute else { throw invalid(name) }
        return given
    }

    func tensor(_ name: String) throws(ONNXError) -> ONNXTensor? {
        guard let attribute = attribute(name) else { return nil }
        guard case .tensor(let given) = attribute else { throw invalid(name) }
        return given
    }

    func text(_ name: String, default value: String) throws(ONNXError) -> String {
        guard let attribute = attribute(name) else { return value }
        guard case .text(let given) = attribute,
            let text = String(validating: given, as: UTF8.self)
        else { throw invalid(name) }
        return text
    }

    func has(_ name: String) -> Bool { attribute(name) != nil }

    func invalid(_ attribute: String) -> ONNXError {
        .invalidAttribute(attribute, op: operation, node: label)
    }

    var shapeMismatch: ONNXError { .shapeMismatch(op: operation, node: label) }

    func unsupported(_ why: String) -> ONNXError {
        .unsupportedForm(op: operation, node: label, why: why)
    }

    private func attribute(_ name: String) -> ONNXAttribute.Value? {
        attributes.first { $0.name == name }?.value
    }
}
