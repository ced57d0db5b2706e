internal import Crypto
public import Inference
public import Primitives

public enum ProofForm: UInt8, Sendable, CaseIterable {
    case open = 1
    case committed = 2
}

public struct VerificationKey: Sendable {
    public let encoded: [UInt8]
    public let digest: Hash
    public let inputs: [TensorType]
    public let outputs: [TensorType]
    public let gas: UInt64
    public let proofBytesMax: Int
    public let securityBits: Int
    public var form: ProofForm { .open }

    public init(
        graph: IntegerGraph, workers: some Workers = SerialWorkers()
    ) throws(ProofError) {
        encoded = [1] + graph.encoded
        digest = SHA256.hash(encoded)
        inputs = graph.inputs
        outputs = graph.outputs
        gas = 100_000 + graph.macs / 64
        proofBytesMax = 64
        securityBits = 100
    }

    public init(decoding bytes: [UInt8]) throws(ProofError) {
        guard bytes.first == 1 else { throw .trailingBytes(0) }
        let graph: IntegerGraph
        do { graph = try IntegerGraph(decoding: Array(bytes.dropFirst())) } catch {
            throw .trailingBytes(0)
        }
        try self.init(graph: graph)
    }
}
