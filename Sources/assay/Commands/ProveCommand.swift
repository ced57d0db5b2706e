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
                """,
            options: [
                .value("output", letter: "o", "PROOF", "writes the proof there"),
                ProofKeys.formOption,
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
        var progress = ProgressLine()
        progress.show("prove: reading the model")
        let graph = try ChosenModel(model, invocation, input: file).graph(model)
        let input = try ProofInput.integers(file, graph.inputs)
        let pool = ThreadPool(count: ThreadPool.processorCount)
        progress.show("prove: committing to the weights")
        let made = try ProvenRun(
            graph, ProofKeys.form(invocation), input: input, context: context.hash, pool
        ) { progress.show("prove: proving the run") }
        progress.clear()
        if let target = invocation.text("output") {
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

enum ProofInput {
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

/// A run with its proof, and how long each part took.
struct ProvenRun {
    let key: VerificationKey
    let evidence: ProofEvidence
    let output: [Int32]
    let keySeconds: Double
    let proveSeconds: Double
    let verifySeconds: Double

    init(
        _ graph: IntegerGraph, _ form: ProofForm?, input: [Int32], context: Hash,
        _ pool: ThreadPool, _ whenKeyed: () -> Void = {}
    ) throws {
        let clock = ContinuousClock()
        let began = clock.now
        let prover: ModelProver
        do { prover = try ModelProver(graph: graph, workers: pool) } catch {
            throw Failure(
                "the model cannot be proven", why: "\(error)",
                remedy: "report it with the model")
        }
        key = prover.key
        let keyed = clock.now
        whenKeyed()
        let (output, proof): ([Int32], [UInt8])
        do {
            (output, proof) = try prover.prove(
                input: input, context: context, form: form, workers: pool)
        } catch {
            throw Failure(
                "the run cannot be proven", why: "\(error)", remedy: "choose another --form")
        }
        let proven = clock.now
        self.output = output
        evidence = ProofEvidence(
            keyDigest: key.digest, context: context, input: try graph.inputBytes(input),
            output: try graph.outputBytes(output), proof: proof)
        let statement = ProofStatement(context: context, input: input, output: output)
        do { try ProofVerifier.verify(proof, statement, key: key) } catch {
            throw Failure(
                "the proof does not hold", why: "\(error)", remedy: "report it with the model")
        }
        (keySeconds, proveSeconds, verifySeconds) = (
            (keyed - began) / .seconds(1), (proven - keyed) / .seconds(1),
            (clock.now - proven) / .seconds(1)
        )
    }

    private static func milliseconds(_ seconds: Double) -> String {
        MeasurementTable.fixed(seconds * 1_000, decimals: 1) + " ms"
    }

    func text(_ graph: IntegerGraph, on out: Terminal, savedAs file: String?) throws -> String {
        let numbers = try graph.numbers(from: output).map(\.description)
        var rows = [
            ["output", numbers.joined(separator: " ")],
            ["key", "\(key.digest), \(key.file.count) bytes"],
            ["proof", "\(evidence.proof.count) bytes, \(key.securityBits) bits of security"],
            [
                "took",
                "\(ProvenRun.milliseconds(proveSeconds)) to prove, "
                    + "\(ProvenRun.milliseconds(verifySeconds)) to verify; "
                    + "\(ProvenRun.milliseconds(keySeconds)) once to commit to the weights",
            ],
        ]
        if let file {
            rows.append(["saved", "\(file); check it with 'assay verify \(file) --model MODEL'"])
        }
        return out.table(rows: rows)
    }

    func json(_ graph: IntegerGraph) throws -> JSON {
        func number(_ value: Double) -> JSON { JSONNumber(value).map { .number($0) } ?? .null }
        return [
            "output": .array(
                try graph.numbers(from: output).map {
                    JSONNumber($0.description).map { .number($0) } ?? .null
                }),
            "outputHash": .string(try graph.outputHash(output).hex),
            "keyDigest": .string(key.digest.hex), "context": .string(evidence.context.hex),
            "proofBytes": .number(JSONNumber(evidence.proof.count)),
            "securityBits": .number(JSONNumber(key.securityBits)),
            "gas": .string(String(key.gas)), "keySeconds": number(keySeconds),
            "proveSeconds": number(proveSeconds), "verifySeconds": number(verifySeconds),
        ]
    }
}
