/// One way in which a false claim may pass, and a bound on its probability.
///
/// Probabilities are over the challenge that follows the messages in question, as in an interactive
/// proof. By Fiat-Shamir a forger who hashes 2^q times multiplies each by 2^q at most.
public struct SoundnessEvent: Sendable, Equatable {
    public let name: String
    public let error: ErrorBound

    public init(_ name: String, _ error: ErrorBound) {
        self.name = name
        self.error = error
    }

    /// The sum of all errors.
    public static func total(_ events: [SoundnessEvent]) -> ErrorBound {
        events.reduce(.zero) { $0 + $1.error }
    }
}

extension ErrorBound {
    /// 1 / |F|, F the extension field.
    public static let element = ErrorBound(1, over: UInt64(BabyBear.modulus)).power(
        Extension.degree)
}

extension OpeningParameters {
    /// log2 of the sum of all errors, negated and rounded down.
    public var securityBits: Int { SoundnessEvent.total(explain()).bits }

    /// All events, by the unique-decoding analysis of the article "Opening".
    ///
    /// N is the domain's size, |F| = p⁶. A line through two words, or through two interleaved
    /// words, that is close to the code for more than N of |F| challenges shows correlated
    /// agreement, and at most N challenges more make positions agree that do not for the others: 2N
    /// / |F| for each variable bound. A curve of degree d counts d times.
    public func explain() -> [SoundnessEvent] {
        let points = 1 << (logRows + logBlowup)
        var events = [
            SoundnessEvent(
                "sumcheck, degree 2", ErrorBound.element.times(2 * (columnRounds + logRows)))
        ]
        for (index, stack) in stacks.enumerated() {
            guard !stack.isMask else {
                // A line for each vector that is hidden, and the sum's own.
                events.append(
                    SoundnessEvent(
                        "proximity and sum: masks",
                        ErrorBound.element.times((2 * points + 1) * (maskCount - 1))))
                continue
            }
            events.append(
                SoundnessEvent(
                    "proximity: columns of stack \(index)",
                    ErrorBound.element.times(2 * points * stack.logColumns)))
        }
        events.append(
            SoundnessEvent(
                "proximity and values: stacks combined",
                ErrorBound.element.times((2 * points + 1) * (stacks.count - 1))))
        var domain = points
        for (index, fold) in folds.enumerated() {
            let words = (0..<fold).reduce(0) { $0 + (2 * domain >> $1 + 1) }
            events.append(SoundnessEvent("fold \(index)", ErrorBound.element.times(words)))
            domain >>= fold
        }
        // A word that is not within (1 − ρ)/2 of the code differs at more points than that, so a
        // query misses with less than (1 + ρ)/2.
        let miss = ErrorBound(1 << UInt64(logBlowup) + 1, over: 2 << UInt64(logBlowup))
        events.append(
            SoundnessEvent(
                "\(queryCount) queries",
                miss.power(queryCount) * ErrorBound(bits: workBits)))
        events.append(SoundnessEvent("collision of SHA-256", ErrorBound(bits: 128)))
        return events
    }

    /// The fewest queries that leave `bits` when all other errors are small.
    public static func queries(
        bits: Int = ProofLimits.securityBits, logBlowup: Int, workBits: Int = 0
    ) -> Int {
        let miss = ErrorBound(1 << UInt64(logBlowup) + 1, over: 2 << UInt64(logBlowup))
        // 2^−20 of the budget is for everything else.
        let target = (bits - workBits) * 100
        var count = 1
        var error = miss
        while (error + ErrorBound(bits: bits - workBits + 20)).hundredthsOfBits < target {
            error = error * miss
            count += 1
        }
        return count
    }
}
