import Proofs
import Testing

@Suite struct RowSystemTests {
    private static let x = RowForm.column(0)

    private func site(rows: Int, _ lookups: [RowLookup], factors: Int = 0) throws -> RowSite {
        try RowSite(
            rowCount: rows, columnCount: 1, padding: [.zero],
            constraints: factors == 0
                ? [] : [RowConstraint(factors: Array(repeating: Self.x, count: factors))],
            lookups: lookups)
    }

    @Test func refusesTables() throws {
        let table = try PublicTable.range(tag: 1, 0..<4)
        let read = RowLookup(table: 1, tuple: [Self.x])
        #expect(throws: RowError.tagTwice(1)) {
            try RowSystem(sites: [], tables: [table, table])
        }
        #expect(throws: RowError.tupleMismatch(tag: 1, expected: 1, got: 2)) {
            try RowSystem(
                sites: [site(rows: 1, [RowLookup(table: 1, tuple: [Self.x, Self.x])])],
                tables: [table])
        }
        #expect(throws: RowError.noTable(tag: 2)) {
            try RowSystem(
                sites: [site(rows: 1, [read, RowLookup(table: 2, tuple: [Self.x])])],
                tables: [table])
        }
        // A supply of columns is a table as well.
        let supply = RowLookup(table: 2, tuple: [Self.x], numerator: .zero - Self.x)
        _ = try RowSystem(
            sites: [
                site(rows: 1, [RowLookup(table: 2, tuple: [Self.x])]), site(rows: 3, [supply]),
            ],
            tables: [table])
        #expect(throws: RowError.tupleMismatch(tag: 2, expected: 1, got: 2)) {
            try RowSystem(
                sites: [
                    site(rows: 3, [supply]),
                    site(rows: 1, [RowLookup(table: 2, tuple: [Self.x, Self.x])]),
                ], tables: [table])
        }
    }

    /// As many equal reads as the modulus would count as none.
    @Test func refusesReadsThatWrap() throws {
        let table = try PublicTable.range(tag: 1, 0..<4)
        let read = RowLookup(table: 1, tuple: [Self.x])
        let rows = 1 << 26
        // p = 30 · 2²⁶ + 1.
        let thirty = try site(rows: rows, Array(repeating: read, count: 30))
        let system = try RowSystem(sites: [thirty], tables: [table])
        #expect(system.termCount == UInt64(30 * rows + 4))
        let one = try site(rows: 1, [read])
        let modulus = UInt64(BabyBear.modulus)
        #expect(throws: RowError.tooManyReads(tag: 1, count: modulus)) {
            try RowSystem(sites: [thirty, one], tables: [table])
        }
        // A numerator of minus one takes back p − 1 reads.
        let negative = RowLookup(table: 1, tuple: [Self.x], numerator: .constant(-1))
        #expect(try RowSystem(sites: [site(rows: 1, [negative])], tables: [table]).sites.count == 1)
        #expect(throws: RowError.tooManyReads(tag: 1, count: 2 * modulus - 2)) {
            try RowSystem(sites: [site(rows: 2, [negative])], tables: [table])
        }
        #expect(throws: RowError.tooManyReads(tag: 1, count: modulus)) {
            try RowSystem(sites: [site(rows: 1, [negative, read])], tables: [table])
        }
    }

    /// A round's degree is that of the sites that still have rows.
    @Test func countsMessages() throws {
        let table = try PublicTable.range(tag: 1, 0..<4)
        let read = RowLookup(table: 1, tuple: [Self.x])
        let system = try RowSystem(
            sites: [
                site(rows: 4, Array(repeating: read, count: 4)), site(rows: 9, [], factors: 2),
                site(rows: 1, [read], factors: 4), site(rows: 5, [read, read], factors: 1),
            ], tables: [table])
        #expect(system.variableCount == 4)
        #expect(system.roundDegrees == [5, 5, 3, 2])
        #expect(system.messageCount == 15)
        #expect(system.powerRanges == [0..<1, 1..<2, 2..<4, 4..<6])
        let empty = try RowSystem(sites: [], tables: [])
        #expect(empty.constraintCount == 0 && empty.roundDegrees.isEmpty && empty.termCount == 0)
    }
}
