public import Inference

/// Why bytes are no proof of a statement: one case a rule, in the order checked.
public enum ProofError: Error, Equatable, Sendable {
    // Form.
    case truncated(wanted: Int, left: Int)
    case trailingBytes(Int)
    /// A number from this byte on is not below p.
    case nonCanonicalElement(byte: Int)

    // Key.
    case notAKey
    case unsupportedVersion(Int)
    case outline(GraphError)
    /// The opening's parameters are not those that the graph leads to.
    case parametersMismatch
    /// No parameters within limits hold the graph.
    case tooLarge
    /// The graph has a node that cannot be committed to; the open form proves it.
    case noWitnessForm
    /// The graph has such a node, or its parameters leave no room for what would hide a run.
    case noHiddenForm
    case plan(PlanError)

    // Statement.
    case unknownForm(UInt8)
    case wrongBatch(Int, wanted: Int)
    /// Whether the input is public is not what the form of the proof is for.
    case inputFormMismatch(ProofForm)
    case input(RunError)
    case output(RunError)
    /// The output does not follow from what the proof says of the run.
    case outputMismatch
    case accumulators(TraceError)
    case revealedOutOfRange(tensor: Int, value: Int64)
    case rows(RowError)
    /// The products do not add up to what the sumcheck ends in.
    case linearMismatch

    // Parameters.
    /// A parameter outside its range.
    case parameterOutOfRange(OpeningParameters.Field, Int)
    /// The parameters prove fewer bits of security than required.
    case weakParameters(bits: Int, required: Int)

    // Opening.
    /// The last claim of the sumcheck is not Σ c·y·Ê.
    case openingClaimMismatch
    /// The last vector does not have the value that the folds leave.
    case foldedClaimMismatch
    /// The nonce does not have the zeros that work would give it.
    case workMissing(bits: Int)
    /// Leaves and siblings do not hash to the root.
    case rootMismatch(Oracle)
    /// An opened value is not the fold of what lies beneath it.
    case foldMismatch(fold: Int, position: Int)

    /// What a root commits to.
    public enum Oracle: Sendable, Equatable, Hashable {
        case stack(Int)
        /// A combined vector in front of one fold.
        case fold(Int)
    }
}
