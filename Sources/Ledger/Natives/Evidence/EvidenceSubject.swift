internal import EVM
internal import Payments
internal import Primitives
internal import Registry

/// What pieces of evidence are judged for: a statement, and the lists that somebody asks about.
struct EvidenceSubject {
    let statement: Statement
    /// The statement's EIP-712 digest: what signatures sign and documents carry.
    let digest: Hash
    /// The time by whose terms the work is judged.
    let began: UInt64
    let lists: PolicyLists

    init(_ statement: Statement, lists: PolicyLists, chainID: UInt64, now: UInt64) {
        self.statement = statement
        digest = statement.hash(chainID: chainID)
        began = ModelRecord.workBegan(stated: statement.notBefore, now: now)
        self.lists = lists
    }

    init(_ statement: Statement, lists: PolicyLists, _ call: NativeCall) {
        self.init(
            statement, lists: lists, chainID: call.block.chainID, now: call.block.timestamp)
    }
}

/// What became of a piece of evidence.
enum EvidenceVerdict {
    /// What it shows, and which piece it is.
    case holds(EvidenceFacts, EvidenceIdentity)
    case refused(NativeError)
}

/// Pieces of evidence that hold, and what they show together. A piece counts once.
struct EvidenceFindings {
    private(set) var facts = EvidenceFacts()
    /// Gas that checking took, piece by piece.
    private(set) var gas: [(kind: EvidenceKind, gas: UInt64)] = []
    private var identities: Set<EvidenceIdentity> = []

    /// Why the piece is refused before anything of it is checked: its form, or that it is there
    /// already.
    func refusal(
        of evidence: Evidence, provider: Address
    ) -> NativeError? {
        do {
            let identity = try evidence.identity(provider: provider)
            guard let identity, identities.contains(identity) else { return nil }
            return .duplicateEvidence(evidence.kind)
        } catch {
            return NativeError(error, kind: evidence.kind)
        }
    }

    /// Adds a piece that holds, or says that it is there already.
    mutating func add(
        _ facts: EvidenceFacts, _ identity: EvidenceIdentity, kind: EvidenceKind, gas: UInt64
    ) -> NativeError? {
        guard identities.insert(identity).inserted else { return .duplicateEvidence(kind) }
        self.gas.append((kind, gas))
        self.facts = self.facts.union(facts)
        return nil
    }
}

extension EvidenceFacts {
    /// Whether some of it rests on a development root.
    var isDevelopment: Bool { machines.contains(where: \.isDevelopment) }
}
