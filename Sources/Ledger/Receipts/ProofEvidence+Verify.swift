public import Inference
public import Payments
public import Proofs

/// Why evidence of kind `zk` does not hold.
public enum ProofRefusal: Error, Equatable, Sendable {
    case malformed(ProofEvidenceError)
    case mismatch(ProofMismatch)
    /// The input's bytes are no input of the model.
    case invalidInput(TensorBytesError)
    case invalidOutput(TensorBytesError)
    case tooLong(bytes: Int, max: Int)
    case proof(ProofError)
}

extension ProofEvidence {
    /// Checks the proof of input and output by the key, for the context that the evidence names.
    ///
    /// Whether key and context are the right ones `check` has said.
    public func verify(by key: VerificationKey) throws(ProofRefusal) {
        guard proof.count <= key.proofBytesMax else {
            throw .tooLong(bytes: proof.count, max: key.proofBytesMax)
        }
        let input: ProofInput
        switch self.input {
        case .bytes(let bytes):
            do { input = .integers(try TensorType.integers(of: bytes, as: key.inputs)) } catch {
                throw .invalidInput(error)
            }
        case .hidden(let commitment): input = .hidden(commitment)
        }
        let output: [Int32]
        do { output = try TensorType.integers(of: self.output, as: key.outputs) } catch {
            throw .invalidOutput(error)
        }
        let statement = ProofStatement(context: context, input: input, output: output)
        do { try ProofVerifier.verify(proof, statement, key: key) } catch { throw .proof(error) }
    }
}
