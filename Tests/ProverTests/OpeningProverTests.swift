import Inference
import Primitives
import Proofs
import Prover
import TestSupport
import Testing
import Threads

@Suite struct OpeningProverTests {
    @Test("Honest openings of all shapes are accepted", arguments: OpeningCase.all)
    func acceptsHonest(_ shape: OpeningCase) throws {
        let made = try OpeningInstance(shape)
        let proof = made.prove()
        try made.verify(proof)
        #expect(proof.count <= made.parameters.byteCountMax)
    }

    @Test("The bytes are those of the definition", arguments: OpeningCase.small)
    func followsTheDefinition(_ shape: OpeningCase) throws {
        let made = try OpeningInstance(shape)
        var reference = ReferenceOpening(made)
        #expect(made.prove() == reference.prove())
    }

    @Test("Two workers, three backwards and every level give the same bytes")
    func isDeterministic() throws {
        let shape = OpeningCase(logRows: 9, stacks: [4, -6, 1], folds: [2, 3], workBits: 6)
        let made = try OpeningInstance(shape)
        let proof = made.prove()
        let pool = ThreadPool(count: 2)
        #expect(made.prove(workers: pool) == proof)
        #expect(made.prove(workers: BackwardWorkers()) == proof)
        for level in KernelLevel.allCases where level.isAvailable {
            let other = try OpeningInstance(shape, level: level)
            #expect(other.opened == made.opened)
            #expect(other.prove(level: level) == proof)
        }
        for stack in made.stacks {
            let again = StackCommitment(
                values: stack.commitment.values, shape: stack.commitment.shape,
                code: stack.commitment.code, salts: stack.commitment.salts, workers: pool)
            #expect(again.root == stack.commitment.root)
        }
    }

    @Test("Messages are absorbed before the challenges that follow, positions drawn last")
    func keepsTheOrder() throws {
        let made = try OpeningInstance(
            OpeningCase(logRows: 3, stacks: [1, -3], folds: [2], workBits: 4))
        var writer = ProofWriter()
        var proving = Transcript(domain: "test", recordsTape: true)
        OpeningProver.prove(
            made.parameters, stacks: made.stacks, claim: made.claim, transcript: &proving,
            workers: SerialWorkers(), into: &writer)
        let rounds = (0..<4).flatMap { _ in
            [
                Transcript.Step(.absorb, "open.round", 48),
                Transcript.Step(.challenge, "open.bind", 1),
            ]
        }
        let folds = (0..<2).flatMap { _ in
            [
                Transcript.Step(.absorb, "open.slope", 24),
                Transcript.Step(.challenge, "open.fold", 1),
            ]
        }
        let parametersBytes = made.parameters.bytes.count
        let wanted =
            [
                Transcript.Step(.absorb, "domain", 4),
                Transcript.Step(.absorb, "opening", parametersBytes + 2 * 32 + 2 * 24 + 24),
            ] + rounds + [
                Transcript.Step(.absorb, "open.values", 48),
                Transcript.Step(.challenge, "open.combine", 1),
                Transcript.Step(.absorb, "open.root", 32),
            ] + folds + [
                Transcript.Step(.absorb, "open.last", 48),
                Transcript.Step(.absorb, "open.work", 8),
                Transcript.Step(
                    .indices, "open.query",
                    OpeningParameters.queries(logBlowup: 3, workBits: 4)),
            ]
        #expect(proving.tape == wanted)
        var verifying = Transcript(domain: "test", recordsTape: true)
        var reader = ProofReader(writer.bytes)
        try OpeningVerifier.verify(
            made.parameters, stacks: made.opened, claim: made.claim, reader: &reader,
            transcript: &verifying
        ) { (stack, point) throws(ProofError) in made.evaluate(stack, at: point) }
        #expect(verifying.tape == wanted)
        #expect(verifying.challenge("same") == proving.challenge("same"))
    }
}
