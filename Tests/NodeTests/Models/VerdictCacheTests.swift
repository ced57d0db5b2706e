import Inference
import Ledger
import Payments
import Primitives
import Proofs
import Prover
import TestSupport
import Testing

@testable import Node

@Suite(.timeLimit(.minutes(5))) struct VerdictCacheTests {
    private let key: VerificationKey
    private let otherKey: VerificationKey
    private let good: ProofEvidence
    private let goodInput: [UInt8]

    init() throws {
        let graph = try SmallGraph.dense(bias: 5)
        let prover = try ModelProver(graph: graph)
        key = prover.key
        otherKey = try VerificationKey(graph: try SmallGraph.dense(bias: 6))
        let (output, proof) = try prover.prove(input: [64, 32], context: Hash(7))
        goodInput = try graph.inputBytes([64, 32])
        good = ProofEvidence(
            keyDigest: key.digest, context: Hash(7), input: goodInput,
            output: try graph.outputBytes(output), proof: proof)
    }

    private func changed(
        context: Hash? = nil, input: [UInt8]? = nil, output: [UInt8]? = nil, proof: [UInt8]? = nil
    ) -> ProofEvidence {
        ProofEvidence(
            keyDigest: good.keyDigest, context: context ?? good.context,
            input: input ?? goodInput, output: output ?? good.output, proof: proof ?? good.proof)
    }

    private func flipped(_ bytes: [UInt8]) -> [UInt8] {
        var bytes = bytes
        bytes[bytes.count - 1] ^= 1
        return bytes
    }

    private func refusal(
        _ evidence: ProofEvidence, _ key: VerificationKey, by cache: VerdictCache?
    ) -> ProofRefusal? {
        do throws(ProofRefusal) {
            guard let cache else {
                try evidence.verify(by: key)
                return nil
            }
            try cache.verify(evidence, by: key)
            return nil
        } catch { return error }
    }

    /// A change of any part is another question, and every answer is the verifier's own.
    @Test func answersAsTheVerifierDoes() {
        let cache = VerdictCache(countMax: 100)
        let rows: [(ProofEvidence, VerificationKey)] = [
            (good, key), (good, otherKey), (changed(context: Hash(8)), key),
            (changed(input: flipped(goodInput)), key),
            (changed(output: flipped(good.output)), key),
            (changed(proof: flipped(good.proof)), key),
            (changed(proof: Array(good.proof.dropLast())), key),
            (changed(input: goodInput + [0]), key), (changed(output: []), key),
            (changed(proof: [UInt8](repeating: 0, count: key.proofBytesMax + 1)), key),
        ]
        for round in 0..<3 {
            for (index, (evidence, key)) in rows.enumerated() {
                let wanted = refusal(evidence, key, by: nil)
                #expect((wanted == nil) == (index == 0))
                #expect(refusal(evidence, key, by: cache) == wanted, "\(index)")
            }
            #expect(cache.counts == (rows.count, round * rows.count))
        }
    }

    /// Bytes that only lie in other parts are other evidence.
    @Test func partsDoNotRunTogether() {
        let moved = changed(
            input: Array(goodInput.dropLast()), output: goodInput.suffix(1) + good.output)
        #expect(VerdictCache.digest(moved, key) != VerdictCache.digest(good, key))
        #expect(VerdictCache.digest(good, otherKey) != VerdictCache.digest(good, key))
        #expect(VerdictCache.digest(changed(), key) == VerdictCache.digest(good, key))
        // A commitment is no input of the same bytes.
        let hidden = ProofEvidence(
            keyDigest: good.keyDigest, context: good.context, input: .hidden(commitment: Hash(9)),
            output: good.output, proof: good.proof)
        let open = changed(input: Hash(9).bytes)
        #expect(VerdictCache.digest(hidden, key) != VerdictCache.digest(open, key))
    }

    @Test func keepsWhatWasAskedLast() {
        let cache = VerdictCache(countMax: 2)
        let list = (0..<3 as Range<UInt64>).map { changed(context: Hash(UInt256($0))) }
        func ask(_ index: Int) { _ = refusal(list[index], key, by: cache) }
        for index in [0, 1, 0, 2] { ask(index) }
        #expect(cache.count == 2)
        #expect(cache.counts == (3, 1))
        ask(0)
        #expect(cache.counts == (3, 2))
        ask(1)
        #expect(cache.counts == (4, 2))
        #expect(cache.count == 2)
    }

    @Test func manyWhoAskAtOnceCauseOneCheck() {
        let cache = VerdictCache(countMax: 10)
        let bad = changed(proof: flipped(good.proof))
        let (key, good) = (key, good)
        onThreads(8) { index in
            do throws(ProofRefusal) {
                try cache.verify(index % 2 == 0 ? good : bad, by: key)
                #expect(index % 2 == 0)
            } catch { #expect(index % 2 == 1) }
        }
        #expect(cache.counts == (2, 6))
    }
}
