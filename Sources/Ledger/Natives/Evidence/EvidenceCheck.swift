internal import Attestation
internal import Codec
internal import EVM
internal import Payments
internal import Primitives
internal import Registry

/// Checks the pieces of evidence that keys and machines decide about: signatures of registered
/// parties, of attested keys and of executors, and documents of machines.
enum EvidenceCheck {
    // MARK: Parties

    static func signed(
        _ data: [UInt8], about subject: EvidenceSubject, _ state: inout some EvidenceState
    ) throws(NativeFailure) -> EvidenceVerdict {
        let piece: SignedEvidence
        do { piece = try SignedEvidence(decoding: data) } catch {
            return .refused(NativeError(error, kind: .signed))
        }
        let provider = subject.statement.provider
        let party = piece.signer ?? provider
        switch try key(
            of: party, signing: subject.digest, piece.signature, .signed, subject, &state)
        {
        case .failure(let error): return .refused(error)
        case .success(let key):
            let lists = try state.lists(holding: party.word, among: subject.lists.signers)
            let signer = EvidenceFacts.Signer(
                address: party, scheme: key.scheme, isProvider: party == provider, lists: lists)
            return .holds(EvidenceFacts(signers: [signer]), .signer(party))
        }
    }

    static func executor(
        _ executor: Address, _ signature: [UInt8], about subject: EvidenceSubject,
        _ state: inout some EvidenceState
    ) throws(NativeFailure) -> EvidenceVerdict {
        // The provider's own word twice is its word once.
        guard executor != subject.statement.provider else {
            return .refused(.notAnExecutor(executor))
        }
        try state.charge(NativeGas.digest)
        let digest = ReexecutionEvidence.digest(
            of: subject.digest, by: executor, chainID: state.chainID)
        switch try key(of: executor, signing: digest, signature, .reexecuted, subject, &state) {
        case .failure(let error): return .refused(error)
        case .success:
            let lists = try state.lists(
                holding: executor.word, among: subject.lists.executors)
            let fact = EvidenceFacts.Executor(address: executor, lists: lists)
            return .holds(EvidenceFacts(executors: [fact]), .executor(executor))
        }
    }

    /// The key of a registered party that made the signature; of two keys that are good, the
    /// current one's refusal is told.
    static func key(
        of party: Address, signing digest: Hash, _ signature: [UInt8], _ kind: EvidenceKind,
        _ subject: EvidenceSubject, _ state: inout some EvidenceState
    ) throws(NativeFailure) -> Result<SignerKey, NativeError> {
        let registered = try state.structure(of: NativeAddress.registry) { read in
            ProviderKeys(of: party, forWorkBegun: subject.began, from: read)
        }
        let keys =
            registered?.keys(forWorkBegun: subject.began, settled: state.settledAt).map(\.signer)
            ?? []
        var refusal: NativeError?
        for key in keys {
            try state.charge(ModelCosts.signatureGas(key.scheme))
            do throws(EvidenceError) {
                try key.verify(digest: digest, signature: signature)
                return .success(key)
            } catch {
                refusal = refusal ?? NativeError(error, kind: kind)
            }
        }
        return .failure(refusal ?? .unknownProvider(party))
    }

    // MARK: Machines

    static func machine(
        _ data: [UInt8], about subject: EvidenceSubject, _ state: inout some EvidenceState
    ) throws(NativeFailure) -> EvidenceVerdict {
        let piece: TEEEvidence
        do { piece = try TEEEvidence(decoding: data) } catch {
            return .refused(NativeError(error, kind: .tee))
        }
        switch piece {
        case .key(let id, let signature):
            return try attestedKey(id, signature, about: subject, &state)
        case .document(let type, let bytes):
            return try document(type, bytes, about: subject, &state)
        }
    }

    private static func attestedKey(
        _ id: Hash, _ signature: [UInt8], about subject: EvidenceSubject,
        _ state: inout some EvidenceState
    ) throws(NativeFailure) -> EvidenceVerdict {
        let record = try state.structure(of: NativeAddress.trust) { read in
            AttestedKey(id, from: read)
        }
        guard let record, let scheme = SignatureScheme(rawValue: record.scheme),
            let key = SignerKey(scheme: scheme, bytes: record.key),
            let type = TEEType(rawValue: record.type)
        else { return .refused(.unknownAttestedKey(id)) }
        if let refusal = try refusal(of: record, id, type, &state) { return .refused(refusal) }
        let status: TCBStatus
        switch try MachineStatus.of(record, id, &state) {
        case .failure(let error): return .refused(error)
        case .success(let found): status = found
        }
        try state.charge(ModelCosts.signatureGas(key.scheme))
        do { try key.verify(digest: subject.digest, signature: signature) } catch {
            return .refused(NativeError(error, kind: .tee))
        }
        let now = state.timestamp
        let machine = EvidenceFacts.Machine(
            type: type, ageSeconds: now - min(now, record.attestedAt),
            measurement: record.measurement,
            lists: try state.lists(
                holding: record.measurement.word, among: subject.lists.measurements),
            status: status, isDevelopment: record.isDevelopment)
        return .holds(EvidenceFacts(machines: [machine]), .attestedKey(id))
    }

    /// Why a registered key does not count now.
    private static func refusal(
        of record: AttestedKey, _ id: Hash, _ type: TEEType, _ state: inout some EvidenceState
    ) throws(NativeFailure) -> NativeError? {
        let now = state.timestamp
        // A receipt's state is that behind the block: a revocation in it may have come later.
        let isRevoked = record.revokedAt != 0 && record.revokedAt < state.settledAt ?? .max
        guard !isRevoked else { return .attestedKeyRevoked(id, at: record.revokedAt) }
        guard now <= record.notAfter else {
            return .attestedKeyExpired(id, notAfter: record.notAfter, now: now)
        }
        if let refusal = try AttestationCheck.refusal(of: type, &state) { return refusal }
        if let refusal = try AttestationCheck.refusal(ofPlatform: record.platform, &state) {
            return refusal
        }
        // What it was attested under must be trusted still.
        let anchors = try AttestationCheck.anchors(type.family, &state).anchors
        guard anchors.contains(where: { $0.isDevelopment == record.isDevelopment }) else {
            return .invalidAttestation(.root)
        }
        return nil
    }

    private static func document(
        _ type: TEEType, _ bytes: [UInt8], about subject: EvidenceSubject,
        _ state: inout some EvidenceState
    ) throws(NativeFailure) -> EvidenceVerdict {
        guard bytes.count <= NativeLimits.attestationBytesMax else {
            return .refused(.invalidAttestation(.size))
        }
        try state.charge(NativeGas.digest)
        switch try AttestationCheck.run(type.rawValue, bytes, &state) {
        case .failure(let error): return .refused(error)
        case .success(let found):
            guard !found.isDebug else { return .refused(.debugEvidence) }
            if let mismatch = AttestationCheck.mismatch(of: found.reportData, subject.digest) {
                return .refused(mismatch)
            }
            // Quotes and reports bear no date. The code that asked for one about this statement had
            // the statement, so it was made when the statement says that it may settle, or since.
            let now = state.timestamp
            let madeAt = found.issuedAt ?? subject.statement.notBefore
            let machine = EvidenceFacts.Machine(
                type: type, ageSeconds: now - min(now, madeAt), measurement: found.measurement,
                lists: try state.lists(
                    holding: found.measurement.word, among: subject.lists.measurements),
                status: found.status, isDevelopment: found.isDevelopment)
            return .holds(EvidenceFacts(machines: [machine]), .document(found.identity))
        }
    }
}
