/// Why bytes, JSON or text are no policy.
public enum PolicyError: Error, Equatable, Sendable {
    case unsupportedVersion(UInt8)
    case truncated
    case trailingBytes(Int)
    case unknownNode(UInt8)
    /// A parameter that the kind lacks, by tag or name: ignoring it would weaken the policy.
    case unknownParameter(EvidenceKind, String)
    case parametersNotAscending(EvidenceKind)
    case repeatedParameter(EvidenceKind, String)
    /// A value of the wrong length, form or range.
    case invalidParameter(EvidenceKind, String)
    /// A value that means the same as leaving it out.
    case defaultParameter(EvidenceKind, String)
    case conflictingParameters(EvidenceKind, String, String)
    /// Parameters that mean nothing without this one.
    case missingParameter(EvidenceKind, String)
    case tooLong(bytes: Int, max: Int)
    case tooDeep(max: Int)
    case tooManyNodes(max: Int)
    /// A combination of fewer than two parts.
    case tooFewParts(Int)
    /// Not `2 ≤ k < count`: one and all have their own spellings.
    case invalidThreshold(Int, of: Int)
    /// Parts repeat, or bytes hold them in another order than by their bytes.
    case partsNotAscending
    /// JSON that is none of the four forms.
    case invalidForm
    case unknownKind(String)
    case textTooLong(bytes: Int, max: Int)
    /// Text that breaks the grammar; `at` is a byte offset.
    case invalidText(at: Int)
}

extension PolicyError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .unsupportedVersion(let version): "version \(version) of policies is not known"
        case .truncated: "it ends too early"
        case .trailingBytes(let count): "\(count) bytes follow it"
        case .unknownNode(let byte): "byte \(byte) begins no part of a policy"
        case .unknownParameter(let kind, let name):
            "\(kind.name) has no parameter \(name)" + PolicyError.parameters(of: kind)
        case .parametersNotAscending(let kind):
            "the parameters of \(kind.name) are not in ascending order"
        case .repeatedParameter(let kind, let name): "\(kind.name) has \(name) twice"
        case .invalidParameter(let kind, let name):
            "\(kind.name) takes no such value for \(name)"
        case .defaultParameter(let kind, let name):
            "\(kind.name) means the same without this \(name): leave it out"
        case .conflictingParameters(let kind, let one, let other):
            "\(kind.name) takes \(one) or \(other), not both"
        case .missingParameter(let kind, let name): "\(kind.name) needs \(name) too"
        case .tooLong(let bytes, let max): "it has \(bytes) bytes, more than \(max)"
        case .tooDeep(let max): "it is nested deeper than \(max)"
        case .tooManyNodes(let max): "it has more than \(max) parts"
        case .tooFewParts(let count): "a combination of \(count), where two are the least"
        case .invalidThreshold(let count, let total) where count > total:
            "\(count) of \(total) can never hold"
        case .invalidThreshold(let count, let total):
            "\(count) of \(total) is written otherwise: any of them with or, all with and"
        case .partsNotAscending: "its parts repeat or are not in ascending order"
        case .invalidForm: "it is none of kind, anyOf, allOf and atLeast"
        case .unknownKind(let name):
            "there is no kind \(name): plain, signed, tee, reexecuted and zk are known"
        case .textTooLong(let bytes, let max): "its text has \(bytes) bytes, more than \(max)"
        case .invalidText(let offset): "it cannot be read from character \(offset + 1) on"
        }
    }

    /// What a kind has instead of a parameter that it lacks.
    private static func parameters(of kind: EvidenceKind) -> String {
        let names = PolicyParameter.all(of: kind).map(\.name).joined(separator: ", ")
        return names.isEmpty ? ": it has none" : ": it has \(names)"
    }
}
