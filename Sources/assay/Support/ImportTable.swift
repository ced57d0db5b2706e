internal import Arguments
internal import Codec
internal import Glibc
internal import Ledger

/// Times of one way to import a block, by phase, in milliseconds.
struct PhaseTimes {
    private var totals: [Double] = []
    private var processorTimes: [Double] = []
    private var phases: [BlockImport.Phase: [Double]] = [:]

    var total: Double { PhaseTimes.median(totals) }

    /// Milliseconds of processors, over all threads of the process.
    var processor: Double { PhaseTimes.median(processorTimes) }

    func median(_ phase: BlockImport.Phase) -> Double {
        PhaseTimes.median(phases[phase] ?? [])
    }

    mutating func time(
        _ body: (@escaping (BlockImport.Phase) -> Void) throws -> BlockImport.Outcome
    ) throws -> BlockImport.Outcome {
        let clock = ContinuousClock()
        let start = clock.now
        let processorStart = PhaseTimes.processorTime()
        var last = start
        var found: [(BlockImport.Phase, Double)] = []
        let outcome = try body { phase in
            let now = clock.now
            found.append((phase, (now - last) / .milliseconds(1)))
            last = now
        }
        processorTimes.append(PhaseTimes.processorTime() - processorStart)
        totals.append((clock.now - start) / .milliseconds(1))
        for (phase, time) in found { phases[phase, default: []].append(time) }
        return outcome
    }

    private static func processorTime() -> Double {
        var time = timespec()
        unsafe clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return Double(time.tv_sec) * 1000 + Double(time.tv_nsec) / 1e6
    }

    private static func median(_ times: [Double]) -> Double {
        times.isEmpty ? 0 : times.sorted()[times.count / 2]
    }
}

/// One block, imported by one worker and by several.
struct ImportMeasurement {
    let name: String
    let transactions: Int
    let gas: UInt64
    var serial = PhaseTimes()
    var shared = PhaseTimes()
    var speculated: (count: Int, held: Int) = (0, 0)

    var ratio: Double { serial.total / shared.total }
    /// Of what was run ahead, the part that held.
    var share: Double? {
        speculated.count == 0 ? nil : Double(speculated.held) / Double(speculated.count)
    }
}

/// What imports took, for people and for programs.
struct ImportTable {
    let workers: Int
    let rows: [ImportMeasurement]

    private static let phases: [(BlockImport.Phase, String)] = [
        (.check, "check"), (.recover, "recover"), (.execute, "execute"), (.close, "root"),
    ]

    func text(on terminal: Terminal) -> String {
        let totals = terminal.table(
            header: [
                "transfers", "1 worker ms", "\(workers) workers ms", "ratio", "tx/s", "Mgas/s",
                "ran ahead", "held", "cpu ms, 1 / \(workers)",
            ],
            rows: rows.map { row in
                let ratio = ImportTable.fixed(row.ratio, 2) + "×"
                let seconds = row.shared.total / 1000
                return [
                    row.name, ImportTable.fixed(row.serial.total, 1),
                    ImportTable.fixed(row.shared.total, 1),
                    row.ratio < 1 ? terminal.red(ratio) : terminal.green(ratio),
                    ImportTable.fixed(Double(row.transactions) / seconds, 0),
                    ImportTable.fixed(Double(row.gas) / seconds / 1e6, 0),
                    "\(row.speculated.count)",
                    row.share.map { ImportTable.fixed($0 * 100, 0) + " %" } ?? "",
                    ImportTable.fixed(row.serial.processor, 0) + " / "
                        + ImportTable.fixed(row.shared.processor, 0),
                ]
            }, alignments: [.left] + [Terminal.Alignment](repeating: .right, count: 8))
        let phases = terminal.table(
            header: ["phase ms, 1 / \(workers)"] + ImportTable.phases.map(\.1),
            rows: rows.map { row in
                [row.name]
                    + ImportTable.phases.map { phase, _ in
                        ImportTable.fixed(row.serial.median(phase), 1) + " / "
                            + ImportTable.fixed(row.shared.median(phase), 1)
                    }
            }, alignments: [.left] + [Terminal.Alignment](repeating: .right, count: 4))
        return totals + "\n" + phases
    }

    var json: JSON {
        func number(_ value: Double?) -> JSON {
            value.flatMap { JSONNumber($0) }.map { .number($0) } ?? .null
        }
        func times(_ times: PhaseTimes) -> JSON {
            .object(
                JSONObject(
                    [
                        ("total", number(times.total)),
                        ("processor", number(times.processor)),
                    ]
                        + ImportTable.phases.map { ($1, number(times.median($0))) }))
        }
        return [
            "benchmark": "transfers", "workers": number(Double(workers)),
            "blocks": .array(
                rows.map { row in
                    [
                        "name": .string(row.name),
                        "transactions": number(Double(row.transactions)),
                        "gas": number(Double(row.gas)), "serialMs": times(row.serial),
                        "sharedMs": times(row.shared), "ratio": number(row.ratio),
                        "heldShare": number(row.share),
                    ]
                }),
        ]
    }

    static func fixed(_ value: Double, _ decimals: Int) -> String {
        let scale = pow(10, Double(decimals))
        let digits = String(Int((value * scale).rounded()))
        let padded = String(repeating: "0", count: max(0, decimals + 1 - digits.count)) + digits
        return decimals == 0
            ? padded : padded.dropLast(decimals) + "." + padded.suffix(decimals)
    }
}
