internal import Crypto
public import Inference
public import Payments
public import Primitives
public import Proofs

/// Why a model source gives no answer.
public enum ModelSourceError: Error, Equatable, Sendable {
    /// Bytes that are not at hand, by their SHA-256. Nothing may be concluded from it.
    case missing(Hash)
    /// The bytes are there and are no integer graph: so it is on every node.
    case notAGraph(GraphError)
    /// The graph is there and no verification key can be made of it: so it is on every node.
    case notProvable(ProofError)
}

/// Where a state transition finds the graphs that registrations and calls name.
///
/// It is an argument of the transition, as workers are: what it answers follows from the hash and
/// the input alone, so two sources differ only in what they lack. Where one lacks something the
/// transition stops; it never takes another way. Caches, engines and threads are its own business.
public protocol ModelSource: Sendable {
    /// How many bytes the graph has, without reading them.
    func byteCount(of graph: Hash) throws(ModelSourceError) -> Int
    /// The graph whose canonical bytes have this SHA-256.
    func graph(_ hash: Hash) throws(ModelSourceError) -> IntegerGraph
    /// The results of the graph for integers that its inputs take.
    /// - Precondition: `input` is what `graph.integers(from:)` gave.
    func output(of graph: IntegerGraph, for input: [Int32]) throws(ModelSourceError) -> [Int32]
    /// The verification key that follows from the graph.
    func key(of graph: Hash) throws(ModelSourceError) -> VerificationKey
    /// The key with this digest, or else the one that follows from the graph.
    ///
    /// - Parameters:
    ///   - digest: what the chain found to be the digest of the graph's key.
    func key(_ digest: Hash, of graph: Hash) throws(ModelSourceError) -> VerificationKey
    /// Checks a proof as `ProofEvidence.verify` does; a source may know the verdict already.
    func verify(_ evidence: ProofEvidence, by key: VerificationKey) throws(ProofRefusal)
    /// Whether a verdict is at hand when it is asked for again, so that it is worth asking early.
    var keepsVerdicts: Bool { get }
}

extension ModelSource {
    public func key(_ digest: Hash, of graph: Hash) throws(ModelSourceError) -> VerificationKey {
        try key(of: graph)
    }

    public func verify(
        _ evidence: ProofEvidence, by key: VerificationKey
    ) throws(ProofRefusal) { try evidence.verify(by: key) }

    public var keepsVerdicts: Bool { false }
}

/// The source of a chain whose transactions name no models: it lacks everything.
public struct NoModels: ModelSource {
    public init() {}

    public func byteCount(of graph: Hash) throws(ModelSourceError) -> Int { throw .missing(graph) }

    public func graph(_ hash: Hash) throws(ModelSourceError) -> IntegerGraph {
        throw .missing(hash)
    }

    public func output(
        of graph: IntegerGraph, for input: [Int32]
    ) throws(ModelSourceError) -> [Int32] { throw .missing(graph.hash) }

    public func key(of graph: Hash) throws(ModelSourceError) -> VerificationKey {
        throw .missing(graph)
    }
}

/// Graphs in memory, run one at a time: for tests and tools.
public struct MemoryModels: ModelSource {
    private var graphs: [Hash: [UInt8]] = [:]

    public init(_ graphs: [[UInt8]] = []) {
        for bytes in graphs { insert(bytes) }
    }

    /// Adds the bytes of a graph, whatever they are.
    public mutating func insert(_ bytes: [UInt8]) { graphs[SHA256.hash(bytes)] = bytes }

    public func byteCount(of graph: Hash) throws(ModelSourceError) -> Int {
        try bytes(graph).count
    }

    public func graph(_ hash: Hash) throws(ModelSourceError) -> IntegerGraph {
        let bytes = try bytes(hash)
        do { return try IntegerGraph(decoding: bytes) } catch { throw .notAGraph(error) }
    }

    public func output(
        of graph: IntegerGraph, for input: [Int32]
    ) throws(ModelSourceError) -> [Int32] {
        var engine = Engine(graph)
        do { return try engine.run(input) } catch {
            preconditionFailure("the graph's own integers are refused: \(error)")
        }
    }

    public func key(of graph: Hash) throws(ModelSourceError) -> VerificationKey {
        let graph = try self.graph(graph)
        do { return try VerificationKey(graph: graph, workers: SerialWorkers()) } catch {
            throw .notProvable(error)
        }
    }

    private func bytes(_ hash: Hash) throws(ModelSourceError) -> [UInt8] {
        guard let bytes = graphs[hash] else { throw .missing(hash) }
        return bytes
    }
}
