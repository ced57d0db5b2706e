/// Why a graph's run cannot be committed to.
public enum PlanError: Error, Equatable, Sendable {
    /// Integers of a node's columns could be congruent without being equal.
    case unprovable(node: Int)
    /// More cells than a stack holds.
    case tooLarge(cells: Int, max: Int)
    case rows(RowError)
}
