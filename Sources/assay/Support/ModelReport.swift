internal import Arguments
internal import Codec
internal import Files
internal import Inference
internal import Ledger
internal import Node
internal import Primitives
internal import Simulation

/// What a model costs in gas and takes in time, at each kernel level.
struct ModelPrice {
    let name: String
    let gas: UInt64
    /// Nanoseconds of one run, by level.
    let nanoseconds: [(level: KernelLevel, value: Double)]

    /// Nets of a few sizes, and convolutions where the published data is there.
    static func all(rounds: Int) throws -> [ModelPrice] {
        var random = SeededRandom(seed: 1)
        var prices: [ModelPrice] = []
        for sizes in [[16, 10], [64, 32, 10], [784, 128, 10], [784, 512, 512, 10]] {
            let name = "mlp " + sizes.map { String($0) }.joined(separator: "-")
            let graph = try SyntheticMLP.graph(&random, sizes: sizes)
            prices.append(measured(name, graph, rounds))
        }
        let rows = try ModelFiles.rows(
            try ModelFiles.json(Profiles.demoCalibration, "calibration"), "calibration")
        let lenet = try PreparedModel(onnx: Profiles.demoModel, rows: rows)
        prices.append(measured("lenet5", lenet.graph, rounds))
        return prices
    }

    private static func measured(_ name: String, _ graph: IntegerGraph, _ rounds: Int) -> Self {
        let input = graph.inputs.flatMap { type in
            (0..<type.elementCount).map { _ in Int32(type.range.upperBound) }
        }
        let levels = KernelLevel.allCases.filter(\.isAvailable)
        let runs = max(1, 2_000_000 / Int(graph.macs + 1_000))
        var times = levels.map { _ in [Double]() }
        // In turns, so that whatever else runs here troubles all levels alike.
        for _ in 0..<rounds {
            for (index, level) in levels.enumerated() {
                var engine = Engine(graph, level: level)
                let seconds = ModelCrowd.seconds {
                    for _ in 0..<runs { _ = try? engine.run(input) }
                }
                times[index].append(seconds / Double(runs) * 1e9)
            }
        }
        let medians = times.map { $0.sorted()[$0.count / 2] }
        return ModelPrice(
            name: name, gas: InferenceGas.cost(of: graph.analysis),
            nanoseconds: Array(zip(levels, medians)))
    }
}

/// What `assay bench models` found.
struct ModelReport {
    let models: Int
    let graphBytes: Int
    let modelBytesMax: Int
    let uploads: Double
    let registrations: Double
    var cold: [Double] = []
    var warm: [Double] = []
    var threads: (one: Double, all: Double, threads: Int) = (0, 0, 0)
    var blocks: (inferences: Int, seconds: Double, gas: UInt64) = (0, 0, 0)
    var prices: [ModelPrice] = []
    private var peakModelBytes = 0
    private var evictions = 0
    private var peakBytes = 0

    init(crowd: ModelCrowd) {
        models = crowd.count
        graphBytes = crowd.graphBytes
        modelBytesMax = crowd.modelBytesMax
        uploads = Double(crowd.count) / crowd.uploadSeconds
        registrations = Double(crowd.count) / crowd.registerSeconds
    }

    /// Takes down what memory was used; the bound must have held.
    mutating func close(_ crowd: ModelCrowd) throws {
        let counts = crowd.library.counts
        (peakModelBytes, evictions) = (counts.peakBytes, counts.evictions)
        peakBytes = try ProcessMemory.peakBytes()
        guard peakModelBytes <= modelBytesMax else {
            throw Failure(
                "models took \(peakModelBytes) bytes, \(modelBytesMax) were allowed",
                why: "the bound was not held", remedy: "report it")
        }
    }

    private static func percentile(_ times: [Double], _ share: Double) -> Double {
        let sorted = times.sorted()
        guard !sorted.isEmpty else { return 0 }
        return sorted[min(sorted.count - 1, Int(Double(sorted.count) * share))] * 1e6
    }

    private var latencies: [(name: String, half: Double, most: Double)] {
        [("cold", cold), ("warm", warm)].map { name, times in
            (name, ModelReport.percentile(times, 0.5), ModelReport.percentile(times, 0.99))
        }
    }

    func text(on out: Terminal) -> String {
        func fixed(_ value: Double, _ decimals: Int) -> String {
            MeasurementTable.fixed(value, decimals: decimals)
        }
        func mebibytes(_ bytes: Int) -> String { fixed(Double(bytes) / 1_048_576, 1) + " MiB" }
        var text = out.table(rows: [
            ["models", "\(models), graphs of \(mebibytes(graphBytes))"],
            ["stored", fixed(uploads, 0) + " a second"],
            ["registered", fixed(registrations, 0) + " a second, in durable blocks"],
            [
                "model memory",
                "\(mebibytes(peakModelBytes)) at most, \(mebibytes(modelBytesMax)) allowed, "
                    + "\(evictions) put out",
            ],
            ["process memory", mebibytes(peakBytes) + " at most"],
            [
                "one model",
                fixed(threads.one, 0) + " runs a second by one thread, "
                    + fixed(threads.all, 0) + " by \(threads.threads)",
            ],
            [
                "in blocks",
                fixed(Double(blocks.inferences) / blocks.seconds, 0)
                    + " inferences a second, \(blocks.gas / UInt64(max(1, blocks.inferences))) "
                    + "gas each",
            ],
        ])
        text += "\n"
        text += out.table(
            header: ["inference", "p50 µs", "p99 µs"],
            rows: latencies.map { [$0.name, fixed($0.half, 1), fixed($0.most, 1)] },
            alignments: [.left, .right, .right])
        text += "\n"
        let levels = prices.first?.nanoseconds.map { "\($0.level) ns/gas" } ?? []
        text += out.table(
            header: ["price", "gas"] + levels,
            rows: prices.map { price in
                [price.name, "\(price.gas)"]
                    + price.nanoseconds.map { fixed($0.value / Double(price.gas), 2) }
            }, alignments: [.left, .right, .right, .right, .right, .right])
        return text
    }

    var json: JSON {
        func number(_ value: Double) -> JSON { JSONNumber(value).map { .number($0) } ?? .null }
        func number(_ value: Int) -> JSON { .number(JSONNumber(value)) }
        var object = JSONObject()
        object["models"] = number(models)
        object["graphBytes"] = number(graphBytes)
        object["storedPerSecond"] = number(uploads)
        object["registeredPerSecond"] = number(registrations)
        object["modelBytesPeak"] = number(peakModelBytes)
        object["modelBytesMax"] = number(modelBytesMax)
        object["evictions"] = number(evictions)
        object["processBytesPeak"] = number(peakBytes)
        object["runsPerSecond"] = number(threads.one)
        object["runsPerSecondOnThreads"] = number(threads.all)
        object["threads"] = number(threads.threads)
        object["inferencesPerSecondInBlocks"] = number(Double(blocks.inferences) / blocks.seconds)
        for row in latencies {
            object["\(row.name)Microseconds"] = ["p50": number(row.half), "p99": number(row.most)]
        }
        object["prices"] = .array(
            prices.map { price in
                var entry = JSONObject()
                entry["name"] = .string(price.name)
                entry["gas"] = .string(String(price.gas))
                for time in price.nanoseconds {
                    entry["\(time.level)Nanoseconds"] = number(time.value)
                }
                return .object(entry)
            })
        return .object(object)
    }
}
