internal import Codec
internal import Crypto
internal import EVM
internal import Payments
internal import Primitives
internal import Registry

/// The settlement; interface in `contracts/interfaces/ISettlement.sol`.
///
/// A payment is a signed transfer (EIP-3009) to the escrow address of its terms. The precompile
/// alone speaks for that address: `settle` pulls the money in and hands it to the provider in the
/// same call, after every check. Money that somebody sent there before (`Deposit`) is settled by
/// the same call as if it had not been, or reclaimed by its payer from a day later on.
struct SettlementNative: Sendable {
    /// The one token that settlements move. Its storage is read: it must keep
    /// `AuthorizationWord`s, as `contracts/UsdcLikeToken.vy` does.
    let token: Address?
    let verifier: VerifierNative

    static let termsType = "(bytes32,bytes32,bytes32,address,bytes32)"
    static let paymentType = "(address,address,uint256,uint256,uint256,bytes32,bytes)"
    static let settleSignature =
        "settle(\(termsType),\(paymentType),\(VerifierNative.statementType),bytes,"
        + "(uint8,bytes)[],bytes)"

    static let reclaimSignature = "reclaim(\(termsType),\(paymentType))"

    static let settleSelector = ABISignature.selector(settleSignature)

    static let settled = ABISignature.topic(
        "Settled(bytes32,bytes32,address,address,address,uint256,bytes32,uint8)")

    func precompile() -> NativePrecompile {
        NativePrecompile(
            NativeAddress.settlement,
            functions: [
                NativeFunction(Self.settleSignature, settle),
                NativeFunction(Self.reclaimSignature, reclaim),
                NativeFunction(view: "escrowAddress(\(Self.termsType))") {
                    (call, input) throws(NativeFailure) in
                    Terms.escrow(termsHash: try Self.termsHash(&call, &input)).word.bigEndianBytes
                },
                NativeFunction(view: "termsHash(\(Self.termsType))") {
                    (call, input) throws(NativeFailure) in
                    try Self.termsHash(&call, &input).bytes
                },
                NativeFunction(view: "receipt(bytes32)", Self.receipt),
            ])
    }

    private static func termsHash(
        _ call: inout NativeCall, _ input: inout ABIReader
    ) throws(NativeFailure) -> Hash {
        let terms = try input.arguments { (reader) throws(ABIError) in
            try Terms(reading: &reader)
        }
        try call.charge(2 * NativeGas.digest)
        return terms.hash(chainID: call.block.chainID)
    }

    private static func receipt(
        _ call: inout NativeCall, _ input: inout ABIReader
    ) throws(NativeFailure) -> [UInt8] {
        let id = try input.arguments { (reader) throws(ABIError) in try reader.readHash() }
        let record = try call.structure { read in SettlementRecord(id, from: read) }
        guard let record else { throw NativeError.unknownReceipt(id).failure }
        return encoded { record.write(to: &$0) }
    }

    // MARK: Settling

    private func settle(
        _ call: inout NativeCall, _ input: inout ABIReader
    ) throws(NativeFailure) -> [UInt8] {
        let request = try input.arguments { (reader) throws(ABIError) in
            try SettleCall(reading: &reader)
        }
        try RawEvidence.charge(request.evidence, &call)
        let id = request.payment.receiptID
        guard try call.read(SettlementRecord.base(id)).isZero else {
            throw NativeError.alreadySettled(id).failure
        }
        let began = ModelRecord.workBegan(
            stated: request.statement.notBefore, now: call.block.timestamp)
        let model = try checkModel(request, at: began, &call)
        try checkAgreement(request, &call)
        try checkSystem(request.statement, model, at: began)
        let policy = try VerifierNative.policy(request.policy, of: request.statement, &call)
        try checkStatementWindow(request.statement, &call)
        try checkPrice(request.payment, model.price(at: began), &call)
        let floor = try RegistryNative.floor(model.floor(at: began))
        let findings = try checkEvidence(request, lists: policy.lists.union(floor.lists), &call)
        if let missing = policy.missing(from: findings.facts) {
            throw NativeError.policyNotMet(missing).failure
        }
        if let missing = floor.missing(from: findings.facts) {
            throw NativeError.floorNotMet(missing).failure
        }
        // Everything holds. From here on money moves, or the whole call is undone.
        let termsHash = request.terms.hash(chainID: call.block.chainID)
        try collect(request.payment, termsHash, id, &call)
        try pay(
            request.payment.amount, from: Terms.escrow(termsHash: termsHash),
            to: request.terms.provider, &call)
        let receipt = request.receipt(
            chainID: call.block.chainID, blockNumber: call.block.number,
            timestamp: call.block.timestamp,
            evidence: request.countedEvidence.map(\.digest))
        try record(receipt, id, of: model, findings, &call)
        return id.bytes
    }

    /// The model, which must be registered, and not revoked when the work began.
    private func checkModel(
        _ request: SettleCall, at began: UInt64, _ call: inout NativeCall
    ) throws(NativeFailure) -> ModelRecord {
        let model = try RegistryNative.record(request.terms.modelID, &call)
        guard model.isUsable(at: began) else {
            throw NativeError.modelRevoked(request.terms.modelID).failure
        }
        return model
    }

    /// What the payer pays for is what the provider states.
    private func checkAgreement(
        _ request: SettleCall, _ call: inout NativeCall
    ) throws(NativeFailure) {
        let (terms, statement) = (request.terms, request.statement)
        guard statement.modelID == terms.modelID else {
            throw NativeError.wrongModel(expected: terms.modelID, got: statement.modelID).failure
        }
        guard statement.requestHash == terms.requestHash else {
            throw NativeError.wrongRequest(
                expected: terms.requestHash, got: statement.requestHash
            ).failure
        }
        guard statement.policyHash == terms.policyHash else {
            throw NativeError.wrongPolicy(
                expected: terms.policyHash, got: statement.policyHash
            ).failure
        }
        guard statement.provider == terms.provider else {
            throw NativeError.wrongProvider(
                expected: terms.provider, got: statement.provider
            ).failure
        }
        guard !request.output.isEmpty else { return }
        try call.charge(NativeGas.sha256(bytes: request.output.count))
        let hash = SHA256.hash(request.output)
        guard hash == statement.outputHash else {
            throw NativeError.wrongOutput(expected: statement.outputHash, got: hash).failure
        }
    }

    private func checkStatementWindow(
        _ statement: Statement, _ call: inout NativeCall
    ) throws(NativeFailure) {
        guard statement.isCurrent(at: call.block.timestamp) else {
            throw NativeError.statementNotCurrent(
                notBefore: statement.notBefore, notAfter: statement.notAfter,
                now: call.block.timestamp
            ).failure
        }
    }

    /// Where the record names a system text, the work was done with that.
    private func checkSystem(
        _ statement: Statement, _ model: ModelRecord, at began: UInt64
    ) throws(NativeFailure) {
        let wanted = model.systemHash(at: began)
        guard wanted == .zero || statement.systemHash == wanted else {
            throw NativeError.wrongSystem(
                expected: wanted, got: statement.systemHash
            ).failure
        }
    }

    private func checkPrice(
        _ payment: Payment, _ price: UInt256, _ call: inout NativeCall
    ) throws(NativeFailure) {
        guard payment.asset == token else {
            throw NativeError.wrongAsset(expected: token ?? .zero, got: payment.asset).failure
        }
        guard payment.amount >= price else {
            throw NativeError.priceNotMet(price: price, amount: payment.amount).failure
        }
    }

    /// Every piece must hold.
    private func checkEvidence(
        _ request: SettleCall, lists: PolicyLists, _ call: inout NativeCall
    ) throws(NativeFailure) -> EvidenceFindings {
        for piece in request.evidence {
            try call.charge(NativeGas.keccak(bytes: piece.data.count))
        }
        let subject = EvidenceSubject(request.statement, lists: lists, call)
        switch try verifier.findings(request.evidence, about: subject, &call) {
        case .success(let findings): return findings
        case .failure(let refusal): throw refusal.failure
        }
    }

    private func record(
        _ receipt: SettlementReceipt, _ id: Hash, of model: ModelRecord,
        _ findings: EvidenceFindings, _ call: inout NativeCall
    ) throws(NativeFailure) {
        try call.charge(NativeGas.keccak(bytes: call.input.count))
        let record = SettlementRecord(receipt, isDevelopment: findings.facts.isDevelopment)
        try call.write(record.writes(id))
        let strongest = try call.structure(of: NativeAddress.inference) { read in
            model.strongestEvidence(from: read)
        }
        let entry = UsageEntry(
            record: record, strongest: strongest, gas: findings.gas,
            delay: record.timestamp - min(record.timestamp, receipt.statement.notBefore))
        try UsageNative.record(entry, &call)
        try call.log(
            topics: [Self.settled, id, record.modelID, Hash(record.payer.word)],
            data: encoded { data in
                data.write(record.provider)
                data.write(receipt.payment.asset)
                data.write(record.amount)
                data.write(record.outputHash)
                data.write(UInt64(record.evidence.rawValue))
            })
    }
}

// MARK: ABI

extension Terms {
    init(reading reader: inout ABIReader) throws(ABIError) {
        self.init(
            modelID: try reader.readHash(), requestHash: try reader.readHash(),
            policyHash: try reader.readHash(), provider: try reader.readAddress(),
            salt: try reader.readHash())
    }

    func write(to writer: inout ABIWriter) {
        writer.write(modelID)
        writer.write(requestHash)
        writer.write(policyHash)
        writer.write(provider)
        writer.write(salt)
    }
}

extension Payment {
    init(reading reader: inout ABIReader) throws(ABIError) {
        var tuple = try reader.readTuple()
        self.init(
            asset: try tuple.readAddress(), payer: try tuple.readAddress(),
            amount: try tuple.readUInt256(), validAfter: try tuple.readUInt256(),
            validBefore: try tuple.readUInt256(), nonce: try tuple.readHash(),
            signature: try tuple.readBytes(max: PaymentLimits.signatureBytesMax))
    }

    func write(to writer: inout ABIWriter) {
        writer.write(asset)
        writer.write(payer)
        writer.write(amount)
        writer.write(validAfter)
        writer.write(validBefore)
        writer.write(nonce)
        writer.writeBytes(signature)
    }
}

extension SettlementRecord {
    /// The members of `Receipt`, all static.
    func write(to writer: inout ABIWriter) {
        writer.write(receiptHash)
        writer.write(blockNumber)
        writer.write(timestamp)
        writer.write(UInt64(evidence.rawValue))
        writer.write(UInt64(binding.rawValue))
        writer.write(modelID)
        writer.write(provider)
        writer.write(payer)
        writer.write(outputHash)
        writer.write(amount)
    }
}
