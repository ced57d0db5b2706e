/// An affine form of a row's columns in integers, which becomes a `RowForm` of the field.
///
/// The prover evaluates it exactly to split it into limbs and to count look-ups.
package struct IntegerForm: Sendable, Equatable {
    package var constant: Int64
    package var terms: [(column: Int, factor: Int64)]

    package init(constant: Int64 = 0, terms: [(column: Int, factor: Int64)] = []) {
        self.constant = constant
        self.terms = terms
    }

    package static func column(_ column: Int) -> IntegerForm {
        IntegerForm(terms: [(column, 1)])
    }

    package static func + (left: IntegerForm, right: IntegerForm) -> IntegerForm {
        IntegerForm(constant: left.constant + right.constant, terms: left.terms + right.terms)
    }

    package static func - (left: IntegerForm, right: IntegerForm) -> IntegerForm {
        left + right.scaled(by: -1)
    }

    package static func + (left: IntegerForm, right: Int64) -> IntegerForm {
        IntegerForm(constant: left.constant + right, terms: left.terms)
    }

    package static func - (left: IntegerForm, right: Int64) -> IntegerForm { left + -right }

    package func scaled(by factor: Int64) -> IntegerForm {
        IntegerForm(
            constant: constant * factor, terms: terms.map { ($0.column, $0.factor * factor) })
    }

    /// The value in a row.
    package func value(_ column: (Int) -> Int64) -> Int64 {
        terms.reduce(constant) { $0 + $1.factor * column($1.column) }
    }

    var rowForm: RowForm {
        RowForm(
            constant: BabyBear(signed: constant),
            terms: terms.map { ($0.column, BabyBear(signed: $0.factor)) })
    }

    package static func == (left: IntegerForm, right: IntegerForm) -> Bool {
        left.constant == right.constant
            && left.terms.elementsEqual(right.terms) {
                $0.column == $1.column && $0.factor == $1.factor
            }
    }
}
