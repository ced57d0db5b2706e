/// ONNX files as float graphs.
///
/// Everything in the file is hostile: sizes are bounded before memory is taken, shapes are checked
/// at every node, and what is not understood is refused by name, never skipped. Integers and
/// booleans that the file decides are folded exactly; those that depend on inputs are values like
/// others, and integers must stay within ±2¹⁵.
/// - Source: ONNX IR specification, version 10; operators as cited where they are imported.
public enum ONNX {
    /// Operator set versions whose operators mean here what they mean there.
    public static let opsets: ClosedRange<Int64> = 1...24

    /// The graph of the file's bytes, with constants folded and scales merged.
    public static func importModel(
        _ bytes: [UInt8], limits: InferenceLimits = .standard
    ) throws(ONNXError) -> FloatGraph {
        try importModel(bytes, options: ONNXOptions(limits: limits))
    }

    /// The graph of the file's bytes under the sizes and constants that the caller chooses.
    public static func importModel(
        _ bytes: [UInt8], options: ONNXOptions
    ) throws(ONNXError) -> FloatGraph {
        let model = try ONNXModel(bytes, limits: options.limits)
        guard opsets.contains(model.opset) else { throw .unsupportedOpset(model.opset) }
        var builder = GraphBuilder(opset: model.opset, options: options)
        try builder.build(model.graph)
        return try builder.finish(model.graph)
    }

    /// The operators of the file's nodes, in order, with their domains if they have others than
    /// the standard one.
    public static func operators(
        _ bytes: [UInt8], limits: InferenceLimits = .standard
    ) throws(ONNXError) -> [String] {
        try ONNXModel(bytes, limits: limits).graph.nodes.map { node in
            ONNXNode.isStandard(node.domain) ? node.operation : "\(node.domain).\(node.operation)"
        }
    }

    /// The names and types of the inputs that the file leaves to its caller, and of its outputs.
    public static func signature(
        _ bytes: [UInt8], limits: InferenceLimits = .standard
    ) throws(ONNXError) -> (inputs: [ONNXPort], outputs: [ONNXPort]) {
        let graph = try ONNXModel(bytes, limits: limits).graph
        let known = Set(graph.initializers.map { Array($0.name.utf8) })
        let free = graph.inputs.filter { !known.contains(Array($0.name.utf8)) }
        return (free.map { ONNXPort($0) }, graph.outputs.map { ONNXPort($0) })
    }
}

/// An input or an output as the file declares it.
public struct ONNXPort: Sendable, Equatable {
    public let name: String
    /// Nil for what is no tensor of numbers.
    public let element: ONNXElement?

    init(_ info: ONNXValueInfo) {
        name = info.name
        element = ONNXElement(rawValue: info.elementType)
    }
}

/// What the file leaves open and the caller decides.
public struct ONNXOptions: Sendable, Equatable {
    public var limits: InferenceLimits
    /// Sizes of symbolic dimensions by their names; others count as one.
    public var dimensions: [String: Int]
    /// Whole shapes by the inputs' names, instead of what the file says.
    public var shapes: [String: [Int]]
    /// Inputs that become part of the model, by name.
    public var constants: [String: ONNXTensor]
    /// A model without inputs gives the same outputs on every run, which is hardly ever meant.
    public var allowsNoInputs: Bool

    public init(
        limits: InferenceLimits = .standard, dimensions: [String: Int] = [:],
        shapes: [String: [Int]] = [:], constants: [String: ONNXTensor] = [:],
        allowsNoInputs: Bool = false
    ) {
        self.limits = limits
        self.dimensions = dimensions
        self.shapes = shapes
        self.constants = constants
        self.allowsNoInputs = allowsNoInputs
    }
}
