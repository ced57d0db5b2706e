/// Where a zero-check ended: the point, and what Σ λᵏ · constraint k must be there.
public struct RowClaim: Sendable, Equatable {
    /// A site with m variables uses the first m coordinates.
    public let point: [Extension]
    public let value: Extension
    public let lambda: Extension
    /// The point of the zero-check's sum.
    public let tau: [Extension]
    /// What the sum began with: zero, or the sum of the mask.
    public let start: Extension

    public init(
        point: [Extension], value: Extension, lambda: Extension, tau: [Extension],
        start: Extension
    ) {
        self.point = point
        self.value = value
        self.lambda = lambda
        self.tau = tau
        self.start = start
    }
}

/// The verifier's half of the zero-check: it follows the rounds and compares their end.
///
/// See the article Rows for the protocol and why it is sound.
public enum RowVerifier {
    /// Follows the rounds' messages and gives the claim they end in.
    ///
    /// The transcript holds everything the sites' columns and helpers are bound by.
    /// - Parameter messages: all rounds' elements in order, `messageCount` of the system.
    /// - Throws: `messageCount` when there are more or fewer: a longer message would be a
    ///   polynomial of a higher degree.
    public static func replay(
        _ system: RowSystem, messages: [Extension], _ transcript: inout Transcript
    ) throws(RowError) -> RowClaim {
        guard messages.count == system.messageCount else {
            throw .messageCount(messages.count, expected: system.messageCount)
        }
        var rounds = RowRounds(system, &transcript)
        var start = 0
        if system.isMasked {
            rounds.begin(with: messages[0], &transcript)
            start = 1
        }
        for degree in system.roundDegrees {
            rounds.bind(messages[start..<start + degree], &transcript)
            start += degree
        }
        return rounds.end
    }

    /// Whether the columns' and helpers' evaluations at the point give the claimed value.
    ///
    /// Of a masked system they give it less the mask's value: see `combined`.
    /// - Throws: `refused` when they do not, `evaluationShape` when a site has other columns.
    public static func check(
        _ system: RowSystem, _ claim: RowClaim, _ challenges: RowChallenges,
        _ evaluations: [RowEvaluations]
    ) throws(RowError) {
        let sum = try combined(system, claim, challenges, evaluations)
        guard sum == claim.value else { throw .refused }
    }

    /// Σ λᵏ · constraint k of all sites at the evaluations: where a system is masked, the claim's
    /// value less this is the mask's value at the point.
    ///
    /// - Throws: `evaluationShape` when a site has other columns.
    public static func combined(
        _ system: RowSystem, _ claim: RowClaim, _ challenges: RowChallenges,
        _ evaluations: [RowEvaluations]
    ) throws(RowError) -> Extension {
        guard evaluations.count == system.sites.count else {
            throw .evaluationShape(site: evaluations.count)
        }
        let powers = system.powers(claim.lambda)
        var sum = Extension.zero
        for (index, site) in system.sites.enumerated() {
            let given = evaluations[index]
            guard given.columns.count == site.columnCount,
                given.helpers.count == site.groups.count
            else { throw .evaluationShape(site: index) }
            sum += site.combined(given, powers: powers[system.powerRanges[index]], challenges)
        }
        return sum
    }
}

/// The state that both sides keep from round to round.
///
/// The claim is Σ over the remaining variables of eq(τ, ·) · G, without the factor eq(τ, ρ) of the
/// variables that are bound. A round's message is c₁ … c_d of the polynomial g of the round; c₀
/// follows from claim = (1 − τⱼ) · g(0) + τⱼ · g(1) = c₀ + τⱼ · (c₁ + … + c_d). So a round has
/// nothing to check, and its degree is bounded by the length of the message.
public struct RowRounds: Sendable {
    public let lambda: Extension
    public let tau: [Extension]
    public private(set) var point: [Extension] = []
    public private(set) var claim = Extension.zero
    private var start = Extension.zero

    /// Draws λ and τ.
    public init(_ system: RowSystem, _ transcript: inout Transcript) {
        lambda = transcript.challenge("rows lambda")
        tau = transcript.challenges("rows tau", count: system.variableCount)
    }

    /// Takes the sum that a masked zero-check begins with.
    public mutating func begin(with sum: Extension, _ transcript: inout Transcript) {
        transcript.absorb("rows mask", sum)
        (start, claim) = (sum, sum)
    }

    /// Takes a round's message and draws the challenge that binds its variable.
    public mutating func bind(_ message: ArraySlice<Extension>, _ transcript: inout Transcript) {
        transcript.absorb("rows round", Array(message))
        let sum = message.reduce(Extension.zero, +)
        let constant = claim - tau[point.count] * sum
        let challenge = transcript.challenge("rows bind")
        claim = message.reversed().reduce(Extension.zero) { ($0 + $1) * challenge } + constant
        point.append(challenge)
    }

    /// What is left to check when all variables are bound.
    public var end: RowClaim {
        RowClaim(point: point, value: claim, lambda: lambda, tau: tau, start: start)
    }
}
