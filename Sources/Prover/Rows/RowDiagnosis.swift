internal import Proofs

/// Finds out what is wrong with a witness.
enum RowDiagnosis {
    /// The first constraint or helper that does not hold, row by row; nil when all do.
    static func firstError(
        _ system: RowSystem, _ witness: RowWitness, _ helpers: [[ExtensionBuffer]],
        _ challenges: RowChallenges
    ) -> RowError? {
        for (index, site) in system.sites.enumerated() {
            for row in 0..<site.rowCount {
                let values = witness.row(row, of: index)
                if let constraint = site.constraints.firstIndex(where: {
                    $0.value(values) != .zero
                }) {
                    return .violated(site: index, row: row, constraint: constraint)
                }
                let lifted = values.map { Extension($0) }
                for number in site.groups.indices {
                    let alone = RowEvaluations(
                        columns: lifted, helpers: helpers[index].map { $0[row] })
                    var powers = [Extension](repeating: .zero, count: site.constraintCount)
                    powers[site.constraints.count + number] = .one
                    if site.combined(alone, powers: powers[...], challenges) != .zero {
                        return .helperWrong(site: index, row: row, group: number)
                    }
                }
            }
        }
        return nil
    }
}
