/// One ONNX node while it is imported: operands by position, attributes by name.
struct NodeContext {
    let operation: String
    let label: String
    let outputs: [String]
    private let operands: [Int?]
    private let attributes: [ONNXAttribute]

    init(_ node: ONNXNode, operands: [Int?]) throws(ONNXError) {
        operation = node.operation
        label = node.label
        outputs = node.outputs
        self.operands = operands
        attributes = node.attributes
        for (index, attribute) in attributes.enumerated() {
            guard !attributes[..<index].contains(where: { $0.name == attribute.name }) else {
                throw .duplicateAttribute(attribute.name, node: label)
            }
        }
    }

    /// No node: what stands outside all of them.
    static let none = NodeContext()

    private init() {
        operation = ""
        label = ""
        outputs = []
        operands = []
        attributes = []
    }

    /// The name of the first output.
    var output: String { outputs.first ?? "" }

    var operandCount: Int { operands.count }

    /// Whether the node gives an output at this place that has a name.
    func wantsOutput(_ index: Int) -> Bool { index < outputs.count && !outputs[index].isEmpty }

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

    func texts(_ name: String) throws(ONNXError) -> [String]? {
        guard let attribute = attribute(name) else { return nil }
        guard case .texts(let given) = attribute else { throw invalid(name) }
        return given.map { String(decoding: $0, as: UTF8.self) }
    }

    func graph(_ name: String) throws(ONNXError) -> ArraySlice<UInt8> {
        guard case .graph(let given) = attribute(name) else { throw invalid(name) }
        return given
    }

    func flag(_ name: String, default value: Bool = false) throws(ONNXError) -> Bool {
        try integer(name, default: value ? 1 : 0) != 0
    }

    /// An axis of a tensor of that rank; negative ones count from the end.
    func axis(
        _ name: String = "axis", default value: Int64, rank: Int
    ) throws(ONNXError) -> Int {
        let given = try integer(name, default: value)
        guard let axis = NodeContext.axis(given, rank: rank) else { throw invalid(name) }
        return axis
    }

    static func axis(_ given: Int64, rank: Int) -> Int? {
        guard given >= -Int64(rank), given < Int64(rank) else { return nil }
        return Int(given < 0 ? given + Int64(rank) : given)
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
