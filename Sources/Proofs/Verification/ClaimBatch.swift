internal import Inference

/// All claims about the stacks as one: `Σ ⟨stack, functional⟩ = value`, each claim with a power of
/// θ.
///
/// Prover and verifier build it with the same code from the same numbers. The prover opens it; the
/// verifier compares the functionals' values at the opening's point.
package struct ClaimBatch {
    /// On the rows of the weight stack after its columns were folded.
    package let weights: ExtensionBuffer?
    /// On the cells.
    package let witness: Functional?
    /// On the helpers' columns.
    package let helpers: Functional?
    /// On the elements of a hidden input.
    package let input: Functional?
    package private(set) var value = Extension.zero

    private let theta: Extension
    private var power = Extension.one

    package init(
        theta: Extension, weightRows: Int?, witnessLog: Int?, helperLog: Int?,
        inputLog: Int? = nil
    ) {
        self.theta = theta
        weights = weightRows.map { ExtensionBuffer(count: $0) }
        witness = witnessLog.map { Functional(logSize: $0) }
        helpers = helperLog.map { Functional(logSize: $0) }
        input = inputLog.map { Functional(logSize: $0) }
    }

    private mutating func next() -> Extension {
        defer { power *= theta }
        return power
    }

    /// `Σ_i coefficients[i] · number[i] = claimed` for numbers that are cells or known.
    mutating func add(
        _ coefficients: ExtensionBuffer, on cells: [Int32], known: [Int32], claimed: Extension
    ) {
        let factor = next()
        value += factor * (claimed - scatter(factor: factor, coefficients, cells, known))
    }

    /// Adds to the witness functional; returns what the known numbers give, without the factor.
    private func scatter(
        factor: Extension, _ coefficients: ExtensionBuffer, _ cells: [Int32], _ known: [Int32]
    ) -> Extension {
        if let first = cells.first, first >= 0,
            cells.indices.allSatisfy({ cells[$0] == first + Int32($0) })
        {
            witness?.add(factor, times: coefficients, count: cells.count, at: Int(first))
            return .zero
        }
        var sum = Extension.zero
        for (index, cell) in cells.enumerated() where cell < 0 {
            sum += coefficients[index].scaled(by: BabyBear(signed: Int64(known[Int(-1 - cell)])))
        }
        if cells.contains(where: { $0 >= 0 }) {
            witness?.add(factor, times: coefficients, at: cells)
        }
        return sum
    }

    /// The functionals' extensions at points, in the order of the opening's stacks.
    func values() -> [([Extension]) -> Extension] {
        var values: [([Extension]) -> Extension] = []
        if let weights { values.append { weights.dot(ExtensionBuffer.eq($0)) } }
        for functional in [input, witness, helpers] {
            if let functional { values.append { functional.value(at: $0) } }
        }
        return values
    }

    /// All claims of a proof of the committed form, in the order of the protocol.
    package mutating func addAll(
        _ plan: WitnessPlan, _ layout: WeightLayout?, _ claim: RowClaim,
        _ challenges: RowChallenges, _ rows: [RowEvaluations], _ argument: LinearArgument,
        _ accumulatorSum: Extension, _ point: [Extension], _ values: LinearValues,
        _ points: ClaimPoints, masks: ClaimMasks, outputs: [Int32], known: [Int32]
    ) throws(RowError) {
        try addRows(plan, claim, challenges, rows, known: known)
        addEquations(plan, point: points.equations, known: known)
        addAccumulators(plan, argument, claimed: accumulatorSum)
        if let layout { addWeights(layout, argument, point, values) }
        addOperands(plan, argument, point, values, known: known)
        addOutputs(plan, points.outputs, outputs, known: known)
        addReveals(plan, points.reveals, known: known)
        addMasks(plan, claim, argument, point, masks)
        addInput(plan, points)
    }

    // MARK: Rows

    /// The evaluations of all columns and helpers, and the balance of the look-ups.
    mutating func addRows(
        _ plan: WitnessPlan, _ claim: RowClaim, _ challenges: RowChallenges,
        _ evaluations: [RowEvaluations], known: [Int32]
    ) throws(RowError) {
        let tables = RowTables(claim.point)
        var masks: [Extension] = []
        for (index, site) in plan.sites.enumerated() {
            let rows = plan.system.sites[index]
            let eq = tables.table(rows.variableCount)
            let maskFactor = plan.mask == nil ? .zero : rows.maskFactor(claim.point)
            for (number, evaluation) in evaluations[index].columns.enumerated() {
                let column = site.columns[number]
                if !site.isKnown(number) { masks.append(power * maskFactor) }
                if let first = column.firstCell {
                    let factor = next()
                    witness?.add(
                        factor, times: eq, count: site.rowCount, at: first)
                    value +=
                        factor
                        * rows.realPart(
                            of: evaluation, padding: Extension(site.padding(number)),
                            at: claim.point)
                } else if case .view(let cells) = column {
                    add(eq, on: cells, known: known, claimed: evaluation)
                }
            }
            let paddings = try rows.helperPadding(challenges, site: index)
            for (group, evaluation) in evaluations[index].helpers.enumerated() {
                masks.append(power * maskFactor)
                let factor = next()
                value +=
                    factor
                    * rows.realPart(of: evaluation, padding: paddings[group], at: claim.point)
                addHelper(factor, eq, plan.helperStarts[index][group], site.rowCount)
            }
        }
        add(masks, to: plan.mask?.evaluations)
        try addBalance(plan, challenges)
    }

    /// Coefficients that already have their powers, on elements that hide a run.
    private func add(_ coefficients: [Extension], to run: MaskCells.Run?) {
        guard let run, run.count > 0 else { return }
        witness?.add(
            .one, times: run.coefficients(coefficients), count: run.cellCount, at: run.firstCell)
    }

    /// A helper's six columns are its limbs.
    private func addHelper(
        _ factor: Extension, _ coefficients: ExtensionBuffer, _ start: Int, _ count: Int
    ) {
        for limb in 0..<Extension.degree {
            helpers?.add(
                factor * .monomial(limb), times: coefficients, count: count,
                at: start + limb * WitnessPlan.aligned(count))
        }
    }

    /// `Σ helpers - Σ multiplicities / (α - entries) = 0`.
    private mutating func addBalance(
        _ plan: WitnessPlan, _ challenges: RowChallenges
    ) throws(RowError) {
        let factor = next()
        for (site, starts) in zip(plan.sites, plan.helperStarts) {
            for start in starts {
                for limb in 0..<Extension.degree {
                    let first = start + limb * WitnessPlan.aligned(site.rowCount)
                    helpers?.add(
                        factor * .monomial(limb), to: first..<first + site.rowCount)
                }
            }
        }
        for (table, own) in zip(plan.system.tables, plan.tables) {
            witness?.add(
                -factor, times: try table.weights(challenges), count: own.count,
                at: own.firstCell)
        }
    }

    // MARK: Sums

    /// Nodes with public factors.
    mutating func addEquations(_ plan: WitnessPlan, point: ExtensionBuffer, known: [Int32]) {
        guard let witness else { return }
        for equation in plan.equations {
            let factor = next()
            value -= equation.add(factor, point: point, known: known, to: witness)
        }
    }

    /// `Σ_i μ^i ⟨e_i, acc_i⟩ = claimed` over the sites whose accumulators are cells.
    mutating func addAccumulators(
        _ plan: WitnessPlan, _ argument: LinearArgument, claimed: Extension
    ) {
        guard let witness else { return }
        let factor = next()
        value += factor * claimed
        if argument.isMasked, let run = plan.mask?.linear {
            var sum = [Extension](repeating: .zero, count: run.count)
            sum[0] = factor * argument.mask.cubeSum
            add(sum, to: run)
        }
        for (site, weight) in zip(argument.sites, argument.powers) {
            guard let form = plan.accumulators[site.node] else { continue }
            value -= form.add(
                factor * weight, times: site.outputFunctional(argument.axes, batch: plan.batch),
                to: witness)
        }
    }

    /// What the weights' side of each site is at the sumcheck's point.
    package mutating func addWeights(
        _ layout: WeightLayout, _ argument: LinearArgument, _ point: [Extension],
        _ values: LinearValues
    ) {
        guard let weights else { return }
        let high = ExtensionBuffer.eq(Array(point[layout.logColumns...]))
        for (site, pair) in zip(argument.sites, values.pairs) {
            guard case .weights(let linear, _) = site.operands else { continue }
            let factor = next()
            value += factor * pair.left
            layout.add(factor, site, linear: linear, argument.axes, high: high, to: weights)
        }
    }

    /// What the operands' sides are there, as far as they are not known.
    mutating func addOperands(
        _ plan: WitnessPlan, _ argument: LinearArgument, _ point: [Extension],
        _ values: LinearValues, known: [Int32]
    ) {
        let (axes, batch) = (argument.axes, argument.batch)
        let maskFactor = LinearArgument.maskFactor(point)
        var masks: [Extension] = []
        for (site, pair) in zip(argument.sites, values.pairs) {
            let (leftOperand, rightOperand) = site.operandTensors
            if pair.isLeftClaimed, let leftOperand {
                masks.append(power * maskFactor)
                add(
                    site.leftFunctional(values.table, axes, batch: batch),
                    on: plan.cells[leftOperand], known: known, claimed: pair.left)
            }
            if pair.isRightClaimed {
                masks.append(power * maskFactor)
                add(
                    site.rightFunctional(values.table, axes, batch: batch),
                    on: plan.cells[rightOperand], known: known,
                    claimed: pair.right - site.rightConstant(values.table, axes, batch: batch))
            }
        }
        add(masks, to: plan.mask?.ends)
    }

    // MARK: Hidden inputs

    /// The masks' values at the ends of the sums, and the sum with which the rows began.
    private mutating func addMasks(
        _ plan: WitnessPlan, _ claim: RowClaim, _ argument: LinearArgument, _ point: [Extension],
        _ masks: ClaimMasks
    ) {
        guard let cells = plan.mask else { return }
        for (functional, claimed) in [
            (plan.system.maskSum(claim.tau), claim.start),
            (plan.system.maskValue(claim.point), masks.rows),
        ] {
            let factor = next()
            value += factor * claimed
            add(functional.map { $0 * factor }, to: cells.rows)
        }
        guard argument.isMasked else { return }
        let factor = next()
        value += factor * masks.linear
        add(argument.mask.value(point).map { $0 * factor }, to: cells.linear)
    }

    /// The cells of a hidden input are what its commitment holds.
    private mutating func addInput(_ plan: WitnessPlan, _ points: ClaimPoints) {
        guard let input else { return }
        let factor = next()
        let count = plan.inputCells.count
        input.add(factor, times: points.inputs, count: count, at: 0)
        witness?.add(-factor, times: points.inputs, at: plan.inputCells)
    }

    /// Revealed tensors are what they were made of.
    mutating func addReveals(_ plan: WitnessPlan, _ point: ExtensionBuffer, known: [Int32]) {
        for reveal in plan.reveals {
            let numbers = reveal.numbers.map { known[Int(-1 - $0)] }
            add(
                point, on: reveal.cells, known: known,
                claimed: FieldBuffer(signed: numbers).dot(point))
        }
    }

    /// The results are the statement's outputs.
    mutating func addOutputs(
        _ plan: WitnessPlan, _ point: ExtensionBuffer, _ outputs: [Int32], known: [Int32]
    ) {
        let sizes = plan.outline.results.map { plan.outline.analysis.types[$0.tensor].elementCount }
        let total = sizes.reduce(0, +)
        var start = 0
        for (result, size) in zip(plan.outline.results, sizes) {
            var claimed = Extension.zero
            for inference in 0..<plan.batch {
                for index in 0..<size {
                    claimed += point[inference * size + index].scaled(
                        by: BabyBear(signed: Int64(outputs[inference * total + start + index])))
                }
            }
            add(point, on: plan.cells[result.tensor], known: known, claimed: claimed)
            start += size
        }
    }
}

/// Random points for claims about whole tensors, as tables of `eq`.
package struct ClaimPoints {
    let equations: ExtensionBuffer
    let outputs: ExtensionBuffer
    let reveals: ExtensionBuffer
    let inputs: ExtensionBuffer

    package init(_ plan: WitnessPlan, _ transcript: inout Transcript) {
        let rows = plan.equations.map(\.rowCount).max() ?? 1
        let sizes = plan.outline.results.map { plan.cells[$0.tensor].count }
        equations = ExtensionBuffer.eq(
            transcript.challenges("equations", count: Bits.ceiling(log2: rows)))
        outputs = ExtensionBuffer.eq(
            transcript.challenges("outputs", count: Bits.ceiling(log2: sizes.max() ?? 1)))
        let revealed = plan.reveals.map(\.cells.count).max() ?? 1
        reveals = ExtensionBuffer.eq(
            transcript.challenges("reveals", count: Bits.ceiling(log2: revealed)))
        // Only a proof about hidden inputs has this step.
        inputs =
            plan.inputCells.isEmpty
            ? ExtensionBuffer(count: 0)
            : ExtensionBuffer.eq(
                transcript.challenges(
                    "inputs", count: Bits.ceiling(log2: plan.inputCells.count)))
    }
}

/// What the masks' values must be at the ends of the sums; zero where nothing is masked.
package struct ClaimMasks {
    let rows: Extension
    let linear: Extension

    package init(rows: Extension, linear: Extension) {
        self.rows = rows
        self.linear = linear
    }
}

extension Extension {
    /// `X^k`.
    static func monomial(_ power: Int) -> Extension {
        Extension(limbs: (0..<degree).map { $0 == power ? .one : .zero })
    }
}

/// The tables of `eq` for the prefixes of a point, each made once, when it is needed.
final class RowTables {
    private let point: [Extension]
    private var tables: [Int: ExtensionBuffer] = [:]

    init(_ point: [Extension]) { self.point = point }

    func table(_ variables: Int) -> ExtensionBuffer {
        if let table = tables[variables] { return table }
        let table = ExtensionBuffer.eq(Array(point[..<variables]))
        tables[variables] = table
        return table
    }
}
