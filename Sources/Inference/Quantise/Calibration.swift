/// The range that each value of a float graph takes over the calibration rows.
///
/// Rule: with the `n` magnitudes of a value over all rows in ascending order, the range is the one
/// at position `ceil(0.9999 · n)`, counted from one. Below 10,000 of them that is the largest.
/// Only the few largest are kept, so memory does not grow with the rows. Infinities, as masks have
/// them, do not count; who needs the value's scale decides whether they may occur.
struct Calibration {
    static let keptPerTenThousand = 9_999

    /// Indexed by value; constants and unused values stay at zero.
    private(set) var ranges: [Range]

    struct Range: Sendable {
        /// The magnitude of the rule above.
        var largest = 0.0
        /// The smallest and the largest finite number.
        var low = 0.0
        var high = 0.0
        /// The smallest magnitude but zero; zero if there was none.
        var smallest = 0.0
        var hasPositiveInfinity = false
        var hasNegativeInfinity = false

        var isNegative: Bool { low < 0 }
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
            guard !tallies[index].hasNaN else { throw .notFinite(value: graph.values[value].name) }
            ranges[value] = tallies[index].range
        }
        for (index, value) in graph.values.enumerated() {
            guard let elements = value.constant else { continue }
            var tally = Tally(total: elements.count)
            tally.add(elements)
            guard !tally.hasNaN else { throw .notFinite(value: value.name) }
            ranges[index] = tally.range
            // A constant's numbers are all known: none is an outlier.
            ranges[index].largest = max(ranges[index].high, -ranges[index].low)
        }
    }

    /// The largest magnitudes seen so far.
    private struct Tally {
        private let keep: Int
        private var largest: [Float] = []
        private var threshold: Float = -1
        private var low = Float.infinity
        private var high = -Float.infinity
        private var smallest = Float.infinity
        private var seen = Range()
        private(set) var hasNaN = false

        init(total: Int) {
            let position = (total * keptPerTenThousand + 9_999) / 10_000
            keep = total - position + 1
        }

        mutating func add(_ values: [Float]) {
            for value in values {
                guard value.isFinite else {
                    note(value)
                    continue
                }
                if value < low { low = value }
                if value > high { high = value }
                if value != 0, value.magnitude < smallest { smallest = value.magnitude }
                guard value.magnitude > threshold else { continue }
                largest.append(value.magnitude)
                if largest.count > keep * 2 + 64 { shrink() }
            }
        }

        private mutating func note(_ value: Float) {
            if value.isNaN {
                hasNaN = true
            } else if value > 0 {
                seen.hasPositiveInfinity = true
            } else {
                seen.hasNegativeInfinity = true
            }
        }

        private mutating func shrink() {
            largest.sort(by: >)
            largest.removeSubrange(keep...)
            threshold = largest[keep - 1]
        }

        var range: Range {
            var range = seen
            guard low <= high else { return range }
            let ordered = largest.sorted(by: >)
            range.largest = Double(ordered[min(keep, ordered.count) - 1])
            range.low = Double(low)
            range.high = Double(high)
            range.smallest = smallest.isFinite ? Double(smallest) : 0
            return range
        }
    }
}
