import Inference
import Primitives
import Proofs
import Testing
import Threads

@testable import Prover

@Suite struct RowProverTests {
    static let cases: [[Int]] = [
        [1], [2], [3], [4], [5], [7], [8], [9], [16], [17], [31], [32], [33], [1, 1], [1, 2, 3],
        [5, 64, 1, 33], [12, 12, 12], [63, 65, 2],
    ]

    /// Proves with the plain level and verifies, evaluations taken from their definition.
    private func check(_ rows: RowCase, sourceLocation: SourceLocation = #_sourceLocation) throws {
        let challenges = RowCase.challenges()
        let witness = try rows.witness
        let counts = try RowMultiplicities.count(rows.system, witness)
        let helpers = try RowHelpers.compute(
            rows.system, witness, challenges, workers: SerialWorkers(), level: .swift)
        #expect(
            try rows.balance(helpers, counts, challenges) == .zero, sourceLocation: sourceLocation)
        var proving = RowCase.transcript
        let proof = try RowProver.prove(
            rows.system, witness, helpers: helpers, challenges, &proving,
            workers: SerialWorkers(), level: .swift)
        var verifying = RowCase.transcript
        let claim = try RowVerifier.replay(rows.system, messages: proof.messages, &verifying)
        #expect(claim == proof.claim, sourceLocation: sourceLocation)
        let evaluations = try rows.evaluations(helpers, challenges, claim)
        #expect(evaluations == proof.evaluations, sourceLocation: sourceLocation)
        try RowVerifier.check(rows.system, claim, challenges, evaluations)
        // Both sides' next challenge is the same.
        #expect(proving.challenge("next") == verifying.challenge("next"))
        var naive = RowCase.transcript
        #expect(
            try NaiveRowProver.prove(rows, helpers, challenges, &naive) == proof,
            sourceLocation: sourceLocation)
    }

    @Test(arguments: cases)
    func provesSitesOfEverySize(_ sizes: [Int]) throws {
        try check(RowCase.gates(sizes))
    }

    @Test(arguments: 0...8)
    func provesEveryNumberOfLookups(_ lookups: Int) throws {
        try check(RowCase.gates([11, 4], lookups: lookups))
    }

    @Test func provesTablesOfColumns() throws {
        try check(RowCase.mixed(gates: 9, entries: 13, reads: 21))
        try check(RowCase.mixed(gates: 1, entries: 1, reads: 1))
    }

    @Test func provesNothing() throws {
        try check(RowCase(sites: [], tables: [], values: []))
        let empty = try RowSite(
            rowCount: 5, columnCount: 0, padding: [], constraints: [], lookups: [])
        try check(RowCase(sites: [empty], tables: [], values: [[]]))
    }

    @Test func provesZeros() throws {
        let site = try RowSite(
            rowCount: 6, columnCount: 2, padding: [.zero, .zero],
            constraints: [RowConstraint(factors: [.column(0), .column(1), .column(0)])],
            lookups: [RowLookup(table: 0, tuple: [.column(0)])])
        let zeros = [BabyBear](repeating: .zero, count: 6)
        try check(
            RowCase(
                sites: [site], tables: [.range(tag: 0, 0..<1)], values: [[zeros, zeros]]))
    }

    @Test func namesWhatIsWrong() throws {
        var rows = try RowCase.gates([5, 9], lookups: 2)
        rows.values[1][3][7] = BabyBear(2)
        let challenges = RowCase.challenges()
        let witness = try rows.witness
        let helpers = try RowHelpers.compute(
            rows.system, witness, challenges, workers: SerialWorkers(), level: .swift)
        var transcript = RowCase.transcript
        #expect(throws: RowError.violated(site: 1, row: 7, constraint: 0)) {
            try RowProver.prove(
                rows.system, witness, helpers: helpers, challenges, &transcript,
                workers: SerialWorkers(), level: .swift)
        }
        rows = try RowCase.gates([5, 9], lookups: 2)
        helpers[1][0][3] += .one
        #expect(throws: RowError.helperWrong(site: 1, row: 3, group: 0)) {
            try RowProver.prove(
                rows.system, rows.witness, helpers: helpers, challenges, &transcript,
                workers: SerialWorkers(), level: .swift)
        }
    }

    @Test func refusesOtherShapes() throws {
        let rows = try RowCase.gates([5, 9])
        let column = RowColumn(FieldBuffer(count: 8))
        #expect(throws: RowError.witnessShape(site: 1)) {
            try RowWitness(rows.system, columns: [Array(repeating: column, count: 6)])
        }
        #expect(throws: RowError.witnessShape(site: 1)) {
            try RowWitness(
                rows.system, columns: Array(repeating: Array(repeating: column, count: 6), count: 2)
            )
        }
        #expect(throws: RowError.witnessShape(site: 0)) {
            try RowWitness(
                rows.system, columns: Array(repeating: Array(repeating: column, count: 5), count: 2)
            )
        }
        let far = RowColumn(FieldBuffer(count: 8), offset: 9)
        #expect(throws: RowError.witnessShape(site: 0)) {
            try RowWitness(
                rows.system, columns: Array(repeating: Array(repeating: far, count: 6), count: 2))
        }
        var transcript = RowCase.transcript
        #expect(throws: RowError.witnessShape(site: 0)) {
            try RowProver.prove(
                rows.system, rows.witness, helpers: [], RowCase.challenges(), &transcript,
                workers: SerialWorkers(), level: .swift)
        }
    }
}
