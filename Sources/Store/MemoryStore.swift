internal import Synchronization

/// A store that lives as long as the process: for tests and simulation.
public final class MemoryStore: KeyValueStore {
    private let held = Mutex<SortedEntries?>(SortedEntries())

    public init() {}

    public func value(for key: [UInt8]) throws(StoreError) -> [UInt8]? {
        try withEntries { $0.value(for: key) }
    }

    public func write(_ batch: WriteBatch, durably: Bool) throws(StoreError) {
        try withEntries { entries in
            for operation in batch.operations {
                switch operation {
                case .put(let key, let value): entries.put(key, value)
                case .delete(let key): entries.delete(key)
                }
            }
        }
    }

    public func scan(
        prefix: [UInt8], from start: [UInt8]?, limit: Int
    ) throws(StoreError) -> [(key: [UInt8], value: [UInt8])] {
        precondition(limit >= 0, "a scan gives no negative number of entries")
        return try withEntries { $0.scan(prefix: prefix, from: start, limit: limit) }
    }

    public func close() { held.withLock { $0 = nil } }

    private func withEntries<Answer: Sendable>(
        _ body: (inout SortedEntries) -> Answer
    ) throws(StoreError) -> Answer {
        let answer = held.withLock { held -> Answer? in
            // Taken out while it changes, so that it is changed in place and not copied.
            guard var entries = held.take() else { return nil }
            defer { held = entries }
            return body(&entries)
        }
        guard let answer else { throw .closed }
        return answer
    }
}

/// Entries in the order of their keys, in leaves that are short enough to shift.
///
/// Invariant: no leaf is empty, and every key of a leaf is below those of the next.
struct SortedEntries: Sendable {
    typealias Entry = (key: [UInt8], value: [UInt8])

    private var leaves: [[Entry]] = []

    func value(for key: [UInt8]) -> [UInt8]? {
        let place = place(of: key)
        return place.isFound ? leaves[place.leaf][place.index].value : nil
    }

    mutating func put(_ key: [UInt8], _ value: [UInt8]) {
        guard !leaves.isEmpty else {
            leaves = [[(key: key, value: value)]]
            return
        }
        let place = place(of: key)
        guard !place.isFound else {
            leaves[place.leaf][place.index].value = value
            return
        }
        leaves[place.leaf].insert((key: key, value: value), at: place.index)
        if leaves[place.leaf].count > Limits.leafEntries {
            let upper = Array(leaves[place.leaf][(Limits.leafEntries / 2)...])
            leaves[place.leaf].removeLast(upper.count)
            leaves.insert(upper, at: place.leaf + 1)
        }
    }

    mutating func delete(_ key: [UInt8]) {
        let place = place(of: key)
        guard place.isFound else { return }
        leaves[place.leaf].remove(at: place.index)
        if leaves[place.leaf].isEmpty { leaves.remove(at: place.leaf) }
    }

    func scan(prefix: [UInt8], from start: [UInt8]?, limit: Int) -> [Entry] {
        var found: [Entry] = []
        let first = place(of: firstKey(prefix: prefix, from: start))
        var index = first.index
        for leaf in leaves[first.leaf...] {
            for entry in leaf[index...] {
                guard found.count < limit, entry.key.starts(with: prefix) else { return found }
                found.append(entry)
            }
            index = 0
        }
        return found
    }

    /// Where the key is, or in which leaf and before which index it belongs.
    private func place(of key: [UInt8]) -> (leaf: Int, index: Int, isFound: Bool) {
        let leavesUpToKey = firstIndex(in: 0..<leaves.count) {
            key.lexicographicallyPrecedes(leaves[$0][0].key)
        }
        guard leavesUpToKey > 0 else { return (0, 0, false) }
        let leaf = leaves[leavesUpToKey - 1]
        let index = firstIndex(in: 0..<leaf.count) {
            !leaf[$0].key.lexicographicallyPrecedes(key)
        }
        return (leavesUpToKey - 1, index, index < leaf.count && leaf[index].key == key)
    }

    /// The first index for which the condition holds, given that it holds for all after one.
    private func firstIndex(in range: Range<Int>, where holds: (Int) -> Bool) -> Int {
        var low = range.lowerBound
        var high = range.upperBound
        while low < high {
            let middle = low + (high - low) / 2
            if holds(middle) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
