internal import Codec
internal import EVM
internal import Payments
internal import Primitives

/// Evidence of kind `zk` in the calldata of the verifier or the settlement, found before the
/// transaction runs.
///
/// Calldata is read by the same code as in the call itself. A call counts each kind once, so it
/// checks one proof at most. Proofs that reach the natives by way of a contract are not found.
struct CarriedProof: Sendable {
    let statement: Statement
    let evidence: ProofEvidence

    /// Nil when the transaction carries no such evidence.
    init?(_ transaction: Transaction) {
        guard CarriedProof.isPossible(in: transaction),
            let (statement, pieces) = CarriedProof.read(transaction.input),
            let piece = pieces.first(where: { $0.kind == EvidenceKind.zk.rawValue }),
            let evidence = try? ProofEvidence(decoding: piece.data)
        else { return nil }
        self.statement = statement
        self.evidence = evidence
    }

    /// Whether the transaction calls a native that checks evidence.
    static func isPossible(in transaction: Transaction) -> Bool {
        transaction.value.isZero
            && (transaction.to == NativeAddress.settlement
                || transaction.to == NativeAddress.verifier)
    }

    /// Both natives have selectors of their own, so the address need not be looked at.
    private static func read(_ calldata: [UInt8]) -> (Statement, [RawEvidence])? {
        if let call = SettleCall(calldata: calldata) { return (call.statement, call.evidence) }
        var reader = ABIReader(calldata, from: 4)
        do throws(ABIError) {
            if calldata.starts(with: VerifyCall.selector) {
                let call = try VerifyCall(reading: &reader)
                return (call.statement, [call.piece])
            }
            if calldata.starts(with: VerifyPolicyCall.selector) {
                let call = try VerifyPolicyCall(reading: &reader)
                return (call.statement, call.evidence)
            }
        } catch {}
        return nil
    }
}
