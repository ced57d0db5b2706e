import Crypto
import Inference
import Primitives
import Proofs
import Prover
import Testing

@Suite struct OpeningProverTests {
    @Test("Honest openings of all shapes are accepted", arguments: OpeningCase.all)
    func acceptsHonest(_ shape: OpeningCase) throws {
        let made = try OpeningInstance(shape)
        let proof = made.prove()
        try made.verify(proof)
        #expect(proof.count <= made.parameters.byteCountMax)
    }
}
