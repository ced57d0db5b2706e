internal import Inference

/// The argument that all accumulators are the sums of products that the graph says.
///
/// One sum of products over all sites, each with a power of μ: `Σ_i μ^i ⟨e_i, acc_i⟩ =
/// Σ_i μ^i Σ_j U_i[j] · V_i[j]`. A sumcheck of degree two over the index `j`, lowest variable first
/// and zeros behind shorter vectors, leaves the values of all `U_i` and `V_i` at one point, which
/// are linear in the weights and in the operands.
package struct LinearArgument {
    package let sites: [LinearSite]
    package let batch: Int
    package let axes: LinearAxes
    /// One for each site.
    package let powers: [Extension]
    /// Variables of the sumcheck.
    package let roundCount: Int

    /// - Parameter bitsMin: the low variables that all claims on weights share.
    package init(_ sites: [LinearSite], bitsMin: Int, batch: Int, _ transcript: inout Transcript) {
        self.sites = sites
        self.batch = batch
        roundCount = sites.reduce(bitsMin) { max($0, $1.bits(batch: batch)) }
        axes = LinearAxes(for: sites, batch: batch, &transcript)
        powers = transcript.challenge("linear batch").powers(sites.count)
    }

    /// Follows the rounds' messages; gives the point and the value that Σ μ^i U_i V_i has there.
    func replay(
        _ reader: inout ProofReader, claim: Extension, _ transcript: inout Transcript
    ) throws(ProofError) -> (point: [Extension], value: Extension) {
        var claim = claim
        var point: [Extension] = []
        for _ in 0..<roundCount {
            let message = try reader.readExtensions(2)
            transcript.absorb("linear round", message)
            let challenge = transcript.challenge("linear bind")
            claim = ProductRound(atZero: message[0], atInfinity: message[1]).value(
                at: challenge, claim: claim)
            point.append(challenge)
        }
        return (point, claim)
    }
}
