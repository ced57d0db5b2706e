internal import Arguments
internal import Codec
internal import Conformance
internal import Files

extension Subcommand {
    /// What runs the cases of a file, by kind.
    fileprivate static let kinds:
        [(name: String, run: @Sendable ([UInt8], String) -> [CaseResult])] = [
            ("state", { StateTest.run($0, file: $1) }), ("block", { BlockTest.run($0, file: $1) }),
            ("tx", { TransactionTest.run($0, file: $1) }), ("rlp", { RLPTest.run($0, file: $1) }),
            ("trie", { TrieTest.run($0, file: $1) }),
            ("precompile", { PrecompileTest.run($0, file: $1) }),
        ]

    static let check = Subcommand(
        command: Command(
            "check", "Runs published conformance cases",
            details: """
                Prints one JSON line a case on standard output and a summary on standard error.
                The exit code is 1 if any case fails.
                """,
            options: [
                .value("filter", "TEXT", "only files whose path contains TEXT"),
                .flag("failures", "prints failed cases only"),
            ],
            positionals: [
                .required(
                    "KIND", "state, block, tx, rlp, trie or precompile: published Ethereum tests"),
                .many("PATH", "files, folders or .tar.zst archives"),
            ])
    ) { invocation in
        let kind = invocation.positional("KIND")
        guard let runner = kinds.first(where: { $0.name == kind })?.run else {
            throw UsageError(
                "\(kind) is no kind of case",
                why: "this build checks \(kinds.map(\.name).joined(separator: ", "))",
                remedy: "choose one of them")
        }
        var run = CheckRun(
            runner: runner, filter: invocation.text("filter"),
            printsPasses: !invocation.flag("failures"),
            takesChains: kind == "block")
        for path in invocation.list("PATH") {
            try run.check(path)
            run.finishChain()
        }
        return run.finish()
    }
}

/// One run over paths: counts, prints, and tells at the end.
private struct CheckRun: ~Copyable {
    private let runner: @Sendable ([UInt8], String) -> [CaseResult]
    private let filter: String?
    private let printsPasses: Bool
    /// A whole chain among the files of a path.
    private var chain = ChainFile()
    private let takesChains: Bool
    private var progress = ProgressLine()
    private var files = 0
    private var passed = 0
    private var failed = 0

    init(
        runner: @escaping @Sendable ([UInt8], String) -> [CaseResult], filter: String?,
        printsPasses: Bool, takesChains: Bool
    ) {
        self.takesChains = takesChains
        self.runner = runner
        self.filter = filter
        self.printsPasses = printsPasses
    }

    mutating func check(_ path: String) throws {
        if path.hasSuffix(".tar.zst") {
            var archive = try TarArchive(path)
            while let entry = try archive.next() {
                if isWanted(entry.name) { check(entry.bytes, file: entry.name) }
            }
        } else if Files.isFolder(path) {
            for name in try Files.all(below: path) where isWanted(name) {
                let file = path + "/" + name
                check(try Files.read(file), file: file)
            }
        } else {
            check(try Files.read(path), file: path)
        }
    }

    private func isWanted(_ name: String) -> Bool {
        ([".json", ".rlp", ".yaml"].contains { name.hasSuffix($0) }) && !name.contains("/.meta/")
            && filter.map { name.contains($0) } ?? true
    }

    private mutating func check(_ bytes: [UInt8], file: String) {
        files += 1
        if takesChains, chain.take(bytes, file: file) { return }
        report(runner(bytes, file))
        progress.show("check: \(files) files, \(passed) passed, \(failed) failed")
    }

    /// Runs the chain that the files of a path made up.
    mutating func finishChain() {
        report(chain.run())
        chain = ChainFile()
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
