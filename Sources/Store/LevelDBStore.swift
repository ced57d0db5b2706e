internal import Synchronization

/// A store in a folder on disk, by LevelDB 1.23.
///
/// Every read is checked against LevelDB's checksums, and one store has the folder at a time.
/// Batches that are not durable may be lost with the power, and not only the last of them.
public final class LevelDBStore: KeyValueStore {
    private let held: Mutex<LevelDB?>

    /// Opens the store in a folder, which is made if only its parent is there.
    public init(path: String) throws(StoreError) {
        let folder = try LevelDBFolder(path)
        // LevelDB removes logs when it opens them, so damage must be seen before.
        try folder.check()
        held = Mutex(try LevelDB(path: folder.path))
    }

    public func value(for key: [UInt8]) throws(StoreError) -> [UInt8]? {
        try database.value(for: key)
    }

    public func write(_ batch: WriteBatch, durably: Bool) throws(StoreError) {
        try database.write(batch, durably: durably)
    }

    public func scan(
        prefix: [UInt8], from start: [UInt8]?, limit: Int
    ) throws(StoreError) -> [(key: [UInt8], value: [UInt8])] {
        precondition(limit >= 0, "a scan gives no negative number of entries")
        return try database.scan(prefix: prefix, from: start, limit: limit)
    }

    /// Closes the folder once the calls that run have ended: each holds the database until then.
    public func close() {
        let last = held.withLock { held in
            defer { held = nil }
            return held
        }
        // Freed out of the lock: LevelDB waits here for its thread.
        withExtendedLifetime(last) {}
    }

    private var database: LevelDB {
        get throws(StoreError) {
            guard let database = held.withLock({ $0 }) else { throw .closed }
            return database
        }
    }
}

/// The first key that a scan may give.
func firstKey(prefix: [UInt8], from start: [UInt8]?) -> [UInt8] {
    guard let start, prefix.lexicographicallyPrecedes(start) else { return prefix }
    return start
}
