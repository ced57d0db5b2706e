internal import Arguments
internal import Codec
internal import Conformance
internal import Files

extension Benchmark {
    /// Blocks of 100 Mgas, most of one instruction or precompile each: what a second of import is
    /// worth, worst first, since the worst class decides what a block may hold.
    static let block = Benchmark(
        name: "block", summary: "import of blocks of 100 Mgas, one opcode or precompile each"
    ) { options in
        let path = BenchOptions.sharedFolder + "/ethereum-tests/bench-compute.tar.zst"
        let peer = options.hasPeer ? try EVMPeer(options.peer) : nil
        var rows: [BlockRow] = []
        var progress = ProgressLine()
        var archive = try TarArchive(path)
        while let entry = try archive.next() {
            guard entry.name.hasSuffix(".json"), !entry.name.contains("/.meta/") else { continue }
            let workloads = try BlockWorkload.all(entry.bytes) { name in
                name.contains("value_100M") && options.filter.map { name.contains($0) } ?? true
            }
            for workload in workloads {
                progress.show("bench: \(rows.count + 1) \(workload.name)")
                rows.append(try BlockRow(workload, beside: peer, min(options.rounds, 3)))
            }
        }
        progress.clear()
        guard !rows.isEmpty else {
            throw Failure(
                "no block to measure", why: "no name in \(path) has \(options.filter ?? "")",
                remedy: "give another --filter")
        }
        rows.sort { ($0.megagasPerSecond, $0.name) < ($1.megagasPerSecond, $1.name) }
        let out = Terminal.output
        options.isJSON
            ? out.line(JSON.array(rows.map(\.json)).prettyPrinted)
            : out.write(BlockRow.table(rows, peer: options.peer.rawValue, on: out))
        return 0
    }
}

/// One block's times.
private struct BlockRow {
    private let gas: UInt64
    private var measurement: Measurement

    var name: String { measurement.name }
    var megagasPerSecond: Double { Double(gas) / measurement.oursMedian }

    /// The peer's figure stands only where it used the same gas: pyrevm has older rules.
    init(_ workload: BlockWorkload, beside peer: EVMPeer?, _ rounds: Int) throws {
        gas = workload.gasUsed
        measurement = Measurement(name: workload.name)
        let clock = ContinuousClock()
        try workload.run()
        var turns = PeerTurns(
            workload.calls == nil ? nil : peer, workload.calls ?? JSONObject(), workload.name)
        for _ in 0..<rounds {
            let time = try clock.measure { () throws in try workload.run() }
            measurement.ours.append(time / .microseconds(1))
            measurement.peer += try turns.next(runs: 1)
        }
        if peer?.kind == .revm, turns.gas != gas { measurement.peer = [] }
        measurement.isPeerLeast = turns.isOverTime
    }

    var json: JSON {
        func number(_ value: Double?) -> JSON {
            value.flatMap { JSONNumber($0) }.map { .number($0) } ?? .null
        }
        return [
            "name": .string(name), "gas": .number(JSONNumber(gas)),
            "microseconds": number(measurement.oursMedian),
            "megagasPerSecond": number(megagasPerSecond),
            "peerMicroseconds": number(measurement.peerMedian), "ratio": number(measurement.ratio),
        ]
    }

    static func table(_ rows: [BlockRow], peer: String, on terminal: Terminal) -> String {
        let lines = rows.map { row in
            [
                row.name, MeasurementTable.fixed(Double(row.gas) / 1e6, decimals: 1),
                MeasurementTable.fixed(row.measurement.oursMedian / 1e3, decimals: 1),
                MeasurementTable.fixed(row.megagasPerSecond, decimals: 0),
                row.measurement.peerText { MeasurementTable.fixed($0 / 1e3, decimals: 1) },
                row.measurement.ratioText(on: terminal),
            ]
        }
        let table = terminal.table(
            header: ["block", "Mgas", "assay ms", "Mgas/s", "\(peer) ms", "ratio"], rows: lines,
            alignments: [.left, .right, .right, .right, .right, .right])
        return table + """
            \(rows.count) blocks, medians, worst first. Ours is a whole import: signatures, \
            execution, roots. \(peer) runs the calls only, and is left out where its gas differs.

            """
    }
}
