internal import Arguments
internal import Codec
internal import Glibc
internal import Threads

/// One benchmark: what it is called and what it prints.
struct Benchmark: Sendable {
    let name: String
    let summary: String
    let run: @Sendable (BenchOptions) throws -> Int32
}

/// What every benchmark is told.
struct BenchOptions: Sendable {
    /// Only cases whose names contain this.
    let filter: String?
    let isJSON: Bool
    let hasPeer: Bool
    let peer: EVMPeer.Kind
    /// How often we and the peer take turns.
    let rounds: Int
    /// Threads that share the work of a block.
    let workers: Int
    /// Models that `models` registers.
    let models: Int
    /// Bytes of graphs and engines that it may keep in memory.
    let modelBytesMax: Int

    /// The folder of published data.
    static var sharedFolder: String {
        unsafe getenv("ASSAY_SHARED").map { unsafe String(cString: $0) } ?? "../shared"
    }
}

private let benchmarks: [Benchmark] = [
    .evm, .block, .transfers, .memory, .inference, .models, .prove, .verify,
]
private let summaries = benchmarks.map { "\($0.name) (\($0.summary))" }.joined(separator: ", ")

extension Subcommand {
    static let bench = Subcommand(
        command: Command(
            "bench", "Measures against other programs, in turns, in one run",
            details: """
                Benchmarks: \(summaries).
                Without a name it runs all. Data is read from ASSAY_SHARED or ../shared; the peers \
                are what tools/setup installs. A wrong result ends the run.
                """,
            options: [
                .value("filter", "TEXT", "only cases whose name contains TEXT"),
                .value("rounds", "N", "turns each side takes; 7"),
                .value("peer", "EVM", "who runs beside us; revm (revm, py-evm, eels)"),
                .value("workers", "N", "threads that share the work of a block; the processors"),
                .value("models", "N", "models that are registered; 2000"),
                .value("model-memory", "MIB", "memory for models in use, in MiB; 64"),
                .flag("no-peer", "measures only us"),
                .flag("json", "prints JSON"),
            ],
            positionals: [.many("NAME", countMin: 0, "benchmarks to run")])
    ) { invocation in
        let names = invocation.list("NAME")
        for name in names where !benchmarks.contains(where: { $0.name == name }) {
            throw UsageError(
                "\(name) is no benchmark",
                why: "there is \(benchmarks.map(\.name).joined(separator: ", "))",
                remedy: "choose one of them")
        }
        let options = BenchOptions(
            filter: invocation.text("filter"), isJSON: invocation.flag("json"),
            hasPeer: !invocation.flag("no-peer"), peer: try peer(invocation.text("peer")),
            rounds: try invocation.number("rounds", in: 1...1000) ?? 7,
            workers: try invocation.number("workers", in: 1...64) ?? ThreadPool.processorCount,
            models: try invocation.number("models", in: 1...100_000) ?? 2_000,
            modelBytesMax: (try invocation.number("model-memory", in: 1...(1 << 20)) ?? 64) << 20)
        var code: Int32 = 0
        for benchmark in benchmarks where names.isEmpty || names.contains(benchmark.name) {
            code = max(code, try benchmark.run(options))
        }
        return code
    }
}

private func peer(_ name: String?) throws -> EVMPeer.Kind {
    guard let name else { return .revm }
    guard let peer = EVMPeer.Kind(rawValue: name) else {
        throw UsageError(
            "\(name) is no peer",
            why: "there is \(EVMPeer.Kind.allCases.map(\.rawValue).joined(separator: ", "))",
            remedy: "choose one of them")
    }
    return peer
}
