internal import Codec
internal import Crypto
internal import EVM
internal import Inference
public import Payments
public import Primitives
public import Proofs
public import Registry

/// Why a receipt document proves nothing. Nothing of a refused document should be believed.
public enum ReceiptRefusal: Error, Equatable, Sendable {
    case invalidHeader(RLPFailure)
    /// The document is about another block than the trusted one.
    case wrongBlock(expected: Hash, got: Hash)
    /// The receipt names another block or time than the header.
    case wrongPosition
    case wrongAccount(expected: Address, got: Address)
    case wrongProof(Address, AccountProof.Failure)
    /// The structure cannot be read from the slots that are proven.
    case missingSlots(String)
    /// The chain keeps another receipt under this id, or none.
    case notTheChainsReceipt
    case termsDiffer(String)
    case invalidPolicy(PolicyError)
    case wrongPolicyHash(expected: Hash, got: Hash)
    case policyNotMet(String)
    case floorNotMet(String)
    case wrongSystem(expected: Hash, got: Hash)
    case wrongEvidence(index: Int)
    case unknownProvider(Address)
    case evidence(EvidenceKind, EvidenceError)
    /// The model has no weights root, so that no proof of it can hold.
    case noProofs(Hash)
    /// The document has no verification key and none was given; its digest says which to fetch.
    case missingKey(Hash)
    case invalidKey(ProofError)
    case wrongKey(expected: Hash, got: Hash)
    case proof(ProofRefusal)
    /// Evidence of keys, machines or executors does not hold, for the chain's own reason.
    case refused(NativeError)
    case wrongInput(expected: Hash, got: Hash)
    /// The bytes given as the model's graph are another graph, or none.
    case wrongGraph(expected: Hash, got: Hash)
    /// The model run again gives another output than the statement says.
    case wrongRun(expected: Hash, got: Hash)
    case wrongOutput(expected: Hash, got: Hash)
    case wrongPayer(expected: Address, got: Address?)
    case wrongBinding
}

extension ReceiptRefusal {
    /// The chain's refusal of a piece; those that are about one signature by their own names.
    init(_ error: NativeError, kind: EvidenceKind) {
        switch error {
        case .unknownProvider(let party): self = .unknownProvider(party)
        case .invalidSignature(let kind): self = .evidence(kind, .invalidSignature)
        case .wrongSigner(let expected, let got):
            self = .evidence(
                kind, .wrongSigner(expected: expected, got: got == .zero ? nil : got))
        default: self = .refused(error)
        }
    }
}

/// What is wrong with a header's bytes, as text: the codec's errors are its own.
public struct RLPFailure: Error, Equatable, Sendable {
    public let text: String
}

/// What a receipt document was found to prove.
public struct ReceiptFindings: Sendable, Equatable {
    public let blockHash: Hash
    public let evidence: EvidenceSet
    /// What the evidence shows; policy and floor were judged by it.
    public let facts: EvidenceFacts
    public let policy: Policy
    public let model: ModelRecord
    /// What a forger of the proof among the evidence would have to break; nil without a proof.
    public let proofSecurityBits: Int?
    /// Whether the statement's `inputHash` is a commitment, which input and secret lead to, and not
    /// SHA-256 of the input.
    public let isInputHidden: Bool
    /// Whether some of the evidence rests on a development root, whose keys anybody can have.
    public let isDevelopment: Bool
    /// Whether the run by which the chain checked the output was done again here; nil where the
    /// chain did not run the model. Without the graph its run is the chain's word.
    public let isRunAgain: Bool?
    /// Whether the payer's own signature is part of the proof. It is not for contract wallets,
    /// whose code decides, and for deposits, whose transfer the chain has seen.
    public let isPayerSignatureChecked: Bool
}

extension ReceiptDocument {
    /// Checks everything against one trusted fact, the hash of a block.
    ///
    /// - Parameters:
    ///   - trusted: nil takes the document's own header, which then proves only that the document
    ///     agrees with itself.
    ///   - proofKey: the file of the verification key of a proof among the evidence, where the
    ///     document does not hold it. Whoever it comes from, its digest must be the model's weights
    ///     root.
    ///   - graph: canonical bytes of the model's integer graph, to do a run of the chain's again.
    @discardableResult
    public func verify(
        trusting trusted: Hash?, proofKey: [UInt8] = [], graph: [UInt8] = []
    ) throws(ReceiptRefusal) -> ReceiptFindings {
        let blockHash = Keccak.hash(header)
        if let trusted, trusted != blockHash {
            throw .wrongBlock(expected: trusted, got: blockHash)
        }
        let header: Header
        do { header = try Header(decoding: self.header) } catch {
            throw .invalidHeader(RLPFailure(text: "\(error)"))
        }
        guard header.number == receipt.blockNumber, header.timestamp == receipt.timestamp else {
            throw .wrongPosition
        }
        let settlementSlots = try proven(settlement, NativeAddress.settlement, header.stateRoot)
        let registrySlots = try proven(registry, NativeAddress.registry, header.stateRoot)
        let record = try settlementSlots.structure("the receipt's record") { read in
            SettlementRecord(receipt.id, from: read)
        }
        guard let record else { throw .notTheChainsReceipt }
        let isDevelopment = record.evidence.contains(.development)
        guard record == SettlementRecord(receipt, isDevelopment: isDevelopment) else {
            throw .notTheChainsReceipt
        }
        try checkTerms()
        let policy = try checkedPolicy()
        let model = try registrySlots.structure("the model's record") { read in
            ModelRecord(receipt.statement.modelID, from: read)
        }
        guard let model else { throw .missingSlots("the model's record") }
        let trustSlots = try trust.map { (proof) throws(ReceiptRefusal) in
            try self.proven(proof, NativeAddress.trust, header.stateRoot)
        }
        var facts = try checkEvidence(
            model,
            ProvenState(
                chainID: receipt.chainID, timestamp: receipt.timestamp, registry: registrySlots,
                trust: trustSlots, codes: collateral))
        guard facts.isDevelopment == isDevelopment else { throw .notTheChainsReceipt }
        let isRunAgain = try checkRun(of: model, graph)
        let proven = try checkProof(of: model, proofKey.isEmpty ? self.proofKey : proofKey)
        if let proven { facts.proofs.append(proven) }
        if let missing = policy.missing(from: facts) { throw .policyNotMet(missing) }
        try checkRecord(model, facts)
        try checkOutput()
        let isSigned = try checkPayer()
        return ReceiptFindings(
            blockHash: blockHash, evidence: record.evidence, facts: facts, policy: policy,
            model: model,
            proofSecurityBits: proven?.securityBits, isInputHidden: proven?.isInputHidden ?? false,
            isDevelopment: isDevelopment, isRunAgain: isRunAgain,
            isPayerSignatureChecked: isSigned)
    }

    /// Floor and system text, as they held when the work began.
    private func checkRecord(
        _ model: ModelRecord, _ facts: EvidenceFacts
    ) throws(ReceiptRefusal) {
        let began = receipt.workBegan
        let system = model.systemHash(at: began)
        guard system == .zero || system == receipt.statement.systemHash else {
            throw .wrongSystem(expected: system, got: receipt.statement.systemHash)
        }
        let bytes = model.floor(at: began)
        guard !bytes.isEmpty else { return }
        let floor: Policy
        do { floor = try Policy(decoding: bytes) } catch { throw .invalidPolicy(error) }
        if let missing = floor.missing(from: facts) { throw .floorNotMet(missing) }
    }

    private func proven(
        _ proof: AccountProof, _ address: Address, _ root: Hash
    ) throws(ReceiptRefusal) -> ProvenSlots {
        guard proof.address == address else {
            throw .wrongAccount(expected: address, got: proof.address)
        }
        do { try proof.verify(root: root) } catch { throw .wrongProof(address, error) }
        return ProvenSlots(proof)
    }

    private func checkTerms() throws(ReceiptRefusal) {
        let (terms, statement) = (receipt.terms, receipt.statement)
        guard terms.modelID == statement.modelID else { throw .termsDiffer("modelId") }
        guard terms.requestHash == statement.requestHash else {
            throw .termsDiffer("requestHash")
        }
        guard terms.policyHash == statement.policyHash else { throw .termsDiffer("policyHash") }
        guard terms.provider == statement.provider else { throw .termsDiffer("provider") }
        guard statement.isCurrent(at: receipt.timestamp) else { throw .wrongPosition }
        let isNonceBound = receipt.payment.nonce == terms.hash(chainID: receipt.chainID)
        guard isNonceBound == (receipt.binding == .recipientAndNonce) else { throw .wrongBinding }
    }

    private func checkedPolicy() throws(ReceiptRefusal) -> Policy {
        let hash = Keccak.hash(receipt.policy)
        guard hash == receipt.terms.policyHash else {
            throw .wrongPolicyHash(expected: receipt.terms.policyHash, got: hash)
        }
        do { return try Policy(decoding: receipt.policy) } catch { throw .invalidPolicy(error) }
    }

    /// What all evidence but proofs shows, by what is proven of the state.
    private func checkEvidence(
        _ model: ModelRecord, _ proven: ProvenState
    ) throws(ReceiptRefusal) -> EvidenceFacts {
        guard evidence.count == receipt.evidence.count else {
            throw .wrongEvidence(index: min(evidence.count, receipt.evidence.count))
        }
        guard let subject = EvidenceSubject(receipt, model) else {
            throw .missingSlots("the model's floor")
        }
        var state = proven
        var findings = EvidenceFindings()
        for (index, piece) in evidence.enumerated() {
            guard piece.digest == receipt.evidence[index] else {
                throw .wrongEvidence(index: index)
            }
            let verdict: EvidenceVerdict
            do { verdict = try subject.verdict(on: piece, &state) } catch {
                throw .missingSlots("what \(piece.kind.name) evidence rests on")
            }
            switch verdict {
            case .refused(let refusal): throw ReceiptRefusal(refusal, kind: piece.kind)
            case .holds(let facts, let identity):
                if let refusal = findings.add(facts, identity, kind: piece.kind, gas: 0) {
                    throw .refused(refusal)
                }
            }
        }
        return findings.facts
    }

    /// Does a run of the chain's again, where the graph is given; nil where the chain ran nothing.
    private func checkRun(
        of model: ModelRecord, _ graphBytes: [UInt8]
    ) throws(ReceiptRefusal) -> Bool? {
        for piece in evidence where piece.kind == .reexecuted {
            guard case .chain(let input)? = try? ReexecutionEvidence(decoding: piece.data) else {
                continue
            }
            let wanted = receipt.statement.inputHash
            let got = SHA256.hash(input)
            guard got == wanted else { throw .wrongInput(expected: wanted, got: got) }
            guard !graphBytes.isEmpty else { return false }
            let hash = SHA256.hash(graphBytes)
            guard hash == model.graphHash, let graph = try? IntegerGraph(decoding: graphBytes)
            else {
                throw .wrongGraph(expected: model.graphHash, got: hash)
            }
            let output = try ReceiptDocument.run(graph, input)
            guard output == receipt.statement.outputHash else {
                throw .wrongRun(expected: output, got: receipt.statement.outputHash)
            }
            return true
        }
        return nil
    }

    /// SHA-256 of the output's canonical bytes.
    private static func run(
        _ graph: IntegerGraph, _ input: [UInt8]
    ) throws(ReceiptRefusal) -> Hash {
        let integers: [Int32]
        do { integers = try TensorType.integers(of: input, as: graph.inputs) } catch {
            throw .refused(
                .invalidEvidence(.reexecuted, "the input is none of the model's: " + error.reason))
        }
        var engine = Engine(graph)
        guard let values = try? engine.run(integers),
            let bytes = try? TensorType.bytes(of: values, as: graph.outputs)
        else { preconditionFailure("the graph's own integers are refused") }
        return SHA256.hash(bytes)
    }

    /// What the proof among the evidence, which must hold, rests on; nil without one.
    private func checkProof(
        of model: ModelRecord, _ keyBytes: [UInt8]
    ) throws(ReceiptRefusal) -> EvidenceFacts.Proof? {
        guard let piece = evidence.first(where: { $0.kind == .zk }) else { return nil }
        let root = model.weightsRoot
        guard root != .zero else { throw .noProofs(model.id) }
        let proof: ProofEvidence
        do { proof = try ProofEvidence(decoding: piece.data) } catch {
            throw .proof(.malformed(error))
        }
        let statement = receipt.statement
        do {
            try proof.check(
                statement, digest: statement.hash(chainID: receipt.chainID), key: root)
        } catch {
            throw .proof(.mismatch(error))
        }
        guard !keyBytes.isEmpty else { throw .missingKey(root) }
        let key: VerificationKey
        do { key = try VerificationKey(file: keyBytes) } catch { throw .invalidKey(error) }
        guard key.digest == root else { throw .wrongKey(expected: root, got: key.digest) }
        do { try proof.verify(by: key) } catch { throw .proof(error) }
        return EvidenceFacts.Proof(
            securityBits: key.securityBits, isInputHidden: proof.publicInput == nil)
    }

    private func checkOutput() throws(ReceiptRefusal) {
        guard !output.isEmpty else { return }
        let hash = SHA256.hash(output)
        guard hash == receipt.statement.outputHash else {
            throw .wrongOutput(expected: receipt.statement.outputHash, got: hash)
        }
    }

    /// Whether there was a key's signature to check.
    private func checkPayer() throws(ReceiptRefusal) -> Bool {
        let payment = receipt.payment
        guard let signature = try? Signature(bytes65: payment.signature) else { return false }
        let escrow = receipt.terms.escrow(chainID: receipt.chainID)
        let digest = payment.authorization(to: escrow).digest(
            name: tokenName, version: tokenVersion, chainID: receipt.chainID, asset: payment.asset)
        let payer = Secp256k1.recoverAddress(digest: digest, signature: signature)
        guard payer == payment.payer else { throw .wrongPayer(expected: payment.payer, got: payer) }
        return true
    }
}

extension SettlementReceipt {
    /// The time by whose terms the work is judged.
    var workBegan: UInt64 {
        ModelRecord.workBegan(stated: statement.notBefore, now: timestamp)
    }
}

extension ProviderKey {
    /// The key as evidence is checked with it.
    public var signer: SignerKey {
        switch kind {
        case .secp256k1: .secp256k1(Address(bytes))
        case .p256:
            .p256(x: UInt256(bigEndian: bytes[0..<32]), y: UInt256(bigEndian: bytes[32..<64]))
        case .rsaPSS: .rsaPSS(modulus: bytes)
        }
    }
}
