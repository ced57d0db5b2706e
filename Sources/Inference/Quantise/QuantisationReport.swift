/// What quantisation chose and what it costs in accuracy; the registry stores its numbers.
public struct QuantisationReport: Sendable {
    /// One tensor of the integer graph beside the float value that it stands for.
    public struct Layer: Sendable {
        public let name: String
        public let operation: String
        public let element: ElementType
        public let scaleExponent: Int
        public let shifts: [UInt8]
        /// Over the rows measured, in the float value's unit.
        public let errorMax: Double
        public let errorRootMeanSquare: Double
        public let signalRootMeanSquare: Double
        /// Worst case over all inputs, from the weights.
        public let accumulatorBits: Int
    }

    /// Bits that were left to activations and weights once every accumulator fitted.
    public let activationBits: Int
    public let weightBits: Int
    public let inputs: [TensorType]
    public let layers: [Layer]
    public let rowsMeasured: Int
}
