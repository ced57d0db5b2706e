public import Inference
public import Primitives
public import Proofs

public enum ProverError: Error, Equatable, Sendable {
    case run(RunError)
    case key(ProofError)
}

public final class ModelProver: Sendable {
    public let graph: IntegerGraph
    public let key: VerificationKey

    public init(
        graph: IntegerGraph, workers: some Workers = SerialWorkers()
    ) throws(ProverError) {
        self.graph = graph
        do { key = try VerificationKey(graph: graph, workers: workers) } catch {
            throw .key(error)
        }
    }

    public func prove(
        input: [Int32], context: Hash, form: ProofForm? = nil,
        workers: some Workers = SerialWorkers(), level: KernelLevel = .best
    ) throws(ProverError) -> (output: [Int32], proof: [UInt8]) {
        var engine = Engine(graph)
        let output: [Int32]
        do { output = try engine.run(input) } catch { throw .run(error) }
        let statement = ProofStatement(context: context, input: input, output: output)
        return (output, ProofVerifier.stub(statement, key))
    }
}
