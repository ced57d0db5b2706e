internal import Proofs

/// Buffers that openings use again and again: fresh memory costs more than the arithmetic on it.
///
/// One caller at a time. What it hands out holds old elements.
public final class OpeningScratch {
    private var free: [Int: [ExtensionBuffer]] = [:]

    public init() {}

    /// A buffer with any contents, zeros behind its elements.
    func take(_ count: Int) -> ExtensionBuffer {
        free[count]?.popLast() ?? ExtensionBuffer(unwritten: count)
    }

    /// Takes back a buffer that nothing refers to any more.
    func give(_ buffer: ExtensionBuffer) { free[buffer.count, default: []].append(buffer) }
}
