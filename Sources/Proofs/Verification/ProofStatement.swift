internal import Crypto
internal import Inference
public import Primitives

/// What a proof is about: a model's graph gave this output for this input, in this context.
public struct ProofStatement: Sendable, Equatable {
    /// Whom the proof is for and when: chain, request, provider. The digest of the statement that
    /// evidence is about.
    public let context: Hash
    public let input: ProofInput
    /// The integers of all results, one after another.
    public let output: [Int32]

    public init(context: Hash, input: ProofInput, output: [Int32]) {
        self.context = context
        self.input = input
        self.output = output
    }

    /// A statement about a public input.
    public init(context: Hash, input: [Int32], output: [Int32]) {
        self.init(context: context, input: .integers(input), output: output)
    }

    /// The integers of all inputs, if they are public.
    public var publicInput: [Int32]? {
        if case .integers(let integers) = input { integers } else { nil }
    }
}

/// What a statement says of the input.
public enum ProofInput: Sendable, Equatable {
    /// The integers of all inputs, one after another.
    case integers([Int32])
    /// What hides them: `VerificationKey.inputCommitment`.
    case hidden(Hash)
}

/// What of a run a proof shows.
public enum ProofForm: UInt8, Sendable, CaseIterable {
    /// The accumulators of layers with committed weights are in the proof, and the verifier runs
    /// everything else: small, fast, and only for weights that are worth hiding.
    case open = 1
    /// Every number of the run is committed to; the proof's size hardly grows with the model.
    case committed = 2
    /// As `committed`, about a hidden input, and in zero knowledge: the proof tells nothing of the
    /// run but its output.
    case hidden = 3
}

/// The first bytes of a proof: `u8 version, u8 form, u16 inferences`.
package struct ProofHeader: Sendable, Equatable {
    package static let version: UInt8 = 1
    package static let batchMax = 1 << 12

    package let form: ProofForm
    package let batch: Int

    package init(form: ProofForm, batch: Int) {
        self.form = form
        self.batch = batch
    }

    package var bytes: [UInt8] {
        [
            ProofHeader.version, form.rawValue, UInt8(truncatingIfNeeded: batch),
            UInt8(truncatingIfNeeded: batch >> 8),
        ]
    }

    init(reader: inout ProofReader) throws(ProofError) {
        let version = try reader.readByte()
        guard version == ProofHeader.version else { throw .unsupportedVersion(Int(version)) }
        let code = try reader.readByte()
        guard let form = ProofForm(rawValue: code) else { throw .unknownForm(code) }
        self.form = form
        batch = Int(try reader.readUInt16())
    }

    /// A hash of a statement about a hidden input, and of a secret: what the randomness of its
    /// proof follows from.
    package func digest(_ statement: ProofStatement, _ key: Hash, secret: Hash) -> Hash {
        var message: [UInt8] = Array("assay.hidden.statement.v1".utf8)
        for hash in [secret, key, statement.context] { message += hash.bytes }
        if case .hidden(let commitment) = statement.input { message += commitment.bytes }
        for number in statement.output {
            for shift in 0..<4 { message.append(UInt8(truncatingIfNeeded: number >> (8 * shift))) }
        }
        return SHA256.hash(message)
    }

    /// A transcript that holds all that is proved: key, form, contexts, inputs and outputs.
    package func transcript(
        _ statements: [ProofStatement], _ key: VerificationKey, recordsTape: Bool = false
    ) throws(ProofError) -> Transcript {
        var transcript = Transcript(domain: "assay.proof.v1", recordsTape: recordsTape)
        transcript.absorb("key", key.digest)
        transcript.absorb("header", bytes)
        for statement in statements {
            transcript.absorb("context", statement.context)
            switch statement.input {
            case .integers(let integers):
                do {
                    transcript.absorb("input", try key.outline.inputBytes(integers))
                } catch { throw .input(error) }
            case .hidden(let commitment): transcript.absorb("hidden input", commitment)
            }
            do {
                transcript.absorb("output", try key.outline.outputBytes(statement.output))
            } catch { throw .output(error) }
        }
        return transcript
    }
}
