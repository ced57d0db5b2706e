public import Primitives

extension Workers {
    /// Ranges that make up `0..<count`, for workers to share; one when that is little work.
    ///
    /// They begin at multiples of 16: elements of one block of an `ExtensionBuffer` have one
    /// writer.
    /// - Parameter grain: indices that are worth a piece of their own.
    public func ranges(_ count: Int, grain: Int) -> [Range<Int>] {
        let pieces = self.count == 1 ? 1 : max(1, min(4 * self.count, count / grain))
        let blocks = (count + 15) / 16
        return (0..<pieces).map { piece in
            let start = min(count, blocks * piece / pieces * 16)
            return start..<min(count, blocks * (piece + 1) / pieces * 16)
        }
    }

    /// Runs `body` over `ranges(count, grain)`.
    public func split(
        _ count: Int, grain: Int, _ body: @Sendable (_ range: Range<Int>) -> Void
    ) {
        let ranges = ranges(count, grain: grain)
        guard ranges.count > 1 else { return body(0..<count) }
        run(ranges.count) { piece, _ in body(ranges[piece]) }
    }
}
