import Proofs
import Testing

@Suite struct RowSiteTests {
    private func site(
        rows: Int = 4, columns: Int = 2, padding: [UInt32] = [0, 0],
        constraints: [RowConstraint] = [], lookups: [RowLookup] = []
    ) throws -> RowSite {
        try RowSite(
            rowCount: rows, columnCount: columns, padding: padding.map { BabyBear($0) },
            constraints: constraints, lookups: lookups)
    }

    private func refuses(_ error: RowError, _ make: () throws -> RowSite) {
        #expect(throws: error) { try make() }
    }

    @Test func refusesShapes() throws {
        let x = RowForm.column(0)
        let outside = RowForm.column(2)
        let read = RowLookup(table: 1, tuple: [x])
        refuses(.rowCount(0, max: 1 << 26)) { try site(rows: 0) }
        refuses(.rowCount(-1, max: 1 << 26)) { try site(rows: -1) }
        refuses(.rowCount(1 << 26 + 1, max: 1 << 26)) { try site(rows: 1 << 26 + 1) }
        #expect(try site(rows: 1 << 26).variableCount == 26)
        refuses(.columnCount(-1, max: 4096)) { try site(columns: -1) }
        refuses(.columnCount(4097, max: 4096)) { try site(columns: 4097) }
        refuses(.paddingCount(3, columns: 2)) { try site(padding: [0, 0, 0]) }
        refuses(.factorCount(0, max: 4)) {
            try site(constraints: [RowConstraint(factors: [], rest: .one)])
        }
        refuses(.factorCount(5, max: 4)) {
            try site(constraints: [RowConstraint(factors: [x, x, x, x, x])])
        }
        for wrong in [
            RowConstraint(factors: [x, outside]), RowConstraint(factors: [x], rest: outside),
            RowConstraint(factors: [.column(-1)]),
        ] {
            #expect(throws: RowError.self) { try site(constraints: [wrong]) }
        }
        refuses(.noSuchColumn(2, columns: 2)) {
            try site(lookups: [read, RowLookup(table: 1, tuple: [outside])])
        }
        refuses(.noSuchColumn(2, columns: 2)) {
            try site(lookups: [RowLookup(table: 1, tuple: [x], numerator: outside)])
        }
        refuses(.tupleCount(0, max: 3)) { try site(lookups: [RowLookup(table: 1, tuple: [])]) }
        refuses(.tupleCount(4, max: 3)) {
            try site(lookups: [RowLookup(table: 1, tuple: [x, x, x, x])])
        }
        refuses(.tagTooLarge(BabyBear.modulus)) {
            try site(lookups: [RowLookup(table: BabyBear.modulus, tuple: [x])])
        }
        refuses(.paddingViolates(constraint: 1)) {
            try site(
                padding: [2, 0],
                constraints: [
                    RowConstraint(factors: [x, x], rest: .constant(4)),
                    RowConstraint(factors: [x], rest: .constant(3)),
                ])
        }
    }

    @Test(arguments: [
        (1, 0), (2, 1), (3, 2), (4, 2), (5, 3), (8, 3), (9, 4), (1023, 10), (1024, 10), (1025, 11),
    ])
    func countsVariables(_ rows: Int, _ variables: Int) throws {
        #expect(try site(rows: rows).variableCount == variables)
    }

    @Test(arguments: [
        (0, []), (1, [1]), (2, [2]), (4, [4]), (5, [2, 3]), (6, [3, 3]), (8, [4, 4]),
        (9, [3, 3, 3]), (13, [3, 3, 3, 4]),
    ])
    func groupsLookupsEvenly(_ count: Int, _ sizes: [Int]) throws {
        let site = try site(
            lookups: Array(repeating: RowLookup(table: 1, tuple: [.column(0)]), count: count))
        #expect(site.groups.map(\.count) == sizes)
        #expect(site.groups.joined().elementsEqual(0..<count))
        #expect(site.degree == (sizes.max().map { $0 + 1 } ?? 0))
        #expect(site.constraintCount == sizes.count)
    }

    @Test func hasTheDegreeOfItsConstraints() throws {
        for count in 1...4 {
            let factors = [RowForm](repeating: .column(0), count: count)
            #expect(try site(constraints: [RowConstraint(factors: factors)]).degree == count)
        }
    }

    /// The combination is the sum of the constraints, and a helper's is that of fractions.
    @Test func combinesConstraints() throws {
        var transcript = Transcript(domain: "test")
        let challenges = RowChallenges(&transcript)
        let lambda = transcript.challenge("lambda")
        let (x, y) = (RowForm.column(0), RowForm.column(1))
        let site = try site(
            constraints: [RowConstraint(factors: [x, y], rest: x)],
            lookups: [
                RowLookup(table: 1, tuple: [x]),
                RowLookup(table: 2, tuple: [x, y], numerator: y.scaled(by: 3)),
                RowLookup(table: 3, tuple: [y, x, .one], numerator: .constant(-2)),
            ])
        let row = transcript.challenges("row", count: 2)
        let helper = transcript.challenge("helper")
        let (alpha, gamma) = (challenges.alpha, challenges.gamma)
        let cube = gamma * gamma * gamma
        let denominators = [
            alpha - row[0] - cube, alpha - row[0] - gamma * row[1] - cube.scaled(by: BabyBear(2)),
            alpha - row[1] - gamma * row[0] - gamma * gamma - cube.scaled(by: BabyBear(3)),
        ]
        let numerators = [
            Extension.one, row[1].scaled(by: BabyBear(3)), Extension(BabyBear(signed: -2)),
        ]
        let product = denominators.reduce(.one, *)
        var fractions = Extension.zero
        for (numerator, denominator) in zip(numerators, denominators) {
            fractions += numerator * (try #require(denominator.inverse))
        }
        let expected = row[0] * row[1] - row[0] + lambda * (helper - fractions) * product
        #expect(
            site.combined(
                RowEvaluations(columns: row, helpers: [helper]), powers: [.one, lambda], challenges)
                == expected)
    }

    @Test func paddingFollowsFromTheColumns() throws {
        var transcript = Transcript(domain: "test")
        let challenges = RowChallenges(&transcript)
        let site = try site(
            padding: [4, 9],
            lookups: [
                RowLookup(table: 1, tuple: [.column(0)]),
                RowLookup(table: 1, tuple: [.column(1)], numerator: .column(0)),
            ])
        let helpers = try site.helperPadding(challenges)
        let value = site.combined(
            RowEvaluations(columns: site.padding.map { Extension($0) }, helpers: helpers),
            powers: [.one], challenges)
        #expect(helpers.count == 1 && value == .zero)
        let cube = challenges.gamma * challenges.gamma * challenges.gamma
        let hit = RowChallenges(
            alpha: Extension(BabyBear(9)) + cube, gamma: challenges.gamma)
        #expect(throws: RowError.zeroDenominator(site: 7, row: nil)) {
            try site.helperPadding(hit, site: 7)
        }
    }
}
