/// A node whose accumulators, or cells, are sums of cells and known numbers with public factors:
/// `out[i] = constant[i] + Σ factor · cell` over the entries of row `i`.
package struct LinearEquation: Sendable {
    package struct Entry: Sendable {
        let row: Int32
        /// A cell, or a known number.
        let cell: Int32
        let factor: BabyBear
    }

    /// Entries of one factor whose rows and cells advance by one, or stay.
    struct Part: Sendable, Equatable {
        let row: Int
        let cell: Int
        let factor: BabyBear
        let count: Int
        let rowStep: Int
        let cellStep: Int
    }

    package let output: AccumulatorForm
    package let entryCount: Int
    /// The entries on cells, as far as they are regular.
    let parts: [Part]
    /// The others on cells: their rows, cells and factors.
    private let rows: [Int32]
    private let cells: [Int32]
    private let factors: FieldBuffer
    /// The entries on known numbers.
    private let known: [Entry]
    /// One a row, or empty for zeros.
    private let constants: FieldBuffer

    package init(output: AccumulatorForm, entries: [Entry], constants: [BabyBear]) {
        self.output = output
        self.constants = FieldBuffer(constants)
        entryCount = entries.count
        known = entries.filter { $0.cell < 0 }
        var parts: [Part] = []
        var others: [Entry] = []
        for list in LinearEquation.lists(entries.filter { $0.cell >= 0 }) {
            var first = 0
            while first < list.count {
                let part = LinearEquation.part(list, from: first)
                if part.count >= LinearEquation.partMin {
                    parts.append(part)
                } else {
                    others += list[first..<first + part.count]
                }
                first += part.count
            }
        }
        self.parts = parts
        rows = others.map(\.row)
        cells = others.map(\.cell)
        factors = FieldBuffer(others.map(\.factor))
    }

    package var rowCount: Int { output.count }

    /// So many entries are worth a part of their own.
    private static let partMin = 8

    /// First operands and second ones apart, where each row has two entries.
    private static func lists(_ entries: [Entry]) -> [[Entry]] {
        let isPaired =
            entries.count % 2 == 0
            && stride(from: 0, to: entries.count, by: 2).allSatisfy {
                entries[$0].row == entries[$0 + 1].row
                    && ($0 == 0 || entries[$0 - 1].row < entries[$0].row)
            }
        guard isPaired else { return [entries] }
        return (0..<2).map { second in
            stride(from: second, to: entries.count, by: 2).map { entries[$0] }
        }
    }

    /// The longest part from an entry on.
    private static func part(_ entries: [Entry], from first: Int) -> Part {
        let start = entries[first]
        var (rowStep, cellStep) = (1, 1)
        var count = 1
        while first + count < entries.count, entries[first + count].factor == start.factor {
            let next = entries[first + count]
            let steps = (Int(next.row - start.row), Int(next.cell - start.cell))
            if count == 1 {
                guard steps == (1, 1) || steps == (0, 1) || steps == (1, 0) else { break }
                (rowStep, cellStep) = steps
            }
            guard steps == (rowStep * count, cellStep * count) else { break }
            count += 1
        }
        return Part(
            row: Int(start.row), cell: Int(start.cell), factor: start.factor, count: count,
            rowStep: rowStep, cellStep: cellStep)
    }

    /// Adds `factor · Σ_i e[i] · (out[i] - entries)` to the functional; returns what does not
    /// depend on cells, so that functional and number together are zero.
    func add(
        _ factor: Extension, point: ExtensionBuffer, known numbers: [Int32],
        to functional: Functional
    ) -> Extension {
        for part in parts {
            let scaled = -factor.scaled(by: part.factor)
            if part.rowStep == 0 {
                functional.add(
                    scaled * point[part.row], to: part.cell..<part.cell + part.count)
            } else if part.cellStep == 0 {
                functional.add(
                    scaled * point.sum(part.row..<part.row + part.count), at: part.cell)
            } else {
                functional.add(
                    scaled, times: point, from: part.row, count: part.count, at: part.cell)
            }
        }
        if !cells.isEmpty {
            let coefficients = point.gathered(at: rows)
            coefficients.multiply(by: factors)
            functional.add(-factor, times: coefficients, at: cells)
        }
        var sum = constants.dot(point, count: constants.count)
        for entry in known {
            let number = BabyBear(signed: Int64(numbers[Int(-1 - entry.cell)]))
            sum += point[Int(entry.row)].scaled(by: entry.factor * number)
        }
        return output.add(factor, times: point, to: functional) - factor * sum
    }
}
