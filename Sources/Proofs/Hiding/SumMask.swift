/// The shape of a random polynomial that hides a sumcheck (Xie, Zhang, Zhang, Papamanthou, Song:
/// "Libra", 2019): one polynomial for each variable,
///
///     P(x) = p₀ + Σ_j Σ_k p_{j,k} · (x_jᵏ − 1/2)        1 ≤ k ≤ degree of round j
///
/// so that everything but p₀ vanishes when a variable is summed over {0, 1}. Functionals are on
/// p₀ and then p_{j,k} in order.
package struct SumMask: Sendable, Equatable {
    /// For each round.
    package let degrees: [Int]

    package init(degrees: [Int]) { self.degrees = degrees }

    /// Coefficients, p₀ among them.
    package var count: Int { 1 + degrees.reduce(0, +) }

    /// P at a point that binds the first variables, the others left out: the functional.
    package func value(_ point: [Extension]) -> [Extension] {
        let half = Extension(OpeningParameters.half)
        var result: [Extension] = [.one]
        for (degree, coordinate) in zip(degrees, point) {
            result += coordinate.powers(degree + 1).dropFirst().map { $0 - half }
        }
        return result
    }

    /// 2 to the number of variables, on p₀: the functional of the sum over the cube.
    package var cubeSum: Extension { Extension(BabyBear(2).power(UInt64(degrees.count))) }
}

/// A masking polynomial in the hands of a prover, from round to round.
package struct SumMaskRounds {
    private let mask: SumMask
    private let coefficients: [Extension]
    private var round = 0
    private var next = 1
    /// P with the variables bound so far, the others left out.
    private var value: Extension

    package init(_ mask: SumMask, _ coefficients: [Extension]) {
        precondition(coefficients.count == mask.count, "a mask has its coefficients")
        self.mask = mask
        self.coefficients = coefficients
        value = coefficients[0]
    }

    /// The polynomial that is added in this round, constant first: what is left when all variables
    /// after it are summed over.
    package func polynomial() -> [Extension] {
        let own = coefficients[next..<next + mask.degrees[round]]
        let sum = own.reduce(Extension.zero, +)
        let constant = value - sum.scaled(by: OpeningParameters.half)
        let copies = BabyBear(2).power(UInt64(mask.degrees.count - round - 1))
        return ([constant] + own).map { $0.scaled(by: copies) }
    }

    /// The same for a round of degree two.
    package func productRound() -> ProductRound {
        let polynomial = polynomial()
        return ProductRound(atZero: polynomial[0], atInfinity: polynomial[2])
    }

    package mutating func bind(_ challenge: Extension) {
        let half = Extension(OpeningParameters.half)
        let powers = challenge.powers(mask.degrees[round] + 1).dropFirst()
        for power in powers {
            value += coefficients[next] * (power - half)
            next += 1
        }
        round += 1
    }
}
