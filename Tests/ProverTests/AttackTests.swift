import Inference
import Primitives
import Testing

@testable import Proofs
@testable import Prover

/// Ways in which proof systems were broken, tried on whole proofs, each refused for its own reason.
///
/// Where another suite has an attack on one part of the protocol, it is named. Provers whose cells
/// are no run are in `WitnessAttackTests`, changed messages in `MessageAttackTests`.
///
/// 1. Statement not in the transcript: `refusesOtherStatements`,
///    `refusesStatementsThatWereNotBound`.
/// 2. A message not absorbed: `refusesEveryChangedMessage`; `TranscriptTests`,
///    `RowAttackTests`.
/// 3. A commitment after its challenge: `keepsTheOrder`, `refusesCommitmentsAfterChallenges`.
/// 4. Two copies of one number: `refusesOperandsOfOneReader`, `refusesViewsOfOneReader`.
/// 5. Remainders out of range: `refusesRemaindersOutOfRange`, `refusesLimbsOutOfRange`.
/// 6. A range given by the prover: `refusesKeysWithOtherParameters`; a proof names no tables.
/// 7. Other decompositions: `refusesOtherDecompositions`, `refusesValuesThatWrapAround`.
/// 8. Inclusion without attainment: `refusesExtremesThatAreNone`, `refusesPoolsThatAreNone`,
///    `refusesTakenElementsFromElsewhere`.
/// 9. Multiplicities: `refusesOtherMultiplicities`; too many reads in `RowSystemTests`, zero
///    denominators in `RowAttackTests`.
/// 10. A table of another model: `refusesProofsOfOtherModels`, `refusesOtherEntries`.
/// 11. Weights of another model: `refusesProofsOfOtherModels`, `refusesOtherWeights`.
/// 12. A part of the graph left out: `refusesProofsOfOtherModels`, `refusesPrefixes`.
/// 13. Sizes from the proof: `refusesOtherLengths`, `refusesOtherHeaders`.
/// 14. Small challenges: `TranscriptTests` has six uniform limbs.
/// 15. Weak parameters: `refusesKeysWithOtherParameters`; `SoundnessTests`.
/// 16. Queries drawn early or with bias: `keepsTheOrder`; `TranscriptTests`, `OpeningProverTests`.
/// 17. Confusion in trees: `MerkleTreeTests`.
/// 18. Second encodings: `refusesOtherNamesOfNumbers`, `refusesOtherLengths`.
/// 19. A circuit that hashes its own challenge: the key comes first (`keepsTheOrder`); the rest is
///     a residual risk.
/// 20. Zeros and single elements: `provesZerosAndSingleElements`.
/// 21. Accumulators that wrap: `refusesGraphsThatCouldWrap`; `RescaleLimitsTests`.
/// 22. Padding: `cellsBetweenColumnsCountNowhere`; `RowAttackTests`.
/// 23. A maximum that is none: `refusesExtremesThatAreNone`, `refusesIndicesOfOthers`.
/// 24. Leaks of hidden inputs: `HiddenProofTests`, `ZeroKnowledgeTests`.
/// 25. Replay: `refusesOtherStatements` changes the context.
/// 26. Hostile bytes: `ModelProverTests` changes bits, cuts and invents.
/// 27. Processors that differ: `ModelProverTests` compares levels and workers.
/// 28. An integer model that differs from the float one: keys follow from integer graphs alone.
/// 29. Checks that hiding switches off: `Attack.expect` tries every forged witness on both forms;
///     the masks' own sums are in `HiddenAttackTests`.
/// 30. A trusted setup: there is none.
@Suite struct AttackTests {
    /// So that whatever is refused is refused for the forgery.
    @Test(arguments: ProofForm.allCases)
    func proverWithoutForgeryIsHonest(_ form: ProofForm) throws {
        for graph in [try AttackGraphs.branches(), try AttackGraphs.wideLookup()] {
            let (_, proof, statement) = try Attack.made(graph, form)
            let honest = try ModelProver(graph: graph).proved(AttackGraphs.input, form)
            #expect(honest.proof == proof)
            #expect(honest.statement == statement)
        }
    }

    // MARK: Rows 1 and 25

    @Test(arguments: [ProofForm.open, .committed])
    func refusesOtherStatements(_ form: ProofForm) throws {
        let (prover, proof, statement) = try Attack.made(try AttackGraphs.branches(), form)
        #expect(Attack.refusal(proof, statement, prover.key) == nil)
        let mismatch: ProofError = form == .open ? .linearMismatch : .rows(.refused)
        let other = ProofStatement(
            context: Hash(2), input: statement.input, output: statement.output)
        #expect(Attack.refusal(proof, other, prover.key) == mismatch)
        let honest = AttackGraphs.input
        for place in honest.indices {
            var input = honest
            input[place] ^= 1
            let other = ProofStatement(
                context: statement.context, input: input, output: statement.output)
            #expect(Attack.refusal(proof, other, prover.key) == mismatch)
        }
        for place in statement.output.indices {
            var output = statement.output
            output[place] += output[place] > 0 ? -1 : 1
            let other = ProofStatement(
                context: statement.context, input: statement.input, output: output)
            #expect(
                Attack.refusal(proof, other, prover.key)
                    == (form == .open ? .outputMismatch : .rows(.refused)))
        }
        let short = ProofStatement(
            context: statement.context, input: [], output: statement.output)
        #expect(
            Attack.refusal(proof, short, prover.key) == .input(.wrongInputCount(wanted: 8, got: 0)))
        let long = ProofStatement(
            context: statement.context, input: honest, output: statement.output + [0])
        #expect(
            Attack.refusal(proof, long, prover.key) == .output(.wrongInputCount(wanted: 5, got: 6)))
        let wide = ProofStatement(
            context: statement.context, input: honest,
            output: statement.output.dropLast() + [Int32.max])
        #expect(
            Attack.refusal(proof, wide, prover.key)
                == .output(.inputOutOfRange(index: 4, value: Int64(Int32.max))))
    }

    // MARK: Rows 6, 10, 11, 12 and 15

    @Test(arguments: ProofForm.allCases)
    func refusesProofsOfOtherModels(_ form: ProofForm) throws {
        let own = try AttackGraphs.branches()
        let (prover, proof, statement) = try Attack.made(own, form)
        let mismatch = Attack.mismatch(form)
        for other in [
            try AttackGraphs.branches(nudge: 1), try AttackGraphs.branches(entry: 60),
            try AttackGraphs.branches(entry: 127),
        ] {
            let key = try VerificationKey(graph: other)
            #expect(key.digest != prover.key.digest)
            #expect(Attack.refusal(proof, statement, key) == mismatch)
            let (_, otherProof, otherStatement) = try Attack.made(other, form)
            #expect(Attack.refusal(otherProof, otherStatement, key) == nil)
            // The other model's own statement, too, unless the verifier runs into its output.
            let error = Attack.refusal(otherProof, otherStatement, prover.key)
            #expect(error == mismatch || error == .outputMismatch)
        }
    }

    /// The outline is the same: only the weights' root tells.
    @Test(arguments: ProofForm.allCases)
    func refusesOtherWeights(_ form: ProofForm) throws {
        let own = try AttackGraphs.branches()
        let other = try AttackGraphs.branches(nudge: 1)
        let (left, right) = (
            try VerificationKey(graph: own), try VerificationKey(graph: other)
        )
        #expect(left.outline == right.outline)
        #expect(left.weightsRoot != right.weightsRoot)
        // The other weights are run and proved, the key's are opened.
        let prover = try DishonestProver(own, other: other)
        let (proof, statement, _) = try prover.prove(AttackGraphs.input, form)
        #expect(Attack.refusal(proof, statement, prover.key) == .openingClaimMismatch)
        // And with the left ends made up.
        var forgery = Forgery()
        forgery.solvesProducts = true
        let (second, _, _) = try prover.prove(AttackGraphs.input, form, forgery)
        #expect(Attack.refusal(second, statement, prover.key) == .openingClaimMismatch)
    }

    @Test func refusesPrefixes() throws {
        let whole = try VerificationKey(graph: try AttackGraphs.branches())
        let (prefix, proof, statement) = try Attack.made(
            try AttackGraphs.branches(nodeCount: 8), .committed)
        #expect(prefix.key.digest != whole.digest)
        #expect(Attack.refusal(proof, statement, prefix.key) == nil)
        #expect(
            Attack.refusal(proof, statement, whole) == .output(.wrongInputCount(wanted: 5, got: 3)))
        let full = try Attack.made(try AttackGraphs.branches(), .committed).statement
        #expect(Attack.refusal(proof, full, whole) == .rows(.refused))
    }

    @Test func refusesKeysWithOtherParameters() throws {
        let key = try VerificationKey(graph: try AttackGraphs.branches())
        let bytes = key.encoded
        #expect(try VerificationKey(decoding: bytes) == key)
        let size = try #require(key.opening).bytes.count
        // Behind them is the root of the weights for hidden inputs.
        let end = bytes.count - Hash.byteCount
        for at in end - size..<end {
            for step in [1, 255] as [UInt8] {
                var changed = bytes
                changed[at] &+= step
                #expect(throws: ProofError.self) { try VerificationKey(decoding: changed) }
            }
        }
        // Fewer queries than the bits want.
        let opening = try #require(key.opening)
        #expect(throws: ProofError.weakParameters(bits: 0, required: 100)) {
            try OpeningParameters(
                logBlowup: opening.logBlowup, queryCount: 1, workBits: 0,
                logRows: opening.logRows, stacks: opening.stacks, folds: opening.folds)
        }
    }

    // MARK: Rows 20 and 21

    @Test func provesZerosAndSingleElements() throws {
        let single = TensorType(name: "x", shape: [1, 1], element: .signed8, scaleExponent: 0)
        let format = ElementFormat(element: .signed8, scaleExponent: 0)
        let scale = Requantisation(shifts: [1], low: -128, high: 127)
        func rescaled(_ operation: IntegerOperation, _ inputs: [Int]) -> IntegerNode {
            IntegerNode(operation, inputs: inputs, output: format, requantisation: scale)
        }
        let tiny = try IntegerGraph(
            inputs: [single],
            linears: [
                IntegerLinear(weights: [3, 5], bias: [1, 2]),
                IntegerLinear(weights: [7, 9], bias: [0]),
            ],
            nodes: [
                rescaled(.dense(linear: 0), [0]), rescaled(.dense(linear: 1), [1]),
                rescaled(.product, [2, 0]),
                IntegerNode(
                    .argExtremum(axis: 1, isMinimum: true, takesLast: true), inputs: [3],
                    output: nil, requantisation: nil),
            ],
            results: [
                IntegerResult(name: "y", tensor: 3), IntegerResult(name: "a", tensor: 4),
            ])
        let zeros = try IntegerGraph(
            inputs: [TensorType(name: "x", shape: [1, 8], element: .unsigned8, scaleExponent: 0)],
            linears: [IntegerLinear(weights: [Int8](repeating: 0, count: 24), bias: [0, 0, 0])],
            nodes: [rescaled(.dense(linear: 0), [0]), rescaled(.product, [1, 1])],
            results: [IntegerResult(name: "y", tensor: 2)])
        for (graph, size) in [(tiny, 1), (zeros, 8), (try AttackGraphs.branches(), 8)] {
            let prover = try ModelProver(graph: graph)
            let input = [Int32](repeating: 0, count: size)
            for form in prover.key.forms {
                let (statement, proof) = try prover.proved(input, form, context: Hash(3))
                #expect(Attack.refusal(proof, statement, prover.key) == nil)
                #expect(
                    Attack.refusal([UInt8](repeating: 0, count: proof.count), statement, prover.key)
                        == .unsupportedVersion(0))
            }
        }
    }

    @Test func refusesGraphsThatCouldWrap() {
        func graph(inner: Int, bias: Int32, shift: UInt8, _ element: ElementType) throws {
            _ = try IntegerGraph(
                inputs: [
                    TensorType(
                        name: "x", shape: [1, inner], element: .unsigned8, scaleExponent: 0)
                ],
                linears: [
                    IntegerLinear(weights: [Int8](repeating: 127, count: inner), bias: [bias])
                ],
                nodes: [
                    IntegerNode(
                        .dense(linear: 0), inputs: [0],
                        output: ElementFormat(element: element, scaleExponent: 0),
                        requantisation: Requantisation(
                            shifts: [shift], low: 0, high: Int32(element.bounds.upperBound)))
                ], results: [IntegerResult(name: "y", tensor: 1)])
        }
        let limit: Int32 = 1 << 29
        let most = 255 * 127 * 2
        #expect(throws: Never.self) { try graph(inner: 2, bias: 0, shift: 8, .unsigned8) }
        #expect(
            throws: GraphError.accumulatorMayOverflow(op: "dense", node: 0, bound: Int64(limit))
        ) {
            try graph(inner: 2, bias: limit - Int32(most), shift: 8, .unsigned8)
        }
        #expect(
            throws: GraphError.accumulatorMayOverflow(
                op: "dense", node: 0, bound: 255 * 127 * 16_600)
        ) {
            try graph(inner: 16_600, bias: 0, shift: 8, .unsigned8)
        }
        #expect(
            throws: GraphError.decompositionNotUnique(op: "dense", node: 0, bits: 38)
        ) {
            try graph(inner: 2, bias: 0, shift: 22, .signed16)
        }
    }
}
