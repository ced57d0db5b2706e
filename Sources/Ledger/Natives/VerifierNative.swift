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
                NativeFunction(view: "policyHash(bytes)", Self.policyHash),
                NativeFunction(view: "policyShortfall(bytes,bytes)", Self.policyShortfall),
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
        let evidence = try request.piece.known()
        guard request.statement.isCurrent(at: call.block.timestamp) else {
            return encoded { $0.write(false) }
        }
        let subject = EvidenceSubject(request.statement, lists: .defaults, call)
        switch try verdict(on: evidence, about: subject, &call) {
        case .holds(let facts, _):
            if let refusal = facts.defaultListRefusal { throw refusal.failure }
            return encoded { $0.write(true) }
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
        let subject = EvidenceSubject(request.statement, lists: policy.lists, call)
        switch try findings(request.evidence, about: subject, &call) {
        case .success(let facts): return encoded { $0.write(policy.isSatisfied(by: facts)) }
        case .failure(let refusal):
            guard refusal.isVerdict else { throw refusal.failure }
            return encoded { $0.write(false) }
        }
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

    private static func policyHash(
        _ call: inout NativeCall, _ input: inout ABIReader
    ) throws(NativeFailure) -> [UInt8] {
        let bytes = try input.arguments { (reader) throws(ABIError) in
            try reader.readBytes(max: NativeLimits.policyBytesMax)
        }
        try call.charge(NativeGas.keccak(bytes: bytes.count))
        return try Self.policy(bytes).hash.bytes
    }

    private static func policyShortfall(
        _ call: inout NativeCall, _ input: inout ABIReader
    ) throws(NativeFailure) -> [UInt8] {
        let (left, right) = try input.arguments { (reader) throws(ABIError) in
            (
                try reader.readBytes(max: NativeLimits.policyBytesMax),
                try reader.readBytes(max: NativeLimits.policyBytesMax)
            )
        }
        let policy = try Self.policy(left)
        let wanted = try Self.policy(right)
        try call.charge(NativeGas.policyComparison([policy, wanted]))
        return encoded { $0.writeString(policy.shortfall(from: wanted) ?? "") }
    }

    // MARK: Shared with the settlement

    static func policy(_ bytes: [UInt8]) throws(NativeFailure) -> Policy {
        do { return try Policy(decoding: bytes) } catch {
            throw NativeError.invalidPolicy("\(error)").failure
        }
    }

    /// The policy of those bytes, when the statement names it.
    static func policy(
        _ bytes: [UInt8], of statement: Statement, _ call: inout NativeCall
    ) throws(NativeFailure) -> Policy {
        try call.charge(NativeGas.keccak(bytes: bytes.count))
        let hash = Keccak.hash(bytes)
        guard hash == statement.policyHash else {
            throw NativeError.wrongPolicy(expected: statement.policyHash, got: hash).failure
        }
        return try Self.policy(bytes)
    }

    /// What pieces of evidence show together, or why one of them is refused.
    func findings(
        _ pieces: [RawEvidence], about subject: EvidenceSubject, _ call: inout NativeCall
    ) throws(NativeFailure) -> Result<EvidenceFacts, NativeError> {
        var findings = EvidenceFindings()
        let provider = subject.statement.provider
        for piece in pieces {
            let evidence = try piece.known()
            if let refusal = findings.refusal(of: evidence, provider: provider) {
                return .failure(refusal)
            }
            switch try verdict(on: evidence, about: subject, &call) {
            case .refused(let refusal): return .failure(refusal)
            case .holds(let facts, let identity):
                if let refusal = findings.add(facts, identity, kind: evidence.kind) {
                    return .failure(refusal)
                }
            }
        }
        return .success(findings.facts)
    }

    /// What a piece of evidence shows, or why it does not hold.
    func verdict(
        on evidence: Evidence, about subject: EvidenceSubject, _ call: inout NativeCall
    ) throws(NativeFailure) -> EvidenceVerdict {
        switch evidence.kind {
        case .plain:
            return evidence.data.isEmpty
                ? .holds(EvidenceFacts(), .plain)
                : .refused(.invalidEvidence(.plain, "not empty"))
        case .signed: return try EvidenceCheck.signed(evidence.data, about: subject, &call)
        case .tee: return try EvidenceCheck.machine(evidence.data, about: subject, &call)
        case .reexecuted: return try reexecuted(evidence.data, about: subject, &call)
        case .zk: return try proofVerdict(evidence.data, about: subject, &call)
        }
    }

    private func reexecuted(
        _ data: [UInt8], about subject: EvidenceSubject, _ call: inout NativeCall
    ) throws(NativeFailure) -> EvidenceVerdict {
        let piece: ReexecutionEvidence
        do { piece = try ReexecutionEvidence(decoding: data) } catch {
            return .refused(NativeError(error, kind: .reexecuted))
        }
        switch piece {
        case .executor(let executor, let signature):
            return try EvidenceCheck.executor(executor, signature, about: subject, &call)
        case .chain(let input):
            let statement = subject.statement
            switch try ChainRun.outputHash(
                of: statement.modelID, for: input, hashing: statement.inputHash, in: models, &call)
            {
            case .failure(let error): return .refused(error)
            case .success(let hash):
                guard hash == statement.outputHash else {
                    return .refused(.wrongOutput(expected: hash, got: statement.outputHash))
                }
                return .holds(EvidenceFacts(isRunByChain: true), .chain)
            }
        }
    }
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

    /// The evidence, when its kind is known.
    func known() throws(NativeFailure) -> Evidence {
        guard let kind = EvidenceKind(rawValue: kind) else {
            throw NativeError.unknownEvidence(self.kind).failure
        }
        return Evidence(kind: kind, data: data)
    }
}

extension PolicyLists {
    /// The lists that kinds of evidence ask without parameters.
    fileprivate static let defaults = PolicyLists(
        measurements: [TrustLists.measurements], executors: [TrustLists.executors])
}

extension EvidenceFacts {
    /// Who is missing on the admin's lists.
    fileprivate var defaultListRefusal: NativeError? {
        if let machine = machines.first, machine.lists.isEmpty {
            return .measurementNotListed(machine.measurement)
        }
        if let executor = executors.first, executor.lists.isEmpty {
            return .notAnExecutor(executor.address)
        }
        return nil
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
            .invalidProof, .invalidAttestation, .wrongBinding:
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
