// What hides an opening's stacks; the article "Opening" has why.
//
// A row of the stack of masks has limbs of elements: of the polynomial m₀ that hides the rounds
// which bind columns, of m₁ that hides m₀, and of one vector n for each hidden stack. When columns
// are bound, a challenge η makes f + η · n of each hidden stack's vector f, and m₀ + η · m₁.
extension OpeningParameters {
    /// The functional on m₀ + η · m₁, by row, at the columns' challenges: m₀'s value is that of the
    /// polynomial, whose coefficients are its first elements, scaled as if it had joined at first.
    public func maskFunctional(_ challenges: [Extension]) -> [Extension] {
        let scale = BabyBear(2).power(UInt64(columnRounds))
        return columnMask.value(Array(challenges.prefix(columnRounds))).dropFirst()
            .map { $0.scaled(by: scale) }
    }

    /// The factors of a row of masks in the combined word.
    ///
    /// - Parameter powers: one for each stack.
    func maskWeights(_ powers: [Extension], blinding: Extension) -> ExtensionBuffer {
        guard let maskStack else { return ExtensionBuffer(count: 0) }
        let own = powers[maskStack]
        let factors = [own, own * blinding] + hiddenStacks.map { powers[$0] * blinding }
        let weights = ExtensionBuffer(count: stacks[maskStack].columns)
        for (vector, factor) in factors.enumerated() {
            for limb in 0..<Extension.degree {
                weights[vector * Extension.degree + limb] = factor * .monomial(limb)
            }
        }
        return weights
    }
}

extension StackCommitment {
    /// A vector of a stack of masks.
    public func maskVector(_ index: Int) -> ExtensionBuffer {
        let rows = code.rows
        let vector = ExtensionBuffer(count: rows)
        for row in 0..<rows {
            let start = row * shape.columns + index * Extension.degree
            vector[row] = Extension(
                limbs: (0..<Extension.degree).map { values[start + $0] })
        }
        return vector
    }
}
