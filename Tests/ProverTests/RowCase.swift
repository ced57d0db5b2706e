import Primitives
import Proofs
import Prover

/// A system and a witness of it, small enough to check by hand.
struct RowCase: Sendable {
    var system: RowSystem
    /// Per site, per column, per row.
    var values: [[[BabyBear]]]

    init(
        sites: [RowSite], tables: [PublicTable], values: [[[BabyBear]]], isMasked: Bool = false
    ) throws {
        system = try RowSystem(sites: sites, tables: tables, isMasked: isMasked)
        self.values = values
    }

    var witness: RowWitness {
        get throws {
            // Columns lie one behind the other in a buffer, as they do in a stack.
            let columns = values.map { site in
                let buffer = FieldBuffer(site.flatMap { $0 })
                var offset = 0
                return site.map { column in
                    defer { offset += column.count }
                    return RowColumn(buffer, offset: offset)
                }
            }
            return try RowWitness(system, columns: columns)
        }
    }

    // MARK: Tables

    static let bits: UInt32 = 1
    static let squares: UInt32 = 2
    static let gates: UInt32 = 3
    static let pairs: UInt32 = 4

    static var tables: [PublicTable] {
        get throws {
            let integers = (-8..<8).map { BabyBear(signed: $0) }
            // In no order, one entry twice.
            let gate: [(Int64, Int64, Int64)] = [
                (1, 5, 5), (0, 3, 0), (1, 0, 0), (0, 5, 0), (1, 3, 3), (0, 0, 0), (1, 5, 5),
            ]
            return [
                try .range(tag: bits, 0..<16),
                try PublicTable(tag: squares, columns: [integers, integers.map { $0 * $0 }]),
                try PublicTable(
                    tag: gates,
                    columns: [
                        gate.map { BabyBear(signed: $0.0) }, gate.map { BabyBear(signed: $0.1) },
                        gate.map { BabyBear(signed: $0.2) },
                    ]),
            ]
        }
    }

    // MARK: Sites

    /// Columns low (4 bits), x (−8…7), y = x², b (a bit), g in {0, 3, 5}, z = g · b.
    ///
    /// - Parameter lookups: how many of the look-ups, one to eight.
    static func gateSite(rows: Int, lookups: Int = 8) throws -> RowSite {
        let (low, x, y, b, g, z) = (
            RowForm.column(0), RowForm.column(1), RowForm.column(2), RowForm.column(3),
            RowForm.column(4), RowForm.column(5)
        )
        let all = [
            RowLookup(table: squares, tuple: [x, y]),
            RowLookup(table: bits, tuple: [low]),
            RowLookup(table: gates, tuple: [b, g, z]),
            RowLookup(table: bits, tuple: [.constant(15) - low]),
            RowLookup(table: bits, tuple: [x + .constant(8)]),
            RowLookup(table: bits, tuple: [b.scaled(by: 8) + g]),
            RowLookup(
                table: squares, tuple: [.zero - x + .constant(-1), y + x.scaled(by: 2) + .one]),
            RowLookup(table: bits, tuple: [b]),
        ]
        return try RowSite(
            rowCount: rows, columnCount: 6,
            padding: [3, 2, 4, 1, 5, 5].map { BabyBear($0) },
            constraints: [
                RowConstraint(factors: [b, b - .one]),
                RowConstraint(factors: [x, x], rest: y),
                RowConstraint(factors: [b, g], rest: z),
                RowConstraint(factors: [g, g - .constant(3), g - .constant(5), b + .constant(7)]),
                RowConstraint(factors: [z - z], rest: b - b),
                RowConstraint(factors: [z, z - .constant(3), z - .constant(5)]),
            ], lookups: Array(all[..<lookups]))
    }

    static func gateColumns(rows: Int, _ random: inout SeededRandom) -> [[BabyBear]] {
        var columns = [[BabyBear]](repeating: [], count: 6)
        for _ in 0..<rows {
            let low = Int64(random.next() % 16)
            let x = Int64(random.next() % 16) - 8
            let b = Int64(random.next() % 2)
            let g = [0, 3, 5][Int(random.next() % 3)]
            for (column, value) in [low, x, x * x, b, Int64(g), Int64(g) * b].enumerated() {
                columns[column].append(BabyBear(signed: value))
            }
        }
        return columns
    }

    /// A table made of columns: key, value, multiplicity.
    static func supplySite(rows: Int) throws -> RowSite {
        try RowSite(
            rowCount: rows, columnCount: 3, padding: [9, 9, 0].map { BabyBear($0) },
            constraints: [],
            lookups: [
                RowLookup(
                    table: pairs, tuple: [.column(0), .column(1)], numerator: .zero - .column(2))
            ])
    }

    /// Reads the table of columns twice a row: key, value, key, value.
    static func readSite(rows: Int) throws -> RowSite {
        try RowSite(
            rowCount: rows, columnCount: 4, padding: [1, 2, 3, 4].map { BabyBear($0) },
            constraints: [],
            lookups: [
                RowLookup(table: pairs, tuple: [.column(0), .column(1)]),
                RowLookup(table: pairs, tuple: [.column(2), .column(3)]),
            ])
    }

    /// Gate sites of some sizes.
    static func gates(_ rows: [Int], lookups: Int = 8, seed: UInt64 = 1) throws -> RowCase {
        var random = SeededRandom(seed: seed)
        return try RowCase(
            sites: rows.map { try gateSite(rows: $0, lookups: lookups) }, tables: tables,
            values: rows.map { gateColumns(rows: $0, &random) })
    }

    /// Gates, a table of columns and reads of it.
    static func mixed(gates: Int, entries: Int, reads: Int, seed: UInt64 = 2) throws -> RowCase {
        var random = SeededRandom(seed: seed)
        let keys = (0..<entries).map { BabyBear(UInt32($0 * 7)) }
        let values = (0..<entries).map { _ in BabyBear(UInt32(random.next() % 1000)) }
        var counts = [Int64](repeating: 0, count: entries)
        var columns = [[BabyBear]](repeating: [], count: 4)
        for _ in 0..<reads {
            for half in [0, 2] {
                let entry = Int(random.next() % UInt64(entries))
                columns[half].append(keys[entry])
                columns[half + 1].append(values[entry])
                counts[entry] += 1
            }
        }
        return try RowCase(
            sites: [
                try gateSite(rows: gates, lookups: 5), try supplySite(rows: entries),
                try readSite(rows: reads),
            ], tables: tables,
            values: [
                gateColumns(rows: gates, &random),
                [keys, values, counts.map { BabyBear(signed: $0) }], columns,
            ])
    }

    // MARK: A whole argument

    static func challenges(_ seed: UInt64 = 5) -> RowChallenges {
        var transcript = Transcript(domain: "rows test")
        transcript.absorb("seed", [UInt8(truncatingIfNeeded: seed)])
        return RowChallenges(&transcript)
    }

    static let transcript = Transcript(domain: "rows test")

    /// Σ helpers over real rows − Σ multiplicity · weight over the public tables.
    func balance(
        _ helpers: [[ExtensionBuffer]], _ counts: [FieldBuffer], _ challenges: RowChallenges
    ) throws -> Extension {
        var sum = Extension.zero
        for helper in helpers.joined() { sum += helper.sum() }
        for (table, count) in zip(system.tables, counts) {
            sum -= count.dot(try table.weights(challenges))
        }
        return sum
    }

    /// What an extended column is at a point, by its definition.
    static func evaluate(
        _ column: [Extension], padding: Extension, at point: ArraySlice<Extension>
    ) -> Extension {
        var sum = Extension.zero
        for row in 0..<1 << point.count {
            var weight = Extension.one
            for (bit, coordinate) in point.enumerated() {
                weight *= row >> bit & 1 == 1 ? coordinate : .one - coordinate
            }
            sum += weight * (row < column.count ? column[row] : padding)
        }
        return sum
    }

    /// The evaluations at a claim's point, by their definition.
    func evaluations(
        _ helpers: [[ExtensionBuffer]], _ challenges: RowChallenges, _ claim: RowClaim
    ) throws -> [RowEvaluations] {
        try system.sites.enumerated().map { index, site in
            let point = site.prefix(of: claim.point)
            let padding = try site.helperPadding(challenges)
            return RowEvaluations(
                columns: zip(values[index], site.padding).map { column, padding in
                    Self.evaluate(
                        column.map { Extension($0) }, padding: Extension(padding), at: point)
                },
                helpers: zip(helpers[index], padding).map { helper, padding in
                    Self.evaluate(helper.elements, padding: padding, at: point)
                })
        }
    }
}
