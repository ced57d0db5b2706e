import Inference

extension BinaryFixedPoint {
    /// The nearest float, for comparisons.
    var approximation: Float {
        Float(Double(integer) * Double(sign: .plus, exponent: -scaleExponent, significand: 1))
    }
}
