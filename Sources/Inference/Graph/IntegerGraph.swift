internal import Crypto
public import Primitives

/// A model in integers: what the registry stores, the engine runs and the prover proves.
///
/// Tensors are numbered: the inputs, then the constants, then one for each node. Every real number
/// `x` stands as the integer `q` with `x ≈ q · 2^-scaleExponent`. A value of this type has passed
/// every check of `GraphAnalysis`: shapes fit, no accumulator can overflow, and a run cannot fail.
/// The bytes are specified in `Inference.docc/IntegerGraph.md`; one graph has one encoding.
public struct IntegerGraph: Sendable, Equatable {
    public let inputs: [TensorType]
    public let constants: [IntegerConstant]
    /// Functions of one number; nodes name them by position.
    public let tables: [IntegerTable]
    /// Weights and biases; nodes name them by position.
    public let linears: [IntegerLinear]
    public let nodes: [IntegerNode]
    /// Which tensors are the results, with the names they had in the model.
    public let results: [IntegerResult]
    /// The canonical bytes.
    public let encoded: [UInt8]
    /// SHA-256 of the canonical bytes.
    public let hash: Hash
    /// What follows from the parts above: types, intervals, costs.
    public let analysis: GraphAnalysis

    /// Checks the parts and seals them.
    ///
    /// Tables and linear layers must stand in the order in which nodes first use them, each used
    /// and no two equal.
    public init(
        inputs: [TensorType], constants: [IntegerConstant] = [], tables: [IntegerTable] = [],
        linears: [IntegerLinear] = [], nodes: [IntegerNode], results: [IntegerResult],
        limits: InferenceLimits = .standard
    ) throws(GraphError) {
        let parts = GraphParts(
            inputs: inputs, constants: constants, tables: tables, linears: linears, nodes: nodes,
            results: results)
        analysis = try GraphAnalysis(parts, limits: limits)
        self.inputs = inputs
        self.constants = constants
        self.tables = tables
        self.linears = linears
        self.nodes = nodes
        self.results = results
        var writer = GraphWriter()
        writer.write(parts)
        guard writer.bytes.count <= limits.bytesMax else {
            throw .tooLarge(bytes: writer.bytes.count, max: limits.bytesMax)
        }
        encoded = writer.bytes
        hash = SHA256.hash(encoded)
    }

    /// Reads canonical bytes; every other encoding of the same graph is refused.
    public init(
        decoding bytes: [UInt8], limits: InferenceLimits = .standard
    ) throws(GraphError) {
        guard bytes.count <= limits.bytesMax else {
            throw .tooLarge(bytes: bytes.count, max: limits.bytesMax)
        }
        var reader = GraphReader(bytes, limits: limits)
        let parts = try reader.read()
        try self.init(
            inputs: parts.inputs, constants: parts.constants, tables: parts.tables,
            linears: parts.linears, nodes: parts.nodes, results: parts.results, limits: limits)
    }

    public static func == (left: IntegerGraph, right: IntegerGraph) -> Bool {
        left.encoded == right.encoded
    }

    /// The types of the results, in order.
    public var outputs: [TensorType] {
        results.map { result in
            let type = analysis.types[result.tensor]
            return TensorType(
                name: result.name, shape: type.shape, element: type.element,
                scaleExponent: type.scaleExponent, range: type.range)
        }
    }

    /// Elements of all inputs together: the length of what a run takes.
    public var inputCount: Int { inputs.reduce(0) { $0 + $1.elementCount } }
    /// Elements of all outputs together: the length of what a run gives.
    public var outputCount: Int { outputs.reduce(0) { $0 + $1.elementCount } }

    /// The weights and biases that a node uses.
    public func linear(of node: IntegerNode) -> IntegerLinear? {
        node.operation.linear.map { linears[$0] }
    }

    /// The table that a node reads.
    public func table(of node: IntegerNode) -> IntegerTable? {
        node.operation.table.map { tables[$0] }
    }

    /// Multiplications of one run. Static, so that gas can be fixed at registration.
    public var macs: UInt64 { analysis.multiplyCount }
    /// Weights, biases, constants and table entries.
    public var weightCount: UInt64 { analysis.weightCount }
    /// Elements of the inputs and of all node outputs, moved ones counted again.
    public var activationCount: UInt64 { analysis.activationCount }
}

/// The parts of a graph, checked by `GraphAnalysis`.
struct GraphParts {
    var inputs: [TensorType] = []
    var constants: [IntegerConstant] = []
    var tables: [IntegerTable] = []
    var linears: [IntegerLinear] = []
    /// In place of the linear layers, where their weights are not known.
    var outlines: [LinearOutline] = []
    var nodes: [IntegerNode] = []
    var results: [IntegerResult] = []
}
