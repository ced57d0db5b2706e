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

/// Settlements whose evidence is a proof about an input that nobody is shown.
@Suite(.timeLimit(.minutes(5))) struct HiddenSettlementTests {
    /// A bargain about a run of `Bargain.graph(7)` on a hidden input, with a proof of it.
    private struct Hidden {
        var bargain: Bargain
        let prover: ModelProver
        let input: HiddenInput

        init(policy: Policy = .kind(.zk), evidence kinds: [EvidenceKind] = [.zk]) throws {
            bargain = try Bargain(policy: policy, evidence: kinds, hasProofs: true)
            let graph = try Bargain.graph(7)
            prover = try ModelProver(graph: graph, workers: SerialWorkers())
            input = try prover.hide([64, 32], secret: Hash(9))
            var engine = Engine(graph)
            let output = try engine.run(input.input)
            bargain.output = try graph.outputBytes(output)
            bargain.statement = bargain.statement.with(
                inputHash: input.commitment, outputHash: try graph.outputHash(output))
            try bargain.signStatement(with: bargain.provider)
            give(try proof())
        }

        /// The proof that the bargain's statement asks for, or another. Each hides the input anew:
        /// one secret does not serve them all.
        func proof(
            of other: IntegerGraph? = nil, input: [Int32] = [64, 32], secret: Hash = Hash(9),
            context: Hash? = nil
        ) throws -> ProofEvidence {
            let prover = try other.map { try ModelProver(graph: $0) } ?? prover
            let context = context ?? bargain.statement.hash(chainID: bargain.chainID)
            let hidden = try prover.hide(input, secret: secret)
            let (output, proof) = try prover.prove(hidden, context: context)
            return ProofEvidence(
                keyDigest: prover.key.digest, context: context,
                input: .hidden(commitment: hidden.commitment),
                output: try prover.graph.outputBytes(output), proof: proof)
        }

        mutating func give(_ proof: ProofEvidence) {
            bargain.evidence = bargain.evidence.map {
                $0.kind == .zk ? Evidence(kind: .zk, data: proof.encoded) : $0
            }
        }
    }

    @Test(arguments: ["zk", "signed and zk"])
    func paysAndKeepsTheInputToItself(_ text: String) throws {
        let policy = try Policy(text: text)
        let hidden = try Hidden(policy: policy, evidence: policy.kinds.kinds)
        let bargain = hidden.bargain
        let before = try bargain.money()
        let result = try bargain.settle()
        try #require(
            result.succeeded,
            "\(NativeError.describe(revertData: result.outcome.output) ?? "\(result.outcome)")")
        #expect(try bargain.money() == [before[0] - 1000, before[1] + 1000, before[2]])
        #expect(bargain.record?.evidence == policy.kinds)
        // Neither the input's bytes nor their hash are in what everybody sees.
        let bytes = try hidden.prover.graph.inputBytes(hidden.input.input)
        #expect(!bargain.calldata.contains(SHA256.hash(bytes).bytes))
        #expect(bargain.calldata.contains(hidden.input.commitment.bytes))
    }

    @Test func refusesAnotherCommitmentInputAndSecret() throws {
        var hidden = try Hidden()
        let commitment = hidden.input.commitment
        let good = try hidden.proof()
        for other in [
            try hidden.proof(secret: Hash(10)), try hidden.proof(input: [9, 9]),
            ProofEvidence(
                keyDigest: good.keyDigest, context: good.context,
                input: .hidden(commitment: Hash(1)), output: good.output, proof: good.proof),
        ] {
            hidden.give(other)
            try hidden.bargain.expectRefusal(
                .wrongInput(expected: commitment, got: other.inputHash))
            // Also where the evidence lies about its commitment.
            hidden.give(
                ProofEvidence(
                    keyDigest: good.keyDigest, context: good.context,
                    input: .hidden(commitment: commitment), output: good.output,
                    proof: other.proof))
            if other.proof != good.proof {
                try hidden.bargain.expectInvalidProof(of: hidden.prover.key)
            }
        }
    }

    /// The statement names a commitment that the proof is not about.
    @Test func refusesAStatementOfAnotherCommitment() throws {
        var hidden = try Hidden()
        hidden.bargain.statement = hidden.bargain.statement.with(inputHash: Hash(1))
        let proof = try hidden.proof()
        hidden.give(
            ProofEvidence(
                keyDigest: proof.keyDigest, context: proof.context,
                input: .hidden(commitment: Hash(1)), output: proof.output, proof: proof.proof))
        try hidden.bargain.expectInvalidProof(of: hidden.prover.key)
    }

    @Test func refusesAnotherModelOutputAndContext() throws {
        var hidden = try Hidden()
        let good = try hidden.proof()
        let other = try Bargain.graph(8)
        hidden.give(try hidden.proof(of: other))
        try hidden.bargain.expectRefusal(
            .wrongKey(expected: good.keyDigest, got: try Bargain.key(other).digest))
        hidden.give(
            ProofEvidence(
                keyDigest: good.keyDigest, context: good.context, input: good.input,
                output: hidden.bargain.output, proof: try hidden.proof(of: other).proof))
        try hidden.bargain.expectInvalidProof(of: hidden.prover.key)
        let chain = hidden.bargain.statement.hash(chainID: 1)
        let far = try hidden.proof(context: chain)
        hidden.give(far)
        try hidden.bargain.expectRefusal(.wrongContext(expected: good.context, got: chain))
        hidden.give(
            ProofEvidence(
                keyDigest: good.keyDigest, context: good.context, input: good.input,
                output: good.output, proof: far.proof))
        try hidden.bargain.expectInvalidProof(of: hidden.prover.key)
        // Provider, statement and evidence agree on an output that the model does not give.
        var output = good.output
        output[0] ^= 1
        hidden.bargain.output = output
        hidden.bargain.statement = hidden.bargain.statement.with(outputHash: SHA256.hash(output))
        let lie = try hidden.proof()
        hidden.give(
            ProofEvidence(
                keyDigest: lie.keyDigest, context: lie.context, input: lie.input, output: output,
                proof: lie.proof))
        try hidden.bargain.expectInvalidProof(of: hidden.prover.key)
    }

    /// A proof that shows its input is none of a hidden one, nor the other way round.
    @Test func refusesProofsOfTheOtherForm() throws {
        var hidden = try Hidden()
        let good = try hidden.proof()
        let shown = try hidden.prover.prove(input: [64, 32], context: good.context)
        hidden.give(
            ProofEvidence(
                keyDigest: good.keyDigest, context: good.context, input: good.input,
                output: good.output, proof: shown.proof))
        try hidden.bargain.expectInvalidProof(of: hidden.prover.key)
        let bytes = try hidden.prover.graph.inputBytes([64, 32])
        hidden.bargain.statement = hidden.bargain.statement.with(inputHash: SHA256.hash(bytes))
        let proof = try hidden.proof()
        hidden.give(
            ProofEvidence(
                keyDigest: proof.keyDigest, context: proof.context, input: bytes,
                output: proof.output, proof: proof.proof))
        try hidden.bargain.expectInvalidProof(of: hidden.prover.key)
    }

    @Test func verifierAnswersLikeTheSettlement() throws {
        let hidden = try Hidden()
        let statement = hidden.bargain.statement
        func verdict(_ evidence: [UInt8]) throws -> UInt256? {
            let outcome = try hidden.bargain.chain.ask(
                NativeCalldata.verifyPolicy(
                    Policy.kind(.zk).encoded, statement, [Evidence(kind: .zk, data: evidence)]),
                to: NativeAddress.verifier)
            return outcome.isSuccess ? UInt256(bigEndian: outcome.output) : nil
        }
        let good = try hidden.proof().encoded
        #expect(try verdict(good) == 1)
        #expect(try verdict(try hidden.proof(secret: Hash(10)).encoded) == .zero)
        var flipped = good
        flipped[flipped.count - 1] ^= 1
        #expect(try verdict(flipped) == .zero)
        #expect(try verdict(Array(good.dropLast())) == .zero)
        #expect(try verdict(Array(good.prefix(97))) == nil)
    }

    /// A proof about a hidden input has a price of its own.
    @Test func costsWhatTheKeySays() throws {
        let hidden = try Hidden()
        let price = try #require(hidden.prover.key.hiddenGas)
        let result = try hidden.bargain.settle()
        try #require(result.succeeded)
        #expect(result.gasUsed > price)
    }

    @Test func refusesHiddenInputsOfModelsWithoutThatForm() throws {
        let graph = try SmallGraph.openOnly()
        let key = try Bargain.key(graph)
        try #require(key.forms == [.open])
        var bargain = try Bargain(
            policy: .kind(.zk), evidence: [.zk], hasProofs: true, graph: graph)
        bargain.statement = bargain.statement.with(outputHash: SHA256.hash(bargain.output))
        let evidence = ProofEvidence(
            keyDigest: key.digest, context: bargain.statement.hash(chainID: bargain.chainID),
            input: .hidden(commitment: bargain.statement.inputHash), output: bargain.output,
            proof: [1])
        bargain.evidence = [Evidence(kind: .zk, data: evidence.encoded)]
        try bargain.expectRefusal(
            .invalidEvidence(.zk, "proofs of the model cannot hide their input"))
    }
}
