/// A place of the graph whose numbers are committed: the columns of its rows, what must hold in
/// each row, and how a prover fills the columns.
package struct WitnessSite: Sendable {
    /// Where a column's numbers come from.
    package enum Column: Sendable {
        /// Committed: one cell a row, from that one on.
        case committed(first: Int)
        /// Committed digits of a form: `(form >> shift) & (2^bits - 1)`.
        case limb(first: Int, IntegerForm, shift: Int, bits: Int)
        /// Cells of other places, one a row.
        case view([Int32])
        /// Numbers that both sides know, one a row.
        case known([Int32])

        /// The first cell of a committed column.
        package var firstCell: Int? {
            switch self {
            case .committed(let first), .limb(let first, _, _, _): first
            case .view, .known: nil
            }
        }
    }

    /// What a row reads.
    package enum Read: Sendable {
        /// `0 ≤ form < 2^bits`.
        case range(IntegerForm, bits: Width)
        /// `(input, output)` is an entry of a table of the model.
        case table(tag: UInt32, input: IntegerForm, output: IntegerForm)
        /// `(position, value)` is supplied under the tag.
        case element(tag: UInt32, position: IntegerForm, value: IntegerForm)
        /// Supplies `(position, value)` as often as a column says.
        case supply(tag: UInt32, position: IntegerForm, value: IntegerForm, count: Int)
    }

    package enum Width: Sendable {
        case constant(Int)
        /// A known column, where channels differ.
        case column(Int)

        var form: IntegerForm {
            switch self {
            case .constant(let bits): IntegerForm(constant: Int64(bits))
            case .column(let column): .column(column)
            }
        }
    }

    /// What fills the committed columns that are no limbs. Numbers are columns.
    package enum Filling: Sendable {
        case rescaled(remainder: Int, value: Int, above: Int?, below: Int?)
        case bare(value: Int)
        /// The elements of a hidden input in the first column.
        case input(tensor: Int)
        case lookup(table: Int, input: Int, output: Int)
        case extremum(isMinimum: Bool, choices: [Int], result: Int)
        case selection(condition: Int, first: Int, second: Int, result: Int)
        /// The element of the operand's cells at a position, for each inference of the batch.
        case element(position: IntegerForm, value: Int)
        /// How often each element was read by the site before.
        case supply(count: Int)
        /// Nothing: the cells belong to an `ArgumentPlan`.
        case none
    }

    package struct Constraint: Sendable {
        package let factors: [IntegerForm]
        package let rest: IntegerForm
    }

    /// The node, or -1 for the hidden inputs.
    package let node: Int
    package let rowCount: Int
    package internal(set) var columns: [Column] = []
    package internal(set) var constraints: [Constraint] = []
    package internal(set) var reads: [Read] = []
    package internal(set) var filling = Filling.none
    /// What columns hold in virtual rows, where that is not zero.
    var padding: [Int: Int64] = [:]

    init(node: Int, rowCount: Int) {
        self.node = node
        self.rowCount = rowCount
    }

    /// What a column holds in virtual rows.
    func padding(_ column: Int) -> BabyBear { BabyBear(signed: padding[column] ?? 0) }

    /// The site as the row argument sees it.
    func rowSite(variablesMin: Int) throws(RowError) -> RowSite {
        try RowSite(
            rowCount: rowCount, columnCount: columns.count,
            padding: columns.indices.map { padding($0) },
            constraints: constraints.map {
                RowConstraint(factors: $0.factors.map(\.rowForm), rest: $0.rest.rowForm)
            }, lookups: reads.map(\.lookup), variablesMin: variablesMin)
    }
}

extension WitnessSite.Read {
    var lookup: RowLookup {
        switch self {
        case .range(let form, let bits):
            RowLookup(table: WitnessPlan.rangeTag, tuple: [bits.form.rowForm, form.rowForm])
        case .table(let tag, let input, let output):
            RowLookup(table: tag, tuple: [input.rowForm, output.rowForm])
        case .element(let tag, let position, let value):
            RowLookup(table: tag, tuple: [position.rowForm, value.rowForm])
        case .supply(let tag, let position, let value, let count):
            RowLookup(
                table: tag, tuple: [position.rowForm, value.rowForm],
                numerator: IntegerForm(terms: [(count, -1)]).rowForm)
        }
    }
}
