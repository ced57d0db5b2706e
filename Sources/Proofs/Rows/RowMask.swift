/// What hides a zero-check: a random polynomial that is added to what is summed, and a random
/// number for each column and helper.
///
/// The polynomial is P(x) = p₀ + Σ_j Σ_k p_{j,k} · x_jᵏ, k from one to the degree of round j. A
/// column's extension c becomes c + ω · X(1 − X) in its last variable X: the same on every row,
/// another one everywhere else. All of it is committed before any challenge.
public struct RowMask: Sendable, Equatable {
    /// p₀, then the other coefficients in the order of the rounds' messages.
    public let polynomial: [Extension]
    /// For each site ω of each column, then of each helper; zero for a column that both sides
    /// know.
    public let evaluations: [[Extension]]

    public init(polynomial: [Extension], evaluations: [[Extension]]) {
        self.polynomial = polynomial
        self.evaluations = evaluations
    }

    /// Σ_x eq(τ, x) · P(x): the sum of the polynomial's part, with which the rounds begin.
    public func sum(_ system: RowSystem, _ tau: [Extension]) -> Extension {
        zip(polynomial, system.maskSum(tau)).reduce(.zero) { $0 + $1.0 * $1.1 }
    }
}

extension RowSystem {
    /// Coefficients of a masking polynomial; none where nothing is masked.
    public var maskCount: Int { isMasked ? 1 + roundDegrees.reduce(0, +) : 0 }

    /// The functional on the polynomial's coefficients that gives Σ_x eq(τ, x) · P(x).
    public func maskSum(_ tau: [Extension]) -> [Extension] {
        // x_jᵏ is zero at zero and one at one.
        zip(roundDegrees, tau).reduce(into: [.one]) { result, round in
            result += [Extension](repeating: round.1, count: round.0)
        }
    }

    /// The functional on the polynomial's coefficients that gives P at a point.
    public func maskValue(_ point: [Extension]) -> [Extension] {
        zip(roundDegrees, point).reduce(into: [.one]) { result, round in
            result += round.1.powers(round.0 + 1).dropFirst()
        }
    }
}

extension RowSite {
    /// X(1 − X) at the site's last coordinate: what ω of its columns and helpers is multiplied by.
    public func maskFactor(_ point: [Extension]) -> Extension {
        let last = point[variableCount - 1]
        return last * (.one - last)
    }
}
