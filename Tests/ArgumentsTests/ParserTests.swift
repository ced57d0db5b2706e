import Arguments
import Testing

private let tool = Command(
    "assay", "Makes AI inference checkable and pays for it",
    options: [.flag("json", "prints JSON")],
    subcommands: [
        Command(
            "node", "runs a node",
            options: [
                .value("port", letter: "p", "PORT", "listens on this port"),
                .value("genesis", "NAME", choices: ["dev", "base"], "starts from this state"),
                .value("fund", "ADDRESS", repeats: true, "funds an account"),
                .value("block-time", "SECONDS", "seals every so often"),
                .flag("silent", letter: "s", "writes nothing"),
            ]),
        Command(
            "prove", "proves one inference",
            options: [.value("output", letter: "o", "FILE", "writes the proof there")],
            positionals: [
                .required("MODEL", "the model"), .optional("INPUT", "its input"),
            ]),
        Command("check", "runs published cases", positionals: [.many("PATH", "files or folders")]),
    ])

private func run(_ arguments: String...) throws -> Invocation {
    guard case .run(let invocation) = try tool.parse(arguments) else {
        throw UsageError("help", why: "help was asked for", remedy: "ask for a run")
    }
    return invocation
}

struct Misuse: Sendable {
    let arguments: [String]
    let because: UsageError

    init(_ arguments: String..., what: String, why: String, remedy: String) {
        self.arguments = arguments
        because = UsageError(what, why: why, remedy: remedy)
    }
}

@Suite struct ParserTests {
    @Test func readsOptionsInEverySpelling() throws {
        for spelling in [["--port", "80"], ["--port=80"], ["-p", "80"], ["-p=80"]] {
            guard case .run(let node) = try tool.parse(["node"] + spelling + ["-s"]) else {
                Issue.record("not a run")
                continue
            }
            #expect(node.path == ["node"])
            #expect(try node.number("port", in: 0...UInt16.max) == 80)
            #expect(node.flag("silent"))
            #expect(!node.flag("json"))
            #expect(node.text("genesis") == nil)
        }
    }

    @Test func takesInheritedOptionsAnywhere() throws {
        #expect(try run("--json", "node").flag("json"))
        #expect(try run("node", "--json").flag("json"))
    }

    @Test func collectsOptionsThatRepeat() throws {
        #expect(try run("node", "--fund", "a", "--fund=b").texts("fund") == ["a", "b"])
        #expect(try run("node").texts("fund") == [])
    }

    @Test func placesPositionals() throws {
        let prove = try run("prove", "m.onnx", "-o", "p.bin", "in.json")
        #expect(prove.positional("MODEL") == "m.onnx")
        #expect(prove.optionalPositional("INPUT") == "in.json")
        #expect(prove.text("output") == "p.bin")
        #expect(try run("prove", "m").optionalPositional("INPUT") == nil)
        #expect(try run("check", "a", "-1", "-").list("PATH") == ["a", "-1", "-"])
        #expect(try run("check", "--", "--port", "-h").list("PATH") == ["--port", "-h"])
    }

    @Test func readsNumbersInTheirRange() throws {
        #expect(try run("node", "--port=0x10").number("port") == 16)
        #expect(try run("node", "--port=65535").number("port", in: 1...65_535) == 65_535)
        for text in ["65536", "0", "-1", "1e3", "", "0x", "12 "] {
            let node = try run("node", "--port=\(text)")
            #expect(throws: UsageError.self) { try node.number("port", in: 1...65_535) }
        }
    }

    @Test func readsSecondsExactly() throws {
        let accepts: [(String, UInt64)] = [
            ("2", 2_000_000_000), ("0.25", 250_000_000), ("0", 0), ("0.000000001", 1),
        ]
        for (text, nanoseconds) in accepts {
            #expect(try run("node", "--block-time", text).seconds("block-time") == nanoseconds)
        }
        for text in ["", ".", "1.", ".5", "-1", "1s", "1.0000000001", "99999999999"] {
            let node = try run("node", "--block-time=\(text)")
            #expect(throws: UsageError.self) { try node.seconds("block-time") }
        }
    }

    @Test(arguments: [
        Misuse(
            "nod", what: "nod is no command of assay", why: "there is none of that name",
            remedy: "did you mean node?"),
        Misuse(
            "xyzzyx", what: "xyzzyx is no command of assay", why: "there is none of that name",
            remedy: "see assay --help"),
        Misuse(
            "--json", what: "assay needs a command", why: "none was given",
            remedy: "choose one of node, prove, check"),
        Misuse(
            "node", "--prot", "1", what: "--prot is no option of assay node",
            why: "there is none of that name", remedy: "did you mean --port?"),
        Misuse(
            "node", "--port", what: "--port is not complete", why: "it needs a value",
            remedy: "write --port PORT"),
        Misuse(
            "node", "--port", "--silent", what: "--port is not complete", why: "it needs a value",
            remedy: "write --port PORT"),
        Misuse(
            "node", "--silent=yes", what: "--silent=yes is not valid",
            why: "it is a flag without a value", remedy: "write --silent alone"),
        Misuse(
            "node", "--port", "1", "-p", "2", what: "--port is given twice",
            why: "it takes one value", remedy: "keep one of them"),
        Misuse(
            "node", "--genesis", "moon", what: "--genesis moon is not valid",
            why: "there is no such choice", remedy: "choose one of dev, base"),
        Misuse(
            "prove", what: "MODEL is missing", why: "assay prove needs it",
            remedy: "write assay prove [options] MODEL [INPUT]"),
        Misuse(
            "prove", "a", "b", "c", what: "c is one argument too many", why: "assay prove takes 2",
            remedy: "write assay prove [options] MODEL [INPUT]"),
        Misuse(
            "check", what: "PATH is missing", why: "assay check needs it",
            remedy: "write assay check PATH..."),
    ])
    func explainsMisuse(_ row: Misuse) {
        #expect(throws: row.because) { try tool.parse(row.arguments) }
    }

    @Test func writesErrorsOnOneLine() {
        let error = UsageError("--port x is not valid", why: "it takes a number", remedy: "try 80")
        #expect(error.description == "error: --port x is not valid, it takes a number, try 80")
        #expect(UsageError.exitCode == 2)
    }

    @Test func writesAlignedHelp() throws {
        guard case .help(let text) = try tool.parse(["node", "--port", "1", "--help"]) else {
            Issue.record("not the help")
            return
        }
        #expect(
            text == """
                runs a node.

                Usage: assay node [options]

                Options:
                  -p, --port PORT           listens on this port
                      --genesis NAME        starts from this state (dev, base)
                      --fund ADDRESS        funds an account; may be repeated
                      --block-time SECONDS  seals every so often
                  -s, --silent              writes nothing
                  -h, --help                show this

                Common options:
                      --json  prints JSON

                """)
    }

    @Test func listsCommandsWhenAskedForNothing() throws {
        for arguments in [[], ["--help"], ["-h", "node"]] {
            guard case .help(let text) = try tool.parse(arguments) else {
                Issue.record("not the help")
                continue
            }
            #expect(text.contains("  node   runs a node\n  prove  proves one inference\n"))
            #expect(text.contains("Usage: assay [options] COMMAND\n"))
        }
    }

    @Test func refusesToAnswerForWhatIsNotDeclared() async {
        await #expect(processExitsWith: .failure) { _ = try run("node").flag("loud") }
        await #expect(processExitsWith: .failure) { _ = try run("node").text("json5") }
    }
}
