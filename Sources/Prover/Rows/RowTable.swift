internal import Proofs

/// A site's columns and helpers as they are after some rounds; rows behind the last are padding.
final class RowTable: @unchecked Sendable {
    let rows: Int
    /// One a column, then one a helper.
    let padding: [Extension]
    let sources: Sources

    enum Sources {
        /// Before the first round.
        case witness([RowColumn], [ExtensionBuffer])
        /// One buffer a source.
        case folded([ExtensionBuffer])
    }

    init(rows: Int, padding: [Extension], _ sources: Sources) {
        self.rows = rows
        self.padding = padding
        self.sources = sources
    }

    /// Room for what a fold leaves, filled by `fold`.
    init(halfOf table: RowTable) {
        rows = (table.rows + 1) / 2
        padding = table.padding
        let rows = rows
        sources = .folded(table.padding.map { _ in ExtensionBuffer(count: rows) })
    }

    var isFolded: Bool {
        if case .folded = sources { true } else { false }
    }

    var sourceCount: Int { padding.count }

    /// Whether a source is a column of the base field still.
    func isBase(_ source: Int) -> Bool {
        if case .witness(let columns, _) = sources { source < columns.count } else { false }
    }

    /// A source's value in a row, real or virtual.
    func value(_ source: Int, _ row: Int) -> Extension {
        guard row < rows else { return padding[source] }
        switch sources {
        case .witness(let columns, let helpers):
            return source < columns.count
                ? Extension(columns[source][row]) : helpers[source - columns.count][row]
        case .folded(let buffers): return buffers[source][row]
        }
    }

    /// Where a source's words begin.
    func words(_ source: Int) -> UnsafePointer<UInt32> {
        switch sources {
        case .witness(let columns, let helpers):
            guard source < columns.count else {
                return unsafe UnsafePointer(helpers[source - columns.count].words)
            }
            let column = columns[source]
            return unsafe UnsafePointer(column.buffer.words + column.offset)
        case .folded(let buffers): return unsafe UnsafePointer(buffers[source].words)
        }
    }

    /// The sources' values at the end of all rounds: those of a table of two rows, folded once
    /// more, or of a table of one.
    func evaluations(_ challenge: Extension?) -> [Extension] {
        (0..<sourceCount).map { source in
            let low = value(source, 0)
            guard let challenge else { return low }
            return low + (value(source, 1) - low) * challenge
        }
    }
}
