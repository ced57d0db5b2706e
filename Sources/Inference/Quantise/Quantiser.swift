/// How to quantise.
public struct QuantiseOptions: Sendable, Equatable {
    public enum Activations: Sendable, Equatable {
        /// W8A8: unsigned where the calibration saw nothing negative, else signed.
        case eightBits
        /// W8A16: signed, for small nets and wide ranges.
        case sixteenBits
    }

    public var activations: Activations
    /// One weight scale for each output channel instead of one for the tensor.
    public var perChannel: Bool

    public init(activations: Activations = .eightBits, perChannel: Bool = false) {
        self.activations = activations
        self.perChannel = perChannel
    }

    public static let standard = QuantiseOptions()
}

/// Turns float graphs into integer graphs. Floats end here.
///
/// All scales are powers of two. A tensor's scale is the finest at which its range (see
/// `Calibration`) exceeds the element type by one step at most; weights likewise with their
/// largest magnitude. Numbers round half up and saturate. A clamp after a linear layer becomes its
/// limits. The last layer's accumulators are the result, unscaled, so that no precision is lost.
/// Where an accumulator might overflow, this node's operands and then its weights lose bits until
/// it cannot. Steep functions, long sums and comparisons work on sixteen bits in any case (see
/// `PrecisionPlan`). Integers and booleans are exact.
/// Same graph, rows and options give the same bytes.
public enum Quantiser {
    public static func quantise(
        _ graph: FloatGraph, calibration rows: [[Float]], options: QuantiseOptions = .standard,
        testSet: TestSet? = nil, limits: InferenceLimits = .standard
    ) throws(QuantiseError) -> (graph: IntegerGraph, report: QuantisationReport) {
        guard !rows.isEmpty else { throw .noCalibrationRows }
        guard rows.count <= limits.calibrationRowCountMax else {
            throw .tooManyCalibrationRows(rows.count, max: limits.calibrationRowCountMax)
        }
        for (index, row) in rows.enumerated() {
            guard row.count == graph.inputCount else {
                throw .wrongRowLength(row: index, wanted: graph.inputCount, got: row.count)
            }
            guard row.allSatisfy(\.isFinite) else { throw .rowNotFinite(row: index) }
        }
        let calibration = try Calibration(graph, rows: rows)
        var builder = IntegerGraphBuilder(graph, calibration, options, limits: limits)
        let integers = try builder.build()
        let report = try report(
            graph, integers, builder.assembly.labels,
            rows: Array(rows.prefix(measuredRowCountMax)), testSet: testSet)
        return (integers, report)
    }
}
