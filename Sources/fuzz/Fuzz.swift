internal import Arguments
internal import Files
internal import Fuzzing
internal import Glibc
internal import Primitives

private let command = Command(
    "fuzz", "Feeds mutated inputs to a decoder and reports which refusals it reached",
    details: """
        Harnesses: \(FuzzHarness.all.map(\.name).joined(separator: ", ")).
        A crash or hang prints its case; --from CASE --cases 1 with the same seed repeats it.
        """,
    options: [
        .value("cases", letter: "n", "N", "runs so many cases (100000)"),
        .value("seed", letter: "s", "S", "mutates by this seed (1)"),
        .value("from", "CASE", "begins with this case (0)"),
        .value("corpus", "DIR", "finds the inputs here (\(FuzzCorpus.folder))"),
        .flag("show", "prints the first input as hexadecimal digits"),
    ],
    positionals: [.many("NAME", countMin: 0, "harnesses to run; all when none is named")])

/// The `fuzz` program: the exit code is 0 when every law held, 1 otherwise, 2 for misuse.
func runFuzz(_ arguments: [String]) -> Int32 {
    do {
        switch try command.parse(arguments) {
        case .help(let text):
            Terminal.output.write(text)
            return 0
        case .run(let invocation):
            return try run(invocation)
        }
    } catch let error as UsageError {
        Terminal.errors.line(error.description)
        return UsageError.exitCode
    } catch {
        Terminal.errors.line("error: \(error), the corpus is not there, run from the checkout")
        return 1
    }
}

private struct Plan {
    let first: UInt64
    let cases: UInt64
    let seed: UInt64
    let corpus: String
    let shows: Bool
}

private func run(_ invocation: Invocation) throws -> Int32 {
    let plan = Plan(
        first: try invocation.number("from") ?? 0,
        cases: try invocation.number("cases", in: 1...UInt64(1) << 48) ?? 100_000,
        seed: try invocation.number("seed") ?? 1,
        corpus: invocation.text("corpus") ?? FuzzCorpus.folder, shows: invocation.flag("show"))
    var harnesses: [FuzzHarness] = []
    for name in invocation.list("NAME") {
        guard let harness = FuzzHarness.named(name) else {
            throw UsageError(
                "\(name) is no harness", why: "there is none of that name",
                remedy: "choose one of \(FuzzHarness.all.map(\.name).joined(separator: ", "))")
        }
        harnesses.append(harness)
    }
    catchCrashes()
    var allHeld = true
    for harness in harnesses.isEmpty ? FuzzHarness.all : harnesses {
        allHeld = try fuzz(harness, plan) && allHeld
    }
    return allHeld ? 0 : 1
}

/// Replays the corpus, runs the cases, and tells what was reached; true when every law held.
private func fuzz(_ harness: FuzzHarness, _ plan: Plan) throws -> Bool {
    let corpus = try FuzzCorpus.inputs(of: harness, in: plan.corpus)
    let output = Terminal.output
    guard !corpus.isEmpty else {
        output.line("\(output.cross) \(harness.name): the corpus is empty")
        return false
    }
    var report = FuzzReport()
    for input in corpus { report.run(harness, input.name, input.bytes) }
    let mutator = Mutator(corpus: corpus.map(\.bytes), seed: plan.seed)
    if plan.shows { output.line(Hex.encode(mutator.input(case: plan.first))) }

    var progress = ProgressLine()
    let clock = ContinuousClock()
    let began = clock.now
    for number in plan.first..<plan.first + plan.cases {
        beginCase(number)
        report.run(harness, "case \(number)", mutator.input(case: number))
        if number.isMultiple(of: 10_000) {
            progress.show(harness.name, done: Int(number - plan.first), of: Int(plan.cases))
        }
    }
    endCases()
    progress.clear()

    let microseconds = max(1, (clock.now - began) / .microseconds(1))
    let rate = Int(Double(plan.cases) * 1_000_000 / microseconds)
    let isSound = report.failures.isEmpty
    output.line(
        "\(output.mark(isSound)) \(output.bold(harness.name)): \(corpus.count) corpus inputs, "
            + "\(plan.cases) cases, seed \(plan.seed), \(rate) cases/s")
    let rows = report.rows.map { ["  \($0.label)", String($0.count)] }
    output.write(output.table(rows: rows, alignments: [.left, .right]))
    for failure in report.failures.prefix(20) {
        output.line("  \(output.red("broken:")) \(failure.input): \(failure.failure.message)")
    }
    return isSound
}
