import Primitives
import Testing

@testable import Proofs

@Suite struct LinearEquationTests {
    /// Rows and cells of entries, as operations make them.
    enum Shape: CaseIterable {
        case neighbours, sums, means, transposed, residues, scattered, mixed, nothing
    }

    private func entries(
        _ shape: Shape, _ source: inout FieldSource
    ) -> [LinearEquation.Entry] {
        let factor = source.base()
        func entry(_ row: Int, _ cell: Int, _ own: BabyBear? = nil) -> LinearEquation.Entry {
            .init(row: Int32(row), cell: Int32(cell), factor: own ?? factor)
        }
        switch shape {
        case .neighbours: return (0..<50).map { entry($0, 100 + $0) }
        case .sums: return (0..<50).flatMap { [entry($0, 60 + $0, .one), entry($0, 200 + $0)] }
        case .means: return (0..<64).map { entry($0 / 16, 100 + $0) }
        case .transposed: return (0..<48).map { entry($0, 20 + $0 % 8 * 6 + $0 / 8) }
        case .residues: return (0..<48).flatMap { [entry($0, $0, .one), entry($0, 90 + $0 / 12)] }
        case .scattered:
            return (0..<40).map { _ in
                entry(
                    Int(source.random.next() % 50), Int(source.random.next() % 250), source.base())
            }
        case .mixed:
            return (0..<50).flatMap { [entry($0, -1 - $0), entry($0, $0 % 20 < 15 ? $0 : -60)] }
        case .nothing: return []
        }
    }

    /// What an equation adds is what its entries say, one by one.
    @Test(arguments: Shape.allCases)
    func addsItsEntries(_ shape: Shape) {
        var source = FieldSource(seed: 50)
        let list = entries(shape, &source)
        let constants = shape == .sums ? [] : source.bases(50)
        let output = AccumulatorForm(
            count: 50, terms: [.init(first: 3, sign: 1, isScaled: false)], scales: [],
            channelInner: 1)
        let equation = LinearEquation(output: output, entries: list, constants: constants)
        #expect(equation.entryCount == list.count && equation.rowCount == 50)
        let point = ExtensionBuffer(source.elements(64))
        let known = (0..<60).map { Int32($0 * $0) - 700 }
        let factor = source.element()
        let functional = Functional(logSize: 8)
        let rest = equation.add(factor, point: point, known: known, to: functional)
        var wanted = [Extension](repeating: .zero, count: 256)
        var wantedRest = Extension.zero
        for row in 0..<50 { wanted[3 + row] += factor * point[row] }
        for entry in list {
            let value = factor * point[Int(entry.row)].scaled(by: entry.factor)
            if entry.cell >= 0 {
                wanted[Int(entry.cell)] -= value
            } else {
                wantedRest -= value.scaled(
                    by: BabyBear(signed: Int64(known[Int(-1 - entry.cell)])))
            }
        }
        for (row, constant) in constants.enumerated() {
            wantedRest -= (factor * point[row]).scaled(by: constant)
        }
        #expect(functional.coefficients().elements == wanted)
        #expect(rest == wantedRest)
    }

    /// Regular entries go in parts.
    @Test func findsParts() {
        var source = FieldSource(seed: 51)
        func parts(_ shape: Shape) -> [[Int]] {
            let output = AccumulatorForm(count: 50, terms: [], scales: [], channelInner: 1)
            return LinearEquation(output: output, entries: entries(shape, &source), constants: [])
                .parts.map { [$0.row, $0.cell, $0.count, $0.rowStep, $0.cellStep] }
        }
        #expect(parts(.neighbours) == [[0, 100, 50, 1, 1]])
        #expect(parts(.sums) == [[0, 60, 50, 1, 1], [0, 200, 50, 1, 1]])
        #expect(parts(.means) == (0..<4).map { [$0, 100 + 16 * $0, 16, 0, 1] })
        #expect(
            parts(.residues)
                == [[0, 0, 48, 1, 1]] + (0..<4).map { [12 * $0, 90 + $0, 12, 1, 0] })
        #expect(parts(.transposed).isEmpty && parts(.nothing).isEmpty)
    }
}
