// Floats on their way into a run. A chain's own path takes fixed-point numbers instead.
extension TensorType {
    /// The integer for a float: `floor(x · 2^scaleExponent + 1/2)`, kept within the range.
    /// Nil for what is not a number. Infinities saturate.
    public func integer(from number: Float) -> Int32? {
        if number.isNaN { return nil }
        return Int32(Scale.quantise(Double(number), scaleExponent, range))
    }
}

extension IntegerGraph {
    /// The integers for one row of floats, all inputs one after another.
    public func integers(from row: [Float]) throws(RunError) -> [Int32] {
        try integers(from: row) { number, type in type.integer(from: number) }
    }
}
