internal import Crypto
public import Primitives

/// An integer graph without the weights of its linear layers: what a verifier needs to know of a
/// model whose weights are committed.
///
/// Everything but the weights is there, and enough about these that the analysis gives the same
/// types, intervals and costs as for the whole graph. The bytes are those of the graph with the
/// magic `ASYO`, where a linear layer is `u32(outputs) u32(inner)` and for each output
/// `i32(bias) i64(sum of negative weights) i64(sum of positive weights)`.
public struct GraphOutline: Sendable, Equatable {
    public let inputs: [TensorType]
    public let constants: [IntegerConstant]
    public let tables: [IntegerTable]
    public let linears: [LinearOutline]
    public let nodes: [IntegerNode]
    public let results: [IntegerResult]
    /// The canonical bytes.
    public let encoded: [UInt8]
    /// SHA-256 of the canonical bytes.
    public let hash: Hash
    public let analysis: GraphAnalysis

    public init(_ graph: IntegerGraph) {
        inputs = graph.inputs
        constants = graph.constants
        tables = graph.tables
        linears = graph.linears.map { LinearOutline($0) }
        nodes = graph.nodes
        results = graph.results
        analysis = graph.analysis
        var writer = GraphWriter()
        writer.write(
            GraphParts(
                inputs: inputs, constants: constants, tables: tables, outlines: linears,
                nodes: nodes, results: results), isOutline: true)
        encoded = writer.bytes
        hash = SHA256.hash(encoded)
    }

    /// Reads canonical bytes; every other encoding of the same outline is refused.
    public init(
        decoding bytes: [UInt8], limits: InferenceLimits = .standard
    ) throws(GraphError) {
        guard bytes.count <= limits.bytesMax else {
            throw .tooLarge(bytes: bytes.count, max: limits.bytesMax)
        }
        var reader = GraphReader(bytes, limits: limits)
        let parts = try reader.read(isOutline: true)
        analysis = try GraphAnalysis(parts, limits: limits)
        inputs = parts.inputs
        constants = parts.constants
        tables = parts.tables
        linears = parts.outlines
        nodes = parts.nodes
        results = parts.results
        // Numbers have one width and every flag one value: what was read is what would be written.
        encoded = bytes
        hash = SHA256.hash(bytes)
    }

    public static func == (left: GraphOutline, right: GraphOutline) -> Bool {
        left.encoded == right.encoded
    }

    /// The number of the first tensor that a node makes.
    public var firstNodeTensor: Int { inputs.count + constants.count }
    /// Elements of all inputs together.
    public var inputCount: Int { inputs.reduce(0) { $0 + $1.elementCount } }
    /// Elements of all results together.
    public var outputCount: Int {
        results.reduce(0) { $0 + analysis.types[$1.tensor].elementCount }
    }
}
