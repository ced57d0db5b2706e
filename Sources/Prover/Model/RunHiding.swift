internal import Inference
internal import Primitives
internal import Proofs

/// What hides one run: the committed input, and numbers that follow from a secret.
struct RunHiding {
    let input: StackCommitment
    /// Of this statement alone.
    let secret: Hash

    /// Fills the cells of the masks; gives them as the sums use them.
    func masks(_ plan: WitnessPlan, into stack: FieldBuffer) -> RunMasks? {
        guard let cells = plan.mask else { return nil }
        var stream = HidingStream(secret, "masks")
        func elements(_ run: MaskCells.Run) -> [Extension] {
            let elements = stream.elements(run.count)
            for (index, element) in elements.enumerated() {
                for limb in 0..<Extension.degree {
                    stack[run.firstCell + index * Extension.degree + limb] = element[limb]
                }
            }
            return elements
        }
        let rows = elements(cells.rows)
        var evaluations = elements(cells.evaluations)[...]
        let linear = elements(cells.linear)
        var ends = elements(cells.ends)[...]
        let sites = zip(plan.sites, plan.system.sites).map { site, rows in
            site.columns.indices.map { column in
                site.isKnown(column) ? .zero : evaluations.removeFirst()
            } + rows.groups.map { _ in evaluations.removeFirst() }
        }
        let pairs = plan.hiddenEnds.map { end in
            let left = end.left ? ends.removeFirst() : .zero
            return (left: left, right: end.right ? ends.removeFirst() : .zero)
        }
        return RunMasks(
            rows: RowMask(polynomial: rows, evaluations: sites),
            linear: plan.linearSites.isEmpty ? nil : LinearMask(polynomial: linear, ends: pairs))
    }

    /// Makes the last rows random, one for each position that is shown; gives the leaves' salts.
    func hide(
        _ values: FieldBuffer, _ shape: StackShape, _ parameters: OpeningParameters,
        _ purpose: StaticString
    ) -> [UInt8] {
        var stream = HidingStream(secret, purpose)
        HiddenForm.fillRandomRows(values, shape, count: parameters.queryCount, &stream)
        return stream.salts(parameters.codewordRows)
    }

    /// A stack of random numbers.
    func maskStack(
        _ parameters: OpeningParameters, _ shape: StackShape, _ workers: some Workers,
        _ level: KernelLevel
    ) -> StackCommitment {
        let values = FieldBuffer(count: parameters.rows * shape.columns)
        var stream = HidingStream(secret, "mask stack")
        stream.fill(values, 0..<values.count)
        return StackCommitment(
            values: values, shape: shape, code: parameters.code,
            salts: stream.salts(parameters.codewordRows), workers: workers, level: level)
    }
}

/// What hides the sums of a run.
struct RunMasks {
    let rows: RowMask
    let linear: LinearMask?
}
