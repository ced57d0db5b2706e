import Inference
import Primitives
import Proofs
import Testing
import Threads

@testable import Prover

/// Every level and any number of workers give what plain Swift gives.
@Suite struct RowKernelTests {
    static let levels = KernelLevel.allCases.filter { $0 != .swift && $0.isAvailable }
    static let pool = ThreadPool(count: 2)

    private func check(_ rows: RowCase, _ seed: UInt64 = 3) throws {
        let challenges = RowCase.challenges(seed)
        let witness = try rows.witness
        let serial = SerialWorkers()
        let helpers = try RowHelpers.compute(
            rows.system, witness, challenges, workers: serial, level: .swift)
        var transcript = RowCase.transcript
        let expected = try RowProver.prove(
            rows.system, witness, helpers: helpers, challenges, &transcript, workers: serial,
            level: .swift)
        for level in Self.levels {
            let own = try RowHelpers.compute(
                rows.system, witness, challenges, workers: Self.pool, level: level)
            #expect(own.map { $0.map(\.elements) } == helpers.map { $0.map(\.elements) })
            for helper in own.joined() { #expect(isCleanBehindEnd(helper)) }
            var transcript = RowCase.transcript
            let alone = try RowProver.prove(
                rows.system, witness, helpers: own, challenges, &transcript, workers: serial,
                level: level)
            #expect(alone == expected, "\(level)")
            transcript = RowCase.transcript
            let shared = try RowProver.prove(
                rows.system, witness, helpers: own, challenges, &transcript, workers: Self.pool,
                level: level)
            #expect(shared == expected, "\(level)")
        }
    }

    private func isCleanBehindEnd(_ buffer: ExtensionBuffer) -> Bool {
        (buffer.count..<(buffer.count + 15) / 16 * 16).allSatisfy { index in
            (0..<Extension.degree).allSatisfy { limb in
                unsafe buffer.words[
                    index / 16 * ExtensionBuffer.blockWords + 16 * limb + index % 16] == 0
            }
        }
    }

    @Test(arguments: RowProverTests.cases)
    func agreesOnSitesOfEverySize(_ sizes: [Int]) throws {
        try check(RowCase.gates(sizes))
    }

    @Test(arguments: 0...8)
    func agreesOnEveryNumberOfLookups(_ lookups: Int) throws {
        try check(RowCase.gates([11, 70], lookups: lookups))
    }

    @Test func agreesOnTablesOfColumns() throws {
        try check(RowCase.mixed(gates: 90, entries: 130, reads: 210))
    }

    /// More rows than one piece of work and one inversion hold.
    @Test func agreesOnManyRows() throws {
        try check(RowCase.gates([2049, 4133], lookups: 7))
    }

    @Test(arguments: 1...3)
    func agreesOnNumeratorsOfColumns(_ count: Int) throws {
        // Two to four look-ups a group, numerators of columns first or last.
        for supplies in 0...count {
            let lookups = (0...count).map { index in
                RowLookup(
                    table: 1, tuple: [.column(index), .column(count - index) + .one],
                    numerator: index < supplies ? .column(index) + .constant(3) : .constant(2))
            }
            let site = try RowSite(
                rowCount: 37, columnCount: count + 1,
                padding: (0...count).map { BabyBear(UInt32($0)) }, constraints: [],
                lookups: lookups.reversed())
            var random = SeededRandom(seed: UInt64(10 * count + supplies))
            let values = (0...count).map { _ in
                (0..<37).map { _ in BabyBear(UInt32(truncatingIfNeeded: random.next())) }
            }
            let entry = try PublicTable(tag: 1, columns: [[.one], [.one]])
            try check(RowCase(sites: [site], tables: [entry], values: [values]))
        }
    }
}
