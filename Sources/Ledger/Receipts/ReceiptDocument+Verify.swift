internal import Codec
internal import Crypto
internal import EVM
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
    case wrongOutput(expected: Hash, got: Hash)
    case wrongPayer(expected: Address, got: Address?)
    case wrongBinding
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
    @discardableResult
    public func verify(
        trusting trusted: Hash?, proofKey: [UInt8] = []
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
        guard let record, record == SettlementRecord(receipt) else { throw .notTheChainsReceipt }
        try checkTerms()
        let policy = try checkedPolicy()
        let model = try registrySlots.structure("the model's record") { read in
            ModelRecord(receipt.statement.modelID, from: read)
        }
        guard let model else { throw .missingSlots("the model's record") }
        var facts = try checkEvidence(registrySlots)
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

    /// What all evidence but proofs shows.
    private func checkEvidence(_ registry: ProvenSlots) throws(ReceiptRefusal) -> EvidenceFacts {
        guard evidence.count == receipt.evidence.count else {
            throw .wrongEvidence(index: min(evidence.count, receipt.evidence.count))
        }
        let digest = receipt.statement.hash(chainID: receipt.chainID)
        let provider = receipt.statement.provider
        var facts = EvidenceFacts()
        for (index, piece) in evidence.enumerated() {
            guard piece.digest == receipt.evidence[index] else {
                throw .wrongEvidence(index: index)
            }
            // A proof is checked by the model's key, not by the provider's.
            if piece.kind == .zk { continue }
            guard piece.kind == .signed else {
                do { try piece.verify(digest: digest, key: .secp256k1(provider)) } catch {
                    throw .evidence(piece.kind, error)
                }
                continue
            }
            let scheme = try checkSignature(piece, digest, registry)
            facts.signers.append(
                EvidenceFacts.Signer(address: provider, scheme: scheme, isProvider: true))
        }
        return facts
    }

    /// The scheme of the provider's key that signed the statement.
    private func checkSignature(
        _ piece: Evidence, _ digest: Hash, _ registry: ProvenSlots
    ) throws(ReceiptRefusal) -> SignatureScheme {
        let (provider, began) = (receipt.statement.provider, receipt.workBegan)
        let registered = try registry.structure("the provider's keys") { read in
            ProviderKeys(of: provider, forWorkBegun: began, from: read)
        }
        let keys = registered?.keys(forWorkBegun: began, settled: receipt.timestamp) ?? []
        guard !keys.isEmpty else { throw .unknownProvider(provider) }
        var refusal = EvidenceError.invalidSignature
        for key in keys.reversed() {
            do {
                try piece.verify(digest: digest, key: key.signer)
                return key.signer.scheme
            } catch {
                refusal = error
            }
        }
        throw .evidence(piece.kind, refusal)
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

/// Slots whose values are proven; reading any other makes the whole reading void.
private struct ProvenSlots {
    private var words: [UInt256: UInt256] = [:]

    init(_ proof: AccountProof) {
        for entry in proof.slots { words[entry.slot] = entry.value }
    }

    func structure<Value>(
        _ name: String, _ body: (SlotReader) -> Value
    ) throws(ReceiptRefusal) -> Value {
        var isComplete = true
        let value = body { slot in
            guard let word = words[slot] else {
                isComplete = false
                return .zero
            }
            return word
        }
        guard isComplete else { throw .missingSlots(name) }
        return value
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
