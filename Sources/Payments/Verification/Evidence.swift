public import Primitives

/// How strongly an answer is backed. The numbers are part of policies and receipts.
public enum EvidenceKind: UInt8, CaseIterable, Sendable {
    /// Nothing backs the answer.
    case plain = 0
    /// The provider's registered key signs the statement.
    case signed = 1
    /// A key bound to an attested machine signs it.
    case tee = 2
    /// Others, or the chain, ran the model again.
    case reexecuted = 3
    /// A zero-knowledge proof of the run.
    case zk = 4

    /// The word for it in JSON and text.
    public var name: String {
        switch self {
        case .plain: "plain"
        case .signed: "signed"
        case .tee: "tee"
        case .reexecuted: "reexecuted"
        case .zk: "zk"
        }
    }

    /// The kind of that name; nil for other words, cases included.
    public init?(name: String) {
        guard
            let kind = EvidenceKind.allCases.first(where: { $0.name.utf8.elementsEqual(name.utf8) })
        else { return nil }
        self = kind
    }
}

/// Kinds of evidence that were given and found good; bit `1 << kind` stands for a kind.
public struct EvidenceSet: OptionSet, Sendable {
    public let rawValue: UInt8

    public init(rawValue: UInt8) { self.rawValue = rawValue }

    public init(_ kind: EvidenceKind) { rawValue = 1 << kind.rawValue }

    /// The mark of evidence that rests on a development root: bit 7, which is no kind.
    public static let development = EvidenceSet(rawValue: 0x80)

    public func contains(_ kind: EvidenceKind) -> Bool { contains(EvidenceSet(kind)) }

    /// The kinds in the set, by rising number.
    public var kinds: [EvidenceKind] { EvidenceKind.allCases.filter { contains($0) } }
}

/// One piece of evidence as a provider hands it in.
public struct Evidence: Sendable, Equatable {
    public let kind: EvidenceKind
    /// What the kind asks for: `SignedEvidence`, `TEEEvidence`, `ReexecutionEvidence`,
    /// `ProofEvidence`, nothing for `plain`.
    public let data: [UInt8]

    public init(kind: EvidenceKind, data: [UInt8]) {
        self.kind = kind
        self.data = data
    }

    /// What a receipt keeps of it.
    public var digest: EvidenceDigest { EvidenceDigest(of: self) }

    /// Checks `plain` evidence, and `signed` evidence of the provider, about a statement's digest.
    /// - Throws: `unsupportedKind` for kinds that a signature does not decide.
    public func verify(digest: Hash, key: SignerKey) throws(EvidenceError) {
        switch kind {
        case .plain:
            guard data.isEmpty else { throw .wrongLength(wanted: 0, got: data.count) }
        case .signed:
            try SignedEvidence.verify(digest: digest, data: data, key: key)
        case .tee, .reexecuted, .zk:
            throw .unsupportedKind(kind)
        }
    }
}

/// Why evidence is refused.
public enum EvidenceError: Error, Equatable, Sendable {
    case wrongLength(wanted: Int, got: Int)
    /// A length that no form of the kind has.
    case invalidLength(Int)
    /// A first byte that names no form of the kind.
    case unknownForm(UInt8)
    case unknownTEEType(UInt8)
    /// The other half of the group would sign the same: s must be in the lower half.
    case malleable
    /// `got` is nil where the signature recovers to no key.
    case wrongSigner(expected: Address, got: Address?)
    case invalidSignature
    case unsupportedKind(EvidenceKind)
}
