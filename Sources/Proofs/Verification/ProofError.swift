/// Why bytes are no proof of a statement: one case a rule, in the order checked.
public enum ProofError: Error, Equatable, Sendable {
    // Form.
    case truncated(wanted: Int, left: Int)
    case trailingBytes(Int)
    /// A number from this byte on is not below p.
    case nonCanonicalElement(byte: Int)

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
