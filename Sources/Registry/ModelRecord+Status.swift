public import Primitives

extension ModelRecord {
    /// The status of a model, from one slot of the registry's storage; nil when there is none.
    public static func status(of id: Hash, from read: SlotReader) -> ModelStatus? {
        ModelStatus(rawValue: UInt8(truncatingIfNeeded: (read(base(id)) >> 160).limb0))
    }
}
