internal import Codec
internal import EVM
public import Payments

/// The arguments of `ISettlement.settle`.
public struct SettleCall: Sendable {
    public let terms: Terms
    public let payment: Payment
    public let statement: Statement
    public let policy: [UInt8]
    let evidence: [RawEvidence]
    /// Empty when the caller does not show the output.
    public let output: [UInt8]

    init(reading reader: inout ABIReader) throws(ABIError) {
        terms = try Terms(reading: &reader)
        payment = try Payment(reading: &reader)
        statement = try Statement(reading: &reader)
        policy = try reader.readBytes(max: NativeLimits.policyBytesMax)
        evidence = try RawEvidence.list(&reader)
        output = try reader.readBytes(max: NativeLimits.outputBytesMax)
    }

    /// Reads calldata; nil when it is no call of `settle`.
    public init?(calldata: [UInt8]) {
        guard calldata.starts(with: SettlementNative.settleSelector) else { return nil }
        var reader = ABIReader(calldata, from: 4)
        do { try self.init(reading: &reader) } catch { return nil }
    }

    /// The receipt that the chain makes of this call in the given block.
    public func receipt(
        chainID: UInt64, blockNumber: UInt64, timestamp: UInt64, evidence: [EvidenceDigest]
    ) -> SettlementReceipt {
        let isNonceBound = payment.nonce == terms.hash(chainID: chainID)
        return SettlementReceipt(
            chainID: chainID, terms: terms, statement: statement, payment: payment,
            policy: policy, evidence: evidence,
            binding: isNonceBound ? .recipientAndNonce : .recipient, blockNumber: blockNumber,
            timestamp: timestamp)
    }

    /// The pieces that count, as the settlement counts them: `plain` only where it stands alone.
    public var countedEvidence: [Evidence] {
        let known = evidence.compactMap { piece in
            EvidenceKind(rawValue: piece.kind).map { Evidence(kind: $0, data: piece.data) }
        }
        let stronger = known.filter { $0.kind != .plain }
        return stronger.isEmpty ? [Evidence(kind: .plain, data: [])] : stronger
    }
}
