internal import Inference
internal import Proofs

/// The vectors of a stack of masks, for the prover of an opening.
struct OpeningMasks {
    /// The stack's place.
    let stack: Int
    /// The first of its vectors, whose first elements are the coefficients of what hides the
    /// columns' rounds.
    let polynomial: ExtensionBuffer
    /// What is added to each hidden stack's vector, and to the polynomial's.
    let vectors: [(stack: Int, vector: ExtensionBuffer)]
    /// The polynomial's rounds.
    let rounds: SumMaskRounds

    /// Nil where nothing is hidden.
    init?(_ parameters: OpeningParameters, _ stacks: [ProvedStack]) {
        guard let stack = parameters.maskStack else { return nil }
        self.stack = stack
        let commitment = stacks[stack].commitment
        polynomial = commitment.maskVector(0)
        vectors =
            [(stack, commitment.maskVector(1))]
            + parameters.hiddenStacks.enumerated().map { index, hidden in
                (hidden, commitment.maskVector(2 + index))
            }
        let mask = parameters.columnMask
        rounds = SumMaskRounds(
            mask, [.zero] + (0..<mask.count - 1).map { [polynomial] in polynomial[$0] })
    }

    /// What gives the polynomial's value where columns are bound.
    func functional(
        _ parameters: OpeningParameters, _ challenges: [Extension]
    ) -> ExtensionBuffer {
        let functional = ExtensionBuffer(count: parameters.rows)
        for (row, value) in parameters.maskFunctional(challenges).enumerated() {
            functional[row] = value
        }
        return functional
    }
}
