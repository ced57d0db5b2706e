internal import Arguments
internal import Glibc

/// One subcommand: how it is called and what it does.
struct Subcommand: Sendable {
    let command: Command
    let run: @Sendable (Invocation) throws -> Int32
}

/// Why a subcommand failed, as people read it: what, why, and what to do.
struct Failure: Error {
    let what: String
    let why: String
    let remedy: String

    init(_ what: String, why: String, remedy: String) {
        self.what = what
        self.why = why
        self.remedy = remedy
    }
}

private let subcommands: [Subcommand] = [
    .demo, .node, .model, .system, .quantise, .run, .infer, .prove, .verify, .attest, .usage,
    .policy, .simulate, .check, .transition, .differ, .bench,
]

private let assay = Command(
    "assay", "A settlement chain that makes inference checkable, and a local simulator of it",
    subcommands: subcommands.map(\.command))

/// The `assay` program: 0 for success, 1 for failure, 2 for misuse.
func runAssay(_ arguments: [String]) -> Int32 {
    // A client that closes its connection is no reason to die.
    _ = signal(SIGPIPE, SIG_IGN)
    do {
        switch try assay.parse(arguments) {
        case .help(let text):
            Terminal.output.write(text)
            return 0
        case .run(let invocation):
            let name = invocation.path[0]
            guard let subcommand = subcommands.first(where: { $0.command.name == name }) else {
                preconditionFailure("the parser accepts declared subcommands only")
            }
            return try subcommand.run(invocation)
        }
    } catch let error as UsageError {
        Terminal.errors.line(error.description)
        return UsageError.exitCode
    } catch let failure as Failure {
        Terminal.errors.line("error: \(failure.what), \(failure.why), \(failure.remedy)")
        return 1
    } catch {
        Terminal.errors.line("error: \(error)")
        return 1
    }
}
