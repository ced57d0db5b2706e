/// An ordered map from bytes to bytes that changes by atomic batches.
///
/// Keys are ordered as their bytes are, a prefix before what it begins. Every call may come from
/// any thread. After `close` every call but `close` throws `StoreError.closed`.
public protocol KeyValueStore: AnyObject, Sendable {
    /// The value of a key; nil only when the key is not in the store.
    func value(for key: [UInt8]) throws(StoreError) -> [UInt8]?

    /// Applies the whole batch or, when it throws or the machine stops, none of it.
    ///
    /// A durable batch outlives a loss of power once this returns.
    func write(_ batch: WriteBatch, durably: Bool) throws(StoreError)

    /// Up to `limit` entries, ascending, whose keys begin with `prefix` and are not below `start`.
    ///
    /// The entries are those of one moment. `start` is a whole key, its prefix included.
    func scan(
        prefix: [UInt8], from start: [UInt8]?, limit: Int
    ) throws(StoreError) -> [(key: [UInt8], value: [UInt8])]

    /// Gives back what the store holds. Calls that run are completed; a second call does nothing.
    func close()
}
