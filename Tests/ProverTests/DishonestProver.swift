import Inference
import Primitives
import Testing

@testable import Proofs
@testable import Prover

/// What a dishonest prover does otherwise than the protocol says. Everything else follows from it
/// as the protocol says, so that as few rules as can be are broken.
struct Forgery {
    /// What a layer with weights reads in place of its operand, by node.
    var operand: (_ node: Int, [Int32]) -> [Int32] = { $1 }
    /// The accumulators that a layer with weights is said to have, by node.
    var accumulators: (_ node: Int, [Int32]) -> [Int32] = { $1 }
    var output: ([Int32]) -> [Int32] = { $0 }
    var revealed: ([Int32]) -> [Int32] = { $0 }
    /// Changes the cells; multiplicities then follow as far as tables answer.
    var cells: (WitnessPlan, FieldBuffer) -> Void = { _, _ in }
    /// Changes cells behind everything that follows from them.
    var lastCells: (WitnessPlan, FieldBuffer) -> Void = { _, _ in }
    /// Changes what rows see of the cells: for each site its columns.
    var columns: (WitnessPlan, inout [[[BabyBear]]]) -> Void = { _, _ in }
    var helpers: ([[ExtensionBuffer]]) -> Void = { _ in }
    var sum: (Extension) -> Extension = { $0 }
    /// The sum with which masked rows begin.
    ///
    /// From the mask's sum, and from what the rows add up to: zero where no constraint is broken.
    var rowsStart: (_ mask: Extension, _ rows: Extension) -> Extension = { mask, _ in mask }
    /// Whether the accumulators are said to add up to what the products do.
    var sumsProducts = false
    /// What hides the products' sum, as the rounds add it.
    var linearMask: ([Extension]) -> [Extension] = { $0 }
    /// The number that the statement has for the input, if another than the commitment's.
    var commitment: Hash?
    /// The committed input, if another than the one that is run.
    var input: StackCommitment?
    /// Whether evaluations are made up so that the rows' check succeeds.
    var solvesRows = false
    /// Whether values are made up so that the linear check succeeds.
    var solvesProducts = false
    /// Whether the witness' root is absorbed when the look-ups' challenges are known already.
    var commitsLate = false
    /// Whether the statement enters the transcript.
    var bindsStatement = true
}

/// A prover of all forms that may say anything.
struct DishonestProver {
    let graph: IntegerGraph
    let key: VerificationKey
    let weights: KeyWeights
    static let secret = Hash(77)
    private let workers = SerialWorkers()

    /// - Parameter other: a graph of the same outline whose weights are used in place of the key's.
    init(_ graph: IntegerGraph, other: IntegerGraph? = nil) throws {
        (key, weights) = try VerificationKey.make(graph, workers: SerialWorkers())
        self.graph = other ?? graph
    }

    /// A run that is forged, and what the statement then says.
    func run(
        _ input: [Int32], _ context: Hash, _ forgery: Forgery
    ) throws -> (run: ModelRun, statement: ProofStatement) {
        var trace = GraphTrace(key.outline)
        var sums: [Int: [Int32]] = [:]
        let output = try trace.run(input) { node, operand in
            let values = LinearAccumulators.compute(
                graph, node: node, forgery.operand(node, Array(operand))[...], level: .best)
            let said = forgery.accumulators(node, values)
            sums[node] = said
            return said
        }
        let run = ModelRun(input: input, output: output, trace: trace, sums: sums)
        let statement = ProofStatement(
            context: context, input: input, output: forgery.output(output))
        return (run, statement)
    }

    /// A proof of one inference, its statement and the order of its messages and challenges.
    func prove(
        _ input: [Int32], _ form: ProofForm, _ forgery: Forgery = Forgery(),
        context: Hash = Hash(1)
    ) throws -> (proof: [UInt8], statement: ProofStatement, tape: [Transcript.Step]) {
        var (run, statement) = try run(input, context, forgery)
        var hiding: RunHiding?
        if form == .hidden {
            let stack =
                try forgery.input
                ?? key.inputStack(input, secret: DishonestProver.secret, workers: workers)
            statement = ProofStatement(
                context: context, input: .hidden(forgery.commitment ?? stack.root),
                output: statement.output)
            let header = ProofHeader(form: form, batch: 1)
            hiding = RunHiding(
                input: stack,
                secret: header.digest(statement, key.digest, secret: DishonestProver.secret))
        }
        let header = ProofHeader(form: form, batch: 1)
        var writer = ProofWriter()
        writer.append(header.bytes)
        var transcript = try header.transcript(
            forgery.bindsStatement ? [statement] : [], key, recordsTape: true)
        switch form {
        case .open: try proveOpen(run, forgery, &writer, &transcript)
        case .committed, .hidden:
            try proveCommitted(run, statement, forgery, hiding, &writer, &transcript)
        }
        return (writer.bytes, statement, try #require(transcript.tape))
    }

    // MARK: Open form

    private func proveOpen(
        _ run: ModelRun, _ forgery: Forgery, _ writer: inout ProofWriter,
        _ transcript: inout Transcript
    ) throws {
        let open = OpenRun(key.outline, [(run.trace, run.sums)])
        let start = writer.bytes.count
        open.write(to: &writer)
        transcript.absorb("accumulators", writer.bytes[start...])
        let layout = try #require(key.layout)
        let parameters = try #require(try key.parameters(nil))
        let argument = LinearArgument(
            open.sites(layout), bitsMin: layout.logColumns, batch: 1, &transcript)
        let (point, values, _) = try proveProducts(
            argument, forgery, claim: open.accumulatorSum(argument), &writer, &transcript
        ) { _ in
            true
        } operand: {
            open.operand($0)
        }
        var claims = ClaimBatch(
            theta: transcript.challenge("claims"), weightRows: 1 << parameters.logRows,
            witnessLog: nil, helperLog: nil)
        claims.addWeights(layout, argument, point, values)
        prove(claims, parameters, [], weights.shared, point, &writer, &transcript)
    }

    // MARK: Committed form

    private func proveCommitted(
        _ run: ModelRun, _ statement: ProofStatement, _ forgery: Forgery, _ hiding: RunHiding?,
        _ writer: inout ProofWriter, _ transcript: inout Transcript
    ) throws {
        let plan = try key.plan(batch: 1, isHidden: hiding != nil)
        let parameters = try #require(try key.parameters(plan))
        let shapes = Array(
            parameters.stacks.dropFirst(
                (key.layout == nil ? 0 : 1) + (hiding == nil ? 0 : 1)))
        let filler = try WitnessFiller(
            plan, [run], stackSize: 1 << (shapes[0].logColumns + parameters.logRows))
        let revealed = forgery.revealed(filler.revealed)
        let known = plan.knownValues(run.input, revealed: revealed)
        plan.write(revealed: revealed, to: &writer, &transcript)
        let stack = filler.stack
        forgery.cells(plan, stack)
        recount(plan, stack, known)
        forgery.lastCells(plan, stack)
        let masks = hiding?.masks(plan, into: stack)
        let rowCase = try rowCase(plan, stack, known, forgery)

        let witness = commit(stack, shapes[0], parameters, hiding, "witness")
        if !forgery.commitsLate { transcript.absorb("witness", witness.root) }
        writer.append(witness.root)
        let challenges = RowChallenges(&transcript)
        if forgery.commitsLate { transcript.absorb("witness", witness.root) }
        var stacks = (hiding.map { [$0.input] } ?? []) + [witness]
        let helpers = try RowHelpers.compute(
            plan.system, rowCase.witness, challenges, workers: workers)
        forgery.helpers(helpers)
        if plan.helperCount > 0 {
            let words = FieldBuffer(count: 1 << (shapes[1].logColumns + parameters.logRows))
            write(helpers, plan, to: words)
            let stack = commit(words, shapes[1], parameters, hiding, "helpers")
            stacks.append(stack)
            transcript.absorb("helpers", stack.root)
            writer.append(stack.root)
        }
        let rows = try NaiveRowProver.prove(
            rowCase, helpers, challenges, mask: masks?.rows, start: forgery.rowsStart,
            &transcript)
        writer.append(rows.messages)
        let evaluations =
            forgery.solvesRows ? try solved(rows, plan.system, challenges) : rows.evaluations
        let messages = plan.messages(evaluations)
        writer.append(messages)
        transcript.absorb("row values", messages)

        let argument = LinearArgument(
            plan.linearSites, bitsMin: key.layout?.logColumns ?? 0, batch: 1,
            isMasked: hiding != nil && !plan.linearSites.isEmpty, &transcript)
        let linear = masks?.linear.map {
            LinearMask(polynomial: forgery.linearMask($0.polynomial), ends: $0.ends)
        }
        let hidden = linear.map { $0.polynomial[0] * argument.mask.cubeSum } ?? .zero
        let operand = { tensor in plan.cells[tensor].map { integer($0, stack, known) } }
        let vectors = try vectors(argument, forgery, operand: operand)
        let sum = forgery.sum(
            (forgery.sumsProducts ? product(argument, vectors) : cellSum(plan, argument, stack))
                + hidden)
        if !argument.sites.isEmpty { writer.append(sum) }
        transcript.absorb("accumulators", sum)
        let (point, values, end) = try proveProducts(
            argument, forgery, claim: sum, mask: linear, &writer, &transcript
        ) { tensor in
            plan.cells[tensor].allSatisfy { $0 < 0 }
        } operand: { tensor in
            plan.cells[tensor].map { integer($0, stack, known) }
        }
        let points = ClaimPoints(plan, &transcript)
        var claims = ClaimBatch(
            theta: transcript.challenge("claims"),
            weightRows: key.layout == nil ? nil : 1 << parameters.logRows,
            witnessLog: parameters.logSize(plan, .witness),
            helperLog: parameters.logSize(plan, .helpers),
            inputLog: parameters.logSize(plan, .input))
        let combined = try RowVerifier.combined(
            plan.system, rows.claim, challenges, evaluations)
        try claims.addAll(
            plan, key.layout, rows.claim, challenges, evaluations, argument, sum, point, values,
            points,
            masks: ClaimMasks(
                rows: rows.claim.value - combined, linear: end - values.sum(argument)),
            outputs: statement.output, known: known)
        if let hiding {
            let stack = hiding.maskStack(
                parameters, try #require(parameters.stacks.last), workers, .best)
            transcript.absorb("masks", stack.root)
            writer.append(stack.root)
            stacks.append(stack)
        }
        prove(
            claims, parameters, stacks, hiding == nil ? weights.shared : weights.hidden, point,
            &writer, &transcript)
    }

    private func commit(
        _ values: FieldBuffer, _ shape: StackShape, _ parameters: OpeningParameters,
        _ hiding: RunHiding?, _ purpose: StaticString
    ) -> StackCommitment {
        StackCommitment(
            values: values, shape: shape, code: parameters.code,
            salts: hiding?.hide(values, shape, parameters, purpose) ?? [], workers: workers)
    }

    private func write(
        _ helpers: [[ExtensionBuffer]], _ plan: WitnessPlan, to words: FieldBuffer
    ) {
        for (starts, groups) in zip(plan.helperStarts, helpers) {
            for (start, helper) in zip(starts, groups) {
                for limb in 0..<Extension.degree {
                    helper.copyLimb(
                        limb, to: words, at: start + limb * WitnessPlan.aligned(helper.count))
                }
            }
        }
    }

    // MARK: Witness

    private func integer(_ cell: Int32, _ stack: FieldBuffer, _ known: [Int32]) -> Int32 {
        cell >= 0 ? stack[Int(cell)].balanced : known[Int(-1 - cell)]
    }

    /// The columns of all sites as they follow from the cells.
    private func values(
        _ plan: WitnessPlan, _ stack: FieldBuffer, _ known: [Int32]
    ) -> [[[BabyBear]]] {
        plan.sites.map { site in
            site.columns.map { column in
                switch column {
                case .committed(let first), .limb(let first, _, _, _):
                    (0..<site.rowCount).map { stack[first + $0] }
                case .view(let cells):
                    cells.map {
                        $0 >= 0
                            ? stack[Int($0)] : BabyBear(signed: Int64(known[Int(-1 - $0)]))
                    }
                case .known(let numbers): numbers.map { BabyBear(signed: Int64($0)) }
                }
            }
        }
    }

    /// Makes the multiplicities fit the cells, if every read is answered.
    private func recount(_ plan: WitnessPlan, _ stack: FieldBuffer, _ known: [Int32]) {
        let columns = values(plan, stack, known).map { $0.map { RowColumn(FieldBuffer($0)) } }
        guard let witness = try? RowWitness(plan.system, columns: columns),
            let counts = try? RowMultiplicities.count(plan.system, witness)
        else { return }
        for (table, count) in zip(plan.tables, counts) {
            for entry in 0..<table.count { stack[table.firstCell + entry] = count[entry] }
        }
    }

    private func rowCase(
        _ plan: WitnessPlan, _ stack: FieldBuffer, _ known: [Int32], _ forgery: Forgery
    ) throws -> RowCase {
        var values = values(plan, stack, known)
        forgery.columns(plan, &values)
        return try RowCase(
            sites: plan.system.sites, tables: plan.system.tables, values: values,
            isMasked: plan.system.isMasked)
    }

    /// Changes one evaluation so that the constraints have the value that the rounds end in.
    private func solved(
        _ proof: RowProof, _ system: RowSystem, _ challenges: RowChallenges
    ) throws -> [RowEvaluations] {
        let powers = system.powers(proof.claim.lambda)
        func value(_ evaluations: [RowEvaluations]) -> Extension {
            system.sites.indices.reduce(.zero) {
                $0
                    + system.sites[$1].combined(
                        evaluations[$1], powers: powers[system.powerRanges[$1]], challenges)
            }
        }
        // The check is affine in a helper.
        let site = try #require(system.sites.firstIndex { !$0.groups.isEmpty })
        var evaluations = proof.evaluations
        let start = value(evaluations)
        evaluations[site].helpers[0] += .one
        let slope = try #require((value(evaluations) - start).inverse)
        evaluations[site].helpers[0] += (proof.claim.value - start) * slope - .one
        #expect(value(evaluations) == proof.claim.value)
        return evaluations
    }

    // MARK: Products

    /// `Σ_i μ^i ⟨e_i, acc_i⟩` of the accumulators that the cells stand for.
    private func cellSum(
        _ plan: WitnessPlan, _ argument: LinearArgument, _ stack: FieldBuffer
    ) -> Extension {
        var log = 0
        while 1 << log < stack.count { log += 1 }
        let functional = Functional(logSize: log)
        var sum = Extension.zero
        for (site, power) in zip(argument.sites, argument.powers) {
            guard let form = plan.accumulators[site.node] else { continue }
            sum += form.add(
                power, times: site.outputFunctional(argument.axes, batch: 1), to: functional)
        }
        return sum + stack.dot(functional.coefficients())
    }

    private func vectors(
        _ argument: LinearArgument, _ forgery: Forgery, operand: (Int) -> [Int32]
    ) throws -> [LinearProver.Vectors] {
        let axes = argument.axes
        let stack = try key.layout.map { layout in
            layout.stack(graph.linears, logRows: try #require(key.opening).logRows)
        }
        return try argument.sites.map { site -> LinearProver.Vectors in
            switch site.operands {
            case .weights(let linear, let tensor):
                LinearProver.Vectors(
                    left: try #require(key.layout).weightVector(
                        try #require(stack), site, linear: linear, channels: axes.channel.table),
                    right: site.rightVector(
                        forgery.operand(site.node, operand(tensor)), axes, batch: 1))
            case .product(let left, let right):
                LinearProver.Vectors(
                    left: site.leftVector(operand(left), axes, batch: 1),
                    right: site.rightVector(operand(right), axes, batch: 1))
            }
        }
    }

    /// What the products add up to.
    private func product(
        _ argument: LinearArgument, _ vectors: [LinearProver.Vectors]
    ) -> Extension {
        zip(vectors, argument.powers).reduce(Extension.zero) { sum, pair in
            let count = min(pair.0.left.count, pair.0.right.count)
            return sum + pair.1 * pair.0.left.dot(pair.0.right, count: count)
        }
    }

    private func proveProducts(
        _ argument: LinearArgument, _ forgery: Forgery, claim: Extension, mask: LinearMask? = nil,
        _ writer: inout ProofWriter, _ transcript: inout Transcript, isKnown: (Int) -> Bool,
        operand: (Int) -> [Int32]
    ) throws -> (point: [Extension], values: LinearValues, end: Extension) {
        let vectors = try vectors(argument, forgery, operand: operand)
        let start = writer.bytes.count
        var replayed = transcript
        let (point, honest) = LinearProver.prove(
            argument, vectors, mask: mask, &writer, &transcript, level: .best)
        var ends = honest
        var reader = ProofReader(Array(writer.bytes[start...]))
        let end = try argument.replay(&reader, claim: claim, &replayed)
        if forgery.solvesProducts {
            let sum = zip(ends, argument.powers).reduce(Extension.zero) {
                $0 + $1.0.left * $1.0.right * $1.1
            }
            let slope = try #require((argument.powers[0] * ends[0].right).inverse)
            ends[0].left += (end.value - sum) * slope
        }
        let values = LinearValues(
            argument, point, ends: ends, writer: &writer, &transcript, isKnown: isKnown)
        return (point, values, end.value)
    }

    // MARK: Opening

    private func prove(
        _ claims: ClaimBatch, _ parameters: OpeningParameters, _ stacks: [StackCommitment],
        _ weights: StackCommitment?, _ point: [Extension], _ writer: inout ProofWriter,
        _ transcript: inout Transcript
    ) {
        var proved: [ProvedStack] = []
        if let weights, let layout = key.layout, let functional = claims.weights {
            proved.append(
                ProvedStack(
                    weights,
                    .prefolded(point: Array(point[..<layout.logColumns]), functional)))
        }
        let functionals = [claims.input, claims.witness, claims.helpers].compactMap { $0 }
        for (stack, functional) in zip(stacks, functionals) {
            proved.append(ProvedStack(stack, .dense(functional.coefficients())))
        }
        if stacks.count > functionals.count {
            proved.append(ProvedStack(stacks[functionals.count], .masks))
        }
        OpeningProver.prove(
            parameters, stacks: proved, claim: claims.value, transcript: &transcript,
            workers: workers, into: &writer)
    }
}

extension BabyBear {
    /// The representative of least magnitude.
    var balanced: Int32 {
        Int32(
            canonical > BabyBear.modulus / 2
                ? Int64(canonical) - Int64(BabyBear.modulus) : Int64(canonical))
    }
}
