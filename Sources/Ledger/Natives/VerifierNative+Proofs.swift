internal import EVM
internal import Inference
internal import Payments
internal import Primitives
internal import Proofs
internal import Registry

extension VerifierNative {
    /// What a proof shows, or why it does not hold.
    ///
    /// Everything that costs is paid before it is done: sizes and the price that the model's
    /// registration stored say how much. The checks stand in the order of what they cost.
    func proofVerdict(
        _ data: [UInt8], about subject: EvidenceSubject, _ call: inout NativeCall
    ) throws(NativeFailure) -> EvidenceVerdict {
        let statement = subject.statement
        let commitment = try call.structure(of: NativeAddress.registry) { read in
            ModelRecord.commitment(of: statement.modelID, from: read)
        }
        guard let commitment else { return .refused(.unknownModel(statement.modelID)) }
        let terms = try ProofTerms.read(of: statement.modelID, &call)
        let evidence: ProofEvidence
        do { evidence = try ProofEvidence(decoding: data) } catch {
            return .refused(.invalidEvidence(.zk, error.reason))
        }
        guard evidence.proof.count <= terms.proofBytesMax else {
            return .refused(
                .invalidEvidence(
                    .zk,
                    "the proof has \(evidence.proof.count) bytes, at most \(terms.proofBytesMax)"))
        }
        try call.charge(
            NativeGas.digest + NativeGas.sha256(bytes: evidence.publicInput?.count ?? 0)
                + NativeGas.sha256(bytes: evidence.output.count))
        do {
            try evidence.check(
                statement, digest: subject.digest,
                key: commitment.weightsRoot)
        } catch {
            return .refused(NativeError(error))
        }
        guard let gas = terms.gas(of: evidence) else {
            return .refused(
                .invalidEvidence(.zk, "proofs of the model cannot hide their input"))
        }
        try call.charge(gas)
        let key: VerificationKey
        do {
            key = try models.key(commitment.weightsRoot, of: commitment.graphHash)
        } catch {
            throw error.failure
        }
        // A registration has seen to it; a simulation may have put other words into the state.
        guard key.digest == commitment.weightsRoot else {
            return .refused(
                .wrongWeightsRoot(expected: key.digest, got: commitment.weightsRoot))
        }
        do {
            try models.verify(evidence, by: key)
        } catch {
            return .refused(NativeError(error))
        }
        let proof = EvidenceFacts.Proof(
            securityBits: key.securityBits, isInputHidden: evidence.publicInput == nil)
        return .holds(EvidenceFacts(proofs: [proof]), .proof)
    }
}

extension NativeError {
    fileprivate init(_ mismatch: ProofMismatch) {
        switch mismatch {
        case .wrongKey(let expected, let got): self = .wrongKey(expected: expected, got: got)
        case .wrongContext(let expected, let got):
            self = .wrongContext(expected: expected, got: got)
        case .wrongInput(let expected, let got): self = .wrongInput(expected: expected, got: got)
        case .wrongOutput(let expected, let got):
            self = .wrongOutput(expected: expected, got: got)
        }
    }

    fileprivate init(_ refusal: ProofRefusal) {
        switch refusal {
        case .malformed(let error): self = .invalidEvidence(.zk, error.reason)
        case .mismatch(let mismatch): self.init(mismatch)
        case .invalidInput(let error):
            self = .invalidEvidence(.zk, "the input is none of the model's: " + error.reason)
        case .invalidOutput(let error):
            self = .invalidEvidence(.zk, "the output is none of the model's: " + error.reason)
        case .tooLong(let bytes, let max):
            self = .invalidEvidence(.zk, "the proof has \(bytes) bytes, at most \(max)")
        case .proof(let error): self = .invalidProof(error.reason)
        }
    }
}
