import Codec
import Crypto
import EVM
import Payments
import Primitives
import TestSupport
import Testing

@testable import Ledger

@Suite struct CarriedProofTests {
    private let bargain: Bargain
    private let evidence = ProofEvidence(
        keyDigest: Hash(1), context: Hash(2), input: [3, 4], output: [], proof: [5])

    init() throws {
        bargain = try Bargain(policy: .kind(.zk), evidence: [.zk])
    }

    private func settlement(_ evidence: [Evidence]) -> [UInt8] {
        var bargain = bargain
        bargain.evidence = evidence
        return bargain.calldata
    }

    private func verify(_ evidence: Evidence) -> [UInt8] {
        VerifyCall.selector
            + encoded { writer in
                writer.write(UInt64(evidence.kind.rawValue))
                bargain.statement.write(to: &writer)
                writer.writeBytes(evidence.data)
            }
    }

    private func policy(_ evidence: [Evidence]) -> [UInt8] {
        NativeCalldata.verifyPolicy(Policy.kind(.zk).encoded, bargain.statement, evidence)
    }

    private func transaction(
        _ input: [UInt8], to: Address?, value: UInt256 = .zero
    ) -> Transaction {
        Transaction(
            kind: .dynamicFee, chainID: 1, nonce: 0, maxPriorityFeePerGas: 1, maxFeePerGas: 1,
            gasLimit: 1_000_000, to: to, value: value, input: input)
    }

    @Test func readsAllCallsThatTakeEvidence() throws {
        let proof = Evidence(kind: .zk, data: evidence.encoded)
        let signed = Evidence(kind: .signed, data: [1])
        for (input, to) in [
            (settlement([proof]), NativeAddress.settlement),
            (settlement([signed, proof]), NativeAddress.settlement),
            (verify(proof), NativeAddress.verifier), (policy([proof]), NativeAddress.verifier),
            (policy([signed, proof, signed]), NativeAddress.verifier),
        ] {
            let found = try #require(CarriedProof(transaction(input, to: to)))
            #expect(found.statement == bargain.statement)
            #expect(found.evidence == evidence)
            #expect(CarriedProof(transaction(input, to: to, value: 1)) == nil)
            #expect(CarriedProof(transaction(input, to: NativeAddress.registry)) == nil)
            #expect(CarriedProof(transaction(input, to: nil)) == nil)
        }
    }

    @Test func leavesOtherCalldataAlone() {
        let proof = Evidence(kind: .zk, data: evidence.encoded)
        let signed = Evidence(kind: .signed, data: evidence.encoded)
        for input in [
            [], [1, 2, 3, 4], settlement([signed]), settlement([]), verify(signed),
            policy([signed]), verify(Evidence(kind: .zk, data: [])),
            verify(Evidence(kind: .zk, data: [2, 0])),
        ] as [[UInt8]] {
            for to in [NativeAddress.settlement, NativeAddress.verifier] {
                #expect(CarriedProof(transaction(input, to: to)) == nil)
            }
        }
        // Cut at any place it is no call, or one without a proof.
        let whole = verify(proof)
        for count in 0..<whole.count - 31 {
            let cut = transaction(Array(whole.prefix(count)), to: NativeAddress.verifier)
            #expect(CarriedProof(cut) == nil)
        }
    }
}
