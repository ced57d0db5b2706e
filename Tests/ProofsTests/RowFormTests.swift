import Proofs
import Testing

@Suite struct RowFormTests {
    @Test func isCanonical() {
        let form = RowForm(
            constant: BabyBear(4),
            terms: [(3, BabyBear(2)), (1, .one), (3, BabyBear(signed: -2)), (0, BabyBear(7))])
        #expect(form.terms.map(\.column) == [0, 1])
        #expect(form == RowForm.column(0).scaled(by: 7) + .column(1) + .constant(4))
        #expect(RowForm.column(5) - .column(5) == .zero)
        #expect((RowForm.column(5) - .column(5)).isConstant)
        #expect(RowForm.column(2).scaled(by: 0) == .zero)
        #expect(!RowForm.column(2).isConstant && RowForm.one.isConstant)
    }

    @Test func hasOneValueInBothFields() {
        let row = [3, 5, 2_013_265_920].map { BabyBear($0) }
        let forms: [(RowForm, Int64)] = [
            (.zero, 0), (.one, 1), (.constant(-4), -4), (.column(2), -1),
            (.column(0).scaled(by: 100) - .column(1).scaled(by: 3) + .constant(9), 294),
        ]
        for (form, value) in forms {
            #expect(form.value(row) == BabyBear(signed: value))
            #expect(form.value(row.map { Extension($0) }) == Extension(BabyBear(signed: value)))
        }
    }
}
