import Codec
import Files
import Testing

@testable import Conformance

/// Makers of cases, what they compare, and how they get smaller.
@Suite struct DifferentialCaseTests {
    private static func corpus() throws -> CodeCorpus {
        var corpus = CodeCorpus()
        corpus.addSystem(try JSON(parsing: try Files.read("contracts/published.json")))
        return corpus
    }

    /// What each of the peers can run.
    static let kinds: [(DifferentialCase.Rules, DifferentialCase.Kind)] =
        DifferentialCase.Rules.allCases.flatMap { rules in rules.kinds.map { (rules, $0) } }

    // MARK: Making

    @Test(arguments: kinds)
    func aSeedGivesOneCase(_ rules: DifferentialCase.Rules, _ kind: DifferentialCase.Kind) throws {
        let corpus = try DifferentialCaseTests.corpus()
        for seed in 1...20 as ClosedRange<UInt64> {
            let first = DifferentialCase(seed: seed, rules: rules, kind: kind, corpus: corpus)
            let again = DifferentialCase(seed: seed, rules: rules, kind: kind, corpus: corpus)
            let next = DifferentialCase(seed: seed + 1, rules: rules, kind: kind, corpus: corpus)
            #expect(first == again)
            #expect(first != next)
            #expect(first.run() == again.run())
        }
    }

    @Test func tenCasesInARowHaveEveryKindOfThePeer() {
        for rules in DifferentialCase.Rules.allCases {
            let kinds = (100..<110).map { DifferentialCase(seed: $0, rules: rules).kind }
            #expect(Set(kinds) == Set(rules.kinds))
        }
    }

    @Test func transactionsAreAcceptedAndRefusedForManyReasons() throws {
        let corpus = try DifferentialCaseTests.corpus()
        var statuses: [String: Int] = [:]
        var reasons: Set<String> = []
        for seed in 1...1000 as ClosedRange<UInt64> {
            let subject = DifferentialCase(
                seed: seed, rules: .osaka, kind: .transaction, corpus: corpus)
            let outcome = subject.run()
            statuses[outcome["status"]?.string ?? "", default: 0] += 1
            if outcome["status"] == "refused" { reasons.insert(outcome["reason"]?.string ?? "") }
        }
        #expect((statuses["success"] ?? 0) > 100)
        #expect((statuses["refused"] ?? 0) > 100)
        #expect(
            reasons.isSuperset(of: [
                "nonceTooLow", "nonceTooHigh", "insufficientFunds", "wrongChainID",
                "gasLimitBelowIntrinsic", "gasLimitBelowFloor", "undecodable", "senderHasCode",
                "invalidSignature", "gasLimitAboveCap", "tooManyBlobs", "maxFeeBelowBaseFee",
            ]))
        #expect(!statuses.keys.contains(""))
    }

    @Test func soundBlocksAreAcceptedAndDamagedOnesMostlyNot() throws {
        let corpus = try DifferentialCaseTests.corpus()
        var sound = 0
        var refused = 0
        var requests: UInt64 = 0
        for seed in 1...200 as ClosedRange<UInt64> {
            let subject = DifferentialCase(seed: seed, rules: .osaka, kind: .block, corpus: corpus)
            let outcome = subject.run()
            #expect(outcome["error"] == nil, "seed \(seed)")
            if outcome["status"] == "accepted" { sound += 1 } else { refused += 1 }
            requests += outcome["requests"]?.uint64 ?? 0
        }
        #expect(sound > 80)
        #expect(refused > 40)
        #expect(requests > 10)
    }

    @Test(arguments: kinds)
    func theTracedLoopAgreesAndIsCounted(
        _ rules: DifferentialCase.Rules, _ kind: DifferentialCase.Kind
    ) throws {
        let corpus = try DifferentialCaseTests.corpus()
        let coverage = DifferentialCoverage(rules)
        for seed in 1...60 as ClosedRange<UInt64> {
            let subject = DifferentialCase(seed: seed, rules: rules, kind: kind, corpus: corpus)
            let outcome = subject.run()
            #expect(subject.run(coverage) == outcome)
            coverage.count(subject, outcome, isTraced: true)
        }
        #expect(coverage.caseCount == 60)
        let opcodes = try #require(coverage.tables.last?.rows.last)
        #expect(opcodes.name == "distinct opcodes")
        #expect(opcodes.count > 60)
    }

    /// What pyrevm holds otherwise than a node: see `TransactionCase.fitted`.
    @Test func casesOfCancunAreSuchAsThePeerCanHold() throws {
        let corpus = try DifferentialCaseTests.corpus()
        for seed in 1...300 as ClosedRange<UInt64> {
            let subject = DifferentialCase(
                seed: seed, rules: .cancun, kind: .transaction, corpus: corpus)
            guard case .transaction(let content) = subject.content else { continue }
            let transaction = content.entry.transaction
            let warm =
                [content.entry.sender, content.world.block.beneficiary]
                + [transaction.to].compactMap(\.self) + transaction.accessList.map(\.address)
            for account in content.world.accounts where !account.storage.isEmpty {
                #expect(warm.contains(account.address))
                #expect(account.storage.count == 1)
            }
            #expect(content.world[content.entry.sender].nonce > 0)
            #expect(content.world.block.baseFee.isZero)
            #expect(content.fitted(to: .cancun) == content)
        }
    }

    // MARK: Comparing

    static let answers: [(name: String, ours: JSON, theirs: JSON, isDifferent: Bool)] = [
        ("same", ["status": "success", "gas": 5], ["status": "success", "gas": 5], false),
        ("gas", ["status": "success", "gas": 5], ["status": "success", "gas": 6], true),
        ("status", ["status": "success"], ["status": "revert"], true),
        (
            "refusals for two reasons",
            ["status": "refused", "reason": "a"], ["status": "refused", "reason": "b"], false
        ),
        ("refused here only", ["status": "refused"], ["status": "accepted"], true),
        ("accepted, no more known", ["status": "halt", "gas": 5], ["status": "accepted"], false),
        (
            "root", ["status": "accepted", "root": "0x1"], ["status": "accepted", "root": "0x2"],
            true
        ),
        ("an error there", ["status": "success"], ["error": "out of memory"], true),
        ("an error here", ["error": "none"], ["error": "none"], true),
        (
            "output", ["status": "revert", "output": "00"], ["status": "revert", "output": ""], true
        ),
        ("logs", ["status": "success", "logs": []], ["status": "success", "logs": [1]], true),
        (
            "a nonce that the peer does not tell",
            ["status": "success", "accounts": ["0xa": ["balance": "0x1", "nonce": 1]]],
            ["status": "success", "accounts": ["0xa": ["balance": "0x1"]]], false
        ),
        (
            "a balance",
            ["status": "success", "accounts": ["0xa": ["balance": "0x1"]]],
            ["status": "success", "accounts": ["0xa": ["balance": "0x2"]]], true
        ),
        (
            "a slot that is not set here",
            ["status": "success", "accounts": ["0xa": ["storage": [:]]]],
            ["status": "success", "accounts": ["0xa": ["storage": ["0x1": "0x2"]]]], true
        ),
        (
            "gone here, empty there",
            ["status": "success", "accounts": ["0xa": "gone"]],
            ["status": "success", "accounts": ["0xa": ["balance": "0x0"]]], false
        ),
        (
            "gone here only",
            ["status": "success", "accounts": ["0xa": "gone"]],
            ["status": "success", "accounts": ["0xa": ["balance": "0x1"]]], true
        ),
    ]

    @Test(arguments: answers.indices)
    func answersDifferWhereThePeerTellsSomethingElse(_ index: Int) {
        let (name, ours, theirs, isDifferent) = DifferentialCaseTests.answers[index]
        let difference = DifferentialCase.difference(ours: ours, theirs: theirs)
        #expect((difference != nil) == isDifferent, "\(name)")
    }

    // MARK: Making smaller

    @Test(arguments: kinds)
    func aMinimisedCaseFailsStillAndIsSmaller(
        _ rules: DifferentialCase.Rules, _ kind: DifferentialCase.Kind
    ) throws {
        let corpus = try DifferentialCaseTests.corpus()
        let wanted: JSON = kind == .block ? "accepted" : "success"
        let seeds = (1...40 as ClosedRange<UInt64>)
            .map { DifferentialCase(seed: $0, rules: rules, kind: kind, corpus: corpus) }
            .filter { $0.run()["status"] == wanted }
        let subject = try #require(seeds.max { $0.size < $1.size })
        let small = subject.minimised { $0.run()["status"] == wanted }
        #expect(small.run()["status"] == wanted)
        #expect(small.size < subject.size / 4)
        #expect(small.minimised { _ in false } == small)
    }

    // MARK: Files

    /// What the case ended in here stands in for the peer's answer.
    @Test(arguments: [DifferentialCase.Kind.program, .transaction])
    func theFileOfACaseIsAStateTestThatPasses(_ kind: DifferentialCase.Kind) throws {
        let corpus = try DifferentialCaseTests.corpus()
        for seed in 1...60 as ClosedRange<UInt64> {
            let subject = DifferentialCase(seed: seed, rules: .osaka, kind: kind, corpus: corpus)
            let outcome = subject.run()
            // The state test of a refused transaction expects the state before it.
            guard outcome["status"] != "refused" else { continue }
            let file = subject.file(name: "a", ours: outcome, theirs: outcome)
            #expect(subject.fileKind == "state")
            let results = StateTest.run(file.serialized, file: "a.json")
            #expect(results.count == 1)
            #expect(results.filter { !$0.pass }.isEmpty, "seed \(seed): \(results)")
        }
    }

    @Test func theFileOfABlockIsABlockchainTestThatPasses() throws {
        let corpus = try DifferentialCaseTests.corpus()
        for seed in 1...60 as ClosedRange<UInt64> {
            let subject = DifferentialCase(seed: seed, rules: .osaka, kind: .block, corpus: corpus)
            let outcome = subject.run()
            let file = subject.file(name: "a", ours: outcome, theirs: outcome)
            #expect(subject.fileKind == "block")
            let results = BlockTest.run(file.serialized, file: "a.json")
            #expect(results.count == 1)
            #expect(results.filter { !$0.pass }.isEmpty, "seed \(seed): \(results)")
        }
    }

    @Test func theFileOfADifferenceFails() throws {
        let corpus = try DifferentialCaseTests.corpus()
        let subject = DifferentialCase(seed: 2, rules: .osaka, kind: .program, corpus: corpus)
        var theirs = try #require(subject.run().object)
        theirs["root"] = "0x0000000000000000000000000000000000000000000000000000000000000001"
        let file = subject.file(name: "a", ours: subject.run(), theirs: .object(theirs))
        #expect(StateTest.run(file.serialized, file: "a.json").map(\.pass) == [false])
    }
}
