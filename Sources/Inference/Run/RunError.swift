/// Why a run is refused. A graph that was built can fail in no other way.
public enum RunError: Error, Equatable, Sendable {
    case wrongInputCount(wanted: Int, got: Int)
    /// An integer outside the range of its tensor.
    case inputOutOfRange(index: Int, value: Int64)
    /// Not a number, which no integer stands for.
    case notANumber(index: Int)
}
