public import Inference
public import Primitives
public import Proofs

/// The helper columns of the look-ups: per row and group Σ numerator / (α − fingerprint).
public enum RowHelpers {
    /// Rows that share an inversion.
    private static let rowsPerPiece = 2048

    private struct Piece {
        let site: Int
        let group: Int
        let rows: Range<Int>
    }

    /// For each site and group the helper of every real row.
    ///
    /// Cost: some ten products of extension elements for a row and group.
    /// - Throws: `zeroDenominator` when α is a row's fingerprint.
    public static func compute(
        _ system: RowSystem, _ witness: RowWitness, _ challenges: RowChallenges,
        workers: some Workers, level: KernelLevel = .best
    ) throws(RowError) -> [[ExtensionBuffer]] {
        let helpers = system.sites.map { site in
            site.groups.map { _ in ExtensionBuffer(unwritten: site.rowCount) }
        }
        var pieces: [Piece] = []
        var programs: [[RowProgram]] = []
        for (index, site) in system.sites.enumerated() {
            programs.append(
                site.groups.indices.map { site.fractionProgram($0, challenges) })
            for group in site.groups.indices {
                for start in stride(from: 0, to: site.rowCount, by: rowsPerPiece) {
                    let end = min(site.rowCount, start + rowsPerPiece)
                    pieces.append(Piece(site: index, group: group, rows: start..<end))
                }
            }
        }
        let fixedPieces = pieces
        let fixedPrograms = programs
        let zeros = workers.map(pieces.count) { number -> Int? in
            let piece = fixedPieces[number]
            let columns = witness.columns[piece.site]
            let helper = helpers[piece.site][piece.group]
            guard level != .swift else {
                return plain(
                    system.sites[piece.site], piece.group, piece.rows, columns, challenges, helper)
            }
            return RowKernel.fractions(
                level, fixedPrograms[piece.site][piece.group], columns,
                system.sites[piece.site], piece.rows, into: helper)
        }
        for (piece, zero) in zip(pieces, zeros) {
            if let zero { throw .zeroDenominator(site: piece.site, row: zero) }
        }
        return helpers
    }

    /// The kernels' twin; gives the first row whose denominator is zero.
    private static func plain(
        _ site: RowSite, _ group: Int, _ rows: Range<Int>, _ columns: [RowColumn],
        _ challenges: RowChallenges, _ helper: ExtensionBuffer
    ) -> Int? {
        for row in rows {
            let values = columns.map { $0[row] }
            var sum = Extension.zero
            for lookup in site.lookups[site.groups[group]] {
                guard let inverse = lookup.denominator(values, challenges).inverse else {
                    return row
                }
                sum += inverse.scaled(by: lookup.numerator.value(values))
            }
            helper[row] = sum
        }
        return nil
    }
}
