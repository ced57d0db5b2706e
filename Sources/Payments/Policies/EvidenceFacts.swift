public import Attestation
public import Primitives

/// What evidence was found to show: all that policies are judged by.
///
/// Whoever verifies evidence makes one fact of each piece that holds, and none of any other. A
/// fact says what is so at the time of the judgement: a list is named in it when the signer, the
/// executor or the measurement is a member then. Lists that no policy at hand names may be left
/// out (`Policy.lists`); leaving one out never makes a policy hold.
public struct EvidenceFacts: Sendable, Equatable {
    /// A registered party's signature of the statement.
    public struct Signer: Sendable, Equatable {
        public var address: Address
        public var scheme: SignatureScheme
        /// Whether the signer is the provider of the statement.
        public var isProvider: Bool
        /// The lists that the address is on.
        public var lists: Set<Hash>

        public init(
            address: Address, scheme: SignatureScheme, isProvider: Bool, lists: Set<Hash> = []
        ) {
            self.address = address
            self.scheme = scheme
            self.isProvider = isProvider
            self.lists = lists
        }
    }

    /// A machine whose attestation stands behind the statement: by its key or by a document.
    public struct Machine: Sendable, Equatable {
        public var type: TEEType
        /// Seconds from the attestation to the judgement: since the document that registered the
        /// key, or the one about the statement, says that it was made. A quote or report bears no
        /// date: one that registered a key counts from its registration, one about a statement
        /// from the statement's `notBefore`.
        public var ageSeconds: UInt64
        public var measurement: Hash
        /// The lists that the measurement is on.
        public var lists: Set<Hash>
        public var status: TCBStatus
        /// Whether the evidence ends in a development root.
        public var isDevelopment: Bool

        public init(
            type: TEEType, ageSeconds: UInt64, measurement: Hash, lists: Set<Hash> = [],
            status: TCBStatus = .upToDate, isDevelopment: Bool = false
        ) {
            self.type = type
            self.ageSeconds = ageSeconds
            self.measurement = measurement
            self.lists = lists
            self.status = status
            self.isDevelopment = isDevelopment
        }
    }

    /// A party other than the provider that ran the model again and signed for the same output.
    public struct Executor: Sendable, Equatable {
        public var address: Address
        /// The lists that the address is on.
        public var lists: Set<Hash>

        public init(address: Address, lists: Set<Hash> = []) {
            self.address = address
            self.lists = lists
        }
    }

    /// A proof of the run.
    public struct Proof: Sendable, Equatable {
        /// What a forger would have to break.
        public var securityBits: Int
        public var isInputHidden: Bool

        public init(securityBits: Int, isInputHidden: Bool) {
            self.securityBits = securityBits
            self.isInputHidden = isInputHidden
        }
    }

    public var signers: [Signer]
    public var machines: [Machine]
    public var executors: [Executor]
    /// Whether the chain itself ran the model again.
    public var isRunByChain: Bool
    public var proofs: [Proof]

    public init(
        signers: [Signer] = [], machines: [Machine] = [], executors: [Executor] = [],
        isRunByChain: Bool = false, proofs: [Proof] = []
    ) {
        self.signers = signers
        self.machines = machines
        self.executors = executors
        self.isRunByChain = isRunByChain
        self.proofs = proofs
    }

    /// The kinds of which there is a fact.
    public var kinds: EvidenceSet {
        var kinds = EvidenceSet()
        if !signers.isEmpty { kinds.insert(EvidenceSet(.signed)) }
        if !machines.isEmpty { kinds.insert(EvidenceSet(.tee)) }
        if isRunByChain || !executors.isEmpty { kinds.insert(EvidenceSet(.reexecuted)) }
        if !proofs.isEmpty { kinds.insert(EvidenceSet(.zk)) }
        return kinds
    }

    /// These facts and those.
    public func union(_ other: EvidenceFacts) -> EvidenceFacts {
        EvidenceFacts(
            signers: signers + other.signers, machines: machines + other.machines,
            executors: executors + other.executors,
            isRunByChain: isRunByChain || other.isRunByChain, proofs: proofs + other.proofs)
    }
}
