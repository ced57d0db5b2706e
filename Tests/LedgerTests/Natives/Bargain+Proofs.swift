import EVM
import Ledger
import Payments
import Proofs
import Testing

extension Bargain {
    /// Expects `InvalidProof` for the rule that the verifier names, and that nothing has changed
    /// by it.
    func expectInvalidProof(
        of key: VerificationKey, _ location: SourceLocation = #_sourceLocation
    ) throws {
        let before = try money()
        let result = try settle()
        let text = NativeError.describe(revertData: result.outcome.output) ?? ""
        #expect(text.hasPrefix("InvalidProof("), "\(text)", sourceLocation: location)
        // The revert data is that of the rule which the verifier names, and nothing else.
        let data = try #require(evidence.first { $0.kind == .zk }).data
        let refusal = #expect(throws: ProofRefusal.self, sourceLocation: location) {
            try ProofEvidence(decoding: data).verify(by: key)
        }
        guard case .proof(let error) = refusal else {
            Issue.record("another refusal", sourceLocation: location)
            return
        }
        #expect(
            result.outcome.output == NativeError.invalidProof(error.reason).revertData,
            "\(text)", sourceLocation: location)
        #expect(result.logs.isEmpty, sourceLocation: location)
        #expect(try money() == before, sourceLocation: location)
        #expect(record == nil, sourceLocation: location)
    }
}
