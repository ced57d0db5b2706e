internal import Inference
public import Primitives

/// What a proof is about: a model's graph gave this output for this input, in this context.
public struct ProofStatement: Sendable, Equatable {
    /// Whom the proof is for and when: chain, request, provider. The digest of the statement that
    /// evidence is about.
    public let context: Hash
    /// The integers of all inputs, one after another.
    public let input: [Int32]
    /// The integers of all results, one after another.
    public let output: [Int32]

    public init(context: Hash, input: [Int32], output: [Int32]) {
        self.context = context
        self.input = input
        self.output = output
    }
}

/// What of a run a proof shows.
public enum ProofForm: UInt8, Sendable, CaseIterable {
    /// The accumulators of layers with committed weights are in the proof, and the verifier runs
    /// everything else: small, fast, and only for weights that are worth hiding.
    case open = 1
    /// Every number of the run is committed to; the proof's size hardly grows with the model.
    case committed = 2
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

    /// A transcript that holds all that is proved: key, form, contexts, inputs and outputs.
    package func transcript(
        _ statements: [ProofStatement], _ key: VerificationKey, recordsTape: Bool = false
    ) throws(ProofError) -> Transcript {
        var transcript = Transcript(domain: "assay.proof.v1", recordsTape: recordsTape)
        transcript.absorb("key", key.digest)
        transcript.absorb("header", bytes)
        for statement in statements {
            transcript.absorb("context", statement.context)
            do {
                transcript.absorb("input", try key.outline.inputBytes(statement.input))
            } catch { throw .input(error) }
            do {
                transcript.absorb("output", try key.outline.outputBytes(statement.output))
            } catch { throw .output(error) }
        }
        return transcript
    }
}
