internal import Codec
internal import Crypto
internal import EVM
internal import Payments
internal import Primitives
internal import Registry

// The two ends of a receipt's way: a state that notes what a check of evidence reads, and one that
// knows no more than what is proven of it.

/// A state that notes what is read of it.
struct RecordingState: EvidenceState {
    private let source: any StateSource
    let chainID: UInt64
    let timestamp: UInt64
    private var read: [(account: Address, slot: UInt256)] = []
    /// Code that was read, each once.
    private(set) var codes: [[UInt8]] = []

    var settledAt: UInt64? { timestamp }

    init(_ source: any StateSource, chainID: UInt64, timestamp: UInt64) {
        self.source = source
        self.chainID = chainID
        self.timestamp = timestamp
    }

    /// The slots of an account that were read, in the order of their first reading.
    func slots(of account: Address) -> [UInt256] {
        read.filter { $0.account == account }.map(\.slot)
    }

    mutating func read<Value>(_ account: Address, _ body: (SlotReader) -> Value) -> Value {
        var found: [UInt256] = []
        let value = body { slot in
            found.append(slot)
            return source.storage(account, slot)
        }
        for slot in found where !read.contains(where: { $0.account == account && $0.slot == slot })
        {
            read.append((account, slot))
        }
        return value
    }

    mutating func charge(_ gas: UInt64) throws(NativeFailure) {}

    mutating func structure<Value>(
        of account: Address?, _ body: (SlotReader) -> Value
    ) throws(NativeFailure) -> Value {
        guard let account else { preconditionFailure("a receipt has no account of its own") }
        return read(account, body)
    }

    mutating func code(of account: Address, hashing hash: Hash) throws(NativeFailure) -> [UInt8] {
        let code = source.code(hash)
        if !codes.contains(code) { codes.append(code) }
        return code
    }
}

/// What a receipt proves of the state behind its block. Whatever is read besides is missing, and
/// makes the whole reading void.
struct ProvenState: EvidenceState {
    let chainID: UInt64
    let timestamp: UInt64
    private let registry: ProvenSlots
    private let trust: ProvenSlots?
    private let codes: [[UInt8]]
    private(set) var isComplete = true

    var settledAt: UInt64? { timestamp }

    init(
        chainID: UInt64, timestamp: UInt64, registry: ProvenSlots, trust: ProvenSlots?,
        codes: [[UInt8]]
    ) {
        self.chainID = chainID
        self.timestamp = timestamp
        self.registry = registry
        self.trust = trust
        self.codes = codes
    }

    mutating func charge(_ gas: UInt64) throws(NativeFailure) {}

    mutating func structure<Value>(
        of account: Address?, _ body: (SlotReader) -> Value
    ) throws(NativeFailure) -> Value {
        let slots: ProvenSlots? =
            switch account {
            case NativeAddress.registry: registry
            case NativeAddress.trust: trust
            default: nil
            }
        var isComplete = slots != nil
        let value = body { slot in
            guard let word = slots?[slot] else {
                isComplete = false
                return .zero
            }
            return word
        }
        if !isComplete {
            self.isComplete = false
            throw .missing(.zero)
        }
        return value
    }

    mutating func code(of account: Address, hashing hash: Hash) throws(NativeFailure) -> [UInt8] {
        guard let code = codes.first(where: { Keccak.hash($0) == hash }) else {
            isComplete = false
            throw .missing(hash)
        }
        return code
    }
}

/// Slots whose values are proven.
struct ProvenSlots {
    private var words: [UInt256: UInt256] = [:]

    init(_ proof: AccountProof) {
        for entry in proof.slots { words[entry.slot] = entry.value }
    }

    subscript(_ slot: UInt256) -> UInt256? { words[slot] }

    /// Reads a structure; any other slot makes the whole reading void.
    func structure<Value>(
        _ name: String, _ body: (SlotReader) -> Value
    ) throws(ReceiptRefusal) -> Value {
        var isComplete = true
        let value = body { slot in
            guard let word = words[slot] else {
                isComplete = false
                return .zero
            }
            return word
        }
        guard isComplete else { throw .missingSlots(name) }
        return value
    }
}

extension EvidenceSubject {
    /// What the evidence of a receipt is judged for; nil where policy or floor are none.
    init?(_ receipt: SettlementReceipt, _ model: ModelRecord) {
        let began = ModelRecord.workBegan(
            stated: receipt.statement.notBefore, now: receipt.timestamp)
        let floor = model.floor(at: began)
        guard let policy = try? Policy(decoding: receipt.policy),
            let wanted = floor.isEmpty ? Policy.kind(.plain) : try? Policy(decoding: floor)
        else { return nil }
        self.init(
            receipt.statement, lists: policy.lists.union(wanted.lists),
            chainID: receipt.chainID, now: receipt.timestamp)
    }

    /// The verdict on a piece that keys and machines decide about. Proofs and the chain's own runs
    /// take a model to check: of these only the form is judged here.
    func verdict(
        on evidence: Evidence, _ state: inout some EvidenceState
    ) throws(NativeFailure) -> EvidenceVerdict {
        switch evidence.kind {
        case .plain:
            return evidence.data.isEmpty
                ? .holds(EvidenceFacts(), .plain)
                : .refused(.invalidEvidence(.plain, "not empty"))
        case .signed: return try EvidenceCheck.signed(evidence.data, about: self, &state)
        case .tee: return try EvidenceCheck.machine(evidence.data, about: self, &state)
        case .zk: return .holds(EvidenceFacts(), .proof)
        case .reexecuted:
            switch try? ReexecutionEvidence(decoding: evidence.data) {
            case .executor(let executor, let signature):
                return try EvidenceCheck.executor(executor, signature, about: self, &state)
            case .chain: return .holds(EvidenceFacts(isRunByChain: true), .chain)
            case nil: return .refused(.invalidEvidence(.reexecuted, "of no form"))
            }
        }
    }
}
