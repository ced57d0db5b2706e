internal import Inference

extension VerificationKey {
    /// Every way in which a proof of one inference may pass though its statement is false, with a
    /// bound on its probability: the argument's own challenges, then the opening's.
    ///
    /// By the article "Proofs", section "Soundness". Computed from the key; nothing is taken from a
    /// proof.
    public func explain(_ form: ProofForm) -> [SoundnessEvent] {
        let element = ErrorBound.element
        var events: [SoundnessEvent] = []
        var sites: [LinearSite] = []
        var claims = 0
        var coordinates = 0
        switch form {
        case .open:
            sites = outline.nodes.indices.compactMap { node in
                outline.usesCommittedWeights(node)
                    ? LinearSite(outline, node: node, termBitsMin: layout?.logColumns ?? 0) : nil
            }
            claims = sites.count
        case .committed, .hidden:
            guard let plan = form == .hidden ? hidden?.plan : plan else { return [] }
            let system = plan.system
            // A round's polynomial, and eq in front of it.
            let degree = system.roundDegrees.reduce(0) { $0 + $1 + 1 }
            events = [
                SoundnessEvent(
                    "look-ups: fingerprints and fractions",
                    element.times(6 * Int(system.termCount))),
                SoundnessEvent(
                    "rows: constraints combined, point of the zero-check",
                    element.times(system.constraintCount + system.variableCount)),
                SoundnessEvent("rows: sumcheck", element.times(degree)),
            ]
            sites = plan.linearSites
            for (site, rows) in zip(plan.sites, system.sites) {
                claims += site.columns.count + rows.groups.count
            }
            claims += 2 + plan.equations.count + 2 * sites.count + outline.results.count
            // Of a hidden run its masks' sum and values, and its input.
            claims += plan.reveals.count + (plan.mask == nil ? 0 : 4)
            // Points for equations, outputs, and revealed tensors or the hidden input.
            coordinates = 3 * Bits.ceiling(log2: max(1, plan.cellCount))
        }
        let axes = LinearAxes.bits(sites, batch: 1)
        coordinates += axes.item + axes.channel + axes.row + axes.column
        let isMasked = form == .hidden
        let rounds = LinearArgument.roundCount(
            sites, bitsMin: layout?.logColumns ?? 0, batch: 1, isMasked: isMasked)
        events += [
            SoundnessEvent(
                "sums: points along axes, sites combined",
                element.times(coordinates + sites.count)),
            SoundnessEvent("sums: sumcheck", element.times(2 * rounds + (isMasked ? 2 : 0))),
            SoundnessEvent("claims combined", element.times(claims)),
        ]
        let parameters: OpeningParameters?
        switch form {
        case .open: parameters = (try? self.parameters(nil)) ?? nil
        case .committed: parameters = (try? self.parameters(plan)) ?? nil
        case .hidden: parameters = hidden?.parameters
        }
        // What cannot happen, such as a mixture of one stack, is no event.
        return (events + (parameters?.explain() ?? [])).filter { $0.error != .zero }
    }

    /// Bits of security of a form: log2 of the sum of all errors, negated and rounded down.
    public func securityBits(_ form: ProofForm) -> Int {
        SoundnessEvent.total(explain(form)).bits
    }
}
