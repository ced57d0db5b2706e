import Proofs
import Prover
import Testing

@Suite struct RowMultiplicitiesTests {
    @Test func countsReads() throws {
        let rows = try RowCase.gates([7, 30])
        let counts = try RowMultiplicities.count(rows.system, rows.witness)
        #expect(counts.map(\.count) == [16, 16, 7])
        for (table, count) in zip(rows.system.tables, counts) {
            var expected = [UInt32](repeating: 0, count: table.entryCount)
            for (site, values) in zip(rows.system.sites, rows.values) {
                for lookup in site.lookups where lookup.table == table.tag {
                    for row in 0..<site.rowCount {
                        let tuple = lookup.tuple.map { $0.value(values.map { $0[row] }) }
                        let entry = try #require(
                            (0..<table.entryCount).first { table.entry($0) == tuple })
                        expected[entry] += 1
                    }
                }
            }
            #expect(count.elements.map(\.canonical) == expected)
        }
        // The second of two equal entries is never counted.
        #expect(counts[2][6] == .zero)
    }

    @Test(arguments: [
        (column: 0, lookup: 1, value: 16), (column: 0, lookup: 1, value: -1),
        (column: 1, lookup: 0, value: 8), (column: 2, lookup: 0, value: 65),
        (column: 5, lookup: 2, value: 4),
    ])
    func namesTheFirstValueOutside(_ wrong: (column: Int, lookup: Int, value: Int64)) throws {
        var rows = try RowCase.gates([4, 30], lookups: 3)
        rows.values[1][wrong.column][13] = BabyBear(signed: wrong.value)
        rows.values[1][wrong.column][14] = BabyBear(signed: wrong.value)
        let lookup = rows.system.sites[1].lookups[wrong.lookup]
        let values = rows.values[1].map { $0[13] }
        #expect(
            throws: RowError.notInTable(
                site: 1, row: 13, lookup: wrong.lookup, tuple: lookup.tuple.map { $0.value(values) }
            )
        ) {
            try RowMultiplicities.count(rows.system, rows.witness)
        }
    }
}
