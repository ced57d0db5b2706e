import Inference
import Primitives
import Testing

@testable import Proofs
@testable import Prover

/// Provers who would use what hides a run to prove what is false: row 29 of `AttackTests`.
///
/// Every forged witness of the other suites is tried behind masks too, by `Attack.expect`.
@Suite struct HiddenAttackTests {
    private func refusal(
        _ forgery: Forgery, _ graph: IntegerGraph
    ) throws -> ProofError? {
        let prover = try DishonestProver(graph)
        let (proof, statement, _) = try prover.prove(AttackGraphs.input, .hidden, forgery)
        return Attack.refusal(proof, statement, prover.key)
    }

    /// The rows' sum begins with the mask's; another beginning would pay for a broken constraint.
    @Test func refusesOtherBeginnings() throws {
        let graph = try AttackGraphs.branches()
        var forgery = Forgery()
        forgery.rowsStart = { mask, _ in mask + .one }
        #expect(try refusal(forgery, graph) == .openingClaimMismatch)
        // A value that is less by one than it must be, what is missing given to what limits cut
        // off: but for that one constraint, everything is as it should be.
        let element = try #require(
            try Attack.values(graph, tensor: 1).firstIndex { (2...120).contains($0) })
        forgery = Forgery()
        forgery.accumulators = { node, sums in
            var sums = sums
            if node == AttackGraphs.Node.first { sums[element] -= 32 }
            return sums
        }
        forgery.cells = { plan, stack in
            if let cut = plan.rescaling(AttackGraphs.Node.first)?.above {
                stack[cut + element] += .one
            }
        }
        try Attack.expect(.rows(.refused), graph, forgery)
        forgery.rowsStart = { mask, rows in
            #expect(rows != .zero)
            return mask + rows
        }
        #expect(try refusal(forgery, graph) == .openingClaimMismatch)
    }

    /// Accumulators said to add up to what the products do, though they do not.
    @Test func refusesSumsOfOtherAccumulators() throws {
        var forgery = Forgery()
        forgery.operand = { node, numbers in
            var numbers = numbers
            if node == AttackGraphs.Node.second { numbers[2] ^= 1 }
            return numbers
        }
        forgery.sumsProducts = true
        try Attack.expect(.openingClaimMismatch, AttackGraphs.branches(), forgery)
        forgery = Forgery()
        forgery.sum = { $0 + .one }
        try Attack.expect(.linearMismatch, AttackGraphs.branches(), forgery)
    }

    /// Another polynomial than the committed one, in its sum and in its rounds.
    @Test(arguments: [0, 1, 2, 3])
    func refusesOtherPolynomials(_ place: Int) throws {
        var forgery = Forgery()
        forgery.linearMask = { coefficients in
            var changed = coefficients
            changed[place == 3 ? coefficients.count - 1 : place] += .one
            return changed
        }
        #expect(try refusal(forgery, AttackGraphs.branches()) == .openingClaimMismatch)
    }

    /// A statement about another input than the one that was run.
    @Test func refusesOtherCommitments() throws {
        let key = try VerificationKey(graph: AttackGraphs.branches())
        var forgery = Forgery()
        forgery.commitment = try key.inputCommitment(
            [1] + AttackGraphs.input.dropFirst(), secret: DishonestProver.secret)
        #expect(try refusal(forgery, AttackGraphs.branches()) == .openingClaimMismatch)
    }

    /// The run's cells hold another input than the commitment.
    @Test func refusesInputsThatWereNotCommittedTo() throws {
        var forgery = Forgery()
        forgery.cells = { plan, stack in stack[Int(plan.inputCells[3])] += .one }
        #expect(try refusal(forgery, AttackGraphs.branches()) == .openingClaimMismatch)
    }

    /// Inputs outside their type, which nobody sees, are committed to and run.
    @Test(arguments: [256, -1] as [Int32])
    func refusesInputsOutOfRange(_ number: Int32) throws {
        let graph = try AttackGraphs.branches()
        let honest = try DishonestProver(graph)
        let key = honest.key
        let hidden = try #require(key.hidden)
        let shape = hidden.parameters.stacks[hidden.inputStack]
        let values = FieldBuffer(count: hidden.parameters.rows * shape.columns)
        var input = AttackGraphs.input
        input[2] = number
        values.write(signed: input, at: 0)
        var stream = HidingStream(Hash(3), "input")
        let stack = StackCommitment(
            values: values, shape: shape, code: hidden.parameters.code,
            salts: stream.salts(hidden.parameters.codewordRows), workers: SerialWorkers())
        var forgery = Forgery()
        forgery.input = stack
        // Everything follows from it: only the read that holds it to its type fails.
        forgery.operand = { node, numbers in
            var numbers = numbers
            if node == AttackGraphs.Node.first { numbers[2] = number }
            return numbers
        }
        forgery.cells = { plan, cells in
            cells[Int(plan.inputCells[2])] = BabyBear(signed: Int64(number))
        }
        #expect(try refusal(forgery, graph) == .openingClaimMismatch)
    }
}
