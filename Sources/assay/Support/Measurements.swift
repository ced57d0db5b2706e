internal import Arguments
internal import Codec
internal import Glibc

/// Times of one case, ours and a peer's, taken in turns.
struct Measurement {
    let name: String
    var ours: [Double] = []
    var peer: [Double] = []
    /// Whether the peer was stopped: it takes longer than its time says.
    var isPeerLeast = false

    /// Medians in microseconds.
    var oursMedian: Double { Measurement.median(ours) }
    var peerMedian: Double? { peer.isEmpty ? nil : Measurement.median(peer) }
    /// How many times faster than the peer we are.
    var ratio: Double? { peerMedian.map { $0 / oursMedian } }

    /// The peer's time, marked where it was stopped.
    func peerText(_ text: (Double) -> String) -> String {
        peerMedian.map { (isPeerLeast ? "> " : "") + text($0) } ?? ""
    }

    func ratioText(on terminal: Terminal) -> String {
        guard let ratio else { return "" }
        let text = (isPeerLeast ? "> " : "") + MeasurementTable.ratio(ratio)
        return ratio < 1 ? terminal.red(text) : terminal.green(text)
    }

    private static func median(_ times: [Double]) -> Double { times.sorted()[times.count / 2] }
}

/// What a benchmark measured, for people and for programs.
struct MeasurementTable {
    let benchmark: String
    let peer: String
    var measurements: [Measurement] = []

    var ratios: [Double] { measurements.compactMap(\.ratio) }

    var geometricMean: Double? {
        ratios.isEmpty ? nil : exp(ratios.map { log($0) }.reduce(0, +) / Double(ratios.count))
    }

    /// Aligned columns, then the geometric mean and the least ratio.
    func text(on terminal: Terminal) -> String {
        let rows = measurements.map { measurement in
            [
                measurement.name, MeasurementTable.microseconds(measurement.oursMedian),
                measurement.peerText { MeasurementTable.microseconds($0) },
                measurement.ratioText(on: terminal),
            ]
        }
        let table = terminal.table(
            header: [benchmark, "assay µs", "\(peer) µs", "ratio"], rows: rows,
            alignments: [.left, .right, .right, .right])
        guard let mean = geometricMean, let least = ratios.min() else { return table }
        return table + """
            \(ratios.count) cases, medians; times faster than \(peer): \
            geometric mean \(MeasurementTable.ratio(mean)), least \(MeasurementTable.ratio(least))

            """
    }

    var json: JSON {
        func number(_ value: Double?) -> JSON {
            value.flatMap { JSONNumber($0) }.map { .number($0) } ?? .null
        }
        return [
            "benchmark": .string(benchmark), "peer": .string(peer),
            "cases": .array(
                measurements.map { measurement in
                    [
                        "name": .string(measurement.name),
                        "microseconds": number(measurement.oursMedian),
                        "peerMicroseconds": number(measurement.peerMedian),
                        "ratio": number(measurement.ratio),
                        "peerWasStopped": .bool(measurement.isPeerLeast),
                    ]
                }),
            "geometricMean": number(geometricMean), "least": number(ratios.min()),
        ]
    }

    static func microseconds(_ value: Double) -> String { fixed(value, decimals: 1) }
    static func ratio(_ value: Double) -> String { fixed(value, decimals: 2) + "×" }

    static func fixed(_ value: Double, decimals: Int) -> String {
        let scale = pow(10, Double(decimals))
        let digits = String(Int((value * scale).rounded()))
        let padded = String(repeating: "0", count: max(0, decimals + 1 - digits.count)) + digits
        return decimals == 0
            ? padded : padded.dropLast(decimals) + "." + padded.suffix(decimals)
    }
}
