// Rounding and roots lower to the C library on some machines, and nothing else links it.
internal import Glibc

/// Power-of-two scales between floats and integers. Floats stay out of every run.
enum Scale {
    /// Scales chosen for activations and weights stay in here, so that a product's fits the graph.
    static let exponentRange = -12...24

    /// `2^exponent`, exactly.
    static func power(_ exponent: Int) -> Double {
        Double(sign: .plus, exponent: exponent, significand: 1)
    }

    /// `floor(x · 2^exponent + 1/2)`, ties upward, kept within `bounds`. `x` is finite.
    static func quantise(
        _ x: Double, _ exponent: Int, _ bounds: ClosedRange<Int64>
    ) -> Int64 {
        let scaled = (x * power(exponent) + 0.5).rounded(.down)
        if scaled <= Double(bounds.lowerBound) { return bounds.lowerBound }
        if scaled >= Double(bounds.upperBound) { return bounds.upperBound }
        return Int64(scaled)
    }

    /// The finest scale at which `largest` exceeds `max` by one step at most.
    ///
    /// The step of grace costs one saturated step at the very top and buys a bit whenever the
    /// largest number is a power of two, as pixels up to 1.0 are.
    static func exponent(largest: Double, max: Int64) -> Int {
        guard largest > 0 else { return 0 }
        var exponent = exponentRange.upperBound
        while exponent > exponentRange.lowerBound, largest * power(exponent) > Double(max + 1) {
            exponent -= 1
        }
        return exponent
    }
}
