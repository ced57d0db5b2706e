/// Why a float graph cannot become an integer graph.
public enum QuantiseError: Error, Equatable, Sendable {
    case noCalibrationRows
    case tooManyCalibrationRows(Int, max: Int)
    case wrongRowLength(row: Int, wanted: Int, got: Int)
    case rowNotFinite(row: Int)
    case calibrationRun(RunError)
    case notFinite(value: String)
    /// No scale in range suits the node's numbers.
    case unrepresentable(node: String)
    case graph(GraphError)
}
