public import Primitives

/// The list of all model ids in the registry's storage, in the order of registration.
public enum ModelIndex {
    /// How many there are.
    public static let countSlot: UInt256 = 0
    /// The mapping slot of ids by index.
    public static let space: UInt256 = 4

    public static func slot(_ index: UInt256) -> UInt256 { SlotLayout.base(index, in: space) }

    /// The ids from `start` on, at most `limit`.
    public static func ids(
        from start: UInt64 = 0, limit: Int = .max, read: SlotReader
    ) -> [Hash] {
        guard let count = read(countSlot).asUInt64, start < count else { return [] }
        let end = min(count, start &+ UInt64(min(limit, 1 << 32)))
        return (start..<end).map { Hash(read(slot(UInt256($0)))) }
    }
}
