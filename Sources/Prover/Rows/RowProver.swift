public import Inference
public import Primitives
public import Proofs

/// What a zero-check leaves: the messages, and what the verifier will want opened.
public struct RowProof: Sendable, Equatable {
    /// All rounds' elements in order.
    public let messages: [Extension]
    public let claim: RowClaim
    /// Every site's columns and helpers at its part of the claim's point, padding included.
    public let evaluations: [RowEvaluations]
}

/// The prover's half of the zero-check.
public enum RowProver {
    /// Proves that every constraint and every helper of every row is right.
    ///
    /// Cost: see the article Rows; per look-up some 20 products of extension elements.
    /// - Parameters:
    ///   - helpers: of `RowHelpers`, whose commitment the transcript has absorbed.
    ///   - mask: for a masked system, which binds it with the columns.
    ///   - level: which kernels; `swift` is slow and serves to compare.
    /// - Returns: equal proofs for any workers and level.
    /// - Throws: `violated` or `helperWrong` for the first row that is not right, `zeroDenominator`
    ///   for padding that α hits.
    public static func prove(
        _ system: RowSystem, _ witness: RowWitness, helpers: [[ExtensionBuffer]],
        _ challenges: RowChallenges, mask: RowMask? = nil, _ transcript: inout Transcript,
        workers: some Workers, level: KernelLevel = .best
    ) throws(RowError) -> RowProof {
        precondition(system.isMasked == (mask != nil), "a masked system has a mask")
        var rounds = RowRounds(system, &transcript)
        let powers = system.powers(rounds.lambda)
        var states: [SiteRounds] = []
        for (index, site) in system.sites.enumerated() {
            let table = try table(site, index, witness, helpers, challenges)
            states.append(
                SiteRounds(
                    site, table, powers: powers[system.powerRanges[index]], challenges,
                    mask: mask?.evaluations[index], level))
        }
        var messages: [Extension] = []
        messages.reserveCapacity(system.messageCount)
        var masks = mask?.polynomial[...] ?? []
        if let mask {
            messages.append(mask.sum(system, rounds.tau))
            rounds.begin(with: messages[0], &transcript)
            masks.removeFirst()
        }
        for (round, degree) in system.roundDegrees.enumerated() {
            let active = states.filter { $0.site.variableCount > round }
            if let challenge = rounds.point.last {
                for state in active { state.fold(by: challenge) }
            }
            let polynomials = polynomials(active, round, tau: rounds.tau, workers)
            var message =
                mask == nil
                ? [Extension](repeating: .zero, count: degree) : Array(masks.prefix(degree))
            masks = masks.dropFirst(degree)
            for polynomial in polynomials {
                for (power, coefficient) in polynomial.dropFirst().enumerated() {
                    message[power] += coefficient
                }
            }
            messages += message
            rounds.bind(message[...], &transcript)
            for (state, polynomial) in zip(active, polynomials) {
                state.bind(polynomial, at: rounds.point[round])
            }
        }
        var evaluations: [RowEvaluations] = []
        for state in states {
            let variables = state.site.variableCount
            let values = state.evaluations(variables > 0 ? rounds.point[variables - 1] : nil)
            if !state.agrees(values) {
                throw RowDiagnosis.firstError(system, witness, helpers, challenges) ?? .refused
            }
            evaluations.append(values)
        }
        return RowProof(messages: messages, claim: rounds.end, evaluations: evaluations)
    }

    private static func table(
        _ site: RowSite, _ index: Int, _ witness: RowWitness, _ helpers: [[ExtensionBuffer]],
        _ challenges: RowChallenges
    ) throws(RowError) -> RowTable {
        guard helpers.indices.contains(index), witness.columns.indices.contains(index),
            helpers[index].count == site.groups.count,
            witness.columns[index].count == site.columnCount,
            helpers[index].allSatisfy({ $0.count == site.rowCount })
        else { throw .witnessShape(site: index) }
        let padding =
            site.padding.map { Extension($0) }
            + (try site.helperPadding(challenges, site: index))
        return RowTable(
            rows: site.rowCount, padding: padding, .witness(witness.columns[index], helpers[index]))
    }

    /// Pieces of less work than this are not worth another worker.
    private static let blocksMin = 16

    /// Each site's polynomial of the round, lowest coefficient first.
    private static func polynomials(
        _ active: [SiteRounds], _ round: Int, tau: [Extension], _ workers: some Workers
    ) -> [[Extension]] {
        var weights: [Int: RowWeights] = [:]
        for state in active where weights[state.site.variableCount] == nil {
            let variables = state.site.variableCount
            weights[variables] = RowWeights(tau[(round + 1)..<variables])
        }
        let total = active.reduce(0) { $0 + $1.blockCount }
        let grain =
            workers.count == 1 ? total : max(blocksMin, total / (4 * workers.count))
        var pieces: [(state: Int, blocks: Range<Int>)] = []
        for (index, state) in active.enumerated() {
            for start in stride(from: 0, to: state.blockCount, by: grain) {
                pieces.append((index, start..<min(state.blockCount, start + grain)))
            }
        }
        let fixedWeights = weights
        let fixedPieces = pieces
        let work: @Sendable (Int) -> [Extension] = { number in
            let (index, blocks) = fixedPieces[number]
            let state = active[index]
            guard let weights = fixedWeights[state.site.variableCount] else { return [] }
            return state.work(
                blocks, weights, points: state.points(round, tau: tau[round]))
        }
        let isSmall = total < 2 * blocksMin
        let parts =
            isSmall
            ? SerialWorkers().map(pieces.count, work) : workers.map(pieces.count, work)
        var sums = active.map { _ in
            [Extension](repeating: .zero, count: RowLimits.degreeMax + 1)
        }
        for (piece, part) in zip(pieces, parts) {
            for point in part.indices { sums[piece.state][point] += part[point] }
        }
        let inverse = tau[round].inverse
        return zip(active, sums).map { state, sum in
            state.polynomial(sum, round, tau: tau[round], inverse: inverse)
        }
    }
}
