public import Proofs

/// A column of a site: a run of a buffer, perhaps of a whole stack.
public struct RowColumn: Sendable {
    public let buffer: FieldBuffer
    /// The element of row 0.
    public let offset: Int

    public init(_ buffer: FieldBuffer, offset: Int = 0) {
        self.buffer = buffer
        self.offset = offset
    }

    public subscript(row: Int) -> BabyBear { buffer[offset + row] }

    /// Whether the buffer has `count` rows from the offset on.
    func holds(_ count: Int) -> Bool {
        0 <= offset && offset <= buffer.count && count <= buffer.count - offset
    }
}

/// The columns of every site.
public struct RowWitness: Sendable {
    public let columns: [[RowColumn]]

    /// - Throws: `witnessShape` when a site has other columns, or one is too short.
    public init(_ system: RowSystem, columns: [[RowColumn]]) throws(RowError) {
        guard columns.count == system.sites.count else { throw .witnessShape(site: columns.count) }
        for (index, site) in system.sites.enumerated() {
            guard columns[index].count == site.columnCount,
                columns[index].allSatisfy({ $0.holds(site.rowCount) })
            else { throw .witnessShape(site: index) }
        }
        self.columns = columns
    }

    /// A row's values, one a column.
    func row(_ row: Int, of site: Int) -> [BabyBear] { columns[site].map { $0[row] } }
}
