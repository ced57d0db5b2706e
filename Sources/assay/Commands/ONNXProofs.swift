internal import Conformance
internal import Inference
internal import Primitives
internal import Proofs
internal import Prover

/// Proofs of the quantised runs of ONNX cases, each made, read back and held against a lie.
struct ONNXProofs: Sendable {
    private var runs = 0
    private var proofs: [ProofForm: Tally] = [:]
    private var keys = Duration.zero
    private var openOnly: [String] = []
    private var publicOnly: [String] = []

    private struct Tally {
        var count = 0
        /// Those that open a commitment; a verifier runs the whole graph for the others.
        var opened = 0
        var bytes = 0
        var bytesMost = 0
        var proving = Duration.zero
        var verifying = Duration.zero

        static func += (left: inout Tally, right: Tally) {
            left.count += right.count
            left.opened += right.opened
            left.bytes += right.bytes
            left.bytesMost = max(left.bytesMost, right.bytesMost)
            left.proving += right.proving
            left.verifying += right.verifying
        }
    }

    static func += (left: inout ONNXProofs, right: ONNXProofs) {
        left.runs += right.runs
        left.keys += right.keys
        left.openOnly += right.openOnly
        left.publicOnly += right.publicOnly
        for (form, tally) in right.proofs { left.proofs[form, default: Tally()] += tally }
    }

    /// Proves a run in every form; says what went wrong.
    mutating func add(_ run: ONNXQuantisedRun, of name: String) -> String? {
        runs += 1
        do {
            let prover: ModelProver
            let key: VerificationKey
            (prover, keys) = try timed(since: keys) { try ModelProver(graph: run.graph) }
            // Whoever verifies has read the key.
            key = try VerificationKey(decoding: prover.key.encoded)
            if !key.forms.contains(.committed) {
                openOnly.append("\(name): \(WitnessPlan.obstacle(key.outline))")
            } else if !key.forms.contains(.hidden) {
                publicOnly.append(name)
            }
            for form in key.forms {
                if let failure = try add(run, prover, key, form) { return "\(form): \(failure)" }
            }
            return nil
        } catch {
            return "proof: \(error)"
        }
    }

    private mutating func add(
        _ run: ONNXQuantisedRun, _ prover: ModelProver, _ key: VerificationKey, _ form: ProofForm
    ) throws -> String? {
        var tally = Tally()
        let context = run.graph.hash
        let input: ProofInput
        let made: (output: [Int32], proof: [UInt8])
        if form == .hidden {
            let hidden: HiddenInput
            ((hidden, made), tally.proving) = try timed {
                let hidden = try prover.hide(run.input, secret: context)
                return (hidden, try prover.prove(hidden, context: context))
            }
            input = .hidden(hidden.commitment)
        } else {
            (made, tally.proving) = try timed {
                try prover.prove(input: run.input, context: context, form: form)
            }
            input = .integers(run.input)
        }
        guard made.output == run.output else { return "the prover's output is another" }
        (_, tally.verifying) = try timed {
            try ProofVerifier.verify(
                made.proof,
                ProofStatement(context: context, input: input, output: run.output), key: key)
        }
        tally.count = 1
        let plan = form == .open ? nil : try key.plan(batch: 1, isHidden: form == .hidden)
        if try key.parameters(plan) != nil { tally.opened = 1 }
        tally.bytes = made.proof.count
        tally.bytesMost = made.proof.count
        proofs[form, default: Tally()] += tally
        guard made.proof.count <= key.proofBytesMax else {
            return "\(made.proof.count) bytes, the key says \(key.proofBytesMax)"
        }
        for place in Set([0, run.output.count / 2, run.output.count - 1]).sorted() {
            var output = run.output
            output[place] = output[place] &+ (output[place] > 0 ? -1 : 1)
            let lie = ProofStatement(context: context, input: input, output: output)
            do throws(ProofError) {
                try ProofVerifier.verify(made.proof, lie, key: key)
                return "holds for an output with integer \(place) changed"
            } catch { continue }
        }
        return nil
    }

    private func timed<Result>(
        since passed: Duration = .zero, _ body: () throws -> Result
    ) throws -> (Result, Duration) {
        let clock = ContinuousClock()
        let began = clock.now
        let result = try body()
        return (result, passed + (clock.now - began))
    }

    /// The summary, a line a form, and the cases that lack one.
    var lines: [String] {
        var lines = ["\(runs) quantised runs, keys in \(Self.text(keys))"]
        for form in ProofForm.allCases {
            guard let tally = proofs[form] else { continue }
            lines.append(
                "\(form): \(tally.count) proofs verified and refused for false outputs, "
                    + "\(tally.opened) with commitments, "
                    + "\(tally.bytes / max(tally.count, 1)) bytes each, at most "
                    + "\(tally.bytesMost), made in \(Self.text(tally.proving)), verified in "
                    + Self.text(tally.verifying))
        }
        lines.append("\(openOnly.count) runs have no committed form")
        lines += openOnly.sorted().map { "  " + $0 }
        lines.append("\(publicOnly.count) more runs cannot hide their input")
        return lines + publicOnly.sorted().map { "  " + $0 }
    }

    private static func text(_ duration: Duration) -> String {
        let milliseconds = Int(duration / .milliseconds(1))
        return "\(milliseconds / 1000).\((milliseconds % 1000) / 100) s"
    }
}

extension WitnessPlan {
    /// Why a graph's runs cannot be committed to.
    fileprivate static func obstacle(_ outline: GraphOutline) -> String {
        do throws(PlanError) {
            _ = try WitnessPlan(outline, batch: 1, logColumns: 0)
            return "no parameters hold it"
        } catch {
            guard case .unprovable(let node) = error else { return "\(error)" }
            return "node \(node), \(outline.nodes[node].operation): \(error)"
        }
    }
}
