import Attestation
import Codec
import Payments
import Primitives
import Testing

/// Every leaf of interest against every fact of interest, alone and in pairs: what is demanded is
/// met exactly where the plain judge says so, and what is refused is refused by name.
@Suite struct PolicyPairTests {
    private static let parties = Array(RandomPolicies.addresses.prefix(3))
    private static let list = Hash(77)

    static let leaves: [Requirement] = {
        var leaves: [Requirement] = [.plain]
        let groups: [AddressGroup] = [.these([parties[0]]), .these(parties), .list(list)]
        for group in [nil] + groups.map(Optional.some) {
            for schemes in [SchemeSet.all, SchemeSet(.p256), [SchemeSet(.p256), .init(.rsaPSS)]] {
                leaves.append(.signed(SignedRequirement(by: group, schemes: schemes)))
            }
        }
        for types in [TEETypeSet.cpus, TEETypeSet(.nitro), [TEETypeSet(.tdx), .init(.nvgpu)]] {
            for age in [nil, 0, 3600] as [UInt32?] {
                for measurement in [
                    TEERequirement.Measurement.list(TrustLists.measurements), .list(list),
                    .exactly(Hash(1)),
                ] {
                    for (status, isProduction) in [
                        (TCBStatus.upToDate, false), (.outOfDate, false), (.upToDate, true),
                    ] {
                        leaves.append(
                            .tee(
                                TEERequirement(
                                    types: types, ageSecondsMax: age, measurement: measurement,
                                    worstStatus: status, isProduction: isProduction)))
                    }
                }
            }
        }
        leaves += [.reexecuted(.chainOrTwo), .reexecuted(.chain)]
        for group in groups {
            leaves.append(.reexecuted(.executors(group, count: 1)))
            if group != groups[0] { leaves.append(.reexecuted(.executors(group, count: 2))) }
        }
        for bits in [UInt16(0), 100] {
            for isHidden in [false, true] {
                leaves.append(
                    .zk(ProofRequirement(securityBitsMin: bits, isInputHidden: isHidden)))
            }
        }
        return leaves
    }()

    static let offers: [EvidenceFacts] = {
        var offers = [EvidenceFacts()]
        for (party, isProvider) in [(parties[0], true), (parties[1], false)] {
            for scheme in SignatureScheme.allCases {
                for lists in [[], [list]] as [Set<Hash>] {
                    offers.append(
                        EvidenceFacts(signers: [
                            .init(
                                address: party, scheme: scheme, isProvider: isProvider,
                                lists: lists)
                        ]))
                }
            }
        }
        for type in TEEType.allCases {
            for (age, measurement) in [(UInt64(0), Hash(1)), (3600, Hash(2)), (3601, Hash(1))] {
                for lists in [[], [list], [TrustLists.measurements]] as [Set<Hash>] {
                    for (status, isDevelopment) in [
                        (TCBStatus.upToDate, false), (.outOfDate, false), (.upToDate, true),
                        (.revoked, false),
                    ] {
                        offers.append(
                            EvidenceFacts(machines: [
                                .init(
                                    type: type, ageSeconds: age, measurement: measurement,
                                    lists: lists, status: status, isDevelopment: isDevelopment)
                            ]))
                    }
                }
            }
        }
        offers.append(EvidenceFacts(isRunByChain: true))
        for lists in [[], [list], [TrustLists.executors]] as [Set<Hash>] {
            for count in 1...3 {
                offers.append(
                    EvidenceFacts(
                        executors: parties.prefix(count).map { .init(address: $0, lists: lists) }))
            }
        }
        for bits in [99, 100] {
            for isHidden in [false, true] {
                offers.append(
                    EvidenceFacts(proofs: [.init(securityBits: bits, isInputHidden: isHidden)]))
            }
        }
        return offers
    }()

    /// The words by which a refusal names what failed.
    private static let phrases = [
        "party": ["not by", "is not on list"], "scheme": ["the key is"],
        "types": ["the machine is"], "measurement": ["measurement"], "tcb": ["TCB status"],
        "age": ["s ago, at most"], "production": ["development root"],
        "chain": ["not by the chain"], "count": [" executors "], "bits": ["bits, at least"],
        "hidden": ["not hidden"],
    ]

    @Test func everyLeafMeetsItsEvidenceAlone() {
        #expect(Self.leaves.count > 100 && Self.offers.count > 190)
        var (met, refused) = (0, 0)
        for leaf in Self.leaves {
            let policy = Policy.leaf(leaf)
            let json = policy.json
            for offer in Self.offers {
                let wanted = PlainJudge.holds(json, offer)
                let missing = policy.missing(from: offer)
                #expect(policy.isSatisfied(by: offer) == wanted, "\(policy) by \(offer)")
                #expect((missing == nil) == wanted, "\(policy) by \(offer)")
                guard let missing else {
                    met += 1
                    continue
                }
                refused += 1
                let failures = PlainJudge.failures(json, offer)
                guard let first = failures.first, offer.kinds.contains(leaf.kind) else {
                    // None of the kind: the whole leaf is named.
                    #expect(missing == leaf.text)
                    continue
                }
                let words = first.flatMap { Self.phrases[$0] ?? [] }
                #expect(missing.hasPrefix(leaf.kind.name + ": "), "\(missing)")
                #expect(words.contains { missing.contains($0) }, "\(missing) for \(first)")
            }
        }
        #expect(met > 1_000 && refused > 10_000, "\(met) met, \(refused) refused")
    }

    /// All pairs of leaves, joined by `and` and by `or`, against pairs of facts in turns.
    @Test func everyPairOfLeavesMeetsItsEvidence() throws {
        let leaves = Self.leaves.enumerated().filter { $0.offset % 3 == 0 || $0.offset < 14 }
            .map(\.element)
        var turn = 0
        for (index, one) in leaves.enumerated() {
            for other in leaves.dropFirst(index + 1) {
                let parts: [Policy] = [.leaf(one), .leaf(other)]
                for policy in [try Policy.allOf(parts).canonical(), try .anyOf(parts).canonical()] {
                    let json = policy.json
                    for _ in 0..<8 {
                        turn += 1
                        let facts = Self.offers[turn * 7 % Self.offers.count]
                            .union(Self.offers[turn * 11 % Self.offers.count])
                        let wanted = PlainJudge.holds(json, facts)
                        #expect(policy.isSatisfied(by: facts) == wanted, "\(policy) by \(facts)")
                        #expect((policy.missing(from: facts) == nil) == wanted)
                    }
                }
            }
        }
    }

    @Test(
        arguments: [
            (
                "tee(age=3600)", EvidenceFacts(machines: [machine(age: 4000)]),
                "tee: attested 4000 s ago, at most 3600"
            ),
            (
                "tee(production)", EvidenceFacts(machines: [machine(isDevelopment: true)]),
                "tee: attested under a development root"
            ),
            (
                "tee", EvidenceFacts(machines: [machine(status: .outOfDate)]),
                "tee: TCB status OutOfDate, at worst UpToDate"
            ),
            (
                "tee(types=nitro|tdx)", EvidenceFacts(machines: [machine()]),
                "tee: the machine is snp, not nitro or tdx"
            ),
            // The one that comes closest is told.
            (
                "tee(types=snp, age=5)",
                EvidenceFacts(machines: [machine(type: .sgx), machine(age: 6), machine(age: 9)]),
                "tee: attested 6 s ago, at most 5"
            ),
            ("tee(age=3600)", EvidenceFacts(), "tee(age=3600)"),
            (
                "zk(bits=100) and signed", EvidenceFacts(proofs: [proof(98)]),
                "signed and (zk: 98 bits, at least 100)"
            ),
            ("zk(hidden)", EvidenceFacts(proofs: [proof(98)]), "zk: the input is not hidden"),
            (
                "reexecuted(chain)", EvidenceFacts(executors: [.init(address: .zero)]),
                "reexecuted: by executors, not by the chain"
            ),
            (
                "reexecuted", EvidenceFacts(executors: [.init(address: .zero)]),
                "reexecuted: 0 of 2 executors on list \(TrustLists.executors)"
            ),
            (
                "signed(scheme=p256)",
                EvidenceFacts(signers: [
                    .init(address: .zero, scheme: .rsaPSS, isProvider: true)
                ]), "signed: the key is rsa-pss, not p256"
            ),
        ] as [(String, EvidenceFacts, String)])
    func namesWhatIsMissing(_ text: String, _ facts: EvidenceFacts, _ missing: String) throws {
        #expect(try Policy(text: text).missing(from: facts) == missing)
    }

    private static func machine(
        type: TEEType = .snp, age: UInt64 = 0, status: TCBStatus = .upToDate,
        isDevelopment: Bool = false
    ) -> EvidenceFacts.Machine {
        EvidenceFacts.Machine(
            type: type, ageSeconds: age, measurement: Hash(1), lists: [TrustLists.measurements],
            status: status, isDevelopment: isDevelopment)
    }

    private static func proof(_ bits: Int) -> EvidenceFacts.Proof {
        EvidenceFacts.Proof(securityBits: bits, isInputHidden: false)
    }

    /// Twice the same executor is one.
    @Test func countsExecutorsOnce() throws {
        let party = Self.parties[0]
        let policy = try Policy(
            text: "reexecuted(by=\(Self.parties[0])|\(Self.parties[1]), count=2)")
        let twice = EvidenceFacts(executors: [.init(address: party), .init(address: party)])
        #expect(policy.missing(from: twice)?.hasPrefix("reexecuted: 1 of 2 executors of") == true)
        #expect(
            policy.isSatisfied(by: twice.union(.init(executors: [.init(address: Self.parties[1])])))
        )
    }
}
