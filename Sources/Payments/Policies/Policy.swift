internal import Crypto
public import Primitives

/// What evidence an answer needs before it is paid for.
///
/// A policy is an expression over kinds of evidence and what each must be like. No kind stands in
/// for another: a proof does not make a missing signature good unless the policy says so. `plain`
/// asks for nothing.
///
/// A policy is *canonical* when each combination has at least two parts, strictly ascending by
/// their bytes, `2 ≤ k < count` in `atLeast`, no leaf spells out a default, and there are at most
/// 32 nodes in all, 4 on a path and 512 bytes.
/// Decoders and `init(json:)`, `init(text:)` give canonical policies only; a hand-built one becomes
/// canonical by `canonical()`.
public indirect enum Policy: Sendable, Equatable {
    case leaf(Requirement)
    case anyOf([Policy])
    case allOf([Policy])
    case atLeast(Int, of: [Policy])
}

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

// MARK: Identity

extension Policy {
    /// A kind of evidence without parameters.
    public static func kind(_ kind: EvidenceKind) -> Policy { .leaf(Requirement(kind)) }

    /// Keccak-256 of the canonical bytes.
    public var hash: Hash { Keccak.hash(encoded) }

    /// The kinds the policy speaks of.
    public var kinds: EvidenceSet {
        switch self {
        case .leaf(let requirement): EvidenceSet(requirement.kind)
        case .anyOf(let parts), .allOf(let parts), .atLeast(_, let parts):
            parts.reduce(into: []) { $0.formUnion($1.kinds) }
        }
    }
}
