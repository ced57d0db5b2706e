/// Accumulators as linear forms of committed cells.
///
/// A rescaled accumulator is `acc = r + S · (q + a - b) - S / 2` with `S = 2^shift` of its channel,
/// the remainder `r`, the activation `q` and what the limits cut off above and below; a bare one
/// is a cell itself.
package struct AccumulatorForm: Sendable {
    package struct Term: Sendable {
        /// The cell of element 0; the others follow.
        let first: Int
        let sign: Int64
        let isScaled: Bool
    }

    package let count: Int
    let terms: [Term]
    /// `2^shift`: one, or one for each channel; empty for bare accumulators.
    let scales: [Int64]
    /// Neighbouring elements of one channel.
    let channelInner: Int

    /// So many neighbours are worth a call of a kernel.
    private static let innerMin = 16

    /// Adds `factor · Σ_i coefficients[i] · acc[i]` to a functional on the cells; returns what does
    /// not depend on cells.
    func add(
        _ factor: Extension, times coefficients: ExtensionBuffer, to functional: Functional
    ) -> Extension {
        guard scales.count > 1 else {
            let scale = BabyBear(signed: scales.first ?? 1)
            for term in terms {
                let sign = BabyBear(signed: term.sign)
                functional.add(
                    factor.scaled(by: term.isScaled ? scale * sign : sign), times: coefficients,
                    count: count, at: term.first)
            }
            guard let whole = scales.first else { return .zero }
            return -(factor * coefficients.sum(0..<count)).scaled(by: BabyBear(signed: whole / 2))
        }
        let scaled = ExtensionBuffer(count: count)
        let factors = scales.map { BabyBear(signed: $0) }
        if channelInner >= AccumulatorForm.innerMin {
            for start in stride(from: 0, to: count, by: channelInner) {
                scaled.add(
                    Extension(factors[start / channelInner % factors.count]), times: coefficients,
                    from: start, count: channelInner, at: start)
            }
        } else {
            for index in 0..<count {
                scaled[index] = coefficients[index].scaled(
                    by: factors[index / channelInner % factors.count])
            }
        }
        for term in terms {
            functional.add(
                factor.scaled(by: BabyBear(signed: term.sign)),
                times: term.isScaled ? scaled : coefficients, count: count, at: term.first)
        }
        // Scales are even: half of each is what the sum was lifted by.
        let half = BabyBear(signed: 2).inverse ?? .zero
        return -(factor * scaled.sum()).scaled(by: half)
    }
}
