internal import Codec
internal import Crypto
internal import EVM
internal import Payments
internal import Primitives
internal import Registry

/// The verifier; interface in `contracts/interfaces/IVerifier.sol`.
struct VerifierNative: Sendable {
    /// Where the verification keys of proofs come from.
    let models: any ModelSource

    static let statementType =
        "(bytes32,bytes32,bytes32,bytes32,bytes32,bytes32,address,uint64,uint64)"

    static let verifySignature = "verify(uint8,\(statementType),bytes)"
    static let verifyPolicySignature =
        "verifyPolicy(bytes,\(statementType),(uint8,bytes)[])"

    func precompile() -> NativePrecompile {
        NativePrecompile(
            NativeAddress.verifier,
            functions: [
                NativeFunction(view: Self.verifySignature, verify),
                NativeFunction(view: Self.verifyPolicySignature, verifyPolicy),
                NativeFunction(
                    view: "statementHash(\(Self.statementType))", Self.statementHash),
            ])
    }

    private func verify(
        _ call: inout NativeCall, _ input: inout ABIReader
    ) throws(NativeFailure) -> [UInt8] {
        let request = try input.arguments { (reader) throws(ABIError) in
            try VerifyCall(reading: &reader)
        }
        let evidence = try request.piece.checked(against: [])
        guard request.statement.isCurrent(at: call.block.timestamp) else {
            return encoded { $0.write(false) }
        }
        switch try verdict(on: evidence, for: request.statement, &call) {
        case .holds: return encoded { $0.write(true) }
        case .refused(let refusal):
            guard refusal.isVerdict else { throw refusal.failure }
            return encoded { $0.write(false) }
        }
    }

    private func verifyPolicy(
        _ call: inout NativeCall, _ input: inout ABIReader
    ) throws(NativeFailure) -> [UInt8] {
        let request = try input.arguments { (reader) throws(ABIError) in
            try VerifyPolicyCall(reading: &reader)
        }
        try RawEvidence.charge(request.evidence, &call)
        let policy = try Self.policy(request.policy, of: request.statement, &call)
        guard request.statement.isCurrent(at: call.block.timestamp) else {
            return encoded { $0.write(false) }
        }
        var found = EvidenceSet()
        var facts = EvidenceFacts()
        for piece in request.evidence {
            let evidence = try piece.checked(against: found)
            switch try verdict(on: evidence, for: request.statement, &call) {
            case .holds(let shown): facts = facts.union(shown)
            case .refused(let refusal):
                guard refusal.isVerdict else { throw refusal.failure }
                return encoded { $0.write(false) }
            }
            found.insert(EvidenceSet(evidence.kind))
        }
        return encoded { $0.write(policy.isSatisfied(by: facts)) }
    }

    private static func statementHash(
        _ call: inout NativeCall, _ input: inout ABIReader
    ) throws(NativeFailure) -> [UInt8] {
        let statement = try input.arguments { (reader) throws(ABIError) in
            try Statement(reading: &reader)
        }
        try call.charge(NativeGas.digest)
        return statement.hash(chainID: call.block.chainID).bytes
    }

    // MARK: Shared with the settlement

    /// The policy of those bytes, when the statement names it.
    static func policy(
        _ bytes: [UInt8], of statement: Statement, _ call: inout NativeCall
    ) throws(NativeFailure) -> Policy {
        try call.charge(NativeGas.keccak(bytes: bytes.count))
        let hash = Keccak.hash(bytes)
        guard hash == statement.policyHash else {
            throw NativeError.wrongPolicy(expected: statement.policyHash, got: hash).failure
        }
        do { return try Policy(decoding: bytes) } catch {
            throw NativeError.invalidPolicy("\(error)").failure
        }
    }

    /// What a piece of evidence shows, or why it does not hold.
    func verdict(
        on evidence: Evidence, for statement: Statement, _ call: inout NativeCall
    ) throws(NativeFailure) -> EvidenceVerdict {
        switch evidence.kind {
        case .plain:
            return evidence.data.isEmpty
                ? .holds(EvidenceFacts()) : .refused(.invalidEvidence(.plain, "not empty"))
        case .tee, .reexecuted: return .refused(.unsupportedEvidence(evidence.kind))
        case .zk: return try proofVerdict(evidence.data, for: statement, &call)
        case .signed: return try signedVerdict(evidence, for: statement, &call)
        }
    }

    private func signedVerdict(
        _ evidence: Evidence, for statement: Statement, _ call: inout NativeCall
    ) throws(NativeFailure) -> EvidenceVerdict {
        let began = ModelRecord.workBegan(
            stated: statement.notBefore, now: call.block.timestamp)
        let keys = try RegistryNative.signers(
            of: statement.provider, forWorkBegun: began, &call)
        let digest = statement.hash(chainID: call.block.chainID)
        var refusal: EvidenceError?
        for key in keys {
            try call.charge(ModelCosts.signatureGas(key.scheme))
            do {
                try evidence.verify(digest: digest, key: key)
                let signer = EvidenceFacts.Signer(
                    address: statement.provider, scheme: key.scheme, isProvider: true)
                return .holds(EvidenceFacts(signers: [signer]))
            } catch {
                // Of two keys the current one's refusal is told.
                refusal = refusal ?? error
            }
        }
        return .refused(NativeError(refusal ?? .invalidSignature, kind: evidence.kind))
    }
}

/// What became of a piece of evidence.
enum EvidenceVerdict {
    case holds(EvidenceFacts)
    case refused(NativeError)
}

/// The arguments of `IVerifier.verify`.
struct VerifyCall {
    static let selector = ABISignature.selector(VerifierNative.verifySignature)

    let statement: Statement
    let piece: RawEvidence

    init(reading reader: inout ABIReader) throws(ABIError) {
        let kind = try reader.readUInt8()
        statement = try Statement(reading: &reader)
        piece = RawEvidence(
            kind: kind, data: try reader.readBytes(max: NativeLimits.evidenceBytesMax))
    }
}

/// The arguments of `IVerifier.verifyPolicy`.
struct VerifyPolicyCall {
    static let selector = ABISignature.selector(VerifierNative.verifyPolicySignature)

    let policy: [UInt8]
    let statement: Statement
    let evidence: [RawEvidence]

    init(reading reader: inout ABIReader) throws(ABIError) {
        policy = try reader.readBytes(max: NativeLimits.policyBytesMax)
        statement = try Statement(reading: &reader)
        evidence = try RawEvidence.list(&reader)
    }
}

/// Evidence before its kind is looked up.
struct RawEvidence {
    let kind: UInt8
    let data: [UInt8]

    static func list(_ reader: inout ABIReader) throws(ABIError) -> [RawEvidence] {
        var (count, elements) = try reader.readArray(max: PaymentLimits.evidenceCountMax)
        var list: [RawEvidence] = []
        for _ in 0..<count {
            var tuple = try elements.readTuple()
            list.append(
                RawEvidence(
                    kind: try tuple.readUInt8(),
                    data: try tuple.readBytes(max: NativeLimits.evidenceBytesMax)))
        }
        return list
    }

    /// Pays for copies: offsets in calldata may all point at the same bytes.
    static func charge(
        _ list: [RawEvidence], _ call: inout NativeCall
    ) throws(NativeFailure) {
        try call.charge(NativeGas.input(bytes: list.reduce(0) { $0 + $1.data.count }))
    }

    /// The evidence, when its kind is known and not among `found`: one kind counts once.
    func checked(against found: EvidenceSet) throws(NativeFailure) -> Evidence {
        guard let kind = EvidenceKind(rawValue: kind) else {
            throw NativeError.unknownEvidence(self.kind).failure
        }
        guard !found.contains(kind) else { throw NativeError.duplicateEvidence(kind).failure }
        return Evidence(kind: kind, data: data)
    }
}

extension NativeError {
    init(_ error: EvidenceError, kind: EvidenceKind) {
        switch error {
        case .wrongLength(let wanted, let got):
            self = .invalidEvidence(kind, "\(got) bytes, \(wanted) wanted")
        case .invalidLength(let bytes):
            self = .invalidEvidence(kind, "no form has \(bytes) bytes")
        case .unknownForm(let form): self = .invalidEvidence(kind, "no form is \(form)")
        case .unknownTEEType(let type): self = .invalidEvidence(kind, "no TEE type is \(type)")
        case .malleable: self = .invalidEvidence(kind, "s is in the upper half")
        case .wrongSigner(let expected, let got):
            self = .wrongSigner(expected: expected, got: got ?? .zero)
        case .invalidSignature: self = .invalidSignature(kind)
        case .unsupportedKind(let kind): self = .unsupportedEvidence(kind)
        }
    }

    /// Whether the evidence was understood and found not to hold.
    var isVerdict: Bool {
        switch self {
        case .wrongSigner, .invalidSignature, .wrongKey, .wrongContext, .wrongInput, .wrongOutput,
            .invalidProof:
            true
        default: false
        }
    }
}

// MARK: ABI

extension Statement {
    init(reading reader: inout ABIReader) throws(ABIError) {
        self.init(
            modelID: try reader.readHash(), systemHash: try reader.readHash(),
            requestHash: try reader.readHash(), inputHash: try reader.readHash(),
            outputHash: try reader.readHash(), policyHash: try reader.readHash(),
            provider: try reader.readAddress(), notBefore: try reader.readUInt64(),
            notAfter: try reader.readUInt64())
    }

    func write(to writer: inout ABIWriter) {
        for hash in [modelID, systemHash, requestHash, inputHash, outputHash, policyHash] {
            writer.write(hash)
        }
        writer.write(provider)
        writer.write(notBefore)
        writer.write(notAfter)
    }
}
