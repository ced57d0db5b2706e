import Inference
import Primitives
import Proofs
import Prover

extension ModelProver {
    /// A proof of any form with its statement; a hidden input has a secret that tests know.
    func proved(
        _ input: [Int32], _ form: ProofForm, context: Hash = Hash(1),
        workers: some Workers = SerialWorkers(), level: KernelLevel = .best
    ) throws -> (statement: ProofStatement, proof: [UInt8]) {
        guard form == .hidden else {
            let (output, proof) = try prove(
                input: input, context: context, form: form, workers: workers, level: level)
            return (ProofStatement(context: context, input: input, output: output), proof)
        }
        let hidden = try hide(input, secret: DishonestProver.secret, workers: workers)
        let (output, proof) = try prove(hidden, context: context, workers: workers, level: level)
        return (
            ProofStatement(context: context, input: .hidden(hidden.commitment), output: output),
            proof
        )
    }
}

extension ProofStatement {
    /// The same with another output.
    func changed(output: [Int32]) -> ProofStatement {
        ProofStatement(context: context, input: input, output: output)
    }

    /// The same with another first number of the output.
    var withOtherOutput: ProofStatement {
        var output = output
        output[0] += output[0] > 0 ? -1 : 1
        return changed(output: output)
    }
}
