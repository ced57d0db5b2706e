internal import Arguments
internal import Codec
internal import Files
internal import Inference
internal import Primitives
internal import Proofs
internal import Prover
internal import Threads

extension Benchmark {
    /// Proofs of one run each, in every form, beside other provers that are installed.
    static let prove = Benchmark(
        name: "prove", summary: "proofs of runs, beside JSTprove and EZKL, and blocks of them"
    ) { options in
        let peers = options.hasPeer ? ProofPeers() : nil
        if options.hasPeer, peers == nil {
            Terminal.errors.line("SKIPPED: the peers: run tools/setup --provers to install them")
        }
        let pool = ThreadPool(count: options.workers)
        var progress = ProgressLine()
        var results: [ProofMeasurement] = []
        var runs: [(name: String, graph: IntegerGraph, input: [Int32])] = []
        for model in BenchModel.shared {
            guard options.filter.map({ model.name.contains($0) }) ?? true else { continue }
            guard let file = try? Files.read(model.onnx) else {
                Terminal.errors.line("SKIPPED: \(model.name): there is no \(model.onnx)")
                continue
            }
            let rows = try ModelFiles.rows(
                ModelFiles.json(Files.read(model.rows), model.rows), model.rows)
            let graph = try PreparedModel(
                onnx: file, rows: Array(rows.prefix(4)),
                options: QuantiseOptions(activations: model.activations)
            ).graph
            let input = try graph.integers(from: rows[0])
            runs.append((model.name, graph, input))
            var found = ProofForm.allCases.map { form in
                progress.show("bench: \(model.name), \(form)")
                return ProofMeasurement(model.name, graph, input, form, pool)
            }
            for round in 0..<options.rounds {
                if let peers {
                    progress.show("bench: \(model.name), peers", done: round, of: options.rounds)
                    for index in found.indices.prefix(1) { peers.measure(model, &found[index]) }
                }
                for index in found.indices { try found[index].run() }
            }
            for index in found.indices.dropFirst() { found[index].peers = found[0].peers }
            results += found
        }
        // After all proofs: blocks stay in memory, which would show in the peaks.
        let shared = ThreadPool(count: max(2, options.workers))
        var blocks: [ProofBlockMeasurement] = []
        for (name, graph, input) in runs {
            progress.show("bench: \(name), a block")
            var measurement = ProofBlockMeasurement(
                name, try ProofBlock(graph, input: input, pool: shared))
            for _ in 0..<options.rounds { try measurement.run() }
            blocks.append(measurement)
        }
        progress.clear()
        let out = Terminal.output
        if options.isJSON {
            out.line(ProofMeasurement.json(results, blocks).prettyPrinted)
        } else {
            out.write(ProofMeasurement.text(results, options.workers, on: out))
            out.write(
                "\n" + ProofBlockMeasurement.text(blocks, workers: shared.count, on: out))
        }
        return 0
    }
}

/// One model in one form: times in milliseconds.
struct ProofMeasurement {
    let model: String
    let form: ProofForm
    private var prover: Proving?
    /// Why the model has no proof in this form.
    private var refusal = ""
    private(set) var proving: [Double] = []
    private(set) var verifying: [Double] = []
    private(set) var proofBytes = 0
    private(set) var peakBytes = 0
    fileprivate var peers: [ProofPeers.Name: ProofPeers.Taken] = [:]

    /// What a proof is made and checked with.
    private struct Proving {
        let prover: ModelProver
        let input: [Int32]
        let pool: ThreadPool

        /// A hidden input is committed to for each proof, as it is for each request.
        func prove(
            _ form: ProofForm, round: Int
        ) throws(ProverError) -> (statement: ProofStatement, proof: [UInt8]) {
            guard form == .hidden else {
                let (output, proof) = try prover.prove(
                    input: input, context: .zero, form: form, workers: pool)
                return (ProofStatement(context: .zero, input: input, output: output), proof)
            }
            let hidden = try prover.hide(
                input, secret: Hash(UInt256(UInt64(round) + 1)), workers: pool)
            let (output, proof) = try prover.prove(hidden, context: .zero, workers: pool)
            let statement = ProofStatement(
                context: .zero, input: .hidden(hidden.commitment), output: output)
            return (statement, proof)
        }
    }

    init(
        _ model: String, _ graph: IntegerGraph, _ input: [Int32], _ form: ProofForm,
        _ pool: ThreadPool
    ) {
        self.model = model
        self.form = form
        do {
            let prover = try ModelProver(graph: graph, workers: pool)
            let proving = Proving(prover: prover, input: input, pool: pool)
            // The first run touches memory that later ones find.
            _ = try proving.prove(form, round: 0)
            self.prover = proving
        } catch {
            refusal = "\(error)"
            prover = nil
        }
    }

    /// A few proofs, each verified; a proof that does not hold ends the benchmark.
    mutating func run() throws {
        guard let prover else { return }
        let clock = ContinuousClock()
        ProcessMemory.resetPeak()
        for _ in 0..<5 {
            let began = clock.now
            let (statement, proof) = try prover.prove(form, round: proving.count)
            let made = clock.now
            try ProofVerifier.verify(proof, statement, key: prover.prover.key)
            proving.append((made - began) / .milliseconds(1))
            verifying.append((clock.now - made) / .milliseconds(1))
            proofBytes = proof.count
        }
        peakBytes = max(peakBytes, try ProcessMemory.peakBytes())
    }

    private static func median(_ times: [Double]) -> Double? {
        times.isEmpty ? nil : times.sorted()[times.count / 2]
    }

    var proveMedian: Double? { ProofMeasurement.median(proving) }
    var verifyMedian: Double? { ProofMeasurement.median(verifying) }

    // MARK: Showing

    static func text(_ all: [ProofMeasurement], _ workers: Int, on out: Terminal) -> String {
        func fixed(_ value: Double?) -> String {
            value.map { MeasurementTable.fixed($0, decimals: 2) } ?? ""
        }
        let peers = ProofPeers.Name.allCases
        var text = out.table(
            header: ["prove", "form", "prove ms", "verify ms", "proof bytes", "peak MiB"]
                + peers.flatMap { ["\($0) ms", "ratio"] },
            rows: all.map { one in
                [
                    one.model, "\(one.form)", fixed(one.proveMedian), fixed(one.verifyMedian),
                    one.prover == nil ? "" : "\(one.proofBytes)",
                    one.prover == nil
                        ? ""
                        : MeasurementTable.fixed(Double(one.peakBytes) / 1_048_576, decimals: 0),
                ] + peers.flatMap { one.cells(of: $0) }
            }, alignments: [.left, .left] + [Terminal.Alignment](repeating: .right, count: 8))
        let noun = workers == 1 ? "thread" : "threads"
        text +=
            "medians; \(workers) \(noun) of ours prove, one verifies; "
            + "hidden: with the commitment\n"
        for one in all where one.prover == nil {
            text += "\(one.model), \(one.form): \(one.refusal)\n"
        }
        for one in all where one.form == .open {
            for peer in peers {
                if let why = one.peers[peer]?.refusal { text += "\(peer), \(one.model): \(why)\n" }
            }
        }
        return text
    }

    private func cells(of peer: ProofPeers.Name) -> [String] {
        guard let taken = peers[peer] else { return ["", ""] }
        guard let median = ProofMeasurement.median(taken.proving) else { return ["cannot", ""] }
        let ratio = proveMedian.map { MeasurementTable.ratio(median / $0) } ?? ""
        return [MeasurementTable.fixed(median, decimals: 0), ratio]
    }

    static func json(_ all: [ProofMeasurement], _ blocks: [ProofBlockMeasurement]) -> JSON {
        func number(_ value: Double?) -> JSON {
            value.flatMap { JSONNumber($0) }.map { .number($0) } ?? .null
        }
        return [
            "benchmark": "prove",
            "cases": .array(
                all.map { one in
                    var object = JSONObject([
                        ("model", .string(one.model)), ("form", .string("\(one.form)")),
                        ("proveMilliseconds", number(one.proveMedian)),
                        ("verifyMilliseconds", number(one.verifyMedian)),
                        ("proofBytes", .number(JSONNumber(one.proofBytes))),
                        ("peakBytes", .number(JSONNumber(one.peakBytes))),
                        ("refusal", one.prover == nil ? .string(one.refusal) : .null),
                    ])
                    for peer in ProofPeers.Name.allCases {
                        guard let taken = one.peers[peer] else { continue }
                        let median = ProofMeasurement.median(taken.proving)
                        object["\(peer)"] = [
                            "proveMilliseconds": number(median),
                            "verifyMilliseconds": number(ProofMeasurement.median(taken.verifying)),
                            "proofBytes": .number(JSONNumber(taken.proofBytes)),
                            "peakBytes": .number(JSONNumber(taken.peakBytes)),
                            "ratio": number(
                                one.proveMedian.flatMap { own in
                                    median.map { $0 / own }
                                }),
                            "refusal": taken.refusal.map { .string($0) } ?? .null,
                        ]
                    }
                    return .object(object)
                }),
            "blocks": .array(blocks.map(\.json)),
        ]
    }
}

/// Other provers, in a process of their own.
final class ProofPeers {
    enum Name: String, CaseIterable {
        case jstprove, ezkl
    }

    /// What a peer took so far: times in milliseconds.
    struct Taken {
        var proving: [Double] = []
        var verifying: [Double] = []
        var proofBytes = 0
        var peakBytes = 0
        var refusal: String?
    }

    /// A step of a peer that takes longer is given up.
    private static let stepSeconds = 600
    /// A peer that has taken so long takes no further turn.
    private static let enoughMilliseconds = 60_000.0

    private let process: PeerProcess

    /// Nil where they are not installed.
    init?() {
        guard Files.exists(".venv-provers/requirements.sha256"),
            let process = try? PeerProcess([".venv-provers/bin/python", "tools/proof-peer"])
        else { return nil }
        self.process = process
    }

    /// One turn of each peer that has time left and has not failed.
    func measure(_ model: BenchModel, _ measurement: inout ProofMeasurement) {
        for peer in Name.allCases {
            var taken = measurement.peers[peer] ?? Taken()
            let spent = taken.proving.reduce(0, +) + taken.verifying.reduce(0, +)
            guard taken.refusal == nil, spent < ProofPeers.enoughMilliseconds else { continue }
            ask(peer, model, &taken)
            measurement.peers[peer] = taken
        }
    }

    private func ask(_ peer: Name, _ model: BenchModel, _ taken: inout Taken) {
        let folder = model.onnx.split(separator: "/", omittingEmptySubsequences: false)
            .dropLast().joined(separator: "/")
        let question: JSON = [
            "peer": .string(peer.rawValue), "folder": .string(folder), "runs": 1,
            "seconds": .number(JSONNumber(ProofPeers.stepSeconds)),
        ]
        let line = String(decoding: question.serialized, as: UTF8.self)
        guard let text = process.ask(line), let answer = try? JSON(parsing: Array(text.utf8)) else {
            taken.refusal = "it has ended"
            return
        }
        guard let proving = answer["prove"]?.array, let verifying = answer["verify"]?.array else {
            taken.refusal = answer["error"]?.string ?? "it answered \(text.prefix(200))"
            return
        }
        taken.proving += proving.compactMap(\.double).map { $0 * 1_000 }
        taken.verifying += verifying.compactMap(\.double).map { $0 * 1_000 }
        taken.proofBytes = Int(answer["proofBytes"]?.double ?? 0)
        taken.peakBytes = max(taken.peakBytes, Int(answer["peakBytes"]?.double ?? 0))
    }
}
