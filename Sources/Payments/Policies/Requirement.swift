public import Attestation
public import Primitives

/// One kind of evidence that a policy asks for, and what it must be like.
///
/// Without parameters each kind asks what it always did: `signed` for the provider's signature,
/// `tee` for an up-to-date machine whose measurement is on the admin's list, `reexecuted` for the
/// chain's own run or for two of the admin's executors, `zk` for any proof by the model's key.
public enum Requirement: Sendable, Hashable {
    case plain
    case signed(SignedRequirement)
    case tee(TEERequirement)
    case reexecuted(ReexecutedRequirement)
    case zk(ProofRequirement)

    /// The kind without parameters.
    public init(_ kind: EvidenceKind) {
        self =
            switch kind {
            case .plain: .plain
            case .signed: .signed(SignedRequirement())
            case .tee: .tee(TEERequirement())
            case .reexecuted: .reexecuted(.chainOrTwo)
            case .zk: .zk(ProofRequirement())
            }
    }

    public var kind: EvidenceKind {
        switch self {
        case .plain: .plain
        case .signed: .signed
        case .tee: .tee
        case .reexecuted: .reexecuted
        case .zk: .zk
        }
    }
}

/// Parties that count: those of a few addresses, or the members of a list in the trust registry.
public enum AddressGroup: Sendable, Hashable {
    /// 1 to `PaymentLimits.policyAddressesMax` addresses, ascending, none twice.
    case these([Address])
    case list(Hash)
}

/// What a signature must be like.
public struct SignedRequirement: Sendable, Hashable {
    /// Who may have signed, one is enough; nil for the provider itself.
    public var group: AddressGroup?
    /// The schemes of keys that count.
    public var schemes: SchemeSet

    public init(by group: AddressGroup? = nil, schemes: SchemeSet = .all) {
        self.group = group
        self.schemes = schemes
    }
}

/// Some TEE types; bit `1 << number` stands for a type.
public struct TEETypeSet: OptionSet, Sendable, Hashable {
    public let rawValue: UInt8

    public init(rawValue: UInt8) { self.rawValue = rawValue }

    public init(_ type: TEEType) { rawValue = 1 << type.rawValue }

    public func contains(_ type: TEEType) -> Bool { contains(TEETypeSet(type)) }

    /// The types that run code of their own: all but GPUs.
    public static let cpus = TEEType.allCases.reduce(into: TEETypeSet()) {
        if $1 != .nvgpu { $0.formUnion(TEETypeSet($1)) }
    }

    /// The types in the set, by rising number.
    public var types: [TEEType] { TEEType.allCases.filter { contains($0) } }
}

/// What an attested machine must be like.
public struct TEERequirement: Sendable, Hashable {
    /// What its code must measure.
    public enum Measurement: Sendable, Hashable {
        /// Something on that list.
        case list(Hash)
        /// This, whatever is on lists.
        case exactly(Hash)
    }

    /// Not empty.
    public var types: TEETypeSet
    /// How long before the judgement it may have been attested; nil for as long as its record
    /// lasts. A document about the statement itself is as old as it says, or as the statement since
    /// its `notBefore` where the format bears no date.
    public var ageSecondsMax: UInt32?
    public var measurement: Measurement
    /// The worst status that counts; `revoked` never does.
    public var worstStatus: TCBStatus
    /// Whether evidence under development roots does not count.
    public var isProduction: Bool

    public init(
        types: TEETypeSet = .cpus, ageSecondsMax: UInt32? = nil,
        measurement: Measurement = .list(TrustLists.measurements),
        worstStatus: TCBStatus = .upToDate, isProduction: Bool = false
    ) {
        self.types = types
        self.ageSecondsMax = ageSecondsMax
        self.measurement = measurement
        self.worstStatus = worstStatus
        self.isProduction = isProduction
    }
}

/// Who must have run the model again.
public enum ReexecutedRequirement: Sendable, Hashable {
    /// The chain itself, or two of the admin's executors.
    case chainOrTwo
    /// The chain itself.
    case chain
    /// At least `count` of the group; the chain is none of them.
    case executors(AddressGroup, count: Int)
}

/// What a proof must be like.
public struct ProofRequirement: Sendable, Hashable {
    /// The security it must have at least; zero for whatever the model's key gives.
    public var securityBitsMin: UInt16
    /// Whether it must hide the input.
    public var isInputHidden: Bool

    public init(securityBitsMin: UInt16 = 0, isInputHidden: Bool = false) {
        self.securityBitsMin = securityBitsMin
        self.isInputHidden = isInputHidden
    }
}
