internal import Arguments
internal import Codec
internal import Conformance
internal import Files
internal import Glibc
internal import Primitives

extension Subcommand {
    static let transition = Subcommand(
        command: Command(
            "t8n", "Makes one state transition, as geth's evm t8n does",
            details: """
                Inputs are files, or stdin for one JSON object with alloc, env and txs. Outputs \
                are files below the base folder, stdout or stderr.
                """,
            options: [
                .value("input.alloc", "FILE", "accounts before; alloc.json"),
                .value("input.env", "FILE", "the block's environment; env.json"),
                .value("input.txs", "FILE", "transactions, JSON or RLP; txs.json"),
                .value("state.fork", "FORK", "the rules; Osaka"),
                .value("state.chainid", "ID", "the chain id; 1"),
                .value("state.reward", "WEI", "what the miner gets, -1 for nothing; 0"),
                .value("output.basedir", "DIR", "where files go; the current folder"),
                .value("output.alloc", "FILE", "accounts after; alloc.json"),
                .value("output.result", "FILE", "roots and receipts; result.json"),
                .value("output.body", "FILE", "RLP of the transactions that are in"),
                .flag("trace", "writes EIP-3155 traces, a file for each transaction"),
            ])
    ) { invocation in
        let reward = invocation.text("state.reward") ?? "0"
        let options = Transition.Options(
            fork: invocation.text("state.fork") ?? "Osaka",
            chainID: try invocation.number("state.chainid") ?? 1,
            reward: reward == "-1" ? nil : UInt256Text(reward))
        let inputs = try TransitionInputs(invocation)
        do {
            let transition = try Transition(
                alloc: inputs.alloc, env: inputs.env, options: options)
            let output = try transition.run(inputs.txs, tracing: invocation.flag("trace"))
            try write(output, invocation)
            return 0
        } catch let error as FixtureError {
            throw Failure(
                "the transition cannot be made", why: error.message, remedy: "correct the input")
        }
    }

    private static func write(_ output: Transition.Output, _ invocation: Invocation) throws {
        let folder = invocation.text("output.basedir") ?? "."
        if folder != "." { try Files.makeFolder(folder) }
        var streams: [String: JSONObject] = [:]
        let body = JSON.string(Hex.encodePrefixed(output.body))
        let parts: [(String, String, String?, JSON)] = [
            ("output.alloc", "alloc", "alloc.json", output.alloc),
            ("output.result", "result", "result.json", output.result),
            ("output.body", "body", nil, body),
        ]
        for (option, name, standard, json) in parts {
            guard let target = invocation.text(option) ?? standard else { continue }
            if target == "stdout" || target == "stderr" {
                streams[target, default: JSONObject()][name] = json
            } else if !target.isEmpty {
                let text = name == "body" ? json.serialized : Array(json.prettyPrinted.utf8)
                try Files.write(text, to: folder + "/" + target)
            }
        }
        for trace in output.traces {
            try Files.write(trace.lines, to: folder + "/" + trace.name)
        }
        if let object = streams["stdout"] {
            Terminal.output.line(JSON.object(object).prettyPrinted)
        }
        if let object = streams["stderr"] {
            Terminal.errors.line(JSON.object(object).prettyPrinted)
        }
    }
}

/// The three inputs, wherever they come from.
private struct TransitionInputs {
    let alloc: JSON
    let env: JSON
    let txs: JSON

    init(_ invocation: Invocation) throws {
        var shared: JSON?
        func read(_ option: String, _ name: String) throws -> JSON {
            let file = invocation.text(option) ?? name + ".json"
            if file == "stdin" {
                if shared == nil {
                    shared = try TransitionInputs.parse(
                        Files.read("/dev/stdin", bytesMax: 1 << 30), "stdin")
                }
                guard let part = shared?[name] ?? (name == "txs" ? shared?["txsRlp"] : nil) else {
                    throw Failure(
                        "stdin lacks \(name)", why: "it holds no member of that name",
                        remedy: "add it, or name a file with --\(option)")
                }
                return part
            }
            return try TransitionInputs.parse(Files.read(file, bytesMax: 1 << 30), file)
        }
        alloc = try read("input.alloc", "alloc")
        env = try read("input.env", "env")
        txs = try read("input.txs", "txs")
    }

    private static func parse(_ bytes: [UInt8], _ name: String) throws -> JSON {
        do {
            return try JSON(
                parsing: bytes,
                limits: JSONLimits(bytesMax: 1 << 30, depthMax: 64, itemsMax: 50_000_000))
        } catch {
            throw Failure("\(name) is no JSON", why: "\(error)", remedy: "correct the file")
        }
    }
}
