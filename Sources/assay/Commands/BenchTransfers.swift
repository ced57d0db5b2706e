internal import Arguments
internal import Codec
internal import Conformance
internal import Ledger
internal import Primitives
internal import Threads

extension Benchmark {
    /// Whole blocks of signed transactions, imported by one worker and by several in turns.
    static let transfers = Benchmark(
        name: "transfers", summary: "imports of 10,000 transactions, by one worker and by more"
    ) { options in
        let workload = try TransferWorkload(Profiles.genesis("dev"), accounts: 10_000)
        let pool = ThreadPool(count: max(2, options.workers))
        var progress = ProgressLine()
        let variants = TransferWorkload.Variant.allCases.filter { variant in
            options.filter.map { variant.rawValue.contains($0) } ?? true
        }
        var imports: [ImportMeasurement] = []
        for (index, variant) in variants.enumerated() {
            progress.show("bench: \(variant.rawValue)", done: index, of: variants.count)
            let block = try workload.block(variant)
            var measurement = ImportMeasurement(
                name: variant.rawValue, transactions: block.transactions.count,
                gas: block.header.gasUsed)
            for _ in 0..<options.rounds {
                let serial = try measurement.serial.time { onPhase in
                    try workload.run(block, workers: SerialWorkers(), onPhase: onPhase)
                }
                let shared = try measurement.shared.time { onPhase in
                    try workload.run(block, workers: pool, onPhase: onPhase)
                }
                try requireEqual(serial, shared, variant.rawValue)
                measurement.speculated = shared.speculated
            }
            imports.append(measurement)
        }
        progress.clear()
        let table = ImportTable(workers: pool.count, rows: imports)
        let out = Terminal.output
        options.isJSON ? out.line(table.json.prettyPrinted) : out.write(table.text(on: out))
        return 0
    }

    /// Both imports have compared the roots and the block's hash with the header already.
    static func requireEqual(
        _ serial: BlockImport.Outcome, _ shared: BlockImport.Outcome, _ name: String
    ) throws {
        func require(_ isEqual: Bool, _ what: String) throws {
            guard isEqual else {
                throw Failure(
                    "\(what) of \(name) differ", why: "several workers found others than one",
                    remedy: "report this: it must never happen")
            }
        }
        try require(serial.commit.root == shared.commit.root, "state roots")
        try require(
            serial.commit.nodes.elementsEqual(shared.commit.nodes) { $0 == $1 }, "trie nodes")
        try require(serial.receipts == shared.receipts, "receipts")
        try require(serial.results == shared.results, "results")
        try require(serial.senders == shared.senders, "senders")
    }
}
