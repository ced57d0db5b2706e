internal import Arguments
internal import Codec
internal import Inference
internal import Payments
internal import Primitives
internal import Proofs
internal import Prover
internal import Threads

/// A run with its proof, and how long each part took.
struct ProvenRun {
    let key: VerificationKey
    let evidence: ProofEvidence
    let output: [Int32]
    /// The commitment to the input, where that is hidden.
    let hidden: HiddenInput?
    let keySeconds: Double
    let proveSeconds: Double
    let verifySeconds: Double

    init(
        _ graph: IntegerGraph, _ form: ProofForm?, _ hiding: borrowing HidingChoice?,
        input: [Int32], context: Hash, _ pool: ThreadPool, _ whenKeyed: () -> Void = {}
    ) throws {
        let clock = ContinuousClock()
        let began = clock.now
        let prover = try ProvenRun.prover(graph, pool)
        key = prover.key
        let keyed = clock.now
        whenKeyed()
        hidden = try hiding?.hide(input, prover, workers: pool)
        let (output, proof): ([Int32], [UInt8])
        do {
            (output, proof) =
                try hidden.map { try prover.prove($0, context: context, workers: pool) }
                ?? prover.prove(input: input, context: context, form: form, workers: pool)
        } catch ProverError.openingsSpent(let max) {
            throw Failure(
                "the secret is spent",
                why: "it has served \(max) proofs, which is as many as hide the input",
                remedy: "leave --secret out")
        } catch {
            throw Failure(
                "the run cannot be proven", why: "\(error)", remedy: "choose another --form")
        }
        let proven = clock.now
        self.output = output
        evidence = ProofEvidence(
            keyDigest: key.digest, context: context,
            input: try hidden.map { .hidden(commitment: $0.commitment) }
                ?? .bytes(graph.inputBytes(input)),
            output: try graph.outputBytes(output), proof: proof)
        let statement = ProofStatement(
            context: context, input: hidden.map { .hidden($0.commitment) } ?? .integers(input),
            output: output)
        do { try ProofVerifier.verify(proof, statement, key: key) } catch {
            throw Failure(
                "the proof does not hold", why: "\(error)", remedy: "report it with the model")
        }
        (keySeconds, proveSeconds, verifySeconds) = (
            (keyed - began) / .seconds(1), (proven - keyed) / .seconds(1),
            (clock.now - proven) / .seconds(1)
        )
    }

    static func prover(_ graph: IntegerGraph, _ pool: ThreadPool) throws -> ModelProver {
        do { return try ModelProver(graph: graph, workers: pool) } catch {
            throw Failure(
                "the model cannot be proven", why: "\(error)",
                remedy: "report it with the model")
        }
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
        if let hidden {
            rows.append([
                "input", "hidden by \(hidden.commitment), openings left: \(hidden.openingsLeft)",
            ])
        }
        if let file {
            rows.append(["saved", "\(file); check it with 'assay verify \(file) --model MODEL'"])
        }
        return out.table(rows: rows)
    }

    func json(_ graph: IntegerGraph) throws -> JSON {
        func number(_ value: Double) -> JSON { JSONNumber(value).map { .number($0) } ?? .null }
        let commitment: JSON = hidden.map { .string($0.commitment.hex) } ?? .null
        let openingsLeft: JSON = hidden.map { .number(JSONNumber($0.openingsLeft)) } ?? .null
        return [
            "inputHidden": .bool(hidden != nil), "commitment": commitment,
            "openingsLeft": openingsLeft,
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
