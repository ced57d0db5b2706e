import Attestation
import Codec
import Crypto
import Payments
import Primitives
import Testing

/// Policies without parameters, and what they mean by another road than the one under test.
enum BarePolicies {
    /// Some policy; most are canonical but for the order of their parts.
    static func draw(depth: Int, from random: inout SeededRandom) -> Policy {
        let shape = depth == 1 ? 0 : random.next() % 4
        var parts: [Policy] = []
        if shape > 0 {
            for _ in 0..<random.next() % 4 + 2 {
                let part = draw(depth: depth - 1, from: &random)
                if !parts.contains(part) { parts.append(part) }
            }
        }
        switch parts.count {
        case 0, 1:
            let kinds = EvidenceKind.allCases
            return .kind(kinds[Int(random.next() % UInt64(kinds.count))])
        case 3... where shape == 3:
            return .atLeast(2 + Int(random.next() % UInt64(parts.count - 2)), of: parts)
        default: return shape == 1 ? .anyOf(parts) : .allOf(parts)
        }
    }

    /// Canonical policies, made from seed after seed until there are enough.
    static func canonical(_ count: Int, seed: UInt64) -> [Policy] {
        var random = SeededRandom(seed: seed)
        var policies: [Policy] = []
        while policies.count < count {
            let drawn = draw(depth: 2 + Int(random.next() % 3), from: &random)
            do { policies.append(try drawn.canonical()) } catch { continue }
        }
        return policies
    }

    /// Bit `e` tells whether the evidence set with the raw value `e` meets the policy. `atLeast`
    /// is spelt out as "some choice of k parts, all of them".
    static func table(_ policy: Policy) -> UInt32 {
        switch policy {
        case .leaf(.plain): return .max
        case .leaf(let leaf):
            let kind = leaf.kind
            return (0..<32).reduce(0) { table, set in
                set >> Int(kind.rawValue) & 1 == 1 ? table | 1 << UInt32(set) : table
            }
        case .anyOf(let parts): return parts.reduce(0) { $0 | table($1) }
        case .allOf(let parts): return parts.reduce(.max) { $0 & table($1) }
        case .atLeast(let k, let parts):
            let tables = parts.map(table)
            return (0..<1 << parts.count).reduce(0) { union, choice in
                guard choice.nonzeroBitCount == k else { return union }
                let all = tables.indices.reduce(UInt32.max) { meet, index in
                    choice >> index & 1 == 1 ? meet & tables[index] : meet
                }
                return union | all
            }
        }
    }

    static let sets = (0..<32).map { EvidenceSet(rawValue: UInt8($0)) }

    /// Facts of these kinds that meet each kind's leaf without parameters.
    static func facts(_ kinds: EvidenceSet) -> EvidenceFacts {
        var facts = EvidenceFacts()
        if kinds.contains(.signed) {
            facts.signers = [.init(address: .zero, scheme: .p256, isProvider: true)]
        }
        if kinds.contains(.tee) {
            facts.machines = [
                .init(
                    type: .snp, ageSeconds: 7, measurement: .zero, lists: [TrustLists.measurements])
            ]
        }
        facts.isRunByChain = kinds.contains(.reexecuted)
        if kinds.contains(.zk) { facts.proofs = [.init(securityBits: 90, isInputHidden: false)] }
        return facts
    }
}

@Suite struct PolicyTests {
    static let policies = BarePolicies.canonical(2_000, seed: 402)

    @Test func meansWhatBruteForceSays() {
        var combinations = 0
        var met = 0
        for policy in Self.policies {
            let table = BarePolicies.table(policy)
            for set in BarePolicies.sets {
                let isMet = table >> UInt32(set.rawValue) & 1 == 1
                let facts = BarePolicies.facts(set)
                #expect(policy.isSatisfied(by: facts) == isMet, "\(policy) by \(set.kinds)")
                #expect((policy.missing(from: facts) == nil) == isMet, "\(policy) by \(set)")
                met += isMet ? 1 : 0
            }
            if case .leaf = policy { continue }
            combinations += 1
        }
        #expect(Self.policies.count == 2_000)
        #expect(combinations > 1_000, "\(combinations) are more than a kind")
        #expect(met > 10_000 && met < 54_000, "\(met) of 64,000 are met")
    }

    @Test(
        arguments: [
            ("signed", "plain", nil), ("plain", "signed", "signed"), ("signed", "signed", nil),
            ("signed and zk", "signed", nil), ("signed", "signed and zk", "zk"),
            ("signed or zk", "signed", "signed"), ("signed", "signed or zk", nil),
            ("tee", "signed", "signed"),
            ("2 of (signed, tee, zk)", "signed or tee or zk", nil),
            ("signed and tee", "2 of (signed, tee, zk)", nil),
            ("signed or (zk and signed)", "signed", nil),
        ] as [(String, String, String?)])
    func saysWhatAWeakerPolicyDrops(_ policy: String, _ other: String, _ missing: String?) throws {
        let shortfall = try Policy(text: policy).shortfall(from: Policy(text: other))
        #expect(shortfall == missing)
    }

    @Test func moreEvidenceNeverHurts() {
        for policy in Self.policies {
            for set in BarePolicies.sets {
                let facts = BarePolicies.facts(set)
                guard policy.isSatisfied(by: facts) else { continue }
                for kind in EvidenceKind.allCases {
                    let more = facts.union(BarePolicies.facts(EvidenceSet(kind)))
                    #expect(policy.isSatisfied(by: more), "\(policy)")
                }
            }
        }
    }

    @Test func bytesJSONAndTextRoundTrip() throws {
        for policy in Self.policies {
            let bytes = policy.encoded
            #expect(try Policy(decoding: bytes) == policy)
            #expect(try Policy(json: policy.json) == policy)
            #expect(try Policy(text: policy.text) == policy, "\(policy.text)")
            #expect(policy.hash == Keccak.hash(bytes))
            for count in bytes.indices {
                #expect(throws: PolicyError.self) { try Policy(decoding: Array(bytes[..<count])) }
            }
            #expect(throws: PolicyError.trailingBytes(1)) { try Policy(decoding: bytes + [0]) }
        }
    }

    @Test func orderOfPartsHasNoMeaning() throws {
        func reversed(_ policy: Policy) -> Policy {
            switch policy {
            case .leaf: policy
            case .anyOf(let parts): .anyOf(parts.reversed().map(reversed))
            case .allOf(let parts): .allOf(parts.reversed().map(reversed))
            case .atLeast(let k, let parts): .atLeast(k, of: parts.reversed().map(reversed))
            }
        }
        for policy in Self.policies {
            let other = reversed(policy)
            #expect(other.encoded == policy.encoded)
            #expect(other.hash == policy.hash)
            #expect(try Policy(json: other.json) == policy)
            #expect(try Policy(text: other.text) == policy)
        }
    }

    /// One policy, one spelling: whatever bytes are read are the bytes that are written.
    @Test func changedBytesAreRefusedOrCanonical() {
        for policy in Self.policies.prefix(200) {
            let bytes = policy.encoded
            for index in bytes.indices {
                for bit in 0..<8 {
                    var changed = bytes
                    changed[index] ^= 1 << bit
                    // The error's type is known: it is a `PolicyError`, whatever the case.
                    guard let policy = try? Policy(decoding: changed) else { continue }
                    #expect(policy.encoded == changed)
                }
            }
        }
    }

    @Test func bytesAreThoseOfTheFormat() throws {
        let policy = try Policy(text: "signed and (zk or tee) and 2 of (plain, signed, zk)")
        let wanted: [UInt8] = [
            1, 0x11, 3, 1, 0, 0x10, 2, 2, 0, 4, 0, 0x12, 2, 3, 0, 0, 1, 0, 4, 0,
        ]
        #expect(policy.encoded == wanted)
        #expect(policy.text == "signed and (tee or zk) and 2 of (plain, signed, zk)")
        #expect(policy.kinds == [EvidenceSet(.plain), .init(.signed), .init(.tee), .init(.zk)])
        #expect(
            Policy.kind(.signed).hash.hex
                == "0xbce9e184d52afc063499f86cb758361bb2858f21e1b0189d0066b9d5a43de554")
    }

    @Test(
        arguments: [
            ("signed", [], "signed"),
            ("tee or zk", [.signed], "tee or zk"),
            ("signed and (tee or zk)", [.signed], "tee or zk"),
            ("signed and (tee or zk)", [], "signed and (tee or zk)"),
            ("2 of (signed, tee, zk)", [.tee], "1 more of (signed, zk)"),
            ("2 of (signed, tee, zk)", [.tee, .zk], nil),
            ("plain", [], nil),
        ] as [(String, [EvidenceKind], String?)])
    func saysWhatIsMissing(_ text: String, _ kinds: [EvidenceKind], _ wanted: String?) throws {
        let evidence = kinds.reduce(into: EvidenceSet()) { $0.formUnion(EvidenceSet($1)) }
        #expect(try Policy(text: text).missing(from: BarePolicies.facts(evidence)) == wanted)
    }
}

@Suite struct PolicyRefusalTests {
    @Test(
        arguments: [
            ([], .truncated),
            ([2, 1, 0], .unsupportedVersion(2)),
            ([1], .truncated),
            ([1, 1], .truncated),
            ([1, 5, 0], .unknownNode(5)),
            ([1, 0x13, 2], .unknownNode(0x13)),
            ([1, 1, 1, 9], .unknownParameter(.signed, "9")),
            ([1, 1, 0, 0], .trailingBytes(1)),
            ([1, 0x10, 1, 1, 0], .tooFewParts(1)),
            ([1, 0x11, 0], .tooFewParts(0)),
            ([1, 0x12, 1, 2, 1, 0, 2, 0], .invalidThreshold(1, of: 2)),
            ([1, 0x12, 2, 2, 1, 0, 2, 0], .invalidThreshold(2, of: 2)),
            ([1, 0x10, 2, 2, 0, 1, 0], .partsNotAscending),
            ([1, 0x10, 2, 1, 0, 1, 0], .partsNotAscending),
            ([1, 0x10, 2, 1, 0], .truncated),
            (
                [1] + [UInt8]([0x10, 2, 1, 0, 0x10, 2, 1, 0, 0x10, 2, 1, 0, 0x10, 2, 1, 0, 2, 0]),
                .tooDeep(max: 4)
            ),
        ] as [([UInt8], PolicyError)])
    func refusesBytes(_ bytes: [UInt8], _ error: PolicyError) {
        #expect(throws: error) { try Policy(decoding: bytes) }
    }

    /// 11 parts of three nodes each are one node and 33 more.
    @Test func refusesTooManyNodes() throws {
        let kinds: [[UInt8]] = [[0, 0], [1, 0], [2, 0], [3, 0], [4, 0]]
        var pairs: [[UInt8]] = []
        for first in 0..<5 {
            for second in first + 1..<5 {
                let head: [UInt8] = [0x10, 2]
                pairs.append(head + kinds[first] + kinds[second])
            }
        }
        let ten: [UInt8] = [0x10, 10] + Array(pairs.joined())
        #expect(try Policy(decoding: [1] + ten).encoded == [1] + ten)
        let more: [UInt8] = [0x10, 11] + Array(pairs.joined()) + [0x11, 2, 0, 0, 1, 0]
        #expect(throws: PolicyError.tooManyNodes(max: 32)) { try Policy(decoding: [1] + more) }
        let wide = Policy.anyOf([Policy](repeating: .kind(.zk), count: 32))
        #expect(throws: PolicyError.tooManyNodes(max: 32)) { try wide.canonical() }
        #expect(throws: PolicyError.tooManyNodes(max: 32)) { try Policy(json: wide.json) }
        let huge = Policy.atLeast(2, of: [Policy](repeating: .kind(.zk), count: 300))
        #expect(throws: PolicyError.tooManyNodes(max: 32)) { try huge.canonical() }
    }

    @Test(
        arguments: [
            (#""signed""#, .invalidForm), ("{}", .invalidForm), ("[]", .invalidForm),
            (#"{"kind":1}"#, .invalidForm), (#"{"kind":"sealed"}"#, .unknownKind("sealed")),
            (#"{"kind":"Signed"}"#, .unknownKind("Signed")),
            (#"{"kind":"signed","x":1}"#, .unknownParameter(.signed, "x")),
            (#"{"anyOf":{}}"#, .invalidForm),
            (#"{"anyOf":[]}"#, .tooFewParts(0)),
            (#"{"allOf":[{"kind":"zk"}]}"#, .tooFewParts(1)),
            (#"{"anyOf":[{"kind":"zk"},{"kind":"zk"}]}"#, .partsNotAscending),
            (#"{"of":[{"kind":"zk"},{"kind":"tee"}]}"#, .invalidForm),
            (#"{"atLeast":1,"of":[{"kind":"zk"},{"kind":"tee"}]}"#, .invalidThreshold(1, of: 2)),
            (#"{"atLeast":2,"of":[{"kind":"zk"},{"kind":"tee"}]}"#, .invalidThreshold(2, of: 2)),
            (#"{"atLeast":-2,"of":[{"kind":"zk"},{"kind":"tee"}]}"#, .invalidForm),
            (#"{"atLeast":2.0,"of":[]}"#, .invalidForm),
            (#"{"atLeast":"2","of":[]}"#, .invalidForm),
        ] as [(String, PolicyError)])
    func refusesJSON(_ text: String, _ error: PolicyError) throws {
        let json = try JSON(parsing: Array(text.utf8))
        #expect(throws: error) { try Policy(json: json) }
    }

    @Test func refusesDepth() throws {
        func nested(_ depth: Int) -> Policy {
            depth == 1 ? .kind(.zk) : .anyOf([.kind(.tee), nested(depth - 1)])
        }
        #expect(try nested(4).canonical().encoded.count == 1 + 3 * 2 + 4 * 2)
        #expect(throws: PolicyError.tooDeep(max: 4)) { try nested(5).canonical() }
        #expect(throws: PolicyError.tooDeep(max: 4)) { try Policy(json: nested(200).json) }
        #expect(throws: PolicyError.tooDeep(max: 4)) { try Policy(text: nested(5).text) }
        let parentheses = String(repeating: "(", count: 500)
        #expect(throws: PolicyError.tooDeep(max: 4)) { try Policy(text: parentheses) }
    }

    @Test(
        arguments: [
            ("", .invalidText(at: 0)), ("  ", .invalidText(at: 2)), ("(", .invalidText(at: 1)),
            ("sealed", .unknownKind("sealed")), ("Signed", .invalidText(at: 0)),
            ("signed tee", .invalidText(at: 7)), ("signed and", .invalidText(at: 10)),
            ("signed or", .invalidText(at: 9)), ("and", .unknownKind("and")),
            ("signed and tee or zk", .invalidText(at: 14)), ("(signed", .invalidText(at: 7)),
            ("2 of signed", .invalidText(at: 5)), ("2 (signed, tee)", .invalidText(at: 2)),
            ("2 of (signed tee, zk)", .invalidText(at: 13)),
            ("2 of (signed,)", .invalidText(at: 13)),
            ("1 of (signed, tee)", .invalidThreshold(1, of: 2)),
            ("3 of (signed, tee, zk)", .invalidThreshold(3, of: 3)),
            ("any (signed)", .tooFewParts(1)), ("all (zk, zk)", .partsNotAscending),
            ("signed\n", .invalidText(at: 6)),
            ("99999999999999999999 of (zk)", .unknownKind("99999999999999999999")),
        ] as [(String, PolicyError)])
    func refusesText(_ text: String, _ error: PolicyError) {
        #expect(throws: error) { try Policy(text: text) }
    }

    @Test func refusesLongText() throws {
        let max = PaymentLimits.policyTextBytesMax
        let fitting = String(repeating: " ", count: max - 2) + "zk"
        #expect(try Policy(text: fitting) == .kind(.zk))
        #expect(throws: PolicyError.textTooLong(bytes: max + 1, max: max)) {
            try Policy(text: " " + fitting)
        }
    }

    @Test func encodingNoCanonicalFormTraps() async {
        await #expect(processExitsWith: .failure) { _ = Policy.anyOf([]).encoded }
    }
}
