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
