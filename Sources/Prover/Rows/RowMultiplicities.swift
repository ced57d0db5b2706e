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
                    lookup.tuple.map { values($0, columns, site.rowCount) },
                    values(lookup.numerator, columns, site.rowCount), rows: site.rowCount,
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

/// A form's values in all rows: the column that it is, or a new one.
private func values(_ form: RowForm, _ columns: [RowColumn], _ rows: Int) -> RowColumn {
    if form.constant == .zero, form.terms.count == 1, form.terms[0].coefficient == .one {
        return columns[form.terms[0].column]
    }
    let buffer = FieldBuffer(count: rows)
    if form.constant != .zero { for row in 0..<rows { buffer[row] = form.constant } }
    for term in form.terms {
        let column = columns[term.column]
        for row in 0..<rows { buffer[row] += term.coefficient * column[row] }
    }
    return RowColumn(buffer)
}

/// Finds a tuple's entry in a public table.
private struct TableIndex {
    private struct Key: Hashable {
        let first: BabyBear
        var second = BabyBear.zero
        var third = BabyBear.zero

        init(_ tuple: [RowColumn], _ row: Int) {
            first = tuple[0][row]
            if tuple.count > 1 { second = tuple[1][row] }
            if tuple.count > 2 { third = tuple[2][row] }
        }
    }

    /// One a column of the table.
    private let columns: [RowColumn]
    private let entryCount: Int
    /// Set when the first column counts up by one, as that of a range or of a function does.
    private let start: BabyBear?
    /// Entries by their tuples, where it does not.
    private let entries: [Key: Int]

    init(_ table: PublicTable) {
        columns = table.columns.map { RowColumn(FieldBuffer($0)) }
        entryCount = table.entryCount
        let first = table.columns[0]
        let isRun = first.indices.allSatisfy { first[$0] == first[0] + BabyBear(UInt32($0)) }
        start = isRun ? first[0] : nil
        var entries: [Key: Int] = [:]
        if !isRun {
            entries.reserveCapacity(entryCount)
            for index in first.indices.reversed() { entries[Key(columns, index)] = index }
        }
        self.entries = entries
    }

    /// Adds each row's numerator to the entry that the tuple reads.
    ///
    /// - Returns: the first row whose tuple is no entry, with the counts then incomplete.
    func count(
        _ tuple: [RowColumn], _ numerators: RowColumn, rows: Int, into counts: FieldBuffer
    ) -> Int? {
        for row in 0..<rows {
            guard let entry = entry(tuple, row) else { return row }
            unsafe counts.words[entry] =
                (BabyBear(montgomery: counts.words[entry]) + numerators.unchecked(row)).montgomery
        }
        return nil
    }

    @inline(__always)
    private func entry(_ tuple: [RowColumn], _ row: Int) -> Int? {
        guard let start else { return entries[Key(tuple, row)] }
        let entry = Int((tuple[0].unchecked(row) - start).canonical)
        guard entry < entryCount else { return nil }
        for index in 1..<max(1, tuple.count)
        where tuple[index].unchecked(row) != columns[index].unchecked(entry) { return nil }
        return entry
    }
}

extension RowColumn {
    /// A value of a column whose length has been checked.
    @inline(__always)
    fileprivate func unchecked(_ row: Int) -> BabyBear {
        unsafe BabyBear(montgomery: buffer.words[offset + row])
    }
}
