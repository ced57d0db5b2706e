/// One polynomial identity of a row: Π factors − rest = 0.
public struct RowConstraint: Sendable, Hashable {
    /// One to four.
    public let factors: [RowForm]
    public let rest: RowForm

    public init(factors: [RowForm], rest: RowForm = .zero) {
        self.factors = factors
        self.rest = rest
    }

    /// The degree in the columns, counted by factors.
    public var degree: Int { max(1, factors.count) }

    /// Π factors − rest at a row.
    public func value(_ row: [BabyBear]) -> BabyBear {
        factors.reduce(BabyBear.one) { $0 * $1.value(row) } - rest.value(row)
    }

    /// Π factors − rest where the columns are extended to a point.
    public func value(_ row: [Extension]) -> Extension {
        factors.reduce(Extension.one) { $0 * $1.value(row) } - rest.value(row)
    }
}

/// One look-up of a row: it adds numerator / (α − fingerprint) to the balance.
public struct RowLookup: Sendable, Hashable {
    /// Which table; below the modulus.
    public let table: UInt32
    /// One to three values; all uses of a table have equally many.
    public let tuple: [RowForm]
    /// One for a read. A form that is not constant makes this a supply: minus the multiplicity of
    /// a table entry that is itself made of columns.
    public let numerator: RowForm

    public init(table: UInt32, tuple: [RowForm], numerator: RowForm = .one) {
        self.table = table
        self.tuple = tuple
        self.numerator = numerator
    }

    /// α − fingerprint where the columns are extended to a point.
    public func denominator(_ row: [Extension], _ challenges: RowChallenges) -> Extension {
        challenges.denominator(table, tuple.map { $0.value(row) })
    }

    /// α − fingerprint at a row.
    public func denominator(_ row: [BabyBear], _ challenges: RowChallenges) -> Extension {
        challenges.denominator(table, tuple.map { Extension($0.value(row)) })
    }
}

/// The columns of one place of a model and what must hold in each of their rows.
///
/// Rows number `rowCount` and up, to the next power of two, are virtual copies of `padding`: public
/// constants that satisfy every constraint and count in no sum.
public struct RowSite: Sendable, Hashable {
    public let rowCount: Int
    public let columnCount: Int
    /// One value a column.
    public let padding: [BabyBear]
    public let constraints: [RowConstraint]
    public let lookups: [RowLookup]

    /// Variables of a row's index: ⌈log₂ rowCount⌉, or more where that was asked for.
    public let variableCount: Int
    /// The look-ups of each helper column, at most four each, all but equally many.
    public let groups: [Range<Int>]
    /// The degree of all constraints together, those of the helpers included, at most five.
    public let degree: Int

    /// - Parameter variablesMin: the fewest variables of a row's index; one where rows are masked.
    /// - Throws: the first rule of `RowError`'s first part that the shape breaks.
    public init(
        rowCount: Int, columnCount: Int, padding: [BabyBear], constraints: [RowConstraint],
        lookups: [RowLookup], variablesMin: Int = 0
    ) throws(RowError) {
        guard (1...RowLimits.rowsMax).contains(rowCount) else {
            throw .rowCount(rowCount, max: RowLimits.rowsMax)
        }
        guard (0...RowLimits.columnsMax).contains(columnCount) else {
            throw .columnCount(columnCount, max: RowLimits.columnsMax)
        }
        guard padding.count == columnCount else {
            throw .paddingCount(padding.count, columns: columnCount)
        }
        for constraint in constraints {
            guard (1...RowLimits.factorsMax).contains(constraint.factors.count) else {
                throw .factorCount(constraint.factors.count, max: RowLimits.factorsMax)
            }
            try RowSite.check(constraint.factors + [constraint.rest], columnCount)
        }
        for lookup in lookups {
            guard (1...RowLimits.tupleMax).contains(lookup.tuple.count) else {
                throw .tupleCount(lookup.tuple.count, max: RowLimits.tupleMax)
            }
            guard lookup.table < BabyBear.modulus else { throw .tagTooLarge(lookup.table) }
            try RowSite.check(lookup.tuple + [lookup.numerator], columnCount)
        }
        if let index = constraints.firstIndex(where: { $0.value(padding) != .zero }) {
            throw .paddingViolates(constraint: index)
        }
        self.rowCount = rowCount
        self.columnCount = columnCount
        self.padding = padding
        self.constraints = constraints
        self.lookups = lookups
        variableCount = max(variablesMin, Int.bitWidth - (rowCount - 1).leadingZeroBitCount)
        groups = RowSite.groups(lookups.count)
        degree = max(
            constraints.map(\.degree).max() ?? 0, groups.map { $0.count + 1 }.max() ?? 0)
    }

    private static func check(_ forms: [RowForm], _ columnCount: Int) throws(RowError) {
        for form in forms {
            if let column = form.columnOutside(columnCount) {
                throw .noSuchColumn(column, columns: columnCount)
            }
        }
    }

    /// The fewest groups of at most four, as even as can be: a short group has a low degree.
    private static func groups(_ count: Int) -> [Range<Int>] {
        let groups = (count + RowLimits.groupMax - 1) / RowLimits.groupMax
        return (0..<groups).map { count * $0 / groups..<count * ($0 + 1) / groups }
    }

    /// Constraints of the rows and of the helpers, each with a power of λ of its own.
    public var constraintCount: Int { constraints.count + groups.count }

    /// The virtual rows' helpers: for each group Σ numerator / (α − fingerprint).
    ///
    /// - Throws: `zeroDenominator` of this site, whose number the caller gives.
    public func helperPadding(
        _ challenges: RowChallenges, site: Int = 0
    ) throws(RowError) -> [Extension] {
        var sums: [Extension] = []
        for group in groups {
            var sum = Extension.zero
            for lookup in lookups[group] {
                guard let inverse = lookup.denominator(padding, challenges).inverse else {
                    throw .zeroDenominator(site: site, row: nil)
                }
                sum += inverse.scaled(by: lookup.numerator.value(padding))
            }
            sums.append(sum)
        }
        return sums
    }

    /// Σ λᵏ · constraint k at a row whose columns and helpers are extended to a point.
    ///
    /// Constraint k of the rows comes first, then one for each helper H of a group:
    /// H · Π (α − fᵢ) − Σ numeratorᵢ · Π_{j≠i} (α − fⱼ).
    /// - Parameter powers: one power of λ for each of `constraintCount`.
    public func combined(
        _ evaluations: RowEvaluations, powers: ArraySlice<Extension>, _ challenges: RowChallenges
    ) -> Extension {
        precondition(powers.count == constraintCount, "each constraint has a power of lambda")
        let row = evaluations.columns
        var sum = Extension.zero
        for (constraint, power) in zip(constraints, powers) { sum += constraint.value(row) * power }
        for (index, power) in powers.dropFirst(constraints.count).enumerated() {
            let group = lookups[groups[index]]
            var (numerator, denominator) = (Extension.zero, Extension.one)
            for lookup in group {
                let factor = lookup.denominator(row, challenges)
                numerator = numerator * factor + lookup.numerator.value(row) * denominator
                denominator *= factor
            }
            sum += (evaluations.helpers[index] * denominator - numerator) * power
        }
        return sum
    }
}

/// A site's columns and helpers at one point.
public struct RowEvaluations: Sendable, Hashable {
    public var columns: [Extension]
    public var helpers: [Extension]

    public init(columns: [Extension], helpers: [Extension]) {
        self.columns = columns
        self.helpers = helpers
    }
}

/// Sizes that no site exceeds.
public enum RowLimits {
    /// Rows of a site.
    public static let rowsMax = 1 << 26
    public static let columnsMax = 1 << 12
    /// Entries of a public table.
    public static let tableEntriesMax = 1 << 24
    /// Factors of a constraint.
    public static let factorsMax = 4
    /// Values of a look-up.
    public static let tupleMax = 3
    /// Look-ups that share a helper column.
    public static let groupMax = 4
    /// The degree of a helper's constraint, the highest there is.
    public static let degreeMax = groupMax + 1
}
