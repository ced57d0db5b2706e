internal import Inference

/// The argument that all accumulators are the sums of products that the graph says.
///
/// One sum of products over all sites, each with a power of μ: `Σ_i μ^i ⟨e_i, acc_i⟩ =
/// Σ_i μ^i Σ_j U_i[j] · V_i[j]`. A sumcheck of degree two over the index `j`, lowest variable first
/// and zeros behind shorter vectors, leaves the values of all `U_i` and `V_i` at one point, which
/// are linear in the weights and in the operands.
struct LinearArgument {
    let sites: [LinearSite]
    let axes: LinearAxes
    /// One for each site.
    let powers: [Extension]
    /// Variables of the sumcheck.
    let roundCount: Int

    init(_ sites: [LinearSite], roundCount: Int, _ transcript: inout Transcript) {
        self.sites = sites
        self.roundCount = roundCount
        axes = LinearAxes(for: sites, &transcript)
        powers = transcript.challenge("linear.batch").powers(sites.count)
    }
}

extension Extension {
    /// `1, x, x², …`
    func powers(_ count: Int) -> [Extension] {
        var power = Extension.one
        return (0..<count).map { _ in
            defer { power *= self }
            return power
        }
    }
}
