import Inference
import Primitives
import Testing

@testable import Proofs
@testable import Prover

/// What attacks on whole proofs share.
enum Attack {
    /// Why a proof is refused; nil where it is accepted.
    static func refusal(
        _ proof: [UInt8], _ statement: ProofStatement, _ key: VerificationKey
    ) -> ProofError? {
        do throws(ProofError) {
            try ProofVerifier.verify(proof, statement, key: key)
            return nil
        } catch { return error }
    }

    /// Why a proof of another statement or model is refused.
    static func mismatch(_ form: ProofForm) -> ProofError {
        switch form {
        case .open: .linearMismatch
        case .committed: .rows(.refused)
        case .hidden: .openingClaimMismatch
        }
    }

    /// An honest proof.
    static func made(
        _ graph: IntegerGraph, _ form: ProofForm
    ) throws -> (prover: DishonestProver, proof: [UInt8], statement: ProofStatement) {
        let prover = try DishonestProver(graph)
        let (proof, statement, _) = try prover.prove(AttackGraphs.input, form)
        return (prover, proof, statement)
    }

    /// Tries a forgery of the committed form and of the hidden one.
    ///
    /// - Parameter hidden: why the hidden form refuses it, where that is another reason than the
    ///   opening's claim: behind masks, all checks of sums are claims of the opening.
    static func expect(
        _ error: ProofError?, hidden: ProofError? = .openingClaimMismatch, _ graph: IntegerGraph,
        _ forgery: Forgery, input: [Int32] = AttackGraphs.input, _ comment: Comment? = nil
    ) throws {
        try expectCommitted(error, graph, forgery, input: input, comment)
        let prover = try DishonestProver(graph)
        let (masked, hiddenStatement, _) = try prover.prove(input, .hidden, forgery)
        #expect(
            refusal(masked, hiddenStatement, prover.key) == (error == nil ? nil : hidden),
            "hidden, \(comment?.rawValue ?? "")")
    }

    /// Tries a forgery of the committed form alone.
    static func expectCommitted(
        _ error: ProofError?, _ graph: IntegerGraph, _ forgery: Forgery,
        input: [Int32] = AttackGraphs.input, _ comment: Comment? = nil
    ) throws {
        let prover = try DishonestProver(graph)
        let (proof, statement, _) = try prover.prove(input, .committed, forgery)
        #expect(refusal(proof, statement, prover.key) == error, comment)
    }

    /// A tensor of the honest run, to find places that an attack needs.
    static func values(
        _ graph: IntegerGraph, tensor: Int, _ input: [Int32] = AttackGraphs.input
    ) throws -> [Int32] {
        let run = try DishonestProver(graph).run(input, Hash(1), Forgery()).run
        return Array(run.trace.values(of: tensor))
    }
}
