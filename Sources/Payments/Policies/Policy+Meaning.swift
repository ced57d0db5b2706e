internal import Attestation
internal import Primitives

// What a policy means. It is judged over facts alone: who asks in whose name, which bytes the
// evidence had and which formats were verified are settled before.

extension Policy {
    /// Whether the policy holds when exactly the given leaves do.
    public func holds(where isMet: (Requirement) -> Bool) -> Bool {
        switch self {
        case .leaf(let requirement): isMet(requirement)
        case .anyOf(let parts): parts.contains { $0.holds(where: isMet) }
        case .allOf(let parts): parts.allSatisfy { $0.holds(where: isMet) }
        case .atLeast(let k, let parts): parts.count { $0.holds(where: isMet) } >= k
        }
    }

    /// Whether the facts meet the policy.
    ///
    /// More facts never break a policy that fewer meet. One fact may meet several leaves.
    public func isSatisfied(by facts: EvidenceFacts) -> Bool {
        holds { $0.gap(in: facts) == nil }
    }

    /// The part that is not met, in words (`signed`, `tee or zk`, `1 more of (signed, zk)`,
    /// `tee: attested 4000 s ago, at most 3600`); nil exactly when the policy is satisfied.
    public func missing(from facts: EvidenceFacts) -> String? {
        missing { $0.gap(in: facts) }
    }

    /// The same, given what each leaf lacks.
    func missing(_ gap: (Requirement) -> String?) -> String? {
        func gaps(_ parts: [Policy]) -> [String] { parts.compactMap { $0.missing(gap) } }
        switch self {
        case .leaf(let requirement): return gap(requirement)
        case .anyOf(let parts):
            let gaps = gaps(parts)
            return gaps.count == parts.count ? Policy.join(gaps, " or ") : nil
        case .allOf(let parts):
            let gaps = gaps(parts)
            return gaps.isEmpty ? nil : Policy.join(gaps, " and ")
        case .atLeast(let k, let parts):
            let gaps = gaps(parts)
            let wanted = k - (parts.count - gaps.count)
            return wanted > 0 ? "\(wanted) more of (" + gaps.joined(separator: ", ") + ")" : nil
        }
    }

    private static func join(_ words: [String], _ separator: String) -> String {
        if words.count == 1 { return words[0] }
        return words.map { $0.contains(" ") ? "(\($0))" : $0 }.joined(separator: separator)
    }
}

extension Requirement {
    /// Whether the facts meet this leaf.
    public func isMet(by facts: EvidenceFacts) -> Bool { gap(in: facts) == nil }

    /// What the facts lack: the leaf itself where there is none of its kind, else what the fact
    /// that comes closest fails; nil when they lack nothing.
    public func gap(in facts: EvidenceFacts) -> String? {
        let gaps: [Gap?]
        switch self {
        case .plain: return nil
        case .signed(let signed): gaps = facts.signers.map(signed.gap)
        case .tee(let tee): gaps = facts.machines.map(tee.gap)
        case .reexecuted(let reexecuted): gaps = [reexecuted.gap(facts)]
        case .zk(let proof): gaps = facts.proofs.map(proof.gap)
        }
        var closest: Gap?
        for gap in gaps {
            guard let gap else { return nil }
            if gap.passed > closest?.passed ?? -1 { closest = gap }
        }
        guard let closest, !closest.text.isEmpty else { return text }
        return "\(kind.name): \(closest.text)"
    }
}

/// Why a fact does not meet a leaf, and how many checks it passed before.
private struct Gap {
    let passed: Int
    /// Empty to name the leaf itself.
    let text: String

    /// The first check that fails; nil when none does.
    static func first(_ checks: [(holds: Bool, text: String)]) -> Gap? {
        guard let index = checks.firstIndex(where: { !$0.holds }) else { return nil }
        return Gap(passed: index, text: checks[index].text)
    }
}

extension AddressGroup {
    fileprivate func contains(_ address: Address, on lists: Set<Hash>) -> Bool {
        switch self {
        case .these(let addresses): addresses.contains(address)
        case .list(let list): lists.contains(list)
        }
    }

    fileprivate func text(without address: Address) -> String {
        switch self {
        case .these(let addresses):
            "by \(address), not by " + addresses.map(\.hex).joined(separator: " or ")
        case .list(let list): "\(address) is not on list \(list)"
        }
    }
}

extension SignedRequirement {
    fileprivate func gap(_ fact: EvidenceFacts.Signer) -> Gap? {
        let isParty = group?.contains(fact.address, on: fact.lists) ?? fact.isProvider
        let party = group?.text(without: fact.address) ?? "by \(fact.address), not by the provider"
        let names = SignatureScheme.allCases.filter { schemes.contains($0) }.map(\.name)
        return .first([
            (isParty, party),
            (
                schemes.contains(fact.scheme),
                "the key is \(fact.scheme.name), not " + names.joined(separator: " or ")
            ),
        ])
    }
}

extension TEERequirement {
    fileprivate func gap(_ fact: EvidenceFacts.Machine) -> Gap? {
        let isMeasured: Bool
        let measured: String
        switch measurement {
        case .list(let list):
            isMeasured = fact.lists.contains(list)
            measured = "measurement \(fact.measurement) is not on list \(list)"
        case .exactly(let wanted):
            isMeasured = fact.measurement == wanted
            measured = "measurement \(fact.measurement), not \(wanted)"
        }
        let age = ageSecondsMax.map(UInt64.init)
        let names = types.types.map(\.name)
        return .first([
            (
                types.contains(fact.type),
                "the machine is \(fact.type.name), not " + names.joined(separator: " or ")
            ),
            (isMeasured, measured),
            (
                fact.status <= worstStatus && fact.status != .revoked,
                "TCB status \(fact.status.name), at worst \(worstStatus.name)"
            ),
            (
                fact.ageSeconds <= age ?? .max,
                "attested \(fact.ageSeconds) s ago, at most \(age ?? 0)"
            ),
            (!isProduction || !fact.isDevelopment, "attested under a development root"),
        ])
    }
}

extension ReexecutedRequirement {
    fileprivate func gap(_ facts: EvidenceFacts) -> Gap? {
        let isThere = facts.isRunByChain || !facts.executors.isEmpty
        switch self {
        case .chain:
            if facts.isRunByChain { return nil }
            return Gap(passed: 0, text: isThere ? "by executors, not by the chain" : "")
        case .chainOrTwo:
            if facts.isRunByChain { return nil }
            return ReexecutedRequirement.gap(.list(TrustLists.executors), 2, facts, isThere)
        case .executors(let group, let count):
            return ReexecutedRequirement.gap(group, count, facts, isThere)
        }
    }

    private static func gap(
        _ group: AddressGroup, _ count: Int, _ facts: EvidenceFacts, _ isThere: Bool
    ) -> Gap? {
        let counted = facts.executors.filter { group.contains($0.address, on: $0.lists) }
        let found = Set(counted.map(\.address)).count
        if found >= count { return nil }
        let whose =
            switch group {
            case .these(let addresses): "of " + addresses.map(\.hex).joined(separator: ", ")
            case .list(let list): "on list \(list)"
            }
        return Gap(passed: 0, text: isThere ? "\(found) of \(count) executors \(whose)" : "")
    }
}

extension ProofRequirement {
    fileprivate func gap(_ fact: EvidenceFacts.Proof) -> Gap? {
        .first([
            (!isInputHidden || fact.isInputHidden, "the input is not hidden"),
            (
                fact.securityBits >= Int(securityBitsMin),
                "\(fact.securityBits) bits, at least \(securityBitsMin)"
            ),
        ])
    }
}
