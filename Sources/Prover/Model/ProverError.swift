public import Inference
public import Proofs

/// Why no proof was made.
public enum ProverError: Error, Equatable, Sendable {
    /// A commitment to a hidden input has served as many proofs as hide it; commit to the input
    /// again, with another secret.
    case openingsSpent(max: Int)
    case run(RunError)
    case trace(TraceError)
    case key(ProofError)
    /// The key is another graph's.
    case wrongKey
    case wrongContextCount(Int, wanted: Int)
    case tooMany(inferences: Int, max: Int)
    /// A number of the run is not what the plan says it can be: a fault of ours.
    case outOfRange(node: Int, row: Int, value: Int64)
    case rows(RowError)
}
