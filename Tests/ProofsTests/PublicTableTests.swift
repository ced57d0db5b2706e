import Proofs
import Testing

@Suite struct PublicTableTests {
    private static let challenges: RowChallenges = {
        var transcript = Transcript(domain: "test")
        return RowChallenges(&transcript)
    }()

    @Test func refusesShapes() {
        let column = [BabyBear.one, .zero]
        for columns in [
            [], [[]], [column, []], [column, [.one]], [column, column, column, column],
        ] {
            #expect(throws: RowError.tableShape(tag: 4)) {
                try PublicTable(tag: 4, columns: columns)
            }
        }
        #expect(throws: RowError.tagTooLarge(BabyBear.modulus)) {
            try PublicTable(tag: BabyBear.modulus, columns: [column])
        }
        #expect(throws: RowError.tableShape(tag: 4)) { try PublicTable.range(tag: 4, 3..<3) }
        #expect(throws: RowError.tableShape(tag: 4)) {
            try PublicTable.range(tag: 4, 0..<1 << 24 + 1)
        }
    }

    @Test func holdsARange() throws {
        let table = try PublicTable.range(tag: 9, -2..<3)
        #expect(table.entryCount == 5 && table.tupleCount == 1)
        #expect((0..<5).map { table.entry($0)[0].signed } == [-2, -1, 0, 1, 2])
    }

    @Test func weighsEntriesByTheirDenominators() throws {
        let columns = (0..<3).map { column in
            (0..<37).map { BabyBear(UInt32(column * 1000 + $0 * $0)) }
        }
        for count in 1...3 {
            let table = try PublicTable(tag: 6, columns: Array(columns[..<count]))
            let weights = try table.weights(Self.challenges)
            #expect(weights.count == 37)
            for index in 0..<37 {
                let denominator = Self.challenges.denominator(
                    6, table.entry(index).map { Extension($0) })
                #expect(weights[index] * denominator == .one)
            }
            let open = RowChallenges(alpha: .zero, gamma: Self.challenges.gamma)
            let hit = RowChallenges(
                alpha: .zero - open.denominator(6, table.entry(20).map { Extension($0) }),
                gamma: open.gamma)
            #expect(throws: RowError.zeroTableDenominator(tag: 6, entry: 20)) {
                try table.weights(hit)
            }
        }
    }

    /// Tags, places in a tuple and values are all told apart.
    @Test func fingerprintsDiffer() {
        let (a, b) = (Extension(BabyBear(3)), Extension(BabyBear(4)))
        let prints: [(UInt32, [Extension])] = [
            (1, [a]), (2, [a]), (1, [b]), (1, [a, b]), (1, [b, a]), (2, [a, b]), (1, [a, b, a]),
            (1, [a, a, b]), (3, [a, b, b]), (4, [a, b, b]),
        ]
        var seen: Set<Extension> = []
        for (tag, tuple) in prints {
            #expect(seen.insert(Self.challenges.denominator(tag, tuple)).inserted)
        }
    }
}
