import Attestation
import Codec
import Payments
import Primitives

/// Policies and facts at random, from pools so small that they often fit.
struct RandomPolicies {
    static let addresses = (1...9).map { Address(truncating: UInt256($0) << 90 | 0xabc) }
    static let lists = [TrustLists.measurements, TrustLists.executors, Hash(77), Hash(.max)]
    static let measurements = [Hash(1), Hash(2), Hash(3)]
    static let ages: [UInt32] = [0, 60, 3600, .max]

    var random: SeededRandom

    init(seed: UInt64) { random = SeededRandom(seed: seed) }

    mutating func below(_ count: Int) -> Int { Int(random.next() % UInt64(count)) }

    mutating func one<Value>(of values: [Value]) -> Value { values[below(values.count)] }

    /// Each value with even chances, in order.
    mutating func some<Value>(of values: [Value]) -> [Value] {
        values.filter { _ in below(2) == 0 }
    }

    // MARK: Leaves

    mutating func group() -> AddressGroup {
        if below(3) == 0 { return .list(one(of: Self.lists)) }
        let few = Self.addresses.prefix(4).filter { _ in below(2) == 0 }
        if below(20) == 0 { return .these(Array(Self.addresses.prefix(8))) }
        return .these(few.isEmpty ? [Self.addresses[0]] : few)
    }

    mutating func signed() -> SignedRequirement {
        var signed = SignedRequirement()
        if below(2) == 0 { signed.group = group() }
        if below(3) == 0 {
            let schemes = some(of: SignatureScheme.allCases)
            let set = schemes.reduce(into: SchemeSet()) { $0.formUnion(SchemeSet($1)) }
            signed.schemes = set.isEmpty ? SchemeSet(.p256) : set
        }
        return signed
    }

    mutating func tee() -> TEERequirement {
        var tee = TEERequirement()
        if below(3) == 0 {
            let types = some(of: TEEType.allCases)
            let set = types.reduce(into: TEETypeSet()) { $0.formUnion(TEETypeSet($1)) }
            tee.types = set.isEmpty ? TEETypeSet(.nvgpu) : set
        }
        if below(3) == 0 { tee.ageSecondsMax = one(of: Self.ages) }
        switch below(4) {
        case 0: tee.measurement = .exactly(one(of: Self.measurements))
        case 1: tee.measurement = .list(one(of: Self.lists))
        default: break
        }
        if below(3) == 0 { tee.worstStatus = one(of: TCBStatus.allCases.dropLast()) }
        tee.isProduction = below(3) == 0
        return tee
    }

    mutating func leaf() -> Requirement {
        switch below(9) {
        case 0: return .plain
        case 1, 2: return .signed(signed())
        case 3, 4: return .tee(tee())
        case 5, 6:
            switch below(4) {
            case 0: return .reexecuted(.chainOrTwo)
            case 1: return .reexecuted(.chain)
            default:
                let group = group()
                var most = 3
                if case .these(let addresses) = group { most = addresses.count }
                return .reexecuted(.executors(group, count: 1 + below(most)))
            }
        default:
            return .zk(
                ProofRequirement(
                    securityBitsMin: one(of: [0, 0, 80, 100, 128, .max]),
                    isInputHidden: below(3) == 0))
        }
    }

    // MARK: Policies

    /// Some policy; most are canonical but for the order of their parts.
    mutating func draw(depth: Int) -> Policy {
        let shape = depth == 1 ? 0 : below(4)
        var parts: [Policy] = []
        if shape > 0 {
            for _ in 0..<2 + below(4) {
                let part = draw(depth: depth - 1)
                if !parts.contains(part) { parts.append(part) }
            }
        }
        switch parts.count {
        case 0, 1: return .leaf(leaf())
        case 3... where shape == 3: return .atLeast(2 + below(parts.count - 2), of: parts)
        default: return shape == 1 ? .anyOf(parts) : .allOf(parts)
        }
    }

    /// The next that is canonical when its parts are in order.
    mutating func canonical() -> Policy {
        while true {
            let drawn = draw(depth: 1 + below(4))
            do { return try drawn.canonical() } catch { continue }
        }
    }

    static func canonical(_ count: Int, seed: UInt64) -> [Policy] {
        var random = RandomPolicies(seed: seed)
        return (0..<count).map { _ in random.canonical() }
    }

    // MARK: Facts

    mutating func signer() -> EvidenceFacts.Signer {
        EvidenceFacts.Signer(
            address: one(of: Self.addresses), scheme: one(of: SignatureScheme.allCases),
            isProvider: below(2) == 0, lists: Set(some(of: Self.lists)))
    }

    mutating func machine() -> EvidenceFacts.Machine {
        EvidenceFacts.Machine(
            type: one(of: TEEType.allCases),
            ageSeconds: one(of: Self.ages.map(UInt64.init) + [59, 61, 1 << 40]),
            measurement: one(of: Self.measurements), lists: Set(some(of: Self.lists)),
            status: below(2) == 0 ? .upToDate : one(of: TCBStatus.allCases),
            isDevelopment: below(3) == 0)
    }

    mutating func executor() -> EvidenceFacts.Executor {
        EvidenceFacts.Executor(
            address: one(of: Array(Self.addresses.prefix(5))),
            lists: Set(some(of: Self.lists)))
    }

    mutating func facts() -> EvidenceFacts {
        var facts = EvidenceFacts(isRunByChain: below(4) == 0)
        for _ in 0..<below(3) { facts.signers.append(signer()) }
        for _ in 0..<below(3) { facts.machines.append(machine()) }
        for _ in 0..<below(5) { facts.executors.append(executor()) }
        for _ in 0..<below(2) {
            facts.proofs.append(
                EvidenceFacts.Proof(
                    securityBits: one(of: [79, 80, 99, 100, 128]), isInputHidden: below(2) == 0))
        }
        return facts
    }
}

/// A second judge of policies, which knows nothing of the first: it reads a policy's JSON, tries
/// facts one by one, and spells `atLeast` out as a count of parts that hold.
enum PlainJudge {
    static func holds(_ policy: JSON, _ facts: EvidenceFacts) -> Bool {
        if let parts = policy["anyOf"]?.array { return met(parts, facts) >= 1 }
        if let parts = policy["allOf"]?.array { return met(parts, facts) == parts.count }
        if let parts = policy["of"]?.array, let least = policy["atLeast"]?.uint64 {
            return met(parts, facts) >= Int(least)
        }
        return failures(policy, facts).contains([])
    }

    private static func met(_ parts: [JSON], _ facts: EvidenceFacts) -> Int {
        var count = 0
        for part in parts where holds(part, facts) { count += 1 }
        return count
    }

    /// For each fact that could meet the leaf, what of the leaf it fails.
    static func failures(_ leaf: JSON, _ facts: EvidenceFacts) -> [[String]] {
        switch leaf["kind"]?.string {
        case "plain": return [[]]
        case "signed": return facts.signers.map { failures(leaf, $0) }
        case "tee": return facts.machines.map { failures(leaf, $0) }
        case "reexecuted": return failures(reexecuted: leaf, facts)
        case "zk":
            return facts.proofs.map { proof in
                var failed: [String] = []
                if let bits = leaf["bits"]?.uint64, proof.securityBits < Int(bits) {
                    failed.append("bits")
                }
                if leaf["hidden"] != nil, !proof.isInputHidden { failed.append("hidden") }
                return failed
            }
        default: return []
        }
    }

    private static func words(_ json: JSON?) -> [String]? { json?.array?.compactMap(\.string) }

    private static func failures(_ leaf: JSON, _ signer: EvidenceFacts.Signer) -> [String] {
        var failed: [String] = []
        if let by = words(leaf["by"]) {
            if !by.contains(signer.address.hex) { failed.append("party") }
        } else if let list = leaf["list"]?.string {
            if !signer.lists.map(\.hex).contains(list) { failed.append("party") }
        } else if !signer.isProvider {
            failed.append("party")
        }
        if let schemes = words(leaf["scheme"]), !schemes.contains(signer.scheme.name) {
            failed.append("scheme")
        }
        return failed
    }

    private static func failures(_ leaf: JSON, _ machine: EvidenceFacts.Machine) -> [String] {
        var failed: [String] = []
        let types = words(leaf["types"]) ?? ["nitro", "sgx", "tdx", "snp"]
        if !types.contains(machine.type.name) { failed.append("types") }
        if let wanted = leaf["measurement"]?.string {
            if machine.measurement.hex != wanted { failed.append("measurement") }
        } else {
            let list = leaf["list"]?.string ?? TrustLists.measurements.hex
            if !machine.lists.map(\.hex).contains(list) { failed.append("measurement") }
        }
        let worst = leaf["tcb"]?.string ?? "UpToDate"
        let order = TCBStatus.allCases.map(\.name)
        let place = { (name: String) in order.firstIndex(of: name) ?? 99 }
        if machine.status == .revoked || place(machine.status.name) > place(worst) {
            failed.append("tcb")
        }
        if let age = leaf["age"]?.uint64, machine.ageSeconds > age { failed.append("age") }
        if leaf["production"] != nil, machine.isDevelopment { failed.append("production") }
        return failed
    }

    private static func failures(reexecuted leaf: JSON, _ facts: EvidenceFacts) -> [[String]] {
        var wanted = 2
        var isMember: (EvidenceFacts.Executor) -> Bool = {
            $0.lists.contains(TrustLists.executors)
        }
        if leaf["chain"] != nil { return facts.isRunByChain ? [[]] : [["chain"]] }
        if let count = leaf["count"]?.uint64 { wanted = Int(count) }
        if let by = words(leaf["by"]) {
            isMember = { by.contains($0.address.hex) }
        } else if let list = leaf["list"]?.string {
            isMember = { $0.lists.map(\.hex).contains(list) }
        } else if facts.isRunByChain {
            return [[]]
        }
        let found = Set(facts.executors.filter(isMember).map(\.address.hex))
        return [found.count >= wanted ? [] : ["count"]]
    }
}
