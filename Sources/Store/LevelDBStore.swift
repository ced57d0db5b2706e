internal import Glibc
internal import Synchronization

/// A store in a folder on disk, by LevelDB 1.23.
///
/// Every read is checked against LevelDB's checksums. One store has the folder at a time. After a
/// loss of power all durable batches are there; of those after the last durable one some first
/// ones are. LevelDB takes a damaged end of its log for a torn write and so drops it in silence:
/// whoever needs the newest batch must know it from elsewhere.
public final class LevelDBStore: KeyValueStore {
    private let held: Mutex<LevelDB?>

    /// Opens the store in a folder, which is made if only its parent is there.
    public init(path: String) throws(StoreError) {
        held = Mutex(try LevelDB(path: try LevelDBStore.makeFolder(path)))
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

    /// Makes the folder if it is not there and gives its one true path: LevelDB knows its locks in
    /// this process by path, and the system's lock does not hold between two opens in one process.
    private static func makeFolder(_ path: String) throws(StoreError) -> String {
        guard !path.utf8.contains(0) else {
            throw .cannotOpen(path: path, reason: "the path has a zero byte")
        }
        if unsafe mkdir(path, 0o700) != 0, errno != EEXIST {
            throw .cannotOpen(path: path, reason: unsafe String(cString: strerror(errno)))
        }
        guard let resolved = unsafe realpath(path, nil) else {
            throw .cannotOpen(path: path, reason: unsafe String(cString: strerror(errno)))
        }
        defer { unsafe free(resolved) }
        return unsafe String(cString: resolved)
    }
}

/// The first key that a scan may give.
func firstKey(prefix: [UInt8], from start: [UInt8]?) -> [UInt8] {
    guard let start, prefix.lexicographicallyPrecedes(start) else { return prefix }
    return start
}
