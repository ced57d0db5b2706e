import Inference
import Primitives
import Testing

@testable import Proofs
@testable import Prover

/// Proofs that were honest before their bytes, or the numbers that they show, were changed.
@Suite struct MessageAttackTests {
    private typealias Node = AttackGraphs.Node

    // MARK: Rows 2, 3 and 16

    private struct Part {
        let name: String
        let bytes: Range<Int>
        let error: ProofError
        let isElements: Bool
    }

    /// A proof of the committed or hidden form, cut into its messages up to the opening's values.
    private func parts(_ key: VerificationKey, _ form: ProofForm) throws -> [Part] {
        let isHidden = form == .hidden
        let plan = try key.plan(batch: 1, isHidden: isHidden)
        let parameters = try #require(try key.parameters(plan))
        var parts: [Part] = []
        var at = 4
        func add(_ name: String, _ count: Int, _ error: ProofError, _ isElements: Bool = true) {
            if count > 0 {
                let error = isHidden ? .openingClaimMismatch : error
                parts.append(
                    Part(name: name, bytes: at..<at + count, error: error, isElements: isElements))
            }
            at += count
        }
        add("revealed", plan.revealedBytes, .rows(.refused), false)
        add("witness", 32, .rows(.refused), false)
        add("helpers", plan.helperCount > 0 ? 32 : 0, .rows(.refused), false)
        add("row rounds", 24 * plan.system.messageCount, .rows(.refused))
        for (site, rows) in zip(plan.sites, plan.system.sites) {
            let isBare = if case .bare = site.filling { true } else { false }
            let columns = site.columns.count { if case .known = $0 { false } else { true } }
            // No row has a rule for bare accumulators; later challenges differ.
            add("row values", 24 * columns, isBare ? .linearMismatch : .rows(.refused))
            add("row values", 24 * rows.groups.count, .rows(.refused))
        }
        add("accumulators", 24, .linearMismatch)
        let bits = LinearArgument.roundCount(
            plan.linearSites, bitsMin: key.layout?.logColumns ?? 0, batch: 1, isMasked: isHidden)
        add("product rounds", 48 * bits + (isHidden ? 48 : 0), .linearMismatch)
        let known = plan.linearSites.count { site in
            plan.cells[site.operandTensors.right].allSatisfy { $0 < 0 }
        }
        add("product values", 24 * (2 * plan.linearSites.count - known), .linearMismatch)
        add("masks", isHidden ? 32 : 0, .openingClaimMismatch, false)
        add("opening columns", 48 * parameters.columnRounds, .openingClaimMismatch)
        add("opening masks", isHidden ? 24 : 0, .openingClaimMismatch)
        add("opening rows", 48 * parameters.logRows, .openingClaimMismatch)
        add("opening values", 24 * parameters.stacks.count, .openingClaimMismatch)
        return parts
    }

    @Test(arguments: [true, false], [ProofForm.committed, .hidden])
    func refusesEveryChangedMessage(_ reveals: Bool, _ form: ProofForm) throws {
        let graph = try reveals ? AttackGraphs.wideLookup() : AttackGraphs.branches()
        let (prover, proof, statement) = try Attack.made(graph, form)
        for part in try parts(prover.key, form) {
            let step = max(4, part.bytes.count / 48 / 4 * 4)
            for at in stride(from: part.bytes.lowerBound, to: part.bytes.upperBound, by: step) {
                var changed = proof
                changed[at] ^= 1
                #expect(
                    Attack.refusal(changed, statement, prover.key) == part.error,
                    "\(part.name) at \(at - part.bytes.lowerBound)")
            }
        }
        var changed = proof
        changed[changed.count - 1] ^= 1
        let parameters = try #require(
            try prover.key.parameters(prover.key.plan(batch: 1, isHidden: form == .hidden)))
        let last: ProofError.Oracle =
            parameters.folds.isEmpty
            ? .stack(parameters.stacks.count - 1) : .fold(parameters.folds.count - 1)
        #expect(Attack.refusal(changed, statement, prover.key) == .rootMismatch(last))
    }

    @Test func refusesOtherHeaders() throws {
        let (prover, proof, statement) = try Attack.made(try AttackGraphs.branches(), .committed)
        for (byte, value, error) in [
            (0, 0, .unsupportedVersion(0)), (0, 2, .unsupportedVersion(2)),
            (1, 0, .unknownForm(0)), (1, 3, .inputFormMismatch(.hidden)), (1, 4, .unknownForm(4)),
            (2, 0, .wrongBatch(0, wanted: 1)), (2, 2, .wrongBatch(2, wanted: 1)),
            (3, 1, .wrongBatch(257, wanted: 1)),
        ] as [(Int, UInt8, ProofError)] {
            var changed = proof
            changed[byte] = value
            #expect(Attack.refusal(changed, statement, prover.key) == error)
        }
    }

    /// Each challenge comes after all that it is about; the key comes first.
    @Test func keepsTheOrder() throws {
        let prover = try DishonestProver(try AttackGraphs.branches())
        func order(_ form: ProofForm) throws -> [String] {
            let (proof, statement, tape) = try prover.prove(AttackGraphs.input, form)
            // Accepted: the verifier heard the same in the same order.
            #expect(Attack.refusal(proof, statement, prover.key) == nil)
            var order: [String] = []
            for step in tape {
                let name = "\(step.kind == .absorb ? "" : "? ")\(step.tag)"
                if !order.contains(name) { order.append(name) }
            }
            return order
        }
        let start = ["domain", "key", "header", "context", "input", "output"]
        let hiddenStart = ["domain", "key", "header", "context", "hidden input", "output"]
        let axes = [
            "? linear items", "? linear channels", "? linear rows", "? linear columns",
            "? linear batch",
        ]
        let products = ["linear round", "? linear bind", "linear values"]
        let rows = [
            "? look-up alpha", "? look-up gamma", "helpers", "? rows lambda", "? rows tau",
            "rows round", "? rows bind", "row values",
        ]
        func opening(_ parameters: OpeningParameters?) throws -> [String] {
            let parameters = try #require(parameters)
            return ["opening", "open.round", "? open.bind"]
                + (parameters.maskStack == nil ? [] : ["open.masks", "? open.blind"])
                + ["open.values", "? open.combine"]
                + (parameters.folds.isEmpty ? [] : ["open.root", "open.slope", "? open.fold"])
                + ["open.last"] + (parameters.workBits > 0 ? ["open.work"] : [])
                + ["? open.query"]
        }
        #expect(
            try order(.open)
                == start + ["accumulators"] + axes + products + ["? claims"]
                + opening(prover.key.parameters(nil)))
        #expect(
            try order(.committed)
                == start + ["revealed", "witness"] + rows + axes + ["accumulators"] + products
                + ["? equations", "? outputs", "? reveals", "? claims"]
                + opening(prover.key.parameters(prover.key.plan(batch: 1))))
        var maskedRows = rows
        maskedRows.insert("rows mask", at: 5)
        #expect(
            try order(.hidden)
                == hiddenStart + ["revealed", "witness"] + maskedRows + axes + ["accumulators"]
                + products
                + ["? equations", "? outputs", "? reveals", "? inputs", "? claims", "masks"]
                + opening(prover.key.parameters(prover.key.plan(batch: 1, isHidden: true))))
    }

    // MARK: Rows 13 and 18

    @Test(arguments: ProofForm.allCases)
    func refusesOtherLengths(_ form: ProofForm) throws {
        let (prover, proof, statement) = try Attack.made(try AttackGraphs.branches(), form)
        #expect(Attack.refusal(proof + [0], statement, prover.key) == .trailingBytes(1))
        #expect(Attack.refusal(proof + proof, statement, prover.key) == .trailingBytes(proof.count))
        for count in stride(from: 0, to: proof.count, by: 197) {
            guard case .truncated = Attack.refusal(Array(proof[..<count]), statement, prover.key)
            else {
                Issue.record("\(count) bytes")
                continue
            }
        }
    }

    @Test(arguments: [ProofForm.committed, .hidden])
    func refusesOtherNamesOfNumbers(_ form: ProofForm) throws {
        let (prover, proof, statement) = try Attack.made(try AttackGraphs.branches(), form)
        for part in try parts(prover.key, form) where part.isElements {
            for at in [part.bytes.lowerBound, part.bytes.upperBound - 4] {
                let value = (0..<4).reduce(UInt32(0)) {
                    $0 | UInt32(proof[at + $1]) << UInt32(8 * $1)
                }
                var changed = proof
                for byte in 0..<4 {
                    changed[at + byte] = UInt8(
                        truncatingIfNeeded: (value + BabyBear.modulus) >> UInt32(8 * byte))
                }
                guard
                    case .nonCanonicalElement(let byte) = Attack.refusal(
                        changed, statement, prover.key)
                else {
                    Issue.record("\(part.name)")
                    continue
                }
                #expect(byte <= at && at < byte + 24, "\(part.name)")
            }
        }
    }

    // MARK: What is in clear

    @Test func refusesRevealedNumbersOutOfRange() throws {
        let (prover, proof, statement) = try Attack.made(try AttackGraphs.wideLookup(), .committed)
        let range = prover.key.outline.analysis.types[1].range
        var changed = proof
        changed[4] = 0xff
        changed[5] = 0xff
        #expect(
            Attack.refusal(changed, statement, prover.key)
                == .revealedOutOfRange(tensor: 1, value: range.lowerBound + 0xffff))
    }

    /// Another accumulator with everything after it, its bytes alone, and one out of its interval.
    @Test func refusesOtherAccumulatorsInClear() throws {
        let graph = try AttackGraphs.branches()
        let prover = try DishonestProver(graph)
        for node in [Node.first, Node.second, Node.bare] {
            var forgery = Forgery()
            forgery.accumulators = { own, sums in
                var sums = sums
                if own == node { sums[1] += 64 }
                return sums
            }
            let (proof, statement, _) = try prover.prove(AttackGraphs.input, .open, forgery)
            #expect(Attack.refusal(proof, statement, prover.key) == .linearMismatch)
            forgery.solvesProducts = true
            let (second, _, _) = try prover.prove(AttackGraphs.input, .open, forgery)
            #expect(Attack.refusal(second, statement, prover.key) == .openingClaimMismatch)
        }
        let (proof, statement, _) = try prover.prove(AttackGraphs.input, .open)
        let interval = try #require(prover.key.outline.analysis.sites[Node.first]).interval
        var changed = proof
        changed[4] = 0xff
        changed[5] = 0xff
        #expect(
            Attack.refusal(changed, statement, prover.key)
                == .accumulators(
                    .accumulatorOutOfRange(node: 0, value: interval.lowerBound + 0xffff)))
        // The last bit of a bare result.
        let bytes = OpenRun.byteCount(prover.key.outline)
        changed = proof
        changed[4 + bytes - 2] ^= 1
        #expect(Attack.refusal(changed, statement, prover.key) == .outputMismatch)
    }
}
