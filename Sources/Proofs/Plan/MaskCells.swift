/// Where the random elements of a hidden run lie among the cells of the witness: six limbs each.
package struct MaskCells: Sendable, Equatable {
    /// Elements one after another.
    package struct Run: Sendable, Equatable {
        package let firstCell: Int
        package let count: Int

        package var cellCount: Int { count * Extension.degree }

        /// A functional on the elements as one on their limbs.
        func coefficients(_ elements: [Extension]) -> ExtensionBuffer {
            precondition(elements.count == count, "each element has its coefficient")
            let limbs = (0..<Extension.degree).map { Extension.monomial($0) }
            return ExtensionBuffer(elements.flatMap { element in limbs.map { element * $0 } })
        }
    }

    /// The coefficients of the zero-check's polynomial.
    package let rows: Run
    /// One for each column and helper that is hidden, site after site.
    package let evaluations: Run
    /// The coefficients of the linear argument's polynomial.
    package let linear: Run
    /// One for each end of the linear argument's vectors that is hidden, the left of a site first.
    package let ends: Run
}

extension WitnessSite {
    /// Whether both sides know a column.
    package func isKnown(_ column: Int) -> Bool {
        if case .known = columns[column] { true } else { false }
    }
}

extension WitnessPlan {
    /// For each linear site, whether its left and its right end are hidden: what weights give is
    /// not, since models are public.
    package var hiddenEnds: [(left: Bool, right: Bool)] {
        guard mask != nil else { return linearSites.map { _ in (false, false) } }
        return linearSites.map { site in
            let (left, right) = site.operandTensors
            return (left.map { !isKnown($0) } ?? false, !isKnown(right))
        }
    }

    package func isKnown(_ tensor: Int) -> Bool { cells[tensor].allSatisfy { $0 < 0 } }
}

extension WitnessPlanBuilder {
    /// Room for all that hides a run.
    mutating func makeMask(_ system: RowSystem, batch: Int) -> MaskCells {
        func run(_ count: Int) -> MaskCells.Run {
            MaskCells.Run(firstCell: allocate(count * Extension.degree), count: count)
        }
        var evaluations = 0
        for (site, rows) in zip(sites, system.sites) {
            evaluations += site.columns.indices.count { !site.isKnown($0) } + rows.groups.count
        }
        var ends = 0
        for site in linearSites {
            let (left, right) = site.operandTensors
            if let left, !isKnown(left) { ends += 1 }
            if !isKnown(right) { ends += 1 }
        }
        var polynomial = 0
        if !linearSites.isEmpty {
            let rounds = LinearArgument.roundCount(
                linearSites, bitsMin: logColumns, batch: batch, isMasked: true)
            polynomial = LinearArgument.mask(roundCount: rounds).count
        }
        return MaskCells(
            rows: run(system.maskCount), evaluations: run(evaluations), linear: run(polynomial),
            ends: run(ends))
    }
}
