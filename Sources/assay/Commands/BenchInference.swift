internal import Arguments
internal import Codec
internal import Files
internal import Inference
internal import Primitives
internal import Threads

extension Benchmark {
    /// Models on our integer engine and on ONNX Runtime, in floats and, where it can, in 8 bits.
    /// One row of input a run, on one thread and on two.
    static let inference = Benchmark(
        name: "inference", summary: "models on one and two threads, beside ONNX Runtime"
    ) { options in
        let peer = options.hasPeer ? try ONNXPeer() : nil
        var table = MeasurementTable(benchmark: "inference", peer: "onnxruntime")
        var progress = ProgressLine()
        let models = BenchModel.all.filter { model in
            options.filter.map { model.name.contains($0) } ?? true
        }
        for (index, model) in models.enumerated() {
            guard let file = try? Files.read(model.onnx) else {
                Terminal.errors.line("SKIPPED: \(model.name): there is no \(model.onnx)")
                continue
            }
            progress.show("bench: \(model.name)", done: index, of: models.count)
            // Eight bits run against eight bits; where accuracy wants sixteen, they run against
            // floats.
            let narrow = try InferenceBench(model, file, .eightBits)
            let other =
                model.activations == .eightBits
                ? narrow : try InferenceBench(model, file, .sixteenBits)
            for threads in [1, 2] {
                for (activations, bench) in [("float32", other), ("int8", narrow)] {
                    let measurement = try bench.measure(
                        threads: threads, activations, against: peer, options.rounds)
                    if let measurement { table.measurements.append(measurement) }
                }
            }
        }
        progress.clear()
        let out = Terminal.output
        options.isJSON ? out.line(table.json.prettyPrinted) : out.write(table.text(on: out))
        return 0
    }
}

/// One model, quantised and ready.
private struct InferenceBench {
    private let model: BenchModel
    private let activations: QuantiseOptions.Activations
    private let plan: Plan
    private let input: [Int32]

    init(
        _ model: BenchModel, _ file: [UInt8], _ activations: QuantiseOptions.Activations
    ) throws {
        self.model = model
        self.activations = activations
        let rows = try ModelFiles.rows(
            ModelFiles.json(Files.read(model.rows), model.rows), model.rows)
        let prepared = try PreparedModel(
            onnx: file, rows: Array(rows.prefix(4)),
            importing: ONNXOptions(shapes: model.shapes),
            options: QuantiseOptions(activations: activations))
        plan = Plan(prepared.graph)
        input = try prepared.graph.integers(from: rows[0])
    }

    /// Nil where the peer cannot quantise the model.
    func measure(
        threads: Int, _ peerActivations: String, against peer: ONNXPeer?, _ rounds: Int
    ) throws -> Measurement? {
        let width = activations == .eightBits ? "W8A8" : "W8A16"
        let noun = threads == 1 ? "thread" : "threads"
        var measurement = Measurement(
            name: "\(model.name) \(width), \(peerActivations), \(threads) \(noun)")
        let pool = threads > 1 ? ThreadPool(count: threads) : nil
        var engine = Engine(plan)
        let clock = ContinuousClock()
        func time() throws -> Double {
            let duration = try clock.measure { () throws in
                if let pool {
                    _ = try engine.run(input, workers: pool)
                } else {
                    _ = try engine.run(input)
                }
            }
            return duration / .microseconds(1)
        }
        _ = try time()
        let runs = max(3, min(400, Int(20_000 / (try time()))))
        for _ in 0..<rounds {
            if let peer {
                let answer = peer.run(model, peerActivations, threads: threads, runs: runs)
                switch answer {
                case .times(let times): measurement.peer += times
                case .refused(let why):
                    Terminal.errors.line("onnxruntime: \(measurement.name): \(why)")
                    return nil
                }
            }
            for _ in 0..<runs { measurement.ours.append(try time()) }
        }
        return measurement
    }
}

/// ONNX Runtime in a process of its own.
private final class ONNXPeer {
    enum Answer {
        /// In microseconds.
        case times([Double])
        case refused(String)
    }

    private let process: PeerProcess

    init() throws {
        guard (try? Files.read(".venv-models/requirements.sha256")) != nil else {
            throw Failure(
                "the peer is not installed", why: "there is no .venv-models",
                remedy: "run tools/setup --models, or give --no-peer")
        }
        process = try PeerProcess([".venv-models/bin/python", "tools/onnx-peer"])
    }

    func run(
        _ model: BenchModel, _ activations: String, threads: Int, runs: Int
    ) -> Answer {
        let shapes = JSONObject(
            model.shapes.sorted { $0.key < $1.key }.map { name, shape in
                (name, JSON.array(shape.map { .number(JSONNumber($0)) }))
            })
        let question: JSON = [
            "path": .string(model.onnx), "inputs": .string(model.rows),
            "activations": .string(activations), "shapes": .object(shapes),
            "threads": .number(JSONNumber(threads)), "runs": .number(JSONNumber(runs)),
        ]
        let line = String(decoding: question.serialized, as: UTF8.self)
        guard let text = process.ask(line), let answer = try? JSON(parsing: Array(text.utf8)) else {
            return .refused("it has ended")
        }
        guard let times = answer["times"]?.array else {
            return .refused(answer["error"]?.string ?? "it answered \(text.prefix(200))")
        }
        return .times(times.compactMap(\.double).map { $0 / 1000 })
    }
}
