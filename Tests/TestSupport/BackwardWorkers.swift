public import Primitives

/// Three workers that take pieces from the last to the first, one after another.
///
/// Work whose outcome depends on the order or the number of its pieces shows it here, every time.
public struct BackwardWorkers: Workers {
    public init() {}

    public var count: Int { 3 }

    public func run(_ pieces: Int, _ body: @Sendable (_ piece: Int, _ worker: Int) -> Void) {
        for piece in (0..<pieces).reversed() { body(piece, piece % 3) }
    }
}
