/// Why a float graph cannot become an integer graph.
public enum QuantiseError: Error, Equatable, Sendable {
    case noCalibrationRows
    case tooManyCalibrationRows(Int, max: Int)
    case wrongRowLength(row: Int, wanted: Int, got: Int)
    case rowNotFinite(row: Int)
    case calibrationRun(RunError)
    case notFinite(value: String)
    /// An integer of the calibration does not fit sixteen bits, or is infinite.
    case integerOutOfRange(value: String)
    /// No scale in range suits the node's numbers.
    case unrepresentable(node: String)
    /// As many labels or references as rows are needed.
    case wrongTestSet(rows: Int, others: Int)
    case graph(GraphError)
}
