internal import Arguments
internal import Codec
internal import Files
internal import Inference
internal import Payments
internal import Primitives
internal import Proofs
internal import Prover
internal import Threads

extension Subcommand {
    static let prove = Subcommand(
        command: Command(
            "prove", "Runs a model and proves that its output follows from the input",
            details: """
                The proof is made here, without a node. Its file holds input and output too: \
                'assay verify PROOF --model MODEL' checks all of it. A context binds the proof to \
                a request: settlements want the hash of the provider's statement.
                With --hide the proof has a commitment in place of the input and tells nothing of \
                the run but its output. PROOF.secret then keeps the secret, readable by you alone: \
                with it and the input anyone can check what is committed to. Each proof shows \
                other parts of the commitment, so one secret serves one input and few proofs. A \
                statement that names the commitment has a hash that the proof needs as its \
                context: --commit first, then --secret PROOF.secret --context HASH.
                """,
            options: [
                .value("output", letter: "o", "PROOF", "writes the proof there"),
                ProofKeys.formOption,
            ] + HidingChoice.options + [
                .value("context", "HASH", "32 bytes that the proof is for; zeros"),
                .flag("explain", "prints what the proof's security rests on"),
                .flag("json", "prints JSON"),
            ] + ChosenModel.options,
            positionals: [
                .required("MODEL", ChosenModel.summary),
                .required("INPUT", "a JSON file with the input's numbers"),
            ])
    ) { invocation in
        let (model, file) = (invocation.positional("MODEL"), invocation.positional("INPUT"))
        let context = try ProofContext(invocation)
        let form = try ProofKeys.form(invocation)
        let hiding = try HidingChoice.from(invocation)
        var progress = ProgressLine()
        progress.show("prove: reading the model")
        // Scales that a hidden input chose would tell of it: the key names them.
        let scaling = invocation.flag("hide") ? nil : file
        let graph = try ChosenModel(model, invocation, input: scaling).graph(model)
        let input = try InputFile.integers(file, graph.inputs)
        let pool = ThreadPool(count: ThreadPool.processorCount)
        progress.show("prove: committing to the weights")
        if invocation.flag("commit"),
            let hidden = try hiding?.hide(input, ProvenRun.prover(graph, pool), workers: pool)
        {
            try hiding?.save(hidden)
            progress.clear()
            print(hidden, isJSON: invocation.flag("json"))
            return 0
        }
        let made = try ProvenRun(
            graph, form, hiding, input: input, context: context.hash, pool
        ) { progress.show("prove: proving the run") }
        progress.clear()
        if let target = invocation.text("output") {
            if let hidden = made.hidden { try hiding?.save(hidden) }
            try Files.write(made.evidence.encoded, to: target)
        }
        let out = Terminal.output
        if invocation.flag("json") {
            out.line(try made.json(graph).prettyPrinted)
        } else {
            out.write(try made.text(graph, on: out, savedAs: invocation.text("output")))
        }
        if invocation.flag("explain"), !invocation.flag("json") {
            out.line()
            out.write(made.key.explanation(on: out))
        }
        return 0
    }
}

extension Subcommand {
    private static func print(_ hidden: HiddenInput, isJSON: Bool) {
        let out = Terminal.output
        guard isJSON else {
            out.write(
                out.table(rows: [
                    ["commitment", hidden.commitment.hex], ["key", hidden.keyDigest.hex],
                    ["openings left", "\(hidden.openingsLeft)"],
                ]))
            return
        }
        let json: JSON = [
            "commitment": .string(hidden.commitment.hex),
            "keyDigest": .string(hidden.keyDigest.hex),
            "openingsLeft": .number(JSONNumber(hidden.openingsLeft)),
        ]
        out.line(json.prettyPrinted)
    }
}

/// What a proof is for, as `--context` says it.
struct ProofContext {
    let hash: Hash
    /// Whether somebody asked for this one.
    let isGiven: Bool

    init(_ invocation: Invocation) throws {
        guard let text = invocation.text("context") else {
            (hash, isGiven) = (.zero, false)
            return
        }
        do { hash = try Hash(hex: text) } catch {
            throw UsageError(
                "--context \(text) is not valid", why: "it is 0x and 64 digits",
                remedy: "give the hash of the statement that the proof is for")
        }
        isGiven = true
    }
}

enum InputFile {
    /// The integers of a file's first row, digits as they are written: as the gateway reads them.
    static func integers(_ file: String, _ types: [TensorType]) throws -> [Int32] {
        let numbers = try ModelFiles.firstRow(ModelFiles.json(Files.read(file), file), file)
        let wanted = types.reduce(0) { $0 + $1.elementCount }
        guard numbers.count == wanted else {
            throw Failure(
                "\(file) does not fit the model",
                why: "it has \(numbers.count) numbers, the model takes \(wanted)",
                remedy: "give one whole input")
        }
        var integers: [Int32] = []
        for type in types {
            for _ in 0..<type.elementCount {
                integers.append(type.integer(from: numbers[integers.count]))
            }
        }
        return integers
    }
}
