import Attestation
import Codec
import Crypto
import Payments
import Primitives
import Testing

@Suite struct PolicyLawTests {
    /// 100,000 policies, each with two sets of facts, judged twice.
    @Test func meansWhatThePlainJudgeSays() {
        var random = RandomPolicies(seed: 6)
        var (met, combinations) = (0, 0)
        for _ in 0..<100_000 {
            let policy = random.canonical()
            let json = policy.json
            if case .leaf = policy {} else { combinations += 1 }
            for _ in 0..<2 {
                let facts = random.facts()
                let wanted = PlainJudge.holds(json, facts)
                let isMet = policy.isSatisfied(by: facts)
                let missing = policy.missing(from: facts)
                guard isMet == wanted, (missing == nil) == wanted else {
                    Issue.record("\(policy) by \(facts): \(isMet), \(missing ?? "nothing") missing")
                    return
                }
                met += isMet ? 1 : 0
            }
        }
        #expect(combinations > 40_000, "\(combinations) are more than a leaf")
        #expect(met > 40_000 && met < 160_000, "\(met) of 200,000 are met")
    }

    @Test func moreFactsNeverBreakAPolicy() {
        var random = RandomPolicies(seed: 7)
        var met = 0
        for _ in 0..<20_000 {
            let policy = random.canonical()
            let facts = random.facts()
            guard policy.isSatisfied(by: facts) else { continue }
            met += 1
            #expect(policy.isSatisfied(by: facts.union(random.facts())), "\(policy)")
            #expect(policy.isSatisfied(by: random.facts().union(facts)), "\(policy)")
        }
        #expect(met > 4_000)
    }

    @Test func bytesJSONAndTextRoundTrip() throws {
        for policy in RandomPolicies.canonical(3_000, seed: 8) {
            let bytes = policy.encoded
            #expect(try Policy(decoding: bytes) == policy)
            #expect(try Policy(json: JSON(parsing: policy.json.serialized)) == policy)
            #expect(try Policy(text: policy.text) == policy, "\(policy.text)")
            #expect(policy.hash == Keccak.hash(bytes))
            #expect(throws: PolicyError.trailingBytes(1)) { try Policy(decoding: bytes + [0]) }
        }
        for policy in RandomPolicies.canonical(100, seed: 9) {
            let bytes = policy.encoded
            for count in bytes.indices {
                #expect(throws: PolicyError.self) { try Policy(decoding: Array(bytes[..<count])) }
            }
        }
    }

    /// One policy, one spelling: whatever bytes are read are the bytes that are written.
    @Test func changedBytesAreRefusedOrCanonical() {
        var accepted = 0
        for policy in RandomPolicies.canonical(150, seed: 10) {
            let bytes = policy.encoded
            for index in bytes.indices {
                for bit in 0..<8 {
                    var changed = bytes
                    changed[index] ^= 1 << bit
                    guard let other = try? Policy(decoding: changed) else { continue }
                    #expect(other.encoded == changed && other != policy)
                    accepted += 1
                }
            }
        }
        #expect(accepted > 1_000)
    }

    /// Lists that a policy does not name decide nothing.
    @Test func listsAreAllThatDecide() {
        var random = RandomPolicies(seed: 11)
        for _ in 0..<10_000 {
            let policy = random.canonical()
            var facts = random.facts()
            let isMet = policy.isSatisfied(by: facts)
            let lists = policy.lists
            for index in facts.signers.indices {
                facts.signers[index].lists.formIntersection(lists.signers)
            }
            for index in facts.machines.indices {
                facts.machines[index].lists.formIntersection(lists.measurements)
            }
            for index in facts.executors.indices {
                facts.executors[index].lists.formIntersection(lists.executors)
            }
            #expect(policy.isSatisfied(by: facts) == isMet, "\(policy)")
        }
    }

    @Test func listsAreNamedOnceEach() throws {
        let (one, two) = (Hash(1).hex, Hash(2).hex)
        let text =
            "tee and tee(list=\(two)) and signed(list=\(one)) and (reexecuted or "
            + "reexecuted(list=\(one), count=3) or tee(types=snp)) and tee(measurement=\(one))"
        let lists = try Policy(text: text).lists
        #expect(lists.signers == [Hash(1)])
        #expect(lists.measurements == [Hash(2), TrustLists.measurements].sorted())
        #expect(lists.executors == [Hash(1), TrustLists.executors].sorted())
        #expect(try Policy(text: "plain or signed or zk").lists == PolicyLists())
        let other = PolicyLists(signers: [Hash(2), Hash(1), Hash(2)])
        #expect(lists.union(other).signers == [Hash(1), Hash(2)])
        #expect(
            TrustLists.measurements == Keccak.hash(Array("assay.list.measurements".utf8))
                && TrustLists.executors == Keccak.hash(Array("assay.list.executors".utf8)))
    }
}

@Suite struct PolicyShortfallTests {
    /// Where no shortfall is found, no facts meet the one and not the other.
    @Test func noShortfallMeansNone() {
        var random = RandomPolicies(seed: 12)
        var (found, strictly) = (0, 0)
        for _ in 0..<15_000 {
            let policy = random.canonical()
            let other: Policy
            switch random.below(3) {
            case 0: other = random.canonical()
            case 1:
                let extra = Policy.leaf(random.leaf())
                guard let wider = try? Policy.anyOf([policy, extra]).canonical() else { continue }
                other = wider
            default:
                guard case .allOf(let parts) = policy else { continue }
                other = parts[0]
            }
            guard policy.shortfall(from: other) == nil else { continue }
            found += 1
            strictly += policy == other ? 0 : 1
            for _ in 0..<10 {
                let facts = random.facts()
                if policy.isSatisfied(by: facts) {
                    #expect(other.isSatisfied(by: facts), "\(policy) for \(other): \(facts)")
                }
            }
        }
        #expect(found > 4_000 && strictly > 4_000, "\(found), \(strictly)")
    }

    /// Between leaves: wherever facts can tell them apart, a shortfall is found.
    @Test func impliesOnlyWhatFollows() {
        var random = RandomPolicies(seed: 13)
        let leaves = (0..<160).map { _ in random.leaf() }
        let sets = (0..<400).map { _ in random.facts() }
        var implied = 0
        for one in leaves {
            for other in leaves where Policy.leaf(one).shortfall(from: .leaf(other)) == nil {
                implied += 1
                for facts in sets where one.isMet(by: facts) {
                    #expect(other.isMet(by: facts), "\(one.text) for \(other.text)")
                }
            }
        }
        #expect(implied > 1_000)
    }

    /// Exact where policies have no parameters: all 32 sets of kinds decide.
    @Test func isExactWithoutParameters() {
        let policies = BarePolicies.canonical(400, seed: 14)
        for (policy, other) in zip(policies, policies.dropFirst(7)) {
            let holds = (0..<32).allSatisfy { bits in
                let facts = BarePolicies.facts(EvidenceSet(rawValue: UInt8(bits)))
                return !policy.isSatisfied(by: facts) || other.isSatisfied(by: facts)
            }
            #expect((policy.shortfall(from: other) == nil) == holds, "\(policy) for \(other)")
        }
    }

    private static let a = RandomPolicies.addresses[0].hex
    private static let b = RandomPolicies.addresses[1].hex
    private static let c = RandomPolicies.addresses[2].hex
    private static let list = Hash(5).hex

    @Test(
        arguments: [
            ("tee(age=60)", "tee", nil), ("tee", "tee(age=60)", "tee(age=60)"),
            ("tee(age=60)", "tee(age=3600)", nil), ("tee(age=4294967295)", "tee", nil),
            ("tee", "tee(age=4294967295)", "tee(age=4294967295)"),
            ("tee(types=snp)", "tee", nil), ("tee", "tee(types=snp)", "tee(types=snp)"),
            ("tee", "tee(tcb=OutOfDate)", nil), ("tee(tcb=OutOfDate)", "tee", "tee"),
            ("tee(production)", "tee", nil), ("tee", "tee(production)", "tee(production)"),
            ("tee(measurement=\(list))", "tee", "tee"),
            ("tee", "tee(measurement=\(list))", "tee(measurement=\(list))"),
            ("signed(by=\(a))", "signed(by=\(a)|\(b))", nil),
            ("signed(by=\(a)|\(b))", "signed(by=\(a))", "signed(by=\(a))"),
            ("signed(by=\(a))", "signed", "signed"), ("signed(scheme=p256)", "signed", nil),
            ("reexecuted(chain)", "reexecuted", nil),
            ("reexecuted", "reexecuted(chain)", "reexecuted(chain)"),
            ("reexecuted(list=\(TrustLists.executors), count=2)", "reexecuted", nil),
            ("reexecuted(list=\(TrustLists.executors), count=1)", "reexecuted", "reexecuted"),
            (
                "reexecuted(by=\(a)|\(b)|\(c), count=3)", "reexecuted(by=\(a)|\(b), count=2)", nil
            ),
            (
                "reexecuted(by=\(a)|\(b)|\(c), count=2)", "reexecuted(by=\(a)|\(b), count=1)", nil
            ),
            (
                "reexecuted(by=\(a)|\(b)|\(c), count=2)", "reexecuted(by=\(a)|\(b), count=2)",
                "reexecuted(by=\(a)|\(b), count=2)"
            ),
            ("zk(bits=100)", "zk(bits=80)", nil), ("zk(bits=80)", "zk(bits=100)", "zk(bits=100)"),
            ("zk(hidden)", "zk", nil), ("zk", "zk(hidden)", "zk(hidden)"),
            ("signed and tee(age=60)", "signed and (tee or zk)", nil),
            ("tee(age=60) or zk", "tee(age=60) or zk or signed", nil),
        ] as [(String, String, String?)])
    func comparesParameters(_ policy: String, _ other: String, _ missing: String?) throws {
        let shortfall = try Policy(text: policy).shortfall(from: Policy(text: other))
        #expect(shortfall == missing)
    }

    /// Sixteen of thirty leaves, any of them: more ways than anybody counts.
    @Test func saysWhenItIsTooMuch() throws {
        let many = try Policy.atLeast(
            15, of: (1...30).map { .leaf(.zk(ProofRequirement(securityBitsMin: $0))) }
        ).canonical()
        #expect(try #require(many.shortfall(from: many)).hasPrefix("too many ways"))
        let all = try Policy.allOf(
            (1...31).map { .leaf(.zk(ProofRequirement(securityBitsMin: $0))) }
        ).canonical()
        #expect(all.shortfall(from: all) == nil)
        let any = try Policy.anyOf(
            (1...31).map { .leaf(.zk(ProofRequirement(securityBitsMin: $0))) }
        ).canonical()
        #expect(any.shortfall(from: any) == nil)
    }
}
