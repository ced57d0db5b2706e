import Inference
import Primitives
import Proofs
import Prover
import TestSupport
import Testing

/// Proofs of whole models, made and checked.
@Suite struct ModelProverTests {
    /// Graphs of random nodes, every tensor a result: no operation is left out.
    @Test(arguments: 0..<40 as Range<UInt64>)
    func provesRandomGraphs(_ seed: UInt64) throws {
        var random = RandomGraphs(seed: seed)
        let graph = try random.graph(nodes: 12)
        let prover = try ModelProver(graph: graph)
        let input = random.input(graph)
        let context = Hash([UInt8](repeating: UInt8(seed), count: 32))
        for form in prover.key.forms {
            let (output, proof) = try prover.prove(input: input, context: context, form: form)
            var engine = Engine(graph)
            #expect(try engine.run(input) == output)
            let statement = ProofStatement(context: context, input: input, output: output)
            try ProofVerifier.verify(proof, statement, key: prover.key)
            var wrong = output
            let place = random.pick(0...output.count - 1)
            wrong[place] = wrong[place] == 1 ? 0 : 1
            let other = ProofStatement(context: context, input: input, output: wrong)
            #expect(throws: ProofError.self) {
                try ProofVerifier.verify(proof, other, key: prover.key)
            }
        }
    }
}
