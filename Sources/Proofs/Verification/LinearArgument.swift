internal import Inference

/// The argument that all accumulators are the sums of products that the graph says.
///
/// One sum of products over all sites, each with a power of μ: `Σ_i μ^i ⟨e_i, acc_i⟩ =
/// Σ_i μ^i Σ_j U_i[j] · V_i[j]`. A sumcheck of degree two over the index `j`, lowest variable first
/// and zeros behind shorter vectors, leaves the values of all `U_i` and `V_i` at one point, which
/// are linear in the weights and in the operands.
///
/// A masked argument adds a `SumMask` to the sum. A hidden end has ω · X(1 − X) added to its
/// vector, X the last variable; so the last round has degree four, and there is at least one.
package struct LinearArgument {
    package let sites: [LinearSite]
    package let batch: Int
    package let axes: LinearAxes
    /// One for each site.
    package let powers: [Extension]
    /// Variables of the sumcheck.
    package let roundCount: Int
    package let isMasked: Bool

    /// - Parameter bitsMin: the low variables that all claims on weights share.
    package init(
        _ sites: [LinearSite], bitsMin: Int, batch: Int, isMasked: Bool = false,
        _ transcript: inout Transcript
    ) {
        self.isMasked = isMasked
        self.sites = sites
        self.batch = batch
        roundCount = LinearArgument.roundCount(
            sites, bitsMin: bitsMin, batch: batch, isMasked: isMasked)
        axes = LinearAxes(for: sites, batch: batch, &transcript)
        powers = transcript.challenge("linear batch").powers(sites.count)
    }

    package static func roundCount(
        _ sites: [LinearSite], bitsMin: Int, batch: Int, isMasked: Bool
    ) -> Int {
        sites.reduce(isMasked ? max(1, bitsMin) : bitsMin) { max($0, $1.bits(batch: batch)) }
    }

    /// What hides the sum.
    package var mask: SumMask { LinearArgument.mask(roundCount: roundCount) }

    package static func mask(roundCount: Int) -> SumMask {
        SumMask(degrees: [Int](repeating: 2, count: roundCount - 1) + [lastDegree])
    }

    /// The degree of a masked argument's last round: two masked vectors.
    package static let lastDegree = 4

    /// X(1 − X) at the last coordinate.
    package static func maskFactor(_ point: [Extension]) -> Extension {
        guard let last = point.last else { return .zero }
        return last * (.one - last)
    }

    /// Follows the rounds' messages; gives the point and the value that Σ μ^i U_i V_i has there.
    func replay(
        _ reader: inout ProofReader, claim: Extension, _ transcript: inout Transcript
    ) throws(ProofError) -> (point: [Extension], value: Extension) {
        var claim = claim
        var point: [Extension] = []
        for _ in 0..<roundCount - (isMasked ? 1 : 0) {
            let message = try reader.readExtensions(2)
            transcript.absorb("linear round", message)
            let challenge = transcript.challenge("linear bind")
            claim = ProductRound(atZero: message[0], atInfinity: message[1]).value(
                at: challenge, claim: claim)
            point.append(challenge)
        }
        if isMasked {
            let message = try reader.readExtensions(LinearArgument.lastDegree)
            let challenge = LinearArgument.bindLast(message, &transcript)
            claim = LinearArgument.lastValue(message, claim: claim, at: challenge)
            point.append(challenge)
        }
        return (point, claim)
    }

    /// Absorbs the message of a masked argument's last round and draws its challenge.
    package static func bindLast(
        _ message: [Extension], _ transcript: inout Transcript
    ) -> Extension {
        transcript.absorb("linear round", message)
        return transcript.challenge("linear bind")
    }

    /// The polynomial without constant whose other coefficients a message has, with the constant
    /// that makes its values at zero and one add up to the claim.
    private static func lastValue(
        _ message: [Extension], claim: Extension, at challenge: Extension
    ) -> Extension {
        let constant = (claim - message.reduce(.zero, +)).scaled(by: OpeningParameters.half)
        return message.reversed().reduce(Extension.zero) { ($0 + $1) * challenge } + constant
    }
}
