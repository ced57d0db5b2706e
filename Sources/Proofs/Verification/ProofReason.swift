/// Why a proof is refused, as contracts see it: one number and one name for each rule.
///
/// Both are part of revert data, which contracts read: none ever changes or is used again, and a
/// new rule takes a new number. What `ProofError` tells beyond them, sizes and places, is for
/// people. The article "Proofs" has the table.
public enum ProofReason: String, Sendable, CaseIterable {
    // Form.
    case truncated
    case trailingBytes
    case nonCanonicalElement

    // Key.
    case notAKey
    case unsupportedVersion
    case invalidOutline
    case parametersMismatch
    case tooLarge
    case noWitnessForm
    case unprovableGraph
    case noHiddenForm

    // Statement.
    case unknownForm
    case wrongBatch
    case invalidInput
    case invalidOutput
    case outputMismatch
    case invalidAccumulators
    case revealedOutOfRange
    case rowMismatch
    case invalidRows
    case linearMismatch
    case inputFormMismatch

    // Parameters.
    case parameterOutOfRange
    case weakParameters

    // Opening.
    case openingClaimMismatch
    case foldedClaimMismatch
    case workMissing
    case rootMismatch
    case foldMismatch

    /// The number; the raw value is the name.
    public var code: UInt16 {
        switch self {
        case .truncated: 1
        case .trailingBytes: 2
        case .nonCanonicalElement: 3
        case .notAKey: 10
        case .unsupportedVersion: 11
        case .invalidOutline: 12
        case .parametersMismatch: 13
        case .tooLarge: 14
        case .noWitnessForm: 15
        case .unprovableGraph: 16
        case .noHiddenForm: 17
        case .unknownForm: 20
        case .wrongBatch: 21
        case .invalidInput: 22
        case .invalidOutput: 23
        case .outputMismatch: 24
        case .invalidAccumulators: 25
        case .revealedOutOfRange: 26
        case .rowMismatch: 27
        case .invalidRows: 28
        case .linearMismatch: 29
        case .inputFormMismatch: 30
        case .parameterOutOfRange: 40
        case .weakParameters: 41
        case .openingClaimMismatch: 50
        case .foldedClaimMismatch: 51
        case .workMissing: 52
        case .rootMismatch: 53
        case .foldMismatch: 54
        }
    }
}

extension ProofError {
    /// The rule that is broken, without its particulars.
    public var reason: ProofReason {
        switch self {
        case .truncated: .truncated
        case .trailingBytes: .trailingBytes
        case .nonCanonicalElement: .nonCanonicalElement
        case .notAKey: .notAKey
        case .unsupportedVersion: .unsupportedVersion
        case .outline: .invalidOutline
        case .parametersMismatch: .parametersMismatch
        case .tooLarge: .tooLarge
        case .noWitnessForm: .noWitnessForm
        case .plan: .unprovableGraph
        case .noHiddenForm: .noHiddenForm
        case .unknownForm: .unknownForm
        case .wrongBatch: .wrongBatch
        case .inputFormMismatch: .inputFormMismatch
        case .input: .invalidInput
        case .output: .invalidOutput
        case .outputMismatch: .outputMismatch
        case .accumulators: .invalidAccumulators
        case .revealedOutOfRange: .revealedOutOfRange
        case .rows(.refused): .rowMismatch
        case .rows: .invalidRows
        case .linearMismatch: .linearMismatch
        case .parameterOutOfRange: .parameterOutOfRange
        case .weakParameters: .weakParameters
        case .openingClaimMismatch: .openingClaimMismatch
        case .foldedClaimMismatch: .foldedClaimMismatch
        case .workMissing: .workMissing
        case .rootMismatch: .rootMismatch
        case .foldMismatch: .foldMismatch
        }
    }
}
