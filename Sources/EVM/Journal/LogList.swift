internal import Primitives

/// What a transaction has logged, as plain values: a log allocates nothing until someone reads it.
struct LogList: ~Copyable {
    static let topicsMax = 4

    private struct Entry: BitwiseCopyable {
        let address: Address
        let topicCount: Int
        var topics = InlineArray<4, UInt256>(repeating: .zero)
        /// In `bytes`.
        let dataStart: Int
        let dataCount: Int
    }

    private let entries = Vector<Entry>(capacity: 8)
    /// The data of all entries, one after another.
    private let bytes = Vector<UInt8>(capacity: 256)

    var count: Int { entries.count }

    /// Adds a log with as many topics as `topic` is asked for.
    @inline(__always)
    @unsafe
    func append(
        _ address: Address, topicCount: Int, _ data: UnsafeBufferPointer<UInt8>,
        topic: (Int) -> UInt256
    ) {
        precondition(topicCount <= LogList.topicsMax, "a log has at most four topics")
        var entry = Entry(
            address: address, topicCount: topicCount, dataStart: bytes.count,
            dataCount: data.count)
        for index in 0..<topicCount { entry.topics[index] = topic(index) }
        unsafe bytes.append(contentsOf: data)
        entries.append(entry)
    }

    func removeLast() {
        let entry = entries.removeLast()
        bytes.truncate(to: entry.dataStart)
    }

    func removeAll() {
        entries.removeAll()
        bytes.removeAll()
    }

    /// The logs in order.
    var all: [Log] { (0..<entries.count).map { log($0) } }

    private func log(_ index: Int) -> Log {
        let entry = entries[index]
        return Log(
            address: entry.address,
            topics: (0..<entry.topicCount).map { Hash(entry.topics[$0]) },
            data: bytes.slice(entry.dataStart, count: entry.dataCount))
    }
}
