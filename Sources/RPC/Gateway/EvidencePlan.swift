internal import Payments

/// Which evidence a gateway gives for a request: the cheapest that meets policy and floor.
struct EvidencePlan {
    /// What a provider may give by itself, in the order of what it costs: a signature; the
    /// machine's signature; the chain's own run, paid in gas; a proof.
    private static let order: [EvidenceKind] = [.signed, .tee, .reexecuted, .zk]

    /// Of each kind that can be given, what it will show.
    private(set) var offers: [EvidenceKind: EvidenceFacts] = [:]
    let policy: Policy
    let floor: Policy?

    init(_ policy: Policy, floor: Policy?) {
        self.policy = policy
        self.floor = floor
    }

    mutating func offer(_ kind: EvidenceKind, _ facts: EvidenceFacts) { offers[kind] = facts }

    /// All that can be given.
    var gives: EvidenceSet {
        EvidencePlan.order.reduce(into: []) { set, kind in
            if offers[kind] != nil { set.insert(EvidenceSet(kind)) }
        }
    }

    /// The youngest attestation that some part asks for, in seconds; nil where none does.
    var ageSecondsMax: UInt32? {
        let ages = [policy, floor].compactMap { $0?.ageSecondsMax }
        return ages.min()
    }

    /// Why all of it together is too little; nil when it is enough.
    var missing: String? {
        let facts = facts(of: gives)
        return policy.missing(from: facts) ?? floor?.missing(from: facts)
    }

    /// The first choice that is enough, dearer kinds last; nil when none is.
    ///
    /// - Parameter needed: a kind that must be part of it.
    func cheapest(with needed: EvidenceKind? = nil) -> EvidenceSet? {
        let kinds = EvidencePlan.order.filter { offers[$0] != nil }
        guard !kinds.isEmpty else { return nil }
        for choice in 1..<(1 << kinds.count) {
            let set = kinds.indices.reduce(into: EvidenceSet()) { set, index in
                if choice >> index & 1 == 1 { set.insert(EvidenceSet(kinds[index])) }
            }
            if let needed, !set.contains(needed) { continue }
            let facts = facts(of: set)
            if policy.isSatisfied(by: facts), floor?.isSatisfied(by: facts) ?? true { return set }
        }
        return nil
    }

    private func facts(of kinds: EvidenceSet) -> EvidenceFacts {
        EvidencePlan.order.reduce(EvidenceFacts()) { facts, kind in
            guard kinds.contains(kind), let offered = offers[kind] else { return facts }
            return facts.union(offered)
        }
    }
}

extension Policy {
    fileprivate var ageSecondsMax: UInt32? {
        switch self {
        case .leaf(.tee(let tee)): tee.ageSecondsMax
        case .leaf: nil
        case .anyOf(let parts), .allOf(let parts), .atLeast(_, let parts):
            parts.compactMap(\.ageSecondsMax).min()
        }
    }
}
