/// Whoever runs independent pieces of work, perhaps several at once.
///
/// Consensus code knows no threads. It says which pieces are independent and joins what they give
/// by index, so that any number of workers yields the same bytes.
public protocol Workers: Sendable {
    /// How many pieces may run at once, from 1.
    var count: Int { get }

    /// Runs `body` once for each piece in `0..<pieces`, in any order, and returns when all ended.
    ///
    /// Pieces that run at the same time are told different workers, all below `count`; the
    /// caller's own thread is worker 0. A body may call `run` again.
    func run(_ pieces: Int, _ body: @Sendable (_ piece: Int, _ worker: Int) -> Void)
}

/// The one worker that is the caller.
public struct SerialWorkers: Workers {
    public init() {}

    public var count: Int { 1 }

    public func run(_ pieces: Int, _ body: @Sendable (_ piece: Int, _ worker: Int) -> Void) {
        for piece in 0..<pieces { body(piece, 0) }
    }
}

extension Workers {
    /// The results of `body` for `0..<count`, in that order.
    ///
    /// - Parameter grain: indices that one worker takes at a time: cheap bodies want many.
    public func map<Result: Sendable>(
        _ count: Int, grain: Int = 1, _ body: @Sendable (_ index: Int) -> Result
    ) -> [Result] {
        mapPerWorker(count, grain: grain) { index, _ in body(index) }
    }

    /// `map` for bodies that use something of their worker's.
    public func mapPerWorker<Result: Sendable>(
        _ count: Int, grain: Int = 1, _ body: @Sendable (_ index: Int, _ worker: Int) -> Result
    ) -> [Result] {
        precondition(grain > 0, "a piece of work holds an index at least")
        guard self.count > 1, count > grain else { return (0..<count).map { body($0, 0) } }
        return unsafe [Result](unsafeUninitializedCapacity: count) { slots, initialized in
            // Each index is written once, by whoever took its piece.
            nonisolated(unsafe) let slots = unsafe slots
            run((count + grain - 1) / grain) { piece, worker in
                for index in piece * grain..<min(count, (piece + 1) * grain) {
                    unsafe slots.initializeElement(at: index, to: body(index, worker))
                }
            }
            initialized = count
        }
    }
}
