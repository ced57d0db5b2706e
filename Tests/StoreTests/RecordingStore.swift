import Store
import Synchronization

/// A store that keeps count of its writes and fails when they are too many.
final class RecordingStore: KeyValueStore {
    let inner: any KeyValueStore
    private let writesMax: Int
    private let writes = Mutex<[(count: Int, isDurable: Bool)]>([])

    init(_ inner: any KeyValueStore = MemoryStore(), writesMax: Int = .max) {
        self.inner = inner
        self.writesMax = writesMax
    }

    var batchCounts: [Int] { writes.withLock { $0.map(\.count) } }
    var allDurable: Bool { writes.withLock { $0.allSatisfy(\.isDurable) } }

    func value(for key: [UInt8]) throws(StoreError) -> [UInt8]? { try inner.value(for: key) }

    func write(_ batch: WriteBatch, durably: Bool) throws(StoreError) {
        guard batchCounts.count < writesMax else { throw .ioFailed("no room") }
        writes.withLock { $0.append((batch.count, durably)) }
        try inner.write(batch, durably: durably)
    }

    func scan(
        prefix: [UInt8], from start: [UInt8]?, limit: Int
    ) throws(StoreError) -> [(key: [UInt8], value: [UInt8])] {
        try inner.scan(prefix: prefix, from: start, limit: limit)
    }

    func close() { inner.close() }
}
