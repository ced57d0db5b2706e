import Inference
import Primitives
import TestSupport
import Testing

@testable import Proofs
@testable import Prover

/// What the article "Zero knowledge" says of a proof's parts, by computation: that randomness maps
/// onto what is shown, so that what is shown is uniform whatever the run was, and that whoever
/// knows the run finds none of it in the proof.
@Suite struct ZeroKnowledgeTests {
    /// The rank of a matrix over the base field.
    private func rank(_ matrix: [[BabyBear]]) -> Int {
        var rows = matrix
        var rank = 0
        for column in 0..<(matrix.first?.count ?? 0) {
            guard let pivot = rows[rank...].firstIndex(where: { $0[column] != .zero }),
                let inverse = rows[pivot][column].inverse
            else { continue }
            rows.swapAt(rank, pivot)
            for row in rank + 1..<rows.count where rows[row][column] != .zero {
                let factor = rows[row][column] * inverse
                for index in column..<rows[row].count {
                    rows[row][index] -= factor * rows[rank][index]
                }
            }
            rank += 1
            if rank == rows.count { break }
        }
        return rank
    }

    // MARK: Parts

    /// Any positions of a code are independent in the last rows, as many as there are positions.
    @Test(arguments: [(7, 4, 110), (8, 2, 148), (9, 1, 241)])
    func lastRowsMakeShownPositionsUniform(_ logRows: Int, _ logBlowup: Int, _ queries: Int) {
        let code = RowCode(logRows: logRows, logBlowup: logBlowup)
        var random = SeededRandom(seed: UInt64(logRows))
        var positions: Set<Int> = []
        while positions.count < queries {
            positions.insert(Int(random.next() % UInt64(code.codewordRows)))
        }
        let matrix = positions.sorted().map { position in
            let point = code.point(position)
            var power = point.power(UInt64(code.rows - queries))
            return (0..<queries).map { _ in
                defer { power *= point }
                return power
            }
        }
        #expect(rank(matrix) == queries)
    }

    /// The polynomial's coefficients are one to one with its sum and the coefficients that rounds
    /// show, so that these are uniform.
    @Test(arguments: [[2], [2, 2], [4], [2, 4], [2, 2, 2, 4], [5, 5, 10]])
    func polynomialsHideRounds(_ degrees: [Int]) {
        let mask = SumMask(degrees: degrees)
        var random = SeededRandom(seed: UInt64(degrees.count))
        let challenges = degrees.map { _ in element(&random) }
        func shown(_ coefficients: [Extension]) -> [Extension] {
            var rounds = SumMaskRounds(mask, coefficients)
            var claim = coefficients[0] * mask.cubeSum
            var shown = [claim]
            for challenge in challenges {
                let polynomial = rounds.polynomial()
                // It adds up to the claim, and the next claim is its value.
                #expect(polynomial.reduce(polynomial[0], +) == claim)
                claim = polynomial.reversed().reduce(.zero) { $0 * challenge + $1 }
                shown += polynomial.dropFirst()
                rounds.bind(challenge)
            }
            let value = zip(mask.value(challenges), coefficients).reduce(Extension.zero) {
                $0 + $1.0 * $1.1
            }
            #expect(value == claim)
            return shown
        }
        let matrix = (0..<mask.count).map { index in
            shown((0..<mask.count).map { $0 == index ? .one : .zero }).map { $0[0] }
        }
        #expect(rank(matrix) == mask.count)
    }

    /// The same of the polynomial that hides a zero-check.
    @Test func polynomialsHideZeroChecks() throws {
        let plan = try #require(
            try VerificationKey(graph: AttackGraphs.branches()).hidden
        ).plan
        let system = plan.system
        var random = SeededRandom(seed: 3)
        let tau = (0..<system.variableCount).map { _ in element(&random) }
        let point = (0..<system.variableCount).map { _ in element(&random) }
        let coefficients = (0..<system.maskCount).map { _ in element(&random) }
        let mask = RowMask(polynomial: coefficients, evaluations: [])
        // Rounds show all coefficients but the first as they are; the sum has that one.
        var sum = coefficients[0]
        var value = coefficients[0]
        var next = 1
        for (round, degree) in system.roundDegrees.enumerated() {
            for power in 1...degree {
                sum += tau[round] * coefficients[next]
                value += point[round].power(UInt64(power)) * coefficients[next]
                next += 1
            }
        }
        #expect(next == coefficients.count && next == system.messageCount)
        #expect(mask.sum(system, tau) == sum)
        #expect(
            zip(system.maskValue(point), coefficients).reduce(.zero) { $0 + $1.0 * $1.1 } == value)
        // Last rounds have room for masked columns.
        for site in system.sites {
            #expect(system.roundDegrees[site.variableCount - 1] >= 2 * site.degree)
        }
    }

    /// Masks of the opening are one to one with the coefficients that its columns' rounds show,
    /// whatever positions of them are shown besides.
    @Test(arguments: OpeningCase.masked)
    func masksHideColumns(_ shape: OpeningCase) throws {
        let made = try OpeningInstance(shape)
        let parameters = made.parameters
        let queries = parameters.queryCount
        let coefficients = parameters.columnMask.count - 1
        #expect(coefficients + queries <= parameters.rows)
        // Rows of m₀ behind the coefficients make any positions uniform by themselves.
        let code = parameters.code
        let matrix = (0..<queries).map { query in
            let point = code.point((query * 7) % code.codewordRows)
            return (0..<queries).map { point.power(UInt64(coefficients + $0)) }
        }
        #expect(rank(matrix) == queries)
    }

    /// Hidden stacks end in rows that follow from the secret and the purpose alone, one for each
    /// position; leaves have salts.
    @Test func stacksEndInRandomRows() throws {
        let key = try VerificationKey(graph: AttackGraphs.branches())
        let parameters = try #require(key.hidden).parameters
        let shape = parameters.stacks[parameters.hiddenStacks[1]]
        let input = try key.inputStack(
            AttackGraphs.input, secret: Hash(1), workers: SerialWorkers())
        func hidden(_ secret: Hash, _ purpose: StaticString) -> ([BabyBear], [UInt8]) {
            let values = FieldBuffer(count: parameters.rows * shape.columns)
            let salts = RunHiding(input: input, secret: secret).hide(
                values, shape, parameters, purpose)
            return (values.elements, salts)
        }
        let (values, salts) = hidden(Hash(1), "witness")
        let free = parameters.queryCount * shape.columns
        #expect(values.dropLast(free).allSatisfy { $0 == .zero })
        #expect(values.suffix(free).count { $0 != .zero } > free - 3)
        #expect(Set(values.suffix(free)).count > free - 3)
        #expect(salts.count == 16 * parameters.codewordRows)
        for (secret, purpose) in [(Hash(1), "helpers"), (Hash(2), "witness")]
            as [(Hash, StaticString)]
        {
            let (others, otherSalts) = hidden(secret, purpose)
            #expect(zip(values.suffix(free), others.suffix(free)).count { $0 == $1 } < 3)
            #expect(zip(salts, otherSalts).count { $0 == $1 } < salts.count / 128)
        }
        let openings = try #require(key.hidden).openingsMax
        let inputFree = openings * parameters.queryCount * input.shape.columns
        #expect(input.values.elements.suffix(inputFree).count { $0 != .zero } > inputFree - 3)
        let masks = RunHiding(input: input, secret: Hash(1)).maskStack(
            parameters, try #require(parameters.stacks.last), SerialWorkers(), .best)
        #expect(Set(masks.values.elements).count > masks.values.count - 100)
    }

    // MARK: Whole proofs

    /// What a proof shows up to its opening, and where.
    private struct Shown {
        var evaluations: [RowEvaluations] = []
        var rowPoint: [Extension] = []
        var argument: LinearArgument
        var sum: Extension
        var point: [Extension] = []
        var values: LinearValues
    }

    /// Reads a proof as its verifier does.
    private func read(
        _ proof: [UInt8], _ statement: ProofStatement, _ key: VerificationKey
    ) throws -> Shown {
        var reader = ProofReader(proof)
        let header = try ProofHeader(reader: &reader)
        var transcript = try header.transcript([statement], key)
        let plan = try key.plan(batch: 1, isHidden: true)
        _ = try plan.readRevealed(&reader, &transcript)
        transcript.absorb("witness", try reader.readHash())
        _ = RowChallenges(&transcript)
        transcript.absorb("helpers", try reader.readHash())
        let messages = try reader.readExtensions(plan.system.messageCount)
        let claim = try RowVerifier.replay(plan.system, messages: messages, &transcript)
        let evaluations = try plan.readEvaluations(claim.point, &reader, &transcript)
        let argument = LinearArgument(
            plan.linearSites, bitsMin: key.layout?.logColumns ?? 0, batch: 1, isMasked: true,
            &transcript)
        let sum = try reader.readExtension()
        transcript.absorb("accumulators", sum)
        let end = try argument.replay(&reader, claim: sum, &transcript)
        let values = try LinearValues(argument, end.point, &reader, &transcript) { _, _ in nil }
        return Shown(
            evaluations: evaluations, rowPoint: claim.point, argument: argument, sum: sum,
            point: end.point, values: values)
    }

    /// Whoever knows the input, and so all of the run, computes what an unmasked proof would show:
    /// none of it is there.
    @Test func nobodyRecognisesARun() throws {
        let prover = try DishonestProver(AttackGraphs.branches())
        let (proof, statement, _) = try prover.prove(AttackGraphs.input, .hidden)
        let key = prover.key
        let shown = try read(proof, statement, key)
        let plan = try key.plan(batch: 1, isHidden: true)
        let run = try prover.run(AttackGraphs.input, Hash(1), Forgery()).run
        let stackSize = 1 << (try #require(key.parameters(plan)?.logSize(plan, .witness)))
        let filler = try WitnessFiller(plan, [run], stackSize: stackSize)
        let tables = RowTables(shown.rowPoint)
        var hidden = 0
        for (index, site) in plan.sites.enumerated() {
            let rows = plan.system.sites[index]
            let eq = tables.table(rows.variableCount)
            let mass = RowPoint.mass(rows.prefix(of: shown.rowPoint), count: rows.rowCount)
            for column in site.columns.indices where !site.isKnown(column) {
                let values = filler.columns[index][column]
                var plain = Extension(rows.padding[column]) * (.one - mass)
                for row in 0..<rows.rowCount { plain += eq[row].scaled(by: values[row]) }
                #expect(shown.evaluations[index].columns[column] != plain)
                hidden += 1
            }
        }
        #expect(hidden > 20)
        // The sum of the accumulators, and the ends of the vectors.
        var sum = Extension.zero
        for (site, power) in zip(shown.argument.sites, shown.argument.powers) {
            let sums = run.sums[site.node] ?? []
            sum +=
                power
                * FieldBuffer(signed: sums).dot(
                    site.outputFunctional(shown.argument.axes, batch: 1))
        }
        #expect(shown.sum != sum)
        for (site, pair) in zip(shown.argument.sites, shown.values.pairs) {
            let operand = Array(run.trace.values(of: site.operandTensors.right))
            let vector = site.rightVector(operand, shown.argument.axes, batch: 1)
            #expect(pair.right != vector.dot(shown.values.table, count: vector.count))
        }
    }

    /// Proofs of one statement under other secrets have no number in common, but for the weights
    /// and what everybody knows.
    @Test func secretsChangeEverything() throws {
        let prover = try ModelProver(graph: try AttackGraphs.branches())
        func words(_ secret: Hash) throws -> Set<UInt32> {
            let hidden = try prover.hide(AttackGraphs.input, secret: secret)
            let proof = try prover.prove(hidden, context: Hash(1)).proof
            return Set(
                stride(from: 4, to: proof.count - 3, by: 4).map { at in
                    (0..<4).reduce(0) { $0 | UInt32(proof[at + $1]) << UInt32(8 * $1) }
                })
        }
        let (first, second) = (try words(Hash(1)), try words(Hash(2)))
        let parameters = try #require(prover.key.hidden).parameters
        // The weights' rows, siblings and zeros are the same where the same positions are opened.
        let common = first.intersection(second).count
        let weights = parameters.queryCount * (parameters.stacks[0].columns + 8 * 12)
        #expect(first.count > 10_000)
        #expect(common < min(weights, first.count / 4), "\(common) of \(first.count)")
    }

    /// The bits of what is shown are even, for inputs of zeros as for any.
    @Test func shownBitsAreEven() throws {
        let prover = try ModelProver(graph: try AttackGraphs.branches())
        for input in [[Int32](repeating: 0, count: 8), [Int32](repeating: 255, count: 8)] {
            var ones = 0
            var count = 0
            for secret in 0..<8 {
                let hidden = try prover.hide(input, secret: Hash(UInt256(secret)))
                let (output, proof) = try prover.prove(hidden, context: Hash(1))
                let statement = ProofStatement(
                    context: Hash(1), input: .hidden(hidden.commitment), output: output)
                let shown = try read(proof, statement, prover.key)
                let elements =
                    shown.evaluations.flatMap { $0.columns + $0.helpers } + [shown.sum]
                    + shown.values.pairs.map(\.right)
                for element in elements {
                    for limb in 0..<Extension.degree where element[limb] != .zero {
                        ones += Int(element[limb].canonical & 1)
                        count += 1
                    }
                }
            }
            // Six standard deviations.
            let distance = 2 * ones - count
            #expect(count > 2_000 && distance * distance < 36 * count, "\(ones) of \(count)")
        }
    }
}
