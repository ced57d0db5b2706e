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
        /// Bits that the operands kept so that no accumulator overflows; zero where it is no
        /// product.
        public let activationBits: Int
        public let weightBits: Int
    }

    /// Results on rows that others can check: against the float model, or posted results, and
    /// against labels.
    public struct Agreement: Sendable, Equatable {
        public let rowCount: Int
        /// Rows on which both have their largest result at the same place.
        public let agreeingCount: Int
        /// Rows on which that place is the label; nil without labels.
        public let correctCount: Int?
        public let correctFloatCount: Int?
    }

    /// The fewest bits that were left to a layer's operand and to its weights.
    public let activationBits: Int
    public let weightBits: Int
    public let inputs: [TensorType]
    /// Nodes that stand for a value of the float graph, in order.
    public let layers: [Layer]
    public let rowsMeasured: Int
    /// Nil without a test set.
    public let agreement: Agreement?
}

/// Rows to measure a quantised model on.
public struct TestSet: Sendable {
    public let rows: [[Float]]
    /// The right place of the largest result, one for each row.
    public let labels: [Int]?
    /// Results to agree with instead of the float model's own.
    public let references: [[Float]]?

    public init(rows: [[Float]], labels: [Int]? = nil, references: [[Float]]? = nil) {
        self.rows = rows
        self.labels = labels
        self.references = references
    }
}
