internal import Arguments
internal import Codec
internal import Primitives

extension Benchmark {
    /// Verifications of each kind of evidence, beside the bare signatures in it and dcap-qvl.
    static let verify = Benchmark(
        name: "verify",
        summary: "evidence of each kind, beside its bare signatures by OpenSSL and dcap-qvl"
    ) { options in
        let peer = options.hasPeer ? try? AttestationPeer() : nil
        if options.hasPeer, peer == nil {
            Terminal.errors.line("SKIPPED: the peer: run tools/setup to install it")
        }
        var progress = ProgressLine()
        var found: [VerifyMeasurement] = []
        for make in VerifySample.all {
            do {
                let sample = try make()
                guard options.filter.map({ sample.name.contains($0) }) ?? true else { continue }
                found.append(VerifyMeasurement(sample))
            } catch let failure as Failure {
                Terminal.errors.line("SKIPPED: \(failure.what)")
            }
        }
        for round in 0..<options.rounds {
            for index in found.indices {
                progress.show("bench: \(found[index].name)", done: round, of: options.rounds)
                try found[index].run(peer)
            }
        }
        progress.clear()
        let out = Terminal.output
        if options.isJSON {
            let table: JSON = ["benchmark": "verify", "cases": .array(found.map(\.json))]
            out.line(table.prettyPrinted)
        } else {
            out.write(VerifyMeasurement.text(found, on: out))
        }
        return 0
    }
}

/// Times of one kind of evidence in microseconds, in turns: the whole, the same number of bare
/// signatures, and the peer's.
struct VerifyMeasurement {
    private let sample: VerifySample
    private var ours: [Double] = []
    private var bare: [Double] = []
    private var peers: [Double] = []

    var name: String { sample.name }

    init(_ sample: VerifySample) { self.sample = sample }

    mutating func run(_ peer: AttestationPeer?) throws {
        ours.append(try VerifyMeasurement.time(sample.runs, sample.verify))
        if let signatures = sample.signatures {
            bare.append(try VerifyMeasurement.time(sample.runs, signatures))
        }
        if let peer, let question = sample.peerQuestion {
            peers.append(try peer.run(question, runs: sample.runs))
        }
    }

    /// Microseconds a run.
    private static func time(_ runs: Int, _ body: () throws -> Void) rethrows -> Double {
        let duration = try ContinuousClock().measure {
            for _ in 0..<runs { try body() }
        }
        return (duration / .microseconds(1)) / Double(runs)
    }

    private static func median(_ times: [Double]) -> Double? {
        times.isEmpty ? nil : times.sorted()[times.count / 2]
    }

    /// The median over rounds of a quotient that is taken in each round: neighbours in time share
    /// what else the machine does.
    private func ratio(_ others: [Double], to times: [Double]) -> Double? {
        VerifyMeasurement.median(zip(others, times).map { $0 / $1 })
    }

    static func text(_ measurements: [VerifyMeasurement], on terminal: Terminal) -> String {
        let rows = measurements.map { $0.row(on: terminal) }
        return terminal.table(
            header: [
                "verify", "assay µs", "a second", "signatures", "bare µs", "overhead",
                "dcap-qvl µs", "ratio",
            ], rows: rows,
            alignments: [.left, .right, .right, .left, .right, .right, .right, .right])
                + """
                medians; overhead: what is spent beside the bare signatures, as part of them; \
                ratio: times faster than dcap-qvl, which verifies the collateral each time

                """
    }

    private func row(on terminal: Terminal) -> [String] {
        let median = VerifyMeasurement.median(ours) ?? 0
        let text = { (value: Double?) in value.map { MeasurementTable.microseconds($0) } ?? "" }
        let overhead = ratio(ours, to: bare).map { ($0 - 1) * 100 }
        let ratio = ratio(peers, to: ours)
        return [
            name, MeasurementTable.microseconds(median),
            MeasurementTable.fixed(1e6 / median, decimals: 0), sample.signatureText,
            text(VerifyMeasurement.median(bare)),
            overhead.map { MeasurementTable.fixed($0, decimals: 0) + " %" } ?? "",
            text(VerifyMeasurement.median(peers)),
            ratio.map {
                let text = MeasurementTable.ratio($0)
                return $0 < 1 ? terminal.red(text) : terminal.green(text)
            } ?? "",
        ]
    }

    var json: JSON {
        func number(_ value: Double?) -> JSON {
            value.flatMap { JSONNumber($0) }.map { .number($0) } ?? .null
        }
        return [
            "name": .string(name), "microseconds": number(VerifyMeasurement.median(ours)),
            "signatures": .string(sample.signatureText),
            "bareMicroseconds": number(VerifyMeasurement.median(bare)),
            "overBare": number(ratio(ours, to: bare)),
            "peerMicroseconds": number(VerifyMeasurement.median(peers)),
            "ratio": number(ratio(peers, to: ours)),
        ]
    }
}

/// dcap-qvl in a process of its own.
final class AttestationPeer {
    private let process: PeerProcess

    init() throws { process = try PeerProcess([".venv/bin/python", "tools/attestation-peer"]) }

    /// Microseconds a run.
    func run(_ question: JSONObject, runs: Int) throws -> Double {
        var question = question
        question["runs"] = .number(JSONNumber(runs))
        let line = String(decoding: JSON.object(question).serialized, as: UTF8.self)
        let text = process.ask(line) ?? ""
        let times = ((try? JSON(parsing: Array(text.utf8)))?["times"]?.array ?? [])
            .compactMap(\.double)
        guard times.count == runs else {
            throw Failure(
                "dcap-qvl did not verify a quote", why: "it answered \(text.prefix(200))",
                remedy: "run tools/setup, or give --no-peer")
        }
        return times.reduce(0, +) / Double(runs) / 1000
    }
}
