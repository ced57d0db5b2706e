internal import Proofs

/// Polynomials of one variable, of degree at most twice `RowLimits.degreeMax`, by values and
/// coefficients.
enum RowPolynomial {
    /// The coefficients of the polynomial with `values` at 0, 1, …, lowest first.
    static func coefficients(_ values: [Extension]) -> [Extension] {
        guard !values.isEmpty else { return [] }
        let rows = lagrange[values.count - 1]
        return (0..<values.count).map { power in
            zip(values, rows).reduce(Extension.zero) { $0 + $1.0.scaled(by: $1.1[power]) }
        }
    }

    /// For each degree d and each point of 0…d, the coefficients of the polynomial of degree d that
    /// is one there and zero at the other points.
    private static let lagrange: [[[BabyBear]]] = (0...2 * RowLimits.degreeMax).map { degree in
        (0...degree).map { point in
            var polynomial = [BabyBear.one]
            for other in 0...degree where other != point {
                // Times (X − other) / (point − other).
                let scale = BabyBear(signed: Int64(point - other)).inverse ?? .zero
                let shifted = [BabyBear.zero] + polynomial
                let constant = BabyBear(signed: Int64(other))
                polynomial = shifted.enumerated().map { index, value in
                    let lower = index < polynomial.count ? polynomial[index] * constant : .zero
                    return (value - lower) * scale
                }
            }
            return polynomial
        }
    }
}
