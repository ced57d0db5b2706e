internal import Arguments
internal import Codec
internal import Crypto
internal import Inference
internal import Ledger
internal import Payments
internal import Primitives
internal import Proofs

/// A file that `assay prove` wrote, on its way through `assay verify`.
struct ProofFile {
    private let evidence: ProofEvidence

    init(_ bytes: [UInt8], _ file: String) throws {
        do { evidence = try ProofEvidence(decoding: bytes) } catch {
            throw Failure(
                "\(file) is no proof", why: error.reason, remedy: "make one with 'assay prove'")
        }
    }

    /// 0 when the proof holds and is about what the caller asked for.
    func verify(_ invocation: Invocation) throws -> Int32 {
        guard let model = invocation.text("model") else {
            throw UsageError(
                "a proof says nothing by itself", why: "it is about a model",
                remedy: "give --model MODEL")
        }
        let inputFile = invocation.text("input")
        let input = try DisclosedInput.from(invocation, isHidden: evidence.publicInput == nil)
        let choice = try ChosenModel(model, invocation, input: inputFile)
        let context = try ProofContext(invocation)
        let out = Terminal.output
        do {
            let key = try key(of: choice)
            if let input {
                let wanted = try input.hash(key)
                guard wanted == evidence.inputHash else {
                    throw ProofRefusal.mismatch(
                        .wrongInput(expected: wanted, got: evidence.inputHash))
                }
            }
            if context.isGiven, context.hash != evidence.context {
                throw ProofRefusal.mismatch(
                    .wrongContext(expected: context.hash, got: evidence.context))
            }
            try evidence.verify(by: key)
            if invocation.flag("json") {
                out.line(try json(key).prettyPrinted)
            } else {
                out.write(try text(key, on: out, isInputGiven: input != nil))
            }
            return 0
        } catch let refusal as ProofRefusal {
            guard invocation.flag("json") else {
                throw Failure(
                    "the proof does not hold", why: refusal.text, remedy: "believe nothing in it")
            }
            let answer: JSON = ["valid": false, "reason": .string(refusal.text)]
            out.line(answer.prettyPrinted)
            return 1
        }
    }

    /// The model's key, which the proof must name.
    private func key(of model: ChosenModel) throws -> VerificationKey {
        let key: VerificationKey
        switch model {
        case .key(let given): key = given
        case .graph(let graph): key = try ProofKeys.make(graph)
        }
        guard key.digest == evidence.keyDigest else {
            throw ProofRefusal.mismatch(
                .wrongKey(expected: key.digest, got: evidence.keyDigest))
        }
        return key
    }

    private func numbers(_ key: VerificationKey) throws -> [String] {
        let integers = try TensorType.integers(of: evidence.output, as: key.outputs)
        var numbers: [String] = []
        for type in key.outputs {
            for _ in 0..<type.elementCount {
                numbers.append(type.number(of: integers[numbers.count]).description)
            }
        }
        return numbers
    }

    private func text(
        _ key: VerificationKey, on out: Terminal, isInputGiven: Bool
    ) throws -> String {
        let isHidden = evidence.publicInput == nil
        let input = isHidden ? "hidden by \(evidence.inputHash)" : evidence.inputHash.hex
        let remedy =
            isHidden
            ? ", which input and secret would show: --input, --secret"
            : ", which nobody compared: give --input"
        let rows = [
            ["output", try numbers(key).joined(separator: " ")],
            ["input", isInputGiven ? input + (isHidden ? ", and shown" : "") : input + remedy],
            ["context", evidence.context.hex],
            ["key", key.digest.hex],
            ["proof", "\(evidence.proof.count) bytes, \(key.securityBits) bits of security"],
        ]
        return "\(out.check) the proof holds\n"
            + out.table(rows: rows.map { ["  " + $0[0], $0[1]] })
    }

    private func json(_ key: VerificationKey) throws -> JSON {
        [
            "valid": true, "keyDigest": .string(key.digest.hex),
            "context": .string(evidence.context.hex),
            "inputHash": .string(evidence.inputHash.hex),
            "inputHidden": .bool(evidence.publicInput == nil),
            "outputHash": .string(SHA256.hash(evidence.output).hex),
            "output": .array(
                try numbers(key).map { JSONNumber($0).map { .number($0) } ?? .null }),
            "proofBytes": .number(JSONNumber(evidence.proof.count)),
            "securityBits": .number(JSONNumber(key.securityBits)),
        ]
    }
}

extension ProofRefusal {
    /// For people.
    var text: String {
        switch self {
        case .malformed(let error): error.reason
        case .mismatch(.wrongKey(let expected, let got)):
            "it is the proof of another model: its key is \(got), not \(expected)"
        case .mismatch(.wrongContext(let expected, let got)):
            "it is for another request or chain: its context is \(got), not \(expected)"
        case .mismatch(.wrongInput(let expected, let got)):
            "it is about another input: \(got), not \(expected)"
        case .mismatch(.wrongOutput(let expected, let got)):
            "it is about another output: \(got), not \(expected)"
        case .invalidInput(let error): "the input is none of the model's: \(error.reason)"
        case .invalidOutput(let error): "the output is none of the model's: \(error.reason)"
        case .tooLong(let bytes, let max): "it has \(bytes) bytes, at most \(max) can be good"
        case .proof(let error): "\(error)"
        }
    }
}

extension VerificationKey {
    /// What a proof's security rests on, for people: each way to cheat and a bound on its chance.
    func explanation(on out: Terminal) -> String {
        var rows = [
            ["security", "\(securityBits) bits: a forger succeeds with 2^-\(securityBits) a try"],
            ["proof", "at most \(proofBytesMax) bytes"], ["gas", "\(gas) on chain"],
        ]
        if let opening {
            rows.append(["code", VerificationKey.text(opening)])
        } else {
            rows.append(["rests on", "SHA-256 alone: nothing is opened"])
        }
        rows.append(["hidden inputs", hiddenExplanation])
        let tables = forms.map { form in
            "\n"
                + out.table(
                    header: ["way to cheat, \(form) form", "bits"],
                    rows: explain(form).map { [$0.name, "\($0.error.bits)"] },
                    alignments: [.left, .right])
        }
        return out.table(rows: rows) + tables.joined()
    }

    private static func text(_ opening: OpeningParameters) -> String {
        "Reed-Solomon at rate 1/\(1 << opening.logBlowup), unique decoding, "
            + "\(opening.queryCount) queries"
    }

    private var hiddenExplanation: String {
        guard let hidden else { return "no proof hides its input" }
        return VerificationKey.text(hidden.parameters)
            + ", each hidden by a random row; proofs a secret: \(hidden.openingsMax)"
    }
}
