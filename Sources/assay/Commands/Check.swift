internal import Arguments
internal import Codec
internal import Conformance
internal import Files
internal import Primitives
internal import Threads

/// A kind of published cases: how a file of them becomes units of work.
private struct CaseKind: Sendable {
    typealias Unit = @Sendable () -> [CaseResult]

    let name: String
    let units: @Sendable ([UInt8], String, any Workers) -> [Unit]

    /// A kind whose files are run whole.
    init(_ name: String, whole run: @escaping @Sendable ([UInt8], String) -> [CaseResult]) {
        self.name = name
        units = { bytes, file, _ in [{ run(bytes, file) }] }
    }

    /// State tests: each case by itself, since one file may hold most of them.
    static let state = CaseKind("state") { bytes, file, _ in
        StateTest.cases(bytes, file: file).map { test in { [test.run()] } }
    }

    /// Block tests: one file is one chain or some.
    static let block = CaseKind("block") { bytes, file, workers in
        [{ BlockTest.run(bytes, file: file, workers: workers) }]
    }

    /// Vectors of TEE evidence: one file names many others beside it.
    static let attestation = CaseKind("attestation") { bytes, file, _ in
        AttestationTest.cases(bytes, file: file) {
            try? Files.read($0, bytesMax: CaseKind.evidenceBytesMax)
        }
    }

    private static let evidenceBytesMax = 1 << 20

    /// Whether a file of a folder or archive is one of cases.
    func isCase(_ name: String) -> Bool {
        self.name == CaseKind.attestation.name
            ? name.hasSuffix("vectors.json")
            : [".json", ".rlp", ".yaml"].contains { name.hasSuffix($0) }
    }

    private init(
        _ name: String, units: @escaping @Sendable ([UInt8], String, any Workers) -> [Unit]
    ) {
        self.name = name
        self.units = units
    }

    static let all = [
        state, block, attestation,
        CaseKind("tx") { TransactionTest.run($0, file: $1) },
        CaseKind("rlp") { RLPTest.run($0, file: $1) },
        CaseKind("trie") { TrieTest.run($0, file: $1) },
        CaseKind("precompile") { PrecompileTest.run($0, file: $1) },
    ]
}

extension Subcommand {
    static let check = Subcommand(
        command: Command(
            "check", "Runs published conformance cases",
            details: """
                Prints one JSON line a case on standard output and a summary on standard error.
                The exit code is 1 if any case fails. With onnx it prints a table of operators,
                or the lines with --json; what is refused by name does not fail. With --prove a
                case passes if each of its quantised runs is proved in every form that its key
                allows, and no proof holds for an output with one integer changed.
                """,
            options: [
                .value("filter", "TEXT", "only files whose path contains TEXT"),
                .value("workers", "N", "threads that run cases; 2"),
                .value("import-workers", "N", "threads that share the work of one block; 1"),
                .flag("failures", "prints failed cases only"),
                .flag("json", "onnx: one line a case instead of the table"),
                .flag("float", "onnx: in floating point only, not quantised"),
                .flag("prove", "onnx: proves quantised runs in every form; false ones must fail"),
            ],
            positionals: [
                .required(
                    "KIND",
                    "state, block, tx, rlp, trie or precompile: published Ethereum tests; "
                        + "attestation: vectors of TEE evidence; "
                        + "onnx: folders of ONNX backend cases"),
                .many("PATH", "files, folders or .tar.zst archives"),
            ])
    ) { invocation in
        let name = invocation.positional("KIND")
        let workers = try invocation.number("workers", in: 1...64) ?? 2
        if name == "onnx" {
            let check = ONNXCheck(
                filter: invocation.text("filter"), printsJSON: invocation.flag("json"),
                printsPasses: !invocation.flag("failures"),
                isFloatOnly: invocation.flag("float"), proves: invocation.flag("prove"),
                workers: workers)
            return try check.run(invocation.list("PATH"))
        }
        guard let kind = CaseKind.all.first(where: { $0.name == name }) else {
            throw UsageError(
                "\(name) is no kind of case",
                why: "this build checks \(CaseKind.all.map(\.name).joined(separator: ", ")), onnx",
                remedy: "choose one of them")
        }
        var run = CheckRun(
            kind, filter: invocation.text("filter"), printsPasses: !invocation.flag("failures"),
            workers: workers,
            importWorkers: try invocation.number("import-workers", in: 1...64) ?? 1)
        for path in invocation.list("PATH") { try run.check(path) }
        return run.finish()
    }
}

/// One run over paths: counts, prints, and tells at the end.
private struct CheckRun: ~Copyable {
    private let kind: CaseKind
    private let filter: String?
    private let printsPasses: Bool
    private let pool: ThreadPool
    private let importPool: ThreadPool
    private var progress = ProgressLine()
    /// A whole chain among the files of a path.
    private var chain: ChainFile
    /// Files read and not yet run.
    private var pending: [TarArchive.Entry] = []
    private var pendingBytes = 0
    private var files = 0
    private var passed = 0
    private var failed = 0

    private static let pendingBytesMax = 32 << 20

    init(
        _ kind: CaseKind, filter: String?, printsPasses: Bool, workers: Int, importWorkers: Int
    ) {
        self.kind = kind
        self.filter = filter
        self.printsPasses = printsPasses
        pool = ThreadPool(count: workers)
        importPool = ThreadPool(count: importWorkers)
        chain = ChainFile(workers: importPool)
    }

    mutating func check(_ path: String) throws {
        if path.hasSuffix(".tar.zst") {
            var archive = try TarArchive(path)
            while let entry = try archive.next() {
                if isWanted(entry.name) { add(entry) }
            }
        } else if Files.isFolder(path) {
            for file in try Files.all(below: path) where isWanted(file) {
                add(TarArchive.Entry(name: file, bytes: try Files.read(file)))
            }
        } else {
            add(TarArchive.Entry(name: path, bytes: try Files.read(path)))
        }
        runPending()
        report(chain.run())
        chain = ChainFile(workers: importPool)
    }

    private func isWanted(_ name: String) -> Bool {
        kind.isCase(name) && !name.contains("/.meta/")
            && filter.map { name.contains($0) } ?? true
    }

    private mutating func add(_ file: TarArchive.Entry) {
        if kind.name == "block", chain.take(file.bytes, file: file.name) {
            files += 1
            return
        }
        pending.append(file)
        pendingBytes += file.bytes.count
        if pendingBytes >= CheckRun.pendingBytesMax { runPending() }
    }

    /// Runs the files read so far; their verdicts are printed in their order.
    private mutating func runPending() {
        let (kind, importPool) = (kind, importPool)
        let units = pool.map(pending, progress: { _ in }) { file in
            kind.units(file.bytes, file.name, importPool)
        }
        files += pending.count
        pending = []
        pendingBytes = 0
        let (files, before) = (files, passed + failed)
        let results = pool.map(
            Array(units.joined()),
            progress: { done in
                // A line for each of many short cases would cost more than they do.
                if done % 64 == 0 { progress.show("check: \(files) files, \(before + done) cases") }
            },
            { $0() })
        report(Array(results.joined()))
    }

    private mutating func report(_ results: [CaseResult]) {
        for result in results {
            if result.pass { passed += 1 } else { failed += 1 }
            if !result.pass || printsPasses {
                Terminal.output.line(String(decoding: result.json.serialized, as: UTF8.self))
            }
        }
    }

    /// The summary and the exit code. A run that found no case has failed.
    consuming func finish() -> Int32 {
        progress.clear()
        let terminal = Terminal.errors
        let isGood = failed == 0 && passed > 0
        terminal.line(
            "\(terminal.mark(isGood)) \(passed) passed, \(failed) failed, in \(files) files")
        return isGood ? 0 : 1
    }
}
