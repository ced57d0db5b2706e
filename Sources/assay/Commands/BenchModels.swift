internal import Arguments
internal import Codec
internal import Crypto
internal import Files
internal import Glibc
internal import Inference
internal import Ledger
internal import Node
internal import Payments
internal import Primitives
internal import Registry
internal import Simulation
internal import Store
internal import Synchronization
internal import Threads

extension Benchmark {
    /// Thousands of models on one node: how fast they are registered and answer, and in how much
    /// memory.
    static let models = Benchmark(
        name: "models", summary: "2,000 models registered, then run cold, warm and in blocks"
    ) { options in
        let folder = try Files.makeTemporaryFolder("assay-bench")
        defer { try? Files.remove(folder) }
        var progress = ProgressLine()
        let market = try ModelCrowd(folder: folder, options)
        defer { market.close() }
        try market.register { progress.show("bench: registering", done: $0, of: options.models) }
        var report = ModelReport(crowd: market)
        report.cold = try market.run(.cold)
        progress.show("bench: cold", done: 1, of: 4)
        report.warm = try market.run(.warm)
        progress.show("bench: warm", done: 2, of: 4)
        report.threads = try market.runOnThreads(options.workers)
        progress.show("bench: threads", done: 3, of: 4)
        report.blocks = try market.runInBlocks()
        report.prices = try ModelPrice.all(rounds: options.rounds)
        progress.clear()
        try report.close(market)
        let out = Terminal.output
        options.isJSON ? out.line(report.json.prettyPrinted) : out.write(report.text(on: out))
        return 0
    }
}

/// A node on disk with many registered models.
final class ModelCrowd {
    enum Temperature { case cold, warm }

    let modelBytesMax: Int
    let count: Int
    private(set) var uploadSeconds = 0.0
    private(set) var registerSeconds = 0.0
    private(set) var graphBytes = 0
    private struct Model {
        let id: Hash
        let graph: Hash
        let type: TensorType
        let input: [Int32]
    }

    private let node: Node
    private let store: LevelDBStore
    private let key: PrivateKey
    private var models: [Model] = []
    private var random = SeededRandom(seed: 2026)

    init(folder: String, _ options: BenchOptions) throws {
        modelBytesMax = options.modelBytesMax
        count = options.models
        let genesis = try Profiles.genesis("dev")
        key = try Accounts.keys(mnemonic: Accounts.mnemonic, count: 1)[0]
        store = try LevelDBStore(path: folder)
        node = try Node(
            genesis: genesis, store: store, clock: AdjustableClock(), sealing: .onDemand,
            workers: ThreadPool(count: options.workers), modelBytesMax: modelBytesMax)
    }

    func close() {
        node.stop()
        store.close()
    }

    var library: ModelLibrary { node.models }

    // MARK: Registration

    func register(progress: (Int) -> Void) throws {
        for index in 0..<count {
            let sizes = ModelCrowd.sizes(index)
            let graph = try SyntheticMLP.graph(&random, sizes: sizes)
            graphBytes += graph.encoded.count
            let input = (0..<sizes[0]).map { _ in Int32(truncatingIfNeeded: random.next() % 256) }
            uploadSeconds += try ModelCrowd.seconds { _ = try node.blobs.put(graph.encoded) }
            let record = ModelRecord(
                owner: .zero, name: "crowd/\(index)", version: "1.0", onnxHash: .zero,
                graphHash: graph.hash, weightsRoot: .zero, cid: "", policyFloor: [], price: 1,
                calibrationHash: .zero, macs: graph.macs, status: .active, registeredAt: 0)
            models.append(
                Model(id: record.id, graph: graph.hash, type: graph.inputs[0], input: input))
            registerSeconds += try ModelCrowd.seconds {
                try send(NativeCalldata.register(record), to: NativeAddress.registry)
                if index % 16 == 15 || index == count - 1 { node.mine() }
            }
            progress(index)
        }
        registerSeconds += ModelCrowd.seconds {
            while node.waitingTransactions > 0 { node.mine() }
        }
        let state = node.state(of: node.head.header)
        let registered = ModelIndex.ids { state.storage(NativeAddress.registry, $0) }
        guard registered == models.map(\.id) else {
            throw Failure(
                "\(registered.count) of \(count) models are registered",
                why: "a registration failed", remedy: "report it")
        }
    }

    /// From a few hundred to a hundred thousand multiplications.
    private static func sizes(_ index: Int) -> [Int] {
        switch index % 4 {
        case 0: [16, 10]
        case 1: [64, 32, 10]
        case 2: [128, 64, 64, 16]
        default: [256, 256, 128, 10]
        }
    }

    private func send(_ input: [UInt8], to target: Address, gas: UInt64 = 3_000_000) throws {
        let (config, key) = (node.config, key)
        _ = try node.submit(from: key.address) { nonce in
            Transaction(
                kind: .dynamicFee, chainID: config.chainID, nonce: nonce,
                maxPriorityFeePerGas: 1, maxFeePerGas: 1_000_000_000_000, gasLimit: gas,
                to: target, input: input
            ).signed(with: key)
        }
    }

    // MARK: Runs

    /// Seconds of one run of every model. Cold: each was put out of memory, or never in it.
    func run(_ temperature: Temperature) throws -> [Double] {
        let order = shuffled()
        var times: [Double] = []
        let library = library
        for index in order {
            let model = models[index]
            if temperature == .cold { library.evict(model.graph) } else { try run(model, library) }
            times.append(try ModelCrowd.seconds { try run(model, library) })
        }
        return times
    }

    private func run(_ model: Model, _ library: ModelLibrary) throws {
        var engine = try library.takeEngine(of: model.graph)
        defer { library.putBack(engine) }
        _ = try engine.run(model.input)
    }

    private func shuffled() -> [Int] {
        var order = Array(models.indices)
        for index in order.indices.dropFirst() {
            order.swapAt(index, Int(random.next() % UInt64(index + 1)))
        }
        return order
    }

    /// Warm inferences a second of one model by one thread and by several at once.
    func runOnThreads(_ count: Int) throws -> (one: Double, all: Double, threads: Int) {
        let runs = 4_000
        let model = models[min(3, models.count - 1)]
        let library = library
        func rate(_ workers: any Workers) -> Double {
            let seconds = ModelCrowd.seconds {
                workers.run(runs) { _, _ in
                    guard var engine = try? library.takeEngine(of: model.graph) else { return }
                    _ = try? engine.run(model.input)
                    library.putBack(engine)
                }
            }
            return Double(runs) / seconds
        }
        _ = rate(SerialWorkers())
        return (rate(SerialWorkers()), rate(ThreadPool(count: count)), count)
    }

    /// Inferences a second that transactions ask for, sealed into durable blocks.
    func runInBlocks() throws -> (inferences: Int, seconds: Double, gas: UInt64) {
        let order = Array(shuffled().prefix(500))
        let first = node.head.header.number
        let seconds = try ModelCrowd.seconds {
            for start in stride(from: 0, to: order.count, by: 50) {
                for index in order[start..<min(order.count, start + 50)] {
                    let model = models[index]
                    try send(
                        NativeCalldata.infer(model.id, inputs: [(model.type, model.input)]),
                        to: NativeAddress.inference)
                }
                node.mine()
            }
            while node.waitingTransactions > 0 { node.mine() }
        }
        var gas: UInt64 = 0
        var done = 0
        for number in first...node.head.header.number where number > first {
            guard let hash = node.chain.hash(of: number), let records = node.chain.records(hash)
            else { continue }
            gas += records.reduce(0) { $0 + $1.gasUsed }
            done += records.count { $0.receipt.succeeded }
        }
        guard done == order.count else {
            throw Failure(
                "\(done) of \(order.count) inferences succeeded", why: "a call failed",
                remedy: "report it")
        }
        return (done, seconds, gas)
    }

    static func seconds(_ body: () throws -> Void) rethrows -> Double {
        let start = ContinuousClock.now
        try body()
        let parts = (ContinuousClock.now - start).components
        return Double(parts.seconds) + Double(parts.attoseconds) / 1e18
    }
}
