package import Inference
public import Primitives

/// How a key's model is proved on a hidden input: the plan of the run and the opening's parameters.
///
/// It follows from the key. Where the code of the other forms has rows enough, the weights'
/// commitment is theirs; for small models there is one more. The stacks are those of the weights,
/// if any, of the input, the witness, the helpers, if any, and the masks. Each hidden stack ends in
/// rows of random elements: one for each position that an opening shows, so that what is shown is
/// uniform.
package struct HiddenForm: Sendable {
    package let plan: WitnessPlan
    package let parameters: OpeningParameters
    /// Proofs that may open one commitment to an input: each shows some positions of its codeword.
    package let openingsMax: Int

    /// Whether the weights have a commitment of their own for this form.
    package let hasOwnWeights: Bool

    /// Nil where the graph has a node that cannot be committed to, or is too large.
    init?(_ outline: GraphOutline, _ opening: OpeningParameters?, _ layout: WeightLayout?) {
        let draft = try? WitnessPlan(
            outline, batch: 1, logColumns: layout?.logColumns ?? 0, isHidden: true)
        guard let draft else { return nil }
        plan = draft
        let sizing = HiddenSizing(plan: draft, layout: layout)
        if let opening,
            let shared = sizing.parameters(
                logBlowup: opening.logBlowup, logRows: opening.logRows, folds: opening.folds)
        {
            (parameters, openingsMax) = shared
            hasOwnWeights = false
        } else {
            guard let own = sizing.choose() else { return nil }
            (parameters, openingsMax) = own
            hasOwnWeights = layout != nil
        }
    }

    /// The place of the input's stack.
    package var inputStack: Int { parameters.hiddenStacks[0] }

    /// Fills the rows that an opening may show, the last ones, with random elements.
    package static func fillRandomRows(
        _ values: FieldBuffer, _ shape: StackShape, count: Int, _ stream: inout HidingStream
    ) {
        stream.fill(values, values.count - count * shape.columns..<values.count)
    }
}

/// Finds parameters for a hidden run.
private struct HiddenSizing {
    let plan: WitnessPlan
    let layout: WeightLayout?

    /// Proofs that one commitment to an input should serve.
    private static let openingsGoal = 4

    /// The parameters for a code and how many proofs a commitment to an input serves; nil where the
    /// code has too few rows.
    func parameters(
        logBlowup: Int, logRows: Int, folds: [Int]
    ) -> (parameters: OpeningParameters, openings: Int)? {
        let rows = 1 << logRows
        let queries = OpeningParameters.queries(
            logBlowup: logBlowup, workBits: KeySizing.workBits)
        // A quarter of the rows is left for the input's elements.
        let openings = min(HiddenSizing.openingsGoal, (rows - rows / 4) / queries)
        guard openings > 0, layout.map({ $0.blockCount <= rows }) ?? true else { return nil }
        func shape(_ count: Int, openings: Int) -> StackShape {
            let free = rows - openings * queries
            return StackShape(
                logColumns: Bits.ceiling(log2: (count + free - 1) / free), isSalted: true)
        }
        var stacks = layout.map { [StackShape(logColumns: $0.logColumns, isPrefolded: true)] } ?? []
        stacks.append(shape(plan.inputCells.count, openings: openings))
        stacks.append(shape(plan.cellCount, openings: 1))
        if plan.helperCount > 0 { stacks.append(shape(plan.helperCount, openings: 1)) }
        let masks = 2 + stacks.count - (layout == nil ? 0 : 1)
        stacks.append(
            StackShape(
                logColumns: Bits.ceiling(log2: masks * Extension.degree), isSalted: true,
                isMask: true))
        let parameters = try? OpeningParameters(
            logBlowup: logBlowup, queryCount: queries, workBits: KeySizing.workBits,
            logRows: logRows, stacks: stacks, folds: folds)
        return parameters.map { ($0, openings) }
    }

    /// The cheapest parameters.
    func choose() -> (parameters: OpeningParameters, openings: Int)? {
        var best: (parameters: OpeningParameters, openings: Int, cost: OpeningParameters.Cost)?
        for logBlowup in 1...4 {
            let folds = OpeningParameters.cheapestFolds(
                logBlowup: logBlowup, workBits: KeySizing.workBits)
            for logRows in 0...ProofLimits.logRowsMax {
                guard let folds = folds[logRows],
                    let found = parameters(logBlowup: logBlowup, logRows: logRows, folds: folds)
                else { continue }
                let isWitness = found.parameters.stacks.map { !$0.isPrefolded }
                let cost = found.parameters.cost(isWitness: isWitness)
                if let best, best.cost <= cost { continue }
                best = (found.parameters, found.openings, cost)
            }
        }
        return best.map { ($0.parameters, $0.openings) }
    }
}

extension VerificationKey {
    /// The stack that commits to a hidden input: its elements, zeros, and random rows.
    ///
    /// Whoever knows input and secret can make it again: so a commitment is opened to an auditor.
    /// - Throws: `noHiddenForm`, `input`.
    package func inputStack(
        _ input: [Int32], secret: Hash, workers: some Workers, level: KernelLevel = .best
    ) throws(ProofError) -> StackCommitment {
        guard let hidden else { throw .noHiddenForm }
        do { _ = try outline.inputBytes(input) } catch { throw .input(error) }
        let parameters = hidden.parameters
        let shape = parameters.stacks[hidden.inputStack]
        let values = FieldBuffer(count: parameters.rows * shape.columns)
        values.write(signed: input, at: 0)
        var stream = HidingStream(secret, "input")
        HiddenForm.fillRandomRows(
            values, shape, count: hidden.openingsMax * parameters.queryCount, &stream)
        var salts = HidingStream(secret, "input salts")
        return StackCommitment(
            values: values, shape: shape, code: parameters.code,
            salts: salts.salts(parameters.codewordRows), workers: workers, level: level)
    }

    /// What a statement about a hidden input has in its place.
    ///
    /// - Parameter secret: 32 random bytes for this input alone. Two inputs under one secret are
    ///   not hidden from whoever sees both commitments opened.
    /// - Throws: `noHiddenForm`, `input`.
    public func inputCommitment(
        _ input: [Int32], secret: Hash, workers: some Workers = SerialWorkers()
    ) throws(ProofError) -> Hash {
        try inputStack(input, secret: secret, workers: workers).root
    }

    /// Proofs that may be made about one commitment; zero where inputs cannot be hidden.
    public var hiddenOpeningsMax: Int { hidden?.openingsMax ?? 0 }
}
