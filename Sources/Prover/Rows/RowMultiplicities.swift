public import Proofs

/// How often a witness reads each entry of the public tables.
public enum RowMultiplicities {
    /// For each table of the system and each entry the sum of the numerators that read it.
    ///
    /// Of equal entries the first is counted.
    /// - Throws: `notInTable` for the first read, by site, look-up and row, that no entry answers.
    public static func count(
        _ system: RowSystem, _ witness: RowWitness
    ) throws(RowError) -> [FieldBuffer] {
        var indices: [UInt32: (position: Int, index: TableIndex)] = [:]
        for (position, table) in system.tables.enumerated() {
            indices[table.tag] = (position, TableIndex(table))
        }
        let counts = system.tables.map { FieldBuffer(count: $0.entryCount) }
        for (siteIndex, site) in system.sites.enumerated() {
            let columns = witness.columns[siteIndex]
            for (number, lookup) in site.lookups.enumerated() {
                guard let (position, index) = indices[lookup.table] else { continue }
                let missing = index.count(
                    lookup.tuple.map { FormReader($0, columns) },
                    FormReader(lookup.numerator, columns), rows: site.rowCount,
                    into: counts[position])
                if let missing {
                    let row = witness.row(missing, of: siteIndex)
                    throw .notInTable(
                        site: siteIndex, row: missing, lookup: number,
                        tuple: lookup.tuple.map { $0.value(row) })
                }
            }
        }
        return counts
    }
}

/// A form bound to the columns it reads.
struct FormReader {
    private let constant: BabyBear
    private let terms: [(column: RowColumn, coefficient: BabyBear)]
    /// The one column that the form is; nil for any other form.
    private let column: RowColumn?

    init(_ form: RowForm, _ columns: [RowColumn]) {
        constant = form.constant
        terms = form.terms.map { (columns[$0.column], $0.coefficient) }
        column =
            terms.count == 1 && terms[0].coefficient == .one && constant == .zero
            ? terms[0].column : nil
    }

    /// The form's value in a row of the witness.
    @inline(__always)
    func value(_ row: Int) -> BabyBear {
        if let column {
            return unsafe BabyBear(montgomery: column.buffer.words[column.offset + row])
        }
        return terms.reduce(constant) { $0 + $1.coefficient * $1.column[row] }
    }
}

/// Finds a tuple's entry in a public table.
struct TableIndex {
    private let table: PublicTable
    /// Set when the first column counts up by one, as that of a range or of a function does.
    private let start: BabyBear?
    /// Entries by their tuples, where it does not.
    private let entries: [[BabyBear]: Int]

    init(_ table: PublicTable) {
        self.table = table
        let first = table.columns[0]
        let isRun = first.indices.allSatisfy { first[$0] == first[0] + BabyBear(UInt32($0)) }
        start = isRun ? first[0] : nil
        var entries: [[BabyBear]: Int] = [:]
        if !isRun {
            entries.reserveCapacity(table.entryCount)
            for index in first.indices.reversed() { entries[table.entry(index)] = index }
        }
        self.entries = entries
    }

    /// Adds each row's numerator to the entry that the tuple reads.
    ///
    /// - Returns: the first row whose tuple is no entry, with the counts then incomplete.
    func count(
        _ tuple: [FormReader], _ numerator: FormReader, rows: Int, into counts: FieldBuffer
    ) -> Int? {
        guard let start else {
            for row in 0..<rows {
                guard let entry = entries[tuple.map { $0.value(row) }] else { return row }
                counts[entry] += numerator.value(row)
            }
            return nil
        }
        let first = tuple[0]
        let rest = zip(tuple.dropFirst(), table.columns.dropFirst()).map { ($0, $1) }
        for row in 0..<rows {
            let entry = Int((first.value(row) - start).canonical)
            guard entry < table.entryCount,
                rest.allSatisfy({ reader, column in reader.value(row) == column[entry] })
            else { return row }
            counts[entry] += numerator.value(row)
        }
        return nil
    }
}
