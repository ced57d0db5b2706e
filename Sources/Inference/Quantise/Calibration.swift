/// The range that each value of a float graph takes over the calibration rows.
///
/// Rule: with the `n` magnitudes of a value over all rows in ascending order, the range is the one
/// at position `ceil(0.9999 · n)`, counted from one. Below 10,000 of them that is the largest.
/// Only the few largest are kept, so memory does not grow with the rows.
struct Calibration {
    static let keptPerTenThousand = 9_999

    /// Indexed by value; constants and unused values stay at zero.
    private(set) var ranges: [Range]

    struct Range {
        var largest = 0.0
        var isNegative = false
    }

    init(_ graph: FloatGraph, rows: [[Float]]) throws(QuantiseError) {
        let runner = ReferenceRunner(graph)
        let seen = graph.inputs + graph.nodes.map(\.output)
        var tallies: [Tally] = seen.map { Tally(total: graph.elementCount($0) * rows.count) }
        for row in rows {
            let values: [[Float]]
            do { values = try runner.trace(row) } catch { throw .calibrationRun(error) }
            for (index, value) in seen.enumerated() { tallies[index].add(values[value]) }
        }
        ranges = [Range](repeating: Range(), count: graph.values.count)
        for (index, value) in seen.enumerated() {
            let largest = tallies[index].range
            guard largest.isFinite else { throw .notFinite(value: graph.values[value].name) }
            ranges[value] = Range(largest: largest, isNegative: tallies[index].isNegative)
        }
    }

    /// The largest magnitudes seen so far.
    private struct Tally {
        private let keep: Int
        private var largest: [Float] = []
        private var threshold: Float = -1
        private var isFinite = true
        var isNegative = false

        init(total: Int) {
            let position = (total * keptPerTenThousand + 9_999) / 10_000
            keep = total - position + 1
        }

        mutating func add(_ values: [Float]) {
            for value in values {
                if value < 0 { isNegative = true }
                if !value.isFinite { isFinite = false }
                guard isFinite, value.magnitude > threshold else { continue }
                largest.append(value.magnitude)
                if largest.count > keep * 2 + 64 { shrink() }
            }
        }

        private mutating func shrink() {
            largest.sort(by: >)
            largest.removeSubrange(keep...)
            threshold = largest[keep - 1]
        }

        /// Infinite where a value was no finite number.
        var range: Double {
            isFinite ? Double(largest.sorted(by: >)[keep - 1]) : .infinity
        }
    }
}
