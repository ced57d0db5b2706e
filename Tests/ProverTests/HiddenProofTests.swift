import Inference
import Primitives
import TestSupport
import Testing

@testable import Proofs
@testable import Prover

/// Proofs about hidden inputs: what they say, and what they keep to themselves.
@Suite struct HiddenProofTests {
    private func prover() throws -> ModelProver {
        try ModelProver(graph: try AttackGraphs.branches())
    }

    @Test func namesTheCommitmentOfTheInput() throws {
        let prover = try prover()
        let hidden = try prover.hide(AttackGraphs.input, secret: Hash(5))
        #expect(
            hidden.commitment
                == (try prover.key.inputCommitment(AttackGraphs.input, secret: Hash(5))))
        let others = try [
            prover.key.inputCommitment(AttackGraphs.input, secret: Hash(6)),
            prover.key.inputCommitment([201] + AttackGraphs.input.dropFirst(), secret: Hash(5)),
        ]
        #expect(Set(others + [hidden.commitment]).count == 3)
        #expect(
            throws: ProofError.input(.wrongInputCount(wanted: 8, got: 1))
        ) { try prover.key.inputCommitment([1], secret: Hash(5)) }
        #expect(
            throws: ProofError.input(.inputOutOfRange(index: 0, value: 256))
        ) {
            try prover.key.inputCommitment(
                [256] + AttackGraphs.input.dropFirst(), secret: Hash(5))
        }
    }

    @Test func refusesOtherStatements() throws {
        let prover = try prover()
        let (statement, proof) = try prover.proved(AttackGraphs.input, .hidden)
        #expect(Attack.refusal(proof, statement, prover.key) == nil)
        let other = try prover.key.inputCommitment(AttackGraphs.input, secret: Hash(6))
        for changed in [
            ProofStatement(context: Hash(2), input: statement.input, output: statement.output),
            ProofStatement(
                context: statement.context, input: .hidden(other), output: statement.output),
            statement.withOtherOutput,
        ] {
            #expect(Attack.refusal(proof, changed, prover.key) == .openingClaimMismatch)
        }
    }

    /// Nobody takes a proof about a public input for one about a hidden one, nor the other way.
    @Test func refusesOtherForms() throws {
        let prover = try prover()
        let (hidden, proof) = try prover.proved(AttackGraphs.input, .hidden)
        let (open, committed) = try prover.proved(AttackGraphs.input, .committed)
        #expect(Attack.refusal(proof, open, prover.key) == .inputFormMismatch(.hidden))
        #expect(Attack.refusal(committed, hidden, prover.key) == .inputFormMismatch(.committed))
        var renamed = committed
        renamed[1] = ProofForm.hidden.rawValue
        #expect(Attack.refusal(renamed, hidden, prover.key) != nil)
        renamed = proof
        renamed[1] = ProofForm.committed.rawValue
        #expect(Attack.refusal(renamed, open, prover.key) != nil)
        renamed[1] = ProofForm.open.rawValue
        #expect(Attack.refusal(renamed, open, prover.key) != nil)
        #expect(throws: ProverError.key(.inputFormMismatch(.hidden))) {
            try prover.prove(input: AttackGraphs.input, context: Hash(1), form: .hidden)
        }
        do throws(ProofError) {
            try ProofVerifier.verify(proof, [hidden, hidden], key: prover.key)
            Issue.record("two statements for one proof")
        } catch { #expect(error == .wrongBatch(1, wanted: 2)) }
        var two = proof
        two[2] = 2
        do throws(ProofError) {
            try ProofVerifier.verify(two, [hidden, hidden], key: prover.key)
            Issue.record("a batch of hidden inputs")
        } catch { #expect(error == .wrongBatch(2, wanted: 1)) }
    }

    // MARK: The budget

    @Test func countsTheProofsOfACommitment() throws {
        let prover = try prover()
        let most = prover.key.hiddenOpeningsMax
        #expect(most > 0)
        let hidden = try prover.hide(AttackGraphs.input, secret: Hash(5))
        var proofs: [[UInt8]] = []
        for context in 0..<most {
            #expect(hidden.openingsLeft == most - context)
            proofs.append(try prover.prove(hidden, context: Hash(UInt256(context))).proof)
        }
        #expect(throws: ProverError.openingsSpent(max: most)) {
            try prover.prove(hidden, context: Hash(99))
        }
        // What was shown before shows nothing new.
        #expect(try prover.prove(hidden, context: Hash(0)).proof == proofs[0])
        #expect(Set(proofs).count == most)
        let again = try prover.hide(
            AttackGraphs.input, secret: Hash(5), statements: hidden.provedStatements)
        #expect(again.openingsLeft == 0)
        #expect(try prover.prove(again, context: Hash(0)).proof == proofs[0])
        #expect(throws: ProverError.openingsSpent(max: most)) {
            try prover.prove(again, context: Hash(99))
        }
    }

    @Test func refusesCommitmentsUnderOtherKeys() throws {
        let other = try ModelProver(graph: try AttackGraphs.branches(nudge: 1))
        let hidden = try other.hide(AttackGraphs.input, secret: Hash(5))
        #expect(throws: ProverError.wrongKey) {
            try prover().prove(hidden, context: Hash(1))
        }
    }

    /// There is a random row for each position that an opening shows, and room for all masks.
    @Test(arguments: 0..<8 as Range<UInt64>)
    func keepsTheBudgetInItsParameters(_ seed: UInt64) throws {
        var random = RandomGraphs(seed: seed)
        let key = try VerificationKey(graph: try random.graph(nodes: 6))
        let hidden = try #require(key.hidden)
        let parameters = hidden.parameters
        let (rows, queries) = (parameters.rows, parameters.queryCount)
        #expect(parameters.securityBits >= 100)
        let stacks = parameters.hiddenStacks.map { parameters.stacks[$0] }
        let counts = [hidden.plan.inputCells.count, hidden.plan.cellCount, hidden.plan.helperCount]
        for (index, stack) in stacks.enumerated() {
            let openings = index == 0 ? hidden.openingsMax : 1
            #expect(counts[index] <= (rows - openings * queries) << stack.logColumns)
            #expect(stack.isSalted)
        }
        #expect(rows >= 2 * parameters.columnRounds + queries)
        let masks = parameters.stacks[try #require(parameters.maskStack)]
        #expect(masks.columns >= 6 * (2 + stacks.count))
    }

    // MARK: Nothing in clear

    /// Every tensor of a hidden run but what follows from constants is cells.
    @Test(arguments: 0..<8 as Range<UInt64>)
    func revealsNothing(_ seed: UInt64) throws {
        var random = RandomGraphs(seed: 40 + seed)
        let graph = try random.graph(nodes: 8)
        let plan = try #require(try VerificationKey(graph: graph).hidden).plan
        #expect(plan.reveals.isEmpty)
        for part in plan.known {
            switch part {
            case .inputs, .revealed: Issue.record("\(part)")
            case .constant, .number, .node: break
            }
        }
    }
}
