internal import Inference
internal import Primitives
internal import Proofs

/// A proof of the committed form in the making. Each step is one of `ProofVerifier`.
struct CommittedProof<Pool: Workers> {
    let key: VerificationKey
    let plan: WitnessPlan
    let weights: StackCommitment?
    let workers: Pool
    let level: KernelLevel
    /// The input and the randomness of a proof in zero knowledge.
    let hiding: RunHiding?

    func prove(
        _ runs: [ModelRun], _ writer: inout ProofWriter, _ transcript: inout Transcript
    ) throws(ProverError) {
        let parameters: OpeningParameters?
        do throws(ProofError) { parameters = try key.parameters(plan) } catch {
            throw .key(error)
        }
        let leading = (key.layout == nil ? 0 : 1) + (hiding == nil ? 0 : 1)
        let shapes = Array(parameters?.stacks.dropFirst(leading) ?? [])
        func size(_ shape: Int) -> Int {
            shapes.indices.contains(shape)
                ? 1 << (shapes[shape].logColumns + (parameters?.logRows ?? 0)) : 0
        }
        let filler = try WitnessFiller(plan, runs, stackSize: size(0))
        let masks = hiding?.masks(plan, into: filler.stack)
        plan.write(revealed: filler.revealed, to: &writer, &transcript)
        var stacks: [StackCommitment] = hiding.map { [$0.input] } ?? []
        if let parameters, plan.cellCount > 0 {
            let witness = commit(filler.stack, shapes[0], parameters, "witness")
            transcript.absorb("witness", witness.root)
            writer.append(witness.root)
            stacks.append(witness)
        }
        let challenges = RowChallenges(&transcript)
        let rows: RowProof
        do throws(RowError) {
            let witness = try RowWitness(plan.system, columns: filler.columns)
            let helpers = try RowHelpers.compute(
                plan.system, witness, challenges, workers: workers, level: level)
            if let parameters, plan.helperCount > 0 {
                let stack = commit(
                    limbs(helpers, size: size(1)), shapes[1], parameters, "helpers")
                transcript.absorb("helpers", stack.root)
                writer.append(stack.root)
                stacks.append(stack)
            }
            rows = try RowProver.prove(
                plan.system, witness, helpers: helpers, challenges, mask: masks?.rows,
                &transcript, workers: workers, level: level)
        } catch { throw .rows(error) }
        writer.append(rows.messages)
        let evaluations = plan.messages(rows.evaluations)
        writer.append(evaluations)
        transcript.absorb("row values", evaluations)

        let argument = LinearArgument(
            plan.linearSites, bitsMin: key.layout?.logColumns ?? 0, batch: plan.batch,
            isMasked: hiding != nil && !plan.linearSites.isEmpty, &transcript)
        var sum = accumulatorSum(argument, runs)
        if let mask = masks?.linear { sum += mask.polynomial[0] * argument.mask.cubeSum }
        if !argument.sites.isEmpty { writer.append(sum) }
        transcript.absorb("accumulators", sum)
        let vectors = LinearProver.vectors(
            argument, key.layout, weights?.values, workers: workers
        ) { tensor in runs.flatMap { $0.trace.values(of: tensor) } }
        let (point, ends) = LinearProver.prove(
            argument, vectors, mask: masks?.linear, &writer, &transcript, level: level)
        let values = LinearValues(
            argument, point, ends: ends, writer: &writer, &transcript
        ) { tensor in plan.cells[tensor].allSatisfy { $0 < 0 } }

        let points = ClaimPoints(plan, &transcript)
        var claims = ClaimBatch(
            theta: transcript.challenge("claims"),
            weightRows: key.layout == nil ? nil : parameters.map { 1 << $0.logRows },
            witnessLog: parameters?.logSize(plan, .witness),
            helperLog: parameters?.logSize(plan, .helpers),
            inputLog: parameters?.logSize(plan, .input))
        do throws(RowError) {
            try claims.addAll(
                plan, key.layout, rows.claim, challenges, rows.evaluations, argument, sum, point,
                values, points, masks: maskEnds(rows, argument, masks, point),
                outputs: runs.flatMap(\.output), known: filler.known)
        } catch { throw .rows(error) }
        guard let parameters else { return }
        if let hiding, let shape = parameters.stacks.last {
            let stack = hiding.maskStack(parameters, shape, workers, level)
            transcript.absorb("masks", stack.root)
            writer.append(stack.root)
            stacks.append(stack)
        }
        OpeningProver.prove(
            parameters, stacks: proved(claims, stacks, point), claim: claims.value,
            transcript: &transcript, workers: workers, level: level, into: &writer)
    }

    /// A stack of this run: with random rows and salts where the run is hidden.
    private func commit(
        _ values: FieldBuffer, _ shape: StackShape, _ parameters: OpeningParameters,
        _ purpose: StaticString
    ) -> StackCommitment {
        let salts = hiding?.hide(values, shape, parameters, purpose) ?? []
        return StackCommitment(
            values: values, shape: shape, code: parameters.code, salts: salts, workers: workers,
            level: level)
    }

    /// The masks' values at the ends of the sums.
    private func maskEnds(
        _ rows: RowProof, _ argument: LinearArgument, _ masks: RunMasks?, _ point: [Extension]
    ) -> ClaimMasks {
        guard let masks else { return ClaimMasks(rows: .zero, linear: .zero) }
        func value(_ functional: [Extension], _ polynomial: [Extension]) -> Extension {
            zip(functional, polynomial).reduce(.zero) { $0 + $1.0 * $1.1 }
        }
        return ClaimMasks(
            rows: value(plan.system.maskValue(rows.claim.point), masks.rows.polynomial),
            linear: masks.linear.map { value(argument.mask.value(point), $0.polynomial) } ?? .zero)
    }

    /// The stacks of an opening with their functionals, the weights first.
    private func proved(
        _ claims: ClaimBatch, _ stacks: [StackCommitment], _ point: [Extension]
    ) -> [ProvedStack] {
        var proved: [ProvedStack] = []
        if let weights, let layout = key.layout, let functional = claims.weights {
            proved.append(
                ProvedStack(
                    weights,
                    .prefolded(point: Array(point[..<layout.logColumns]), functional)))
        }
        let functionals = [claims.input, claims.witness, claims.helpers].compactMap { $0 }
        for (stack, functional) in zip(stacks, functionals) {
            proved.append(ProvedStack(stack, .dense(functional.coefficients(workers: workers))))
        }
        if stacks.count > functionals.count {
            proved.append(ProvedStack(stacks[functionals.count], .masks))
        }
        return proved
    }

    /// The helpers as six base-field columns each.
    private func limbs(_ helpers: [[ExtensionBuffer]], size: Int) -> FieldBuffer {
        let stack = FieldBuffer(count: size)
        for (site, groups) in helpers.enumerated() {
            for (group, helper) in groups.enumerated() {
                let start = plan.helperStarts[site][group]
                for limb in 0..<Extension.degree {
                    helper.copyLimb(
                        limb, to: stack, at: start + limb * WitnessPlan.aligned(helper.count))
                }
            }
        }
        return stack
    }

    /// `Σ_i μ^i ⟨e_i, acc_i⟩`.
    private func accumulatorSum(_ argument: LinearArgument, _ runs: [ModelRun]) -> Extension {
        var sum = Extension.zero
        for (site, power) in zip(argument.sites, argument.powers) {
            let values = runs.flatMap { run in
                run.sums[site.node]
                    ?? plan.outline.accumulators(
                        site.node,
                        plan.outline.nodes[site.node].inputs.flatMap {
                            run.trace.values(of: $0)
                        })
            }
            let functional = site.outputFunctional(argument.axes, batch: plan.batch)
            sum += power * FieldBuffer(signed: values).dot(functional)
        }
        return sum
    }
}
