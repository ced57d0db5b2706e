/// The part of `onnx.proto` that we read; field numbers are those of that file (ONNX 1.17).
struct ONNXModel {
    var opset: Int64
    var graph: ONNXGraph

    init(_ bytes: [UInt8], limits: InferenceLimits) throws(ONNXError) {
        guard bytes.count <= limits.bytesMax else {
            throw .tooLarge(bytes: bytes.count, max: limits.bytesMax)
        }
        var opset: Int64?
        var graph: ONNXGraph?
        var reader = MessageReader(bytes[...])
        while let field = try reader.next() {
            switch field.number {
            case 7: graph = try ONNXGraph(field.bytes(), limits: limits)
            case 8: opset = try ONNXModel.standardOpset(field.bytes(), limits: limits) ?? opset
            default: break
            }
        }
        guard let graph else { throw .missingGraph }
        guard let opset else {
            // A file of other operators alone is refused for them.
            if let node = graph.nodes.first(where: { !ONNXNode.isStandard($0.domain) }) {
                throw .unsupportedOperator(
                    op: node.domain + "." + node.operation, node: node.label)
            }
            throw .missingOpset
        }
        self.graph = graph
        self.opset = opset
    }

    /// The version of the standard operator set, or nil for another domain's.
    private static func standardOpset(
        _ bytes: ArraySlice<UInt8>, limits: InferenceLimits
    ) throws(ONNXError) -> Int64? {
        var domain = ""
        var version: Int64 = 0
        var reader = MessageReader(bytes)
        while let field = try reader.next() {
            switch field.number {
            case 1: domain = try field.text(limits)
            case 2: version = try field.integer()
            default: break
            }
        }
        return ONNXNode.isStandard(domain) ? version : nil
    }
}

/// `GraphProto`.
struct ONNXGraph {
    var nodes: [ONNXNode] = []
    var initializers: [ONNXTensor] = []
    var inputs: [ONNXValueInfo] = []
    var outputs: [ONNXValueInfo] = []

    init(_ bytes: ArraySlice<UInt8>, limits: InferenceLimits) throws(ONNXError) {
        var reader = MessageReader(bytes)
        while let field = try reader.next() {
            switch field.number {
            case 1:
                guard nodes.count < limits.nodeCountMax else {
                    throw .tooMany("nodes", max: limits.nodeCountMax)
                }
                nodes.append(try ONNXNode(field.bytes(), limits: limits))
            case 5:
                try checkTensorCount(limits)
                initializers.append(try ONNXTensor(field.bytes(), limits: limits))
            case 11:
                try checkTensorCount(limits)
                inputs.append(try ONNXValueInfo(field.bytes(), limits: limits))
            case 12:
                try checkTensorCount(limits)
                outputs.append(try ONNXValueInfo(field.bytes(), limits: limits))
            case 15: throw .sparseTensor
            default: break
            }
        }
    }

    private func checkTensorCount(_ limits: InferenceLimits) throws(ONNXError) {
        guard initializers.count + inputs.count + outputs.count < limits.tensorCountMax else {
            throw .tooMany("tensors", max: limits.tensorCountMax)
        }
    }
}

/// `NodeProto`.
struct ONNXNode {
    var name = ""
    var operation = ""
    var domain = ""
    var inputs: [String] = []
    var outputs: [String] = []
    var attributes: [ONNXAttribute] = []

    init(_ bytes: ArraySlice<UInt8>, limits: InferenceLimits) throws(ONNXError) {
        var reader = MessageReader(bytes)
        while let field = try reader.next() {
            switch field.number {
            case 1: inputs.append(try field.text(limits))
            case 2: outputs.append(try field.text(limits))
            case 3: name = try field.text(limits)
            case 4: operation = try field.text(limits)
            case 5: attributes.append(try ONNXAttribute(field.bytes(), limits: limits))
            case 7: domain = try field.text(limits)
            default: break
            }
            guard max(inputs.count, outputs.count) <= limits.nodeInputCountMax else {
                throw .tooMany("inputs of a node", max: limits.nodeInputCountMax)
            }
            guard attributes.count <= limits.attributeCountMax else {
                throw .tooMany("attributes", max: limits.attributeCountMax)
            }
        }
    }

    /// The node's name, or its first output where it has none.
    var label: String { name.isEmpty ? outputs.first ?? "" : name }

    static func isStandard(_ domain: String) -> Bool { domain.isEmpty || domain == "ai.onnx" }
}

/// `AttributeProto`.
struct ONNXAttribute {
    enum Value {
        case float(Float)
        case integer(Int64)
        case text([UInt8])
        case tensor(ONNXTensor)
        case floats([Float])
        case integers([Int64])
        case texts([[UInt8]])
        /// A graph within the graph, read when its node is imported.
        case graph(ArraySlice<UInt8>)
        /// A list of tensors or what else no operator here takes.
        case other
    }

    var name = ""
    var value: Value = .other

    init(_ bytes: ArraySlice<UInt8>, limits: InferenceLimits) throws(ONNXError) {
        var floats: [Float] = []
        var integers: [Int64] = []
        var kind: Int64 = 0
        var float: Float = 0
        var integer: Int64 = 0
        var text: [UInt8] = []
        var texts: [[UInt8]] = []
        var tensor: ArraySlice<UInt8>?
        var graph: ArraySlice<UInt8>?
        var reader = MessageReader(bytes)
        while let field = try reader.next() {
            switch field.number {
            case 1: name = try field.text(limits)
            case 2: float = try field.float()
            case 3: integer = try field.integer()
            case 4: text = Array(try field.bytes())
            case 5: tensor = try field.bytes()
            case 6: graph = try field.bytes()
            case 7: floats += try field.floats()
            case 8: integers += try field.integers()
            case 9:
                guard texts.count < limits.attributeCountMax else {
                    throw .tooMany("texts", max: limits.attributeCountMax)
                }
                texts.append(Array(try field.bytes()))
            case 20: kind = try field.integer()
            default: break
            }
        }
        switch kind {
        case 1: value = .float(float)
        case 2: value = .integer(integer)
        case 3: value = .text(text)
        case 4: value = .tensor(try ONNXTensor(tensor ?? [], limits: limits))
        case 5: value = .graph(graph ?? [])
        case 6: value = .floats(floats)
        case 7: value = .integers(integers)
        case 8: value = .texts(texts)
        default: value = .other
        }
    }
}

/// `ValueInfoProto` of a tensor.
struct ONNXValueInfo {
    var name = ""
    var elementType: Int64 = 0
    /// Nil where the file gives no shape.
    var dimensions: [Dimension]?

    struct Dimension {
        /// Nil where it is symbolic.
        var size: Int64?
        var symbol = ""
    }

    init(_ bytes: ArraySlice<UInt8>, limits: InferenceLimits) throws(ONNXError) {
        var reader = MessageReader(bytes)
        while let field = try reader.next() {
            switch field.number {
            case 1: name = try field.text(limits)
            case 2: try readType(field.bytes(), limits: limits)
            default: break
            }
        }
    }

    private mutating func readType(
        _ bytes: ArraySlice<UInt8>, limits: InferenceLimits
    ) throws(ONNXError) {
        var reader = MessageReader(bytes)
        while let field = try reader.next() {
            guard field.number == 1 else { continue }
            var tensor = MessageReader(try field.bytes())
            while let part = try tensor.next() {
                switch part.number {
                case 1: elementType = try part.integer()
                case 2: try readShape(part.bytes(), limits: limits)
                default: break
                }
            }
        }
    }

    private mutating func readShape(
        _ bytes: ArraySlice<UInt8>, limits: InferenceLimits
    ) throws(ONNXError) {
        var shape: [Dimension] = []
        var reader = MessageReader(bytes)
        while let field = try reader.next() {
            guard field.number == 1 else { continue }
            guard shape.count < limits.rankMax else {
                throw .tooMany("dimensions", max: limits.rankMax)
            }
            var dimension = Dimension()
            var parts = MessageReader(try field.bytes())
            while let part = try parts.next() {
                switch part.number {
                case 1: dimension.size = try part.integer()
                case 2: dimension.symbol = try part.text(limits)
                default: break
                }
            }
            shape.append(dimension)
        }
        dimensions = shape
    }
}
