internal import Proofs

/// A site's columns and helpers as they are after some rounds; rows behind the last are padding.
final class RowTable: @unchecked Sendable {
    let rows: Int
    /// One a column, then one a helper.
    let padding: [Extension]
    /// The same as words, six limbs each.
    let paddingWords: [UInt32]
    let sources: Sources

    enum Sources {
        /// Before the first round.
        case witness([RowColumn], [ExtensionBuffer])
        /// One source behind the other, each in blocks of its own.
        case folded(ExtensionBuffer, stride: Int)
    }

    init(rows: Int, padding: [Extension], _ sources: Sources) {
        self.rows = rows
        self.padding = padding
        paddingWords = padding.flatMap { element in
            (0..<Extension.degree).map { element[$0].montgomery }
        }
        self.sources = sources
    }

    /// Room for what a fold leaves, filled by whoever folds.
    ///
    /// - Parameter arena: reused when it is large enough; its values are lost.
    init(halfOf table: RowTable, arena: ExtensionBuffer?) {
        rows = (table.rows + 1) / 2
        padding = table.padding
        paddingWords = table.paddingWords
        let stride = (rows + 15) / 16 * 16
        let count = stride * table.padding.count
        let reused = arena.flatMap { $0.count >= count ? $0 : nil }
        sources = .folded(reused ?? ExtensionBuffer(unwritten: count), stride: stride)
    }

    /// The memory of a folded table, for a later one.
    var arena: ExtensionBuffer? {
        if case .folded(let buffer, _) = sources { buffer } else { nil }
    }

    var isFolded: Bool { arena != nil }

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
        case .folded(let buffer, let stride): return buffer[source * stride + row]
        }
    }

    /// Where a source's words begin.
    func words(_ source: Int) -> UnsafeMutablePointer<UInt32> {
        switch sources {
        case .witness(let columns, let helpers):
            guard source < columns.count else {
                return unsafe helpers[source - columns.count].words
            }
            let column = columns[source]
            return unsafe column.buffer.words + column.offset
        case .folded(let buffer, let stride):
            return unsafe buffer.words + source * stride / 16 * ExtensionBuffer.blockWords
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
