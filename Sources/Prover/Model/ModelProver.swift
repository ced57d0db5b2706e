public import Inference
public import Primitives
public import Proofs

public final class ModelProver: Sendable {
    private let graph: IntegerGraph
    private let key: VerificationKey

    public init(
        graph: IntegerGraph, key: VerificationKey, workers: some Workers = SerialWorkers()
    ) throws(ProofError) {
        self.graph = graph
        self.key = key
    }

    public func prove(
        input: [Int32], context: Hash
    ) throws -> (output: [Int32], proof: [UInt8]) {
        var engine = Engine(graph)
        let output = try engine.run(input)
        let statement = ProofStatement(context: context, input: input, output: output)
        return (output, ProofVerifier.stub(statement, key))
    }
}
