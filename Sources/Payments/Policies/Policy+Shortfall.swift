internal import Attestation
internal import Primitives

// Whether one policy asks for as much as another. Policies are monotone: each is met by the ways in
// its own disjunctive form and by whatever contains one of them. So `self` asks for as much as
// `other` if each way of `self`, with all that its leaves imply one by one, meets `other`. That is
// sound; it may miss what follows from several leaves only together, and then says "weaker".

extension Policy {
    /// What evidence may lack that meets this policy but not `other`, in words; nil only when this
    /// one asks for at least as much.
    ///
    /// Between policies without parameters the answer is exact. Policies with too many ways to be
    /// met count as weaker, and the words say so.
    public func shortfall(from other: Policy) -> String? {
        let atoms = leaves
        let wanted = other.leaves
        // `implied[i]`: the leaves of the other policy that atom `i` implies.
        let implied = atoms.map { atom in
            wanted.indices.reduce(UInt64(0)) { bits, index in
                atom.implies(wanted[index]) ? bits | 1 << UInt64(index) : bits
            }
        }
        var budget = PaymentLimits.policyComparisonsMax
        guard let ways = ways(atoms, &budget) else {
            return "too many ways to be met to be compared with \(other.text)"
        }
        for way in ways.sets {
            let held = atoms.indices.reduce(UInt64(0)) { bits, index in
                way >> UInt64(index) & 1 == 1 ? bits | implied[index] : bits
            }
            func isHeld(_ leaf: Requirement) -> Bool {
                guard let index = wanted.firstIndex(of: leaf) else { return true }
                return held >> UInt64(index) & 1 == 1
            }
            guard !other.holds(where: isHeld) else { continue }
            return other.missing { isHeld($0) ? nil : $0.text }
        }
        return nil
    }

    /// The leaves but `plain`, each once: at most 32.
    var leaves: [Requirement] {
        var leaves: [Requirement] = []
        collect(&leaves)
        return leaves
    }

    /// Whether some leaf asks for more, or for less, than its kind does by default.
    public var hasParameters: Bool { leaves.contains { $0 != Requirement($0.kind) } }

    private func collect(_ atoms: inout [Requirement]) {
        switch self {
        case .leaf(.plain): break
        case .leaf(let requirement):
            if !atoms.contains(requirement) { atoms.append(requirement) }
        case .anyOf(let parts), .allOf(let parts), .atLeast(_, let parts):
            for part in parts { part.collect(&atoms) }
        }
    }

    /// The least sets of atoms that meet the policy; nil when the budget does not last.
    private func ways(_ atoms: [Requirement], _ budget: inout Int) -> Ways? {
        let k: Int
        let parts: [Policy]
        switch self {
        case .leaf(let requirement):
            // `plain` is no atom: nothing meets it.
            let index = atoms.firstIndex(of: requirement)
            return Ways(sets: [index.map { 1 << UInt64($0) } ?? 0])
        case .anyOf(let some): (k, parts) = (1, some)
        case .allOf(let all): (k, parts) = (all.count, all)
        case .atLeast(let least, let some): (k, parts) = (least, some)
        }
        // `met[j]`: the ways to meet j of the parts seen so far.
        var met = [Ways](repeating: Ways(sets: []), count: k + 1)
        met[0] = Ways(sets: [0])
        for (index, part) in parts.enumerated() {
            guard let ways = part.ways(atoms, &budget) else { return nil }
            // Fewer than `least` cannot become k by the parts that are left.
            let least = max(1, k - (parts.count - index - 1))
            for j in stride(from: k, through: least, by: -1) {
                for one in met[j - 1].sets {
                    for other in ways.sets {
                        guard met[j].insert(one | other, &budget) else { return nil }
                    }
                }
            }
        }
        return met[k]
    }
}

/// Sets of atoms, none of which contains another; bit `i` stands for atom `i`, of at most 32.
private struct Ways {
    var sets: [UInt64]

    /// Keeps the set unless one that is there is within it; false when the budget is spent.
    mutating func insert(_ set: UInt64, _ budget: inout Int) -> Bool {
        budget -= sets.count + 1
        guard budget >= 0 else { return false }
        if sets.contains(where: { $0 & set == $0 }) { return true }
        sets.removeAll { $0 & set == set }
        sets.append(set)
        return true
    }
}

extension Requirement {
    /// Whether whatever meets this leaf meets the other one.
    func implies(_ other: Requirement) -> Bool {
        switch (self, other) {
        case (_, .plain): true
        case (.signed(let one), .signed(let other)):
            one.schemes.isSubset(of: other.schemes) && one.group.isWithin(other.group)
        case (.tee(let one), .tee(let other)):
            one.types.isSubset(of: other.types) && one.measurement == other.measurement
                && one.worstStatus <= other.worstStatus
                && one.ageSecondsMax ?? .max <= other.ageSecondsMax ?? .max
                && (one.ageSecondsMax != nil || other.ageSecondsMax == nil)
                && (one.isProduction || !other.isProduction)
        case (.reexecuted(let one), .reexecuted(let other)): one.implies(other)
        case (.zk(let one), .zk(let other)):
            one.securityBitsMin >= other.securityBitsMin
                && (one.isInputHidden || !other.isInputHidden)
        default: false
        }
    }
}

extension AddressGroup? {
    /// Whether each party of this group is one of the other's, whatever is on lists.
    fileprivate func isWithin(_ other: AddressGroup?) -> Bool {
        switch (self, other) {
        case (nil, nil): true
        case (.list(let one), .list(let other)): one == other
        case (.these(let some), .these(let others)): some.allSatisfy { others.contains($0) }
        default: false
        }
    }
}

extension ReexecutedRequirement {
    fileprivate func implies(_ other: ReexecutedRequirement) -> Bool {
        switch (self, other) {
        case (.chain, .chain), (.chain, .chainOrTwo), (.chainOrTwo, .chainOrTwo): true
        case (.executors(.list(TrustLists.executors), let count), .chainOrTwo): count >= 2
        case (.executors(.list(let one), let count), .executors(.list(let other), let wanted)):
            one == other && count >= wanted
        case (.executors(.these(let some), let count), .executors(.these(let others), let wanted)):
            // The rest may all be among those that do not count there.
            count - some.count { !others.contains($0) } >= wanted
        default: false
        }
    }
}
