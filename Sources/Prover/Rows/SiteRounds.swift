internal import Inference
internal import Proofs

/// One site's part of a zero-check, from round to round.
///
/// Several workers may run `work` at once, on blocks of their own.
final class SiteRounds: @unchecked Sendable {
    let site: RowSite
    private let powers: ArraySlice<Extension>
    private let challenges: RowChallenges
    private let kernel: RowKernel?
    /// ω of the columns, then of the helpers, where they are masked.
    private let mask: [Extension]?
    private(set) var table: RowTable
    /// The memory of the table before, which the one after next may have.
    private var arena: ExtensionBuffer?
    /// What the last challenge folds, while a round fills `table`.
    private var folding: (source: RowTable, challenge: Extension)?
    /// Σ over the remaining variables of eq(τ, ·) · Σ λᵏ · constraint k.
    private(set) var claim = Extension.zero

    /// - Parameter level: `swift` computes everything from the constraints as they are written.
    init(
        _ site: RowSite, _ table: RowTable, powers: ArraySlice<Extension>,
        _ challenges: RowChallenges, mask: [Extension]?, _ level: KernelLevel
    ) {
        self.mask = mask

        self.site = site
        self.powers = powers
        self.challenges = challenges
        self.table = table
        kernel =
            level == .swift
            ? nil
            : RowKernel(
                level, first: site.sumProgram(powers, challenges, isFolded: false),
                folded: site.sumProgram(powers, challenges, isFolded: true))
    }

    /// Blocks of 16 pairs in the table.
    var blockCount: Int { (table.rows + 31) / 32 }

    /// Makes room for what a challenge leaves; `work` fills it.
    func fold(by challenge: Extension) {
        let spare = arena
        arena = table.arena
        folding = (table, challenge)
        table = RowTable(halfOf: table, arena: spare)
    }

    /// The points where a round's polynomial is evaluated, one bit a point.
    ///
    /// At 0 and 1 the constraints of a first round vanish. Later the value at 1 follows from the
    /// claim unless `tau`, by which it is multiplied there, is zero.
    func points(_ round: Int, tau: Extension) -> UInt32 {
        // `maskedPolynomial` does what is left of such a site.
        if isMasked(round) { return 0 }
        let all = UInt32(1) << UInt32(site.degree + 1) - 1
        return round == 0 ? all & ~3 : tau == .zero ? all : all & ~2
    }

    /// Folds a range of blocks when a fold is due, and sums them at the points.
    ///
    /// - Returns: Σ weight · Σ λᵏ · constraint k at each of `RowLimits.degreeMax + 1` points,
    ///   zero at points that were not asked for.
    func work(_ blocks: Range<Int>, _ weights: RowWeights, points: UInt32) -> [Extension] {
        if let (source, challenge) = folding {
            if let kernel {
                kernel.fold(source, by: challenge, into: table, blocks)
            } else {
                fold(source, by: challenge, blocks)
            }
        }
        if let kernel { return kernel.sums(table, blocks, weights, points: points) }
        return sums(blocks, weights, points: points)
    }

    /// Ends a round: keeps the value at the challenge, gives the coefficients.
    ///
    /// - Parameter sums: of all blocks.
    func polynomial(
        _ sums: [Extension], _ round: Int, tau: Extension, inverse: Extension?
    ) -> [Extension] {
        folding = nil
        if isMasked(round) { return maskedPolynomial() }
        var values = Array(sums.prefix(site.degree + 1))
        if round > 0, values.count > 1, let inverse {
            values[1] = (claim - (.one - tau) * values[0]) * inverse
        }
        return RowPolynomial.coefficients(values)
    }

    /// Whether masks are in a round's polynomial: they vanish wherever a site's last variable is
    /// summed over.
    private func isMasked(_ round: Int) -> Bool {
        mask != nil && round + 1 == site.variableCount
    }

    /// The polynomial of the last variable, of twice the degree: columns are low + (high − low) · X
    /// + ω · X(1 − X).
    private func maskedPolynomial() -> [Extension] {
        let low = (0..<table.sourceCount).map { table.value($0, 0) }
        let high = (0..<table.sourceCount).map { table.value($0, 1) }
        let values = (0...2 * site.degree).map { point in
            let point = Extension(BabyBear(UInt32(point)))
            return site.combined(
                evaluations(masked(low, high, at: point)), powers: powers, challenges)
        }
        return RowPolynomial.coefficients(values)
    }

    private func masked(
        _ low: [Extension], _ high: [Extension], at point: Extension
    ) -> [Extension] {
        let factor = point * (.one - point)
        return low.indices.map { index in
            low[index] + (high[index] - low[index]) * point + factor * (mask?[index] ?? .zero)
        }
    }

    private func evaluations(_ values: [Extension]) -> RowEvaluations {
        RowEvaluations(
            columns: Array(values[..<site.columnCount]),
            helpers: Array(values[site.columnCount...]))
    }

    func bind(_ coefficients: [Extension], at challenge: Extension) {
        claim = coefficients.reversed().reduce(Extension.zero) { $0 * challenge + $1 }
    }

    /// The columns' and helpers' values at the site's point, when all its variables are bound.
    func evaluations(_ last: Extension?) -> RowEvaluations {
        guard mask != nil, let last else { return evaluations(table.evaluations(last)) }
        let low = (0..<table.sourceCount).map { table.value($0, 0) }
        let high = (0..<table.sourceCount).map { table.value($0, 1) }
        return evaluations(masked(low, high, at: last))
    }

    /// Whether the evaluations agree with the rounds, which they do for every honest witness.
    func agrees(_ evaluations: RowEvaluations) -> Bool {
        site.combined(evaluations, powers: powers, challenges) == claim
    }

    // MARK: The kernels' twin

    private func fold(_ source: RowTable, by challenge: Extension, _ blocks: Range<Int>) {
        guard case .folded(let buffer, let stride) = table.sources else { return }
        for row in 32 * blocks.lowerBound..<min(32 * blocks.upperBound, table.rows) {
            for index in 0..<table.sourceCount {
                let low = source.value(index, 2 * row)
                let high = source.value(index, 2 * row + 1)
                buffer[index * stride + row] = low + (high - low) * challenge
            }
        }
    }

    private func sums(
        _ blocks: Range<Int>, _ weights: RowWeights, points: UInt32
    ) -> [Extension] {
        var sums = [Extension](repeating: .zero, count: RowLimits.degreeMax + 1)
        let pairs = 16 * blocks.lowerBound..<min(16 * blocks.upperBound, (table.rows + 1) / 2)
        for pair in pairs {
            let low = (0..<table.sourceCount).map { table.value($0, 2 * pair) }
            let high = (0..<table.sourceCount).map { table.value($0, 2 * pair + 1) }
            for point in sums.indices where points >> UInt32(point) & 1 == 1 {
                let factor = BabyBear(UInt32(point))
                let row = zip(low, high).map { $0 + ($1 - $0).scaled(by: factor) }
                let evaluations = RowEvaluations(
                    columns: Array(row[..<site.columnCount]),
                    helpers: Array(row[site.columnCount...]))
                sums[point] +=
                    site.combined(evaluations, powers: powers, challenges) * weights.weight(pair)
            }
        }
        return sums
    }
}
