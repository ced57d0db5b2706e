public import Primitives

extension ModelRecord {
    /// Graph hash and weights root of a model, from three slots of its record; nil when there is
    /// none. Neither ever changes.
    public static func commitment(
        of id: Hash, from read: SlotReader
    ) -> (graphHash: Hash, weightsRoot: Hash)? {
        guard status(of: id, from: read) != nil else { return nil }
        let base = base(id)
        return (Hash(read(base &+ 2)), Hash(read(base &+ 3)))
    }
}
