internal import Arguments
internal import Codec
internal import Conformance
internal import Files

extension Subcommand {
    static let differ = Subcommand(
        command: Command(
            "differ", "Runs random cases here and on another EVM, and compares",
            details: """
                Peers are PyPI pyrevm, which knows the rules of Cancun and runs programs and \
                transactions, and the reference specification (PyPI ethereum-execution), slow, \
                which runs blocks too, by the rules of Osaka; tools/setup installs both. Status, \
                gas, output and logs must agree, with eels the state root, with revm balances, \
                nonces, codes and storage. A difference is made smaller and written as a test.
                """,
            options: [
                .value("peer", "EVM", choices: ["revm", "eels"], "who runs them too; revm"),
                .value(
                    "kind", "KIND", choices: DifferentialCase.Kind.allCases.map(\.rawValue),
                    "all cases of one kind; all that the peer runs"),
                .value("cases", "N", "how many; 100000"),
                .value("seed", "N", "the number of the first case; 1"),
                .value("codes", "PATH", "state tests (JSON or .tar.zst) whose codes are mutated"),
                .value("workers", "N", "processes of the peer; 2"),
                .value("output", "FILE", "where a failure goes; differ-failure.json"),
            ])
    ) { invocation in
        let run = try DifferentialRun(invocation)
        try run.runAll()
        run.report()
        return 0
    }
}

/// One run over the cases of a range of seeds.
private struct DifferentialRun {
    private let rules: DifferentialCase.Rules
    private let kind: DifferentialCase.Kind?
    private let corpus: CodeCorpus
    private let seeds: Range<UInt64>
    private let output: String
    private let name: String
    private let peers: [PeerProcess]
    private let coverage: DifferentialCoverage

    init(_ invocation: borrowing Invocation) throws {
        name = invocation.text("peer") ?? "revm"
        rules = name == "eels" ? .osaka : .cancun
        kind = invocation.text("kind").flatMap { DifferentialCase.Kind(rawValue: $0) }
        if let kind, !rules.kinds.contains(kind) {
            throw UsageError(
                "\(name) runs no case of kind \(kind.rawValue)",
                why: "it applies no blocks", remedy: "give --peer eels")
        }
        let count: UInt64 = try invocation.number("cases", in: 1...1_000_000_000) ?? 100_000
        let first: UInt64 = try invocation.number("seed") ?? 1
        seeds = first..<first &+ count
        output = invocation.text("output") ?? "differ-failure.json"
        corpus = try DifferentialRun.corpus(invocation.text("codes"))
        coverage = DifferentialCoverage(rules)
        let workers: Int = try invocation.number("workers", in: 1...64) ?? 2
        let name = name
        peers = try (0..<workers).map { _ in try PeerProcess(["tools/evm-differ", name]) }
    }

    /// The protocol's contracts and our own; and the codes of published tests, if they are named.
    private static func corpus(_ path: String?) throws -> CodeCorpus {
        var corpus = CodeCorpus()
        corpus.addSystem(try json(try Files.read("contracts/published.json")))
        for name in try Files.all(below: "contracts/artifacts") {
            corpus.addArtifact(try json(try Files.read(name)))
        }
        guard let path else { return corpus }
        if path.hasSuffix(".tar.zst") {
            var archive = try TarArchive(path)
            while !corpus.isFull, let entry = try archive.next() {
                if entry.name.hasSuffix(".json"), entry.bytes.count < 8 << 20 {
                    corpus.addTests(try json(entry.bytes))
                }
            }
        } else {
            corpus.addTests(try json(try Files.read(path)))
        }
        return corpus
    }

    private static func json(_ bytes: [UInt8]) throws -> JSON {
        try JSON(
            parsing: bytes, limits: JSONLimits(bytesMax: 64 << 20, depthMax: 64, itemsMax: 1 << 22))
    }

    // MARK: Running

    /// A peer works on one batch while the next one is made here. No peer ever has two, so that
    /// neither side waits to write while the other does.
    func runAll() throws {
        var progress = ProgressLine()
        var waiting: [Batch?] = peers.map { _ in nil }
        var next = seeds.lowerBound
        var turn = 0
        while next < seeds.upperBound || waiting.contains(where: { $0 != nil }) {
            let peer = peers[turn]
            let size = min(batchSize, seeds.upperBound - next)
            let batch =
                size > 0
                ? Batch(
                    (next..<next + size).map {
                        DifferentialCase(seed: $0, rules: rules, kind: kind, corpus: corpus)
                    }) : nil
            next += size
            let answers = try waiting[turn]?.hear(from: peer)
            try batch?.tell(peer)
            if let done = waiting[turn], let answers { try compare(done, answers, &progress) }
            waiting[turn] = batch
            turn = (turn + 1) % peers.count
            progress.show(
                "differ: case", done: Int(next - seeds.lowerBound), of: Int(seeds.count))
        }
        progress.clear()
    }

    /// Few where each is slow, so that the answers come evenly.
    private var batchSize: UInt64 { rules == .osaka ? 8 : 64 }

    private func compare(
        _ batch: Batch, _ answers: [JSON], _ progress: inout ProgressLine
    ) throws {
        for index in batch.subjects.indices {
            let (subject, ours) = (batch.subjects[index], batch.outcomes[index])
            // Counting takes the traced loop, which has to agree with the other one.
            let isTraced = rules == .osaka || subject.seed % 16 == 0
            if isTraced {
                let traced = subject.run(coverage)
                guard traced == ours else {
                    throw Failure(
                        "case \(subject.seed) differs from itself when traced",
                        why: "\(ours) and \(traced)", remedy: "report it with this number")
                }
            }
            coverage.count(subject, ours, isTraced: isTraced)
            if let difference = DifferentialCase.difference(ours: ours, theirs: answers[index]) {
                progress.clear()
                try fail(subject, difference)
            }
        }
    }

    // MARK: Reporting

    private func fail(_ subject: DifferentialCase, _ difference: String) throws {
        let seed = subject.seed
        Terminal.errors.line("case \(seed) differs in \(difference); making it smaller")
        // Peers in use have answers under way.
        let peer = try PeerProcess(["tools/evm-differ", name])
        let small = subject.minimised { candidate in
            (try? Batch([candidate]).ask(peer)).map { $0.difference != nil } ?? false
        }
        let last = try Batch([small]).ask(peer)
        let test = small.file(name: "differ-\(seed)", ours: last.ours, theirs: last.theirs)
        try Files.write(Array(test.prettyPrinted.utf8), to: output)
        throw Failure(
            "case \(seed), \(subject.kind.rawValue), differs in \(last.difference ?? difference)",
            why: "one of the two is wrong",
            remedy: "see \(output), run it with assay check \(small.fileKind)")
    }

    func report() {
        let out = Terminal.output
        for table in coverage.tables where !table.rows.isEmpty {
            out.write(
                out.table(
                    header: [table.title, "count"],
                    rows: table.rows.map { [$0.name, "\($0.count)"] }, alignments: [.left, .right])
                    + "\n")
        }
        out.line("codes to mutate: \(corpus.count); cases traced: \(coverage.tracedCount)")
        out.line("\(out.check) \(coverage.caseCount) cases on \(name) without a difference")
    }
}

/// Cases that were run here.
private struct Batch {
    let subjects: [DifferentialCase]
    let outcomes: [JSON]

    init(_ subjects: [DifferentialCase]) {
        self.subjects = subjects
        outcomes = subjects.map { $0.run() }
    }

    private static let ended = Failure(
        "the peer ended", why: "it gave no answer", remedy: "run tools/setup, try again")

    func tell(_ peer: PeerProcess) throws {
        let questions = zip(subjects, outcomes).map { $0.question($1) }
        guard peer.tell(String(decoding: JSON.array(questions).serialized, as: UTF8.self)) else {
            throw Batch.ended
        }
    }

    func hear(from peer: PeerProcess) throws -> [JSON] {
        guard let line = peer.hear(),
            let answers = (try? JSON(parsing: Array(line.utf8)))?.array,
            answers.count == subjects.count
        else { throw Batch.ended }
        return answers
    }

    /// The first case alone, both sides.
    func ask(
        _ peer: PeerProcess
    ) throws -> (ours: JSON, theirs: JSON, difference: String?) {
        try tell(peer)
        let theirs = try hear(from: peer)[0]
        let difference = DifferentialCase.difference(ours: outcomes[0], theirs: theirs)
        return (outcomes[0], theirs, difference)
    }
}
