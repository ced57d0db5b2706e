internal import Crypto
public import Primitives

/// What evidence an answer needs before it is paid for.
///
/// A policy is an expression over kinds of evidence. No kind stands in for another: a proof does
/// not make a missing signature good unless the policy says so. `plain` asks for nothing.
///
/// A policy is *canonical* when each combination has at least two parts, strictly ascending by
/// their bytes, `2 ≤ k < count` in `atLeast`, at most 32 nodes in all and at most 4 on a path.
/// Decoders and `init(json:)`, `init(text:)` give canonical policies only; a hand-built one becomes
/// canonical by `canonical()`.
public indirect enum Policy: Sendable, Equatable {
    case kind(EvidenceKind)
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
    /// A parameter that this version cannot enforce: ignoring it would weaken the policy.
    case unsupportedParameter(EvidenceKind, bytes: Int)
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

// MARK: Meaning

extension Policy {
    /// Whether evidence of the given kinds, each found good, meets the policy.
    ///
    /// More evidence never breaks a policy that less evidence meets.
    public func isSatisfied(by evidence: EvidenceSet) -> Bool {
        switch self {
        case .kind(.plain): true
        case .kind(let kind): evidence.contains(kind)
        case .anyOf(let parts): parts.contains { $0.isSatisfied(by: evidence) }
        case .allOf(let parts): parts.allSatisfy { $0.isSatisfied(by: evidence) }
        case .atLeast(let k, let parts): parts.count { $0.isSatisfied(by: evidence) } >= k
        }
    }

    /// The part that is not met, in words (`signed`, `tee or zk`, `1 more of (signed, zk)`); nil
    /// exactly when the policy is satisfied.
    public func missing(from evidence: EvidenceSet) -> String? {
        guard !isSatisfied(by: evidence) else { return nil }
        switch self {
        case .kind(let kind): return kind.name
        case .anyOf(let parts): return Policy.join(Policy.gaps(parts, evidence), " or ")
        case .allOf(let parts): return Policy.join(Policy.gaps(parts, evidence), " and ")
        case .atLeast(let k, let parts):
            let gaps = Policy.gaps(parts, evidence)
            let wanted = k - (parts.count - gaps.count)
            return "\(wanted) more of (" + gaps.joined(separator: ", ") + ")"
        }
    }

    private static func gaps(_ parts: [Policy], _ evidence: EvidenceSet) -> [String] {
        parts.compactMap { $0.missing(from: evidence) }
    }

    private static func join(_ words: [String], _ separator: String) -> String {
        if words.count == 1 { return words[0] }
        return words.map { $0.contains(" ") ? "(\($0))" : $0 }.joined(separator: separator)
    }

    /// What evidence may lack that meets this policy but not `other`, in words; nil exactly when
    /// this one asks for at least as much.
    ///
    /// Tries all sets of kinds: there are few, and two policies may say one thing in two ways.
    public func shortfall(from other: Policy) -> String? {
        for bits in 0..<(UInt8(1) << EvidenceKind.allCases.count) {
            let evidence = EvidenceSet(rawValue: bits)
            guard isSatisfied(by: evidence) else { continue }
            if let missing = other.missing(from: evidence) { return missing }
        }
        return nil
    }

    /// The kinds the policy speaks of.
    public var kinds: EvidenceSet {
        switch self {
        case .kind(let kind): EvidenceSet(kind)
        case .anyOf(let parts), .allOf(let parts), .atLeast(_, let parts):
            parts.reduce(into: []) { $0.formUnion($1.kinds) }
        }
    }
}

// MARK: Identity

extension Policy {
    /// Keccak-256 of the canonical bytes.
    public var hash: Hash { Keccak.hash(encoded) }
}
