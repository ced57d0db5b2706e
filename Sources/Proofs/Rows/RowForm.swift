/// An affine form of a row's columns: constant + Σ coefficient · column.
///
/// Terms are kept in the order of their columns, one a column, none with a zero coefficient, so
/// that equal forms are equal values.
public struct RowForm: Sendable, Hashable {
    public struct Term: Sendable, Hashable {
        public let column: Int
        public let coefficient: BabyBear
    }

    public let constant: BabyBear
    public let terms: [Term]

    public init(
        constant: BabyBear = .zero, terms: [(column: Int, coefficient: BabyBear)] = []
    ) {
        self.constant = constant
        let sorted = terms.enumerated().sorted {
            ($0.element.column, $0.offset) < ($1.element.column, $1.offset)
        }
        var merged: [Term] = []
        for (_, term) in sorted {
            var coefficient = term.coefficient
            if let last = merged.last, last.column == term.column {
                coefficient += last.coefficient
                merged.removeLast()
            }
            merged.append(Term(column: term.column, coefficient: coefficient))
        }
        self.terms = merged.filter { $0.coefficient != .zero }
    }

    /// The form that is one column.
    public static func column(_ column: Int) -> RowForm {
        RowForm(terms: [(column, .one)])
    }

    /// The form that is an integer in every row.
    public static func constant(_ value: Int64) -> RowForm {
        RowForm(constant: BabyBear(signed: value))
    }

    public static let zero = RowForm()
    public static let one = RowForm(constant: .one)

    /// Whether the form has the same value in every row.
    public var isConstant: Bool { terms.isEmpty }

    public func scaled(by factor: BabyBear) -> RowForm {
        RowForm(
            constant: constant * factor, terms: terms.map { ($0.column, $0.coefficient * factor) })
    }

    public func scaled(by factor: Int64) -> RowForm { scaled(by: BabyBear(signed: factor)) }

    public static func + (left: RowForm, right: RowForm) -> RowForm {
        RowForm(
            constant: left.constant + right.constant,
            terms: (left.terms + right.terms).map { ($0.column, $0.coefficient) })
    }

    public static func - (left: RowForm, right: RowForm) -> RowForm {
        left + right.scaled(by: BabyBear.zero - .one)
    }

    /// The value in a row of the base field.
    public func value(_ row: [BabyBear]) -> BabyBear {
        terms.reduce(constant) { $0 + $1.coefficient * row[$1.column] }
    }

    /// The value where the columns are extended to a point.
    public func value(_ row: [Extension]) -> Extension {
        terms.reduce(Extension(constant)) { $0 + row[$1.column].scaled(by: $1.coefficient) }
    }

    /// The first column that a row of `count` columns lacks.
    func columnOutside(_ count: Int) -> Int? {
        terms.first { !(0..<count).contains($0.column) }?.column
    }
}
