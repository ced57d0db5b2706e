import Inference
import Primitives
import Proofs
import Testing

@testable import Prover

/// A prover that may say anything meets a verifier that knows the system.
@Suite struct RowAttackTests {
    private static let challenges = RowCase.challenges()

    private func helpers(_ rows: RowCase) throws -> [[ExtensionBuffer]] {
        try RowHelpers.compute(
            rows.system, rows.witness, Self.challenges, workers: SerialWorkers(), level: .swift)
    }

    /// Whether a verifier of `system` accepts the rounds that the definition gives for `rows`.
    private func isAccepted(
        _ rows: RowCase, _ helpers: [[ExtensionBuffer]], by system: RowSystem? = nil,
        messages change: ([Extension]) -> [Extension] = { $0 }
    ) throws -> Bool {
        let system = system ?? rows.system
        var proving = RowCase.transcript
        let proof = try NaiveRowProver.prove(rows, helpers, Self.challenges, &proving)
        var verifying = RowCase.transcript
        let claim = try RowVerifier.replay(
            system, messages: change(proof.messages), &verifying)
        // Commitments bind the columns: evaluations are honest, at the point that came out.
        let bound = try RowCase(
            sites: system.sites, tables: system.tables, values: rows.values)
        let evaluations = try bound.evaluations(helpers, Self.challenges, claim)
        do {
            try RowVerifier.check(system, claim, Self.challenges, evaluations)
            return true
        } catch {
            #expect(error == .refused)
            return false
        }
    }

    // MARK: The zero-check

    @Test(arguments: [[1], [1, 1], [2], [3], [6, 17]])
    func refusesEveryViolation(_ sizes: [Int]) throws {
        let honest = try RowCase.gates(sizes, lookups: 0)
        #expect(try isAccepted(honest, helpers(honest)))
        for (site, size) in sizes.enumerated() {
            for row in Set([0, size / 2, size - 1]).sorted() {
                // y, b and z each have a constraint; a b of 2 breaks a product of two.
                for column in [2, 3, 5] {
                    var rows = honest
                    rows.values[site][column][row] += BabyBear(2)
                    #expect(try !isAccepted(rows, helpers(rows)), "\(site) \(column) \(row)")
                }
            }
        }
    }

    @Test func refusesViolationsThatCancelInSum() throws {
        var rows = try RowCase.gates([8], lookups: 0)
        rows.values[0][2][1] += .one
        rows.values[0][2][6] -= .one
        #expect(try !isAccepted(rows, helpers(rows)))
        // Two constraints of one row, opposite errors.
        rows = try RowCase.gates([8], lookups: 0)
        rows.values[0][2][3] += .one
        rows.values[0][5][3] -= .one
        #expect(try !isAccepted(rows, helpers(rows)))
    }

    @Test func refusesZeroMessages() throws {
        var rows = try RowCase.gates([9], lookups: 2)
        let honest = try helpers(rows)
        #expect(try !isAccepted(rows, honest) { $0.map { _ in .zero } })
        rows.values[0][2][4] += .one
        let wrong = try helpers(rows)
        #expect(try !isAccepted(rows, wrong) { $0.map { _ in .zero } })
    }

    @Test func refusesEveryChangedMessage() throws {
        let rows = try RowCase.gates([3, 6], lookups: 5)
        let helpers = try helpers(rows)
        for index in 0..<rows.system.messageCount {
            for limb in [0, 5] {
                let isTaken = try isAccepted(rows, helpers) { messages in
                    var messages = messages
                    messages[index][limb] += .one
                    return messages
                }
                #expect(!isTaken, "\(index)")
            }
        }
    }

    /// A polynomial of a higher degree than the constraints' does not fit a message.
    @Test func refusesOtherMessageCounts() throws {
        let rows = try RowCase.gates([5], lookups: 3)
        let count = rows.system.messageCount
        #expect(count == 3 * 4)
        for wrong in [0, count - 1, count + 1, count + 4] {
            var transcript = RowCase.transcript
            #expect(throws: RowError.messageCount(wrong, expected: count)) {
                try RowVerifier.replay(
                    rows.system, messages: Array(repeating: .one, count: wrong), &transcript)
            }
        }
    }

    @Test func refusesEveryChangedEvaluation() throws {
        let rows = try RowCase.gates([4, 1], lookups: 8)
        let helpers = try helpers(rows)
        var transcript = RowCase.transcript
        let proof = try NaiveRowProver.prove(rows, helpers, Self.challenges, &transcript)
        func check(_ evaluations: [RowEvaluations]) throws {
            try RowVerifier.check(rows.system, proof.claim, Self.challenges, evaluations)
        }
        try check(proof.evaluations)
        for site in 0..<2 {
            for column in 0..<6 {
                var changed = proof.evaluations
                changed[site].columns[column] += .one
                #expect(throws: RowError.refused, "\(column)") { try check(changed) }
            }
            for helper in 0..<2 {
                var changed = proof.evaluations
                changed[site].helpers[helper] += .one
                #expect(throws: RowError.refused) { try check(changed) }
            }
            var shorter = proof.evaluations
            shorter[site].columns.removeLast()
            #expect(throws: RowError.evaluationShape(site: site)) { try check(shorter) }
            var longer = proof.evaluations
            longer[site].helpers.append(.zero)
            #expect(throws: RowError.evaluationShape(site: site)) { try check(longer) }
        }
        #expect(throws: RowError.evaluationShape(site: 1)) { try check([proof.evaluations[0]]) }
        #expect(throws: RowError.refused) { try check(proof.evaluations.reversed()) }
    }

    // MARK: Padding

    /// Virtual rows are the verifier's: whoever folds others ends elsewhere.
    @Test func refusesOtherPadding() throws {
        let rows = try RowCase.gates([5, 11], lookups: 4)
        let sites = try rows.system.sites.map { site in
            // Satisfies every constraint just as well.
            try RowSite(
                rowCount: site.rowCount, columnCount: 6,
                padding: [4, 3, 9, 1, 3, 3].map { BabyBear($0) }, constraints: site.constraints,
                lookups: site.lookups)
        }
        let other = try RowCase(sites: sites, tables: rows.system.tables, values: rows.values)
        let helpers = try helpers(rows)
        #expect(try isAccepted(rows, helpers))
        #expect(try !isAccepted(other, helpers, by: rows.system))
        // Where no row is virtual it does not matter.
        let full = try RowCase.gates([8], lookups: 4)
        let same = try RowCase(
            sites: [
                RowSite(
                    rowCount: 8, columnCount: 6, padding: [4, 3, 9, 1, 3, 3].map { BabyBear($0) },
                    constraints: full.system.sites[0].constraints,
                    lookups: full.system.sites[0].lookups)
            ], tables: full.system.tables, values: full.values)
        #expect(try isAccepted(same, self.helpers(full), by: full.system))
    }

    /// Virtual rows read nothing, so they cannot balance a sum.
    @Test func paddingCountsInNoSum() throws {
        let site = try RowSite(
            rowCount: 5, columnCount: 1, padding: [BabyBear(99)], constraints: [],
            lookups: [RowLookup(table: 1, tuple: [.column(0)])])
        let rows = try RowCase(
            sites: [site], tables: [.range(tag: 1, 0..<4)],
            values: [[[0, 3, 3, 1, 2].map { BabyBear($0) }]])
        let helpers = try helpers(rows)
        let counts = try RowMultiplicities.count(rows.system, rows.witness)
        #expect(try rows.balance(helpers, counts, Self.challenges) == .zero)
        #expect(try isAccepted(rows, helpers))
    }

    @Test func splitsEvaluationsIntoRealAndVirtual() throws {
        let rows = try RowCase.gates([5, 8, 1, 21], lookups: 3)
        let helpers = try helpers(rows)
        var transcript = RowCase.transcript
        let proof = try NaiveRowProver.prove(rows, helpers, Self.challenges, &transcript)
        for (index, site) in rows.system.sites.enumerated() {
            let point = site.prefix(of: proof.claim.point)
            for column in 0..<6 {
                let real = site.realPart(
                    of: proof.evaluations[index].columns[column],
                    padding: Extension(site.padding[column]), at: proof.claim.point)
                let alone = RowCase.evaluate(
                    rows.values[index][column].map { Extension($0) }, padding: .zero, at: point)
                #expect(real == alone)
            }
        }
    }

    // MARK: Look-ups

    @Test func refusesChangedHelpers() throws {
        let rows = try RowCase.gates([6, 1], lookups: 8)
        let counts = try RowMultiplicities.count(rows.system, rows.witness)
        for (site, row, group) in [(0, 0, 0), (0, 5, 1), (1, 0, 0)] {
            let helpers = try helpers(rows)
            helpers[site][group][row] += .one
            #expect(try rows.balance(helpers, counts, Self.challenges) != .zero)
            #expect(try !isAccepted(rows, helpers))
        }
        // Balanced again by another row: the rows notice.
        let helpers = try helpers(rows)
        helpers[0][0][2] += .one
        helpers[0][1][4] -= .one
        #expect(try rows.balance(helpers, counts, Self.challenges) == .zero)
        #expect(try !isAccepted(rows, helpers))
    }

    /// No multiplicities answer a value that is in no table, each wrong by its own way.
    @Test(arguments: [
        // Outside a range, below and above; a pair that is no entry; three that are no entry.
        (column: 0, value: 16), (column: 0, value: -1), (column: 2, value: 50),
        (column: 5, value: 4),
    ])
    func unbalancesValuesOutside(_ wrong: (column: Int, value: Int64)) throws {
        var rows = try RowCase.gates([9], lookups: 3)
        let counts = try RowMultiplicities.count(rows.system, rows.witness)
        let before = rows.values[0].map { $0[4] }
        rows.values[0][wrong.column][4] = BabyBear(signed: wrong.value)
        let helpers = try helpers(rows)
        #expect(try rows.balance(helpers, counts, Self.challenges) != .zero)
        // Not one less of what was read before, nor one more of any entry instead.
        for lookup in rows.system.sites[0].lookups {
            let table = try #require(rows.system.tables.firstIndex { $0.tag == lookup.table })
            let tuple = lookup.tuple.map { $0.value(before) }
            let entries = rows.system.tables[table].entryCount
            let read = try #require(
                (0..<entries).first { rows.system.tables[table].entry($0) == tuple })
            counts[table][read] -= .one
            #expect(try rows.balance(helpers, counts, Self.challenges) != .zero)
            for entry in 0..<entries {
                counts[table][entry] += .one
                #expect(
                    try rows.balance(helpers, counts, Self.challenges) != .zero || entry == read)
                counts[table][entry] -= .one
            }
            counts[table][read] += .one
        }
    }

    @Test func unbalancesWrongMultiplicities() throws {
        let rows = try RowCase.gates([9, 4])
        let helpers = try helpers(rows)
        let counts = try RowMultiplicities.count(rows.system, rows.witness)
        #expect(try rows.balance(helpers, counts, Self.challenges) == .zero)
        for table in 0..<3 {
            for entry in 0..<counts[table].count {
                for step in [BabyBear.one, BabyBear(signed: -1)] {
                    counts[table][entry] += step
                    #expect(try rows.balance(helpers, counts, Self.challenges) != .zero)
                    counts[table][entry] -= step
                }
            }
        }
        // p more is the same number; static counts keep reads below p.
        counts[0][3] += BabyBear(BabyBear.modulus)
        #expect(try rows.balance(helpers, counts, Self.challenges) == .zero)
    }

    /// What is in one table is not in another, also where the tuples are equal.
    @Test func tellsTablesApart() throws {
        let site = try RowSite(
            rowCount: 3, columnCount: 1, padding: [.zero], constraints: [],
            lookups: [RowLookup(table: 1, tuple: [.column(0)])])
        let rows = try RowCase(
            sites: [site], tables: [.range(tag: 1, 0..<4), .range(tag: 2, 0..<8)],
            values: [[[2, 3, 7].map { BabyBear($0) }]])
        let helpers = try helpers(rows)
        let counts = [FieldBuffer(count: 4), FieldBuffer(count: 8)]
        // Seven is counted in the other table.
        for (table, entry) in [(0, 2), (0, 3), (1, 7)] { counts[table][entry] += .one }
        #expect(try rows.balance(helpers, counts, Self.challenges) != .zero)
        #expect(throws: RowError.self) { try RowMultiplicities.count(rows.system, rows.witness) }
    }

    @Test func unbalancesTablesOfColumns() throws {
        let honest = try RowCase.mixed(gates: 2, entries: 5, reads: 6)
        let counts = try RowMultiplicities.count(honest.system, honest.witness)
        #expect(try honest.balance(helpers(honest), counts, Self.challenges) == .zero)
        // Each of: another multiplicity, another value supplied, another value read.
        for (site, column) in [(1, 2), (1, 1), (2, 1), (2, 0)] {
            var rows = honest
            rows.values[site][column][0] += .one
            let used = rows.values[1][2][0] != .zero
            #expect(
                try rows.balance(helpers(rows), counts, Self.challenges) != .zero
                    || (column == 1 && site == 1 && !used))
        }
    }

    // MARK: Challenges that hit a fingerprint

    @Test func reportsHitChallenges() throws {
        let rows = try RowCase.gates([40], lookups: 8)
        let site = rows.system.sites[0]
        let gamma = Self.challenges.gamma
        for (row, number) in [(0, 0), (17, 2), (39, 7)] {
            let values = rows.values[0].map { $0[row] }
            // α such that the look-up's denominator is zero.
            let open = RowChallenges(alpha: .zero, gamma: gamma)
            let alpha = .zero - site.lookups[number].denominator(values, open)
            let hit = RowChallenges(alpha: alpha, gamma: gamma)
            // The first row of the first group that has one.
            let first = site.groups.lazy.compactMap { group in
                (0..<40).first { row in
                    let values = rows.values[0].map { $0[row] }
                    return group.contains { site.lookups[$0].denominator(values, hit) == .zero }
                }
            }.first
            for level in KernelLevel.allCases where level.isAvailable {
                #expect(throws: RowError.zeroDenominator(site: 0, row: first), "\(level)") {
                    try RowHelpers.compute(
                        rows.system, rows.witness, hit, workers: SerialWorkers(), level: level)
                }
            }
            // No helper satisfies such a row.
            for helper in [Extension.zero, .one, gamma] {
                let alone = try RowSite(
                    rowCount: 1, columnCount: 6, padding: site.padding, constraints: [],
                    lookups: [site.lookups[number]])
                let value = alone.combined(
                    RowEvaluations(columns: values.map { Extension($0) }, helpers: [helper]),
                    powers: [.one], hit)
                #expect(value != .zero)
            }
        }
    }

    @Test func reportsHitPadding() throws {
        let rows = try RowCase.gates([3], lookups: 2)
        let site = rows.system.sites[0]
        let open = RowChallenges(alpha: .zero, gamma: Self.challenges.gamma)
        let alpha = .zero - site.lookups[1].denominator(site.padding, open)
        let hit = RowChallenges(alpha: alpha, gamma: Self.challenges.gamma)
        let helpers = try helpers(rows)
        var transcript = RowCase.transcript
        #expect(throws: RowError.zeroDenominator(site: 0, row: nil)) {
            try RowProver.prove(
                rows.system, rows.witness, helpers: helpers, hit, &transcript,
                workers: SerialWorkers())
        }
    }

    // MARK: Order

    @Test func drawsEachChallengeAfterItsMessage() throws {
        let rows = try RowCase.gates([5, 2], lookups: 8)
        let helpers = try helpers(rows)
        for isProver in [true, false] {
            var transcript = Transcript(domain: "rows test", recordsTape: true)
            if isProver {
                _ = try RowProver.prove(
                    rows.system, rows.witness, helpers: helpers, Self.challenges, &transcript,
                    workers: SerialWorkers())
            } else {
                let zeros = [Extension](repeating: .zero, count: rows.system.messageCount)
                _ = try RowVerifier.replay(rows.system, messages: zeros, &transcript)
            }
            let round: [Transcript.Step] = [
                .init(.absorb, "rows round", 5 * 24), .init(.challenge, "rows bind", 1),
            ]
            #expect(
                transcript.tape.map { Array($0.dropFirst()) } == [
                    .init(.challenge, "rows lambda", 1), .init(.challenge, "rows tau", 3),
                ] + round + round + round)
        }
    }

    @Test func laterChallengesDependOnEveryMessage() throws {
        let rows = try RowCase.gates([16], lookups: 8)
        let messages = [Extension](repeating: .one, count: rows.system.messageCount)
        var transcript = RowCase.transcript
        let claim = try RowVerifier.replay(rows.system, messages: messages, &transcript)
        for round in 0..<4 {
            var changed = messages
            changed[5 * round + 4][5] += .one
            var transcript = RowCase.transcript
            let other = try RowVerifier.replay(rows.system, messages: changed, &transcript)
            #expect(other.point[..<round] == claim.point[..<round])
            for later in round..<4 { #expect(other.point[later] != claim.point[later]) }
        }
        // A system of one row draws no point at all.
        let single = try RowCase.gates([1])
        let end = try RowVerifier.replay(single.system, messages: [], &transcript)
        #expect(end.point.isEmpty && end.value == .zero)
    }
}
