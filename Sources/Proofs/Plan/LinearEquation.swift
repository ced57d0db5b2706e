/// A node whose accumulators, or cells, are sums of cells and known numbers with public factors:
/// `out[i] = constant[i] + Σ factor · cell` over the entries of row `i`.
package struct LinearEquation: Sendable {
    package struct Entry: Sendable {
        let row: Int32
        /// A cell, or a known number.
        let cell: Int32
        let factor: BabyBear
    }

    package let output: AccumulatorForm
    let entries: [Entry]
    /// One a row, or empty for zeros.
    let constants: [BabyBear]

    package var rowCount: Int { output.count }
    var entryCount: Int { entries.count }

    /// Adds `factor · Σ_i e[i] · (out[i] - entries)` to the functional; returns what does not
    /// depend on cells, so that functional and number together are zero.
    func add(
        _ factor: Extension, point: ExtensionBuffer, known: [Int32],
        to functional: Functional
    ) -> Extension {
        var rest = output.add(factor, times: point, to: functional)
        let scaled = (0..<rowCount).map { point[$0] * factor }
        for entry in entries {
            let coefficient = scaled[Int(entry.row)].scaled(by: entry.factor)
            if entry.cell >= 0 {
                functional.add(-coefficient, at: Int(entry.cell))
            } else {
                rest -= coefficient.scaled(by: BabyBear(signed: Int64(known[Int(-1 - entry.cell)])))
            }
        }
        for (row, constant) in constants.enumerated() {
            rest -= scaled[row].scaled(by: constant)
        }
        return rest
    }
}
