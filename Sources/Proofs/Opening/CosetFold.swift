/// The fold of one oracle, at single points: what the verifier recomputes.
///
/// A leaf holds g at the points x·ζ^i, ζ of order 2^k, whose 2^k-th power is one point of the
/// folded code. With g(X) = e(X²) + X·o(X²) binding the lowest variable to s gives (1 − s)·e + s·o:
/// from g(x) and g(−x) that is ½((1 − s)(g(x) + g(−x)) + s·x⁻¹(g(x) − g(−x))).
struct CosetFold {
    private let log: Int
    private let logLeaves: Int
    /// (1 − s)/2 and s/2 for each variable that is bound.
    private let factors: [(even: Extension, odd: Extension)]
    private let shiftInverse: BabyBear
    private let rootInverse: BabyBear
    /// ζ^−reverse(2i): what differs between the pairs of a leaf.
    private let pairInverses: [BabyBear]

    /// - Parameters:
    ///   - logPoints: the size of the domain of g, shift times the roots of unity.
    ///   - challenges: one for each variable, the lowest first.
    init(logPoints: Int, shift: BabyBear, challenges: [Extension]) {
        log = challenges.count
        logLeaves = logPoints - log
        let half = BabyBear(2).inverse ?? .zero
        factors = challenges.map { s in
            ((Extension.one - s).scaled(by: half), s.scaled(by: half))
        }
        shiftInverse = shift.inverse ?? .zero
        rootInverse = BabyBear.rootOfUnity(log: logPoints).inverse ?? .zero
        let zetaInverse = BabyBear.rootOfUnity(log: log).inverse ?? .zero
        let bits = log
        pairInverses = (0..<1 << max(0, log - 1)).map { pair in
            zetaInverse.power(UInt64(reversed(2 * pair, bits: bits)))
        }
    }

    /// The folded code's value at a leaf's point, of the leaf's values in order.
    func value(leaf: Int, _ values: [Extension]) -> Extension {
        var values = values
        var inverse =
            shiftInverse * rootInverse.power(UInt64(reversed(leaf, bits: logLeaves)))
        var pairs = pairInverses
        for factor in factors {
            for pair in 0..<values.count / 2 {
                let low = values[2 * pair]
                let high = values[2 * pair + 1]
                let odd = (low - high).scaled(by: inverse * pairs[pair])
                values[pair] = factor.even * (low + high) + factor.odd * odd
            }
            values.removeLast(values.count / 2)
            inverse *= inverse
            pairs = (0..<pairs.count / 2).map { pairs[2 * $0] * pairs[2 * $0] }
        }
        return values[0]
    }
}
