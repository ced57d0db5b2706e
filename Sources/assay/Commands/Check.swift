internal import Arguments
internal import Codec
internal import Conformance
internal import Files

extension Subcommand {
    private static let kinds = ["state"]

    static let check = Subcommand(
        command: Command(
            "check", "Runs published conformance cases",
            details: """
                Prints one JSON line a case on standard output and a summary on standard error.
                The exit code is 1 if any case fails.
                """,
            options: [
                .value("filter", "TEXT", "only files whose path contains TEXT"),
                .value("workers", "N", "threads that run cases; 2"),
                .flag("failures", "prints failed cases only"),
            ],
            positionals: [
                .required("KIND", "state: official Ethereum state tests"),
                .many("PATH", "files, folders or .tar.zst archives"),
            ])
    ) { invocation in
        let kind = invocation.positional("KIND")
        guard kinds.contains(kind) else {
            throw UsageError(
                "\(kind) is no kind of case",
                why: "this build checks \(kinds.joined(separator: ", "))",
                remedy: "choose one of them")
        }
        var run = CheckRun(
            filter: invocation.text("filter"), printsPasses: !invocation.flag("failures"),
            workers: try invocation.number("workers", in: 1...64) ?? 2)
        for path in invocation.list("PATH") { try run.check(path) }
        return run.finish()
    }
}

/// One run over paths: counts, prints, and tells at the end.
private struct CheckRun: ~Copyable {
    private let filter: String?
    private let printsPasses: Bool
    private var progress = ProgressLine()
    private let workers: Int
    /// Files read and not yet run.
    private var pending: [TarArchive.Entry] = []
    private var pendingBytes = 0
    private var files = 0
    private var passed = 0
    private var failed = 0

    private static let pendingBytesMax = 32 << 20

    init(filter: String?, printsPasses: Bool, workers: Int) {
        self.filter = filter
        self.printsPasses = printsPasses
        self.workers = workers
    }

    mutating func check(_ path: String) throws {
        if path.hasSuffix(".tar.zst") {
            var archive = try TarArchive(path)
            while let entry = try archive.next() {
                if isWanted(entry.name) { add(entry) }
            }
        } else if Files.isFolder(path) {
            for name in try Files.all(below: path) where isWanted(name) {
                let file = path + "/" + name
                add(TarArchive.Entry(name: file, bytes: try Files.read(file)))
            }
        } else {
            add(TarArchive.Entry(name: path, bytes: try Files.read(path)))
        }
    }

    private func isWanted(_ name: String) -> Bool {
        name.hasSuffix(".json") && !name.contains("/.meta/")
            && filter.map { name.contains($0) } ?? true
    }

    private mutating func add(_ file: TarArchive.Entry) {
        pending.append(file)
        pendingBytes += file.bytes.count
        if pendingBytes >= CheckRun.pendingBytesMax { runPending() }
    }

    /// Runs the files read so far; their verdicts are printed in their order.
    private mutating func runPending() {
        let cases = Parallel.map(pending, threads: workers) { file in
            StateTest.cases(file.bytes, file: file.name)
        }
        files += pending.count
        pending = []
        pendingBytes = 0
        let (files, before) = (files, passed + failed)
        let results = Parallel.map(
            Array(cases.joined()), threads: workers,
            progress: { done in
                // A line for each of many short cases would cost more than they do.
                if done % 64 == 0 { progress.show("check: \(files) files, \(before + done) cases") }
            },
            { $0.run() })
        for result in results {
            if result.pass { passed += 1 } else { failed += 1 }
            if !result.pass || printsPasses {
                Terminal.output.line(String(decoding: result.json.serialized, as: UTF8.self))
            }
        }
    }

    /// The summary and the exit code. A run that found no case has failed.
    consuming func finish() -> Int32 {
        runPending()
        progress.clear()
        let terminal = Terminal.errors
        let isGood = failed == 0 && passed > 0
        terminal.line(
            "\(terminal.mark(isGood)) \(passed) passed, \(failed) failed, in \(files) files")
        return isGood ? 0 : 1
    }
}
