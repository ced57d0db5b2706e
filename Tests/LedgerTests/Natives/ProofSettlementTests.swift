import Codec
import Crypto
import EVM
import Inference
import Ledger
import Payments
import Primitives
import Proofs
import Prover
import Registry
import TestSupport
import Testing

/// Settlements whose evidence is a proof.
@Suite(.timeLimit(.minutes(5))) struct ProofSettlementTests {
    @Test func paysForAProof() throws {
        let proven = try Proven()
        let bargain = proven.bargain
        let before = try bargain.money()
        let result = try bargain.settle()
        try #require(
            result.succeeded,
            "\(NativeError.describe(revertData: result.outcome.output) ?? "\(result.outcome)")")
        #expect(try bargain.money() == [before[0] - 1000, before[1] + 1000, before[2]])
        #expect(bargain.record?.evidence == EvidenceSet(.zk))
        for (kind, count) in [(EvidenceKind.zk, UInt64(1)), (.signed, 0)] {
            let counter = UsageCounter(
                bargain.chain.slot(
                    UsageCounter.slot(kind: kind.rawValue), of: NativeAddress.usage))
            #expect(counter.settlements == count)
        }
    }

    @Test(arguments: ["zk", "signed or zk", "signed and zk", "2 of (signed, tee, zk)"])
    func combinesWithOtherKinds(_ text: String) throws {
        let policy = try Policy(text: text)
        let kinds: [EvidenceKind] = text == "zk" ? [.zk] : [.signed, .zk]
        let proven = try Proven(policy: policy, floor: .kind(.zk), evidence: kinds)
        try #require(try proven.bargain.settle().succeeded)
        var without = try Proven(policy: policy, evidence: kinds)
        without.bargain.evidence.removeAll { $0.kind == .zk }
        let signer = EvidenceFacts.Signer(
            address: without.bargain.provider.address, scheme: .secp256k1, isProvider: true)
        let left = EvidenceFacts(signers: kinds.contains(.signed) ? [signer] : [])
        guard let missing = policy.missing(from: left) else { return }
        try without.bargain.expectRefusal(.policyNotMet(missing))
    }

    @Test func refusesTheProofOfAnotherModel() throws {
        var proven = try Proven()
        let other = try Bargain.graph(8)
        proven.give(try proven.proof(of: other))
        let wrong = try Bargain.key(other).digest
        try proven.bargain.expectRefusal(.wrongKey(expected: proven.key.digest, got: wrong))
        // Also where the evidence lies about its key.
        let proof = try proven.proof(of: other)
        proven.give(
            ProofEvidence(
                keyDigest: proven.key.digest, context: proof.context, input: proof.input,
                output: proven.bargain.output, proof: proof.proof))
        try proven.bargain.expectInvalidProof(of: proven.key)
    }

    @Test func refusesAnotherInputAndOutput() throws {
        var proven = try Proven()
        let bargain = proven.bargain
        let good = try proven.proof()
        let other = try proven.proof(input: [9, 9])
        proven.give(other)
        try proven.bargain.expectRefusal(
            .wrongInput(expected: bargain.statement.inputHash, got: other.inputHash))
        proven.give(
            ProofEvidence(
                keyDigest: good.keyDigest, context: good.context, input: good.input,
                output: other.output, proof: other.proof))
        try proven.bargain.expectRefusal(
            .wrongOutput(expected: bargain.statement.outputHash, got: SHA256.hash(other.output)))
        // What the statement says is not what was proven.
        proven.give(
            ProofEvidence(
                keyDigest: good.keyDigest, context: good.context, input: good.input,
                output: good.output, proof: other.proof))
        try proven.bargain.expectInvalidProof(of: proven.key)
    }

    @Test func refusesAnOutputThatTheModelDoesNotGive() throws {
        var proven = try Proven()
        let good = try proven.proof()
        var output = good.output
        output[0] ^= 1
        proven.bargain.output = output
        proven.bargain.statement = proven.bargain.statement.with(outputHash: SHA256.hash(output))
        let context = proven.bargain.statement.hash(chainID: proven.bargain.chainID)
        let honest = try proven.proof(context: context)
        proven.give(
            ProofEvidence(
                keyDigest: good.keyDigest, context: context, input: good.input, output: output,
                proof: honest.proof))
        try proven.bargain.expectInvalidProof(of: proven.key)
    }

    @Test func refusesAnotherChainAndAnotherRequest() throws {
        var proven = try Proven()
        let statement = proven.bargain.statement
        let context = statement.hash(chainID: proven.bargain.chainID)
        for other in [
            statement.hash(chainID: 1),
            statement.with(requestHash: Hash(1)).hash(chainID: proven.bargain.chainID),
            statement.with(provider: Bargain.account(3)).hash(chainID: proven.bargain.chainID),
        ] {
            let proof = try proven.proof(context: other)
            proven.give(proof)
            try proven.bargain.expectRefusal(.wrongContext(expected: context, got: other))
            proven.give(
                ProofEvidence(
                    keyDigest: proof.keyDigest, context: context, input: proof.input,
                    output: proof.output, proof: proof.proof))
            try proven.bargain.expectInvalidProof(of: proven.key)
        }
    }

    @Test func refusesCutAndLengthenedProofs() throws {
        var proven = try Proven()
        let good = try proven.proof()
        for proof in [Array(good.proof.dropLast()), Array(good.proof.prefix(1))] {
            proven.give(
                ProofEvidence(
                    keyDigest: good.keyDigest, context: good.context, input: good.input,
                    output: good.output, proof: proof))
            try proven.bargain.expectInvalidProof(of: proven.key)
        }
        let max = proven.key.proofBytesMax
        proven.give(
            ProofEvidence(
                keyDigest: good.keyDigest, context: good.context, input: good.input,
                output: good.output, proof: [UInt8](repeating: 0, count: max + 1)))
        try proven.bargain.expectRefusal(
            .invalidEvidence(.zk, "the proof has \(max + 1) bytes, at most \(max)"))
        for (data, why) in [
            ([], "truncated: 65 bytes wanted, 0 left"), ([3], "version 3 is neither 1 nor 2"),
            ([1, 0], "truncated: 65 bytes wanted, 2 left"),
            (
                Array(good.encoded.dropLast(good.proof.count)),
                "there is no proof after input and output"
            ),
        ] as [([UInt8], String)] {
            proven.give(data)
            try proven.bargain.expectRefusal(.invalidEvidence(.zk, why))
        }
    }

    @Test func refusesInputsThatTheModelDoesNotTake() throws {
        var proven = try Proven()
        let good = try proven.proof()
        let input = try #require(good.publicInput) + [0]
        proven.bargain.statement = proven.bargain.statement.with(inputHash: SHA256.hash(input))
        proven.give(
            ProofEvidence(
                keyDigest: good.keyDigest,
                context: proven.bargain.statement.hash(chainID: proven.bargain.chainID),
                input: input, output: good.output, proof: good.proof))
        try proven.bargain.expectRefusal(
            .invalidEvidence(.zk, "the input is none of the model's: 3 bytes, 2 wanted"))
    }

    @Test func refusesProofsOfAModelWithoutARoot() throws {
        var bargain = try Bargain(policy: .kind(.zk), evidence: [.zk])
        bargain.evidence = [Evidence(kind: .zk, data: [1])]
        try bargain.expectRefusal(.modelHasNoProofs(bargain.terms.modelID))
    }

    @Test func verifierAnswersLikeTheSettlement() throws {
        let proven = try Proven()
        let good = try proven.proof()
        let statement = proven.bargain.statement
        func verdict(_ evidence: [UInt8]) throws -> UInt256? {
            let outcome = try proven.bargain.chain.ask(
                NativeCalldata.verifyPolicy(
                    Policy.kind(.zk).encoded, statement, [Evidence(kind: .zk, data: evidence)]),
                to: NativeAddress.verifier)
            return outcome.isSuccess ? UInt256(bigEndian: outcome.output) : nil
        }
        #expect(try verdict(good.encoded) == 1)
        #expect(try verdict(try proven.proof(of: Bargain.graph(8)).encoded) == .zero)
        #expect(try verdict(try proven.proof(input: [1, 1]).encoded) == .zero)
        #expect(try verdict(try proven.proof(context: Hash(1)).encoded) == .zero)
        var flipped = good.encoded
        flipped[flipped.count - 1] ^= 1
        #expect(try verdict(flipped) == .zero)
        #expect(try verdict([1, 2, 3]) == nil)
    }

    @Test func theProofIsPaidBeforeItIsChecked() throws {
        let proven = try Proven()
        let bargain = proven.bargain
        let whole = try bargain.settle()
        try #require(whole.succeeded)
        var short = try Proven().bargain
        short.payment = short.payment.with(nonce: Hash(78))
        try short.signPayment()
        // Enough for the calldata's floor and all but half of the verification.
        let gas = whole.gasUsed - proven.key.gas / 2
        let result = try short.chain.send(
            short.calldata, to: NativeAddress.settlement, from: Bargain.sender, gas: gas)
        #expect(!result.succeeded)
    }

    @Test func registrationPaysForTheKey() throws {
        let chain = try TestChain()
        let plain = try chain.run(
            NativeCalldata.register(Bargain.record("a")), NativeAddress.registry, Bargain.sender)
        let proven = try chain.run(
            NativeCalldata.register(Bargain.record("b", hasProofs: true)), NativeAddress.registry,
            Bargain.sender)
        #expect(proven.gasUsed > plain.gasUsed + 500_000)
    }
}
