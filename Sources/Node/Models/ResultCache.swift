internal import Crypto
internal import Primitives
internal import Synchronization

/// What models gave for inputs lately, within a budget of bytes.
///
/// A result follows from graph and input alone, so a hit and a miss differ in time only.
final class ResultCache: Sendable {
    struct Key: Hashable, Comparable {
        let graph: Hash
        /// SHA-256 of the integers, four bytes each.
        let input: Hash

        init(graph: Hash, input: [Int32]) {
            self.graph = graph
            var bytes: [UInt8] = []
            bytes.reserveCapacity(4 * input.count)
            for integer in input {
                for shift in [0, 8, 16, 24] as [Int32] {
                    bytes.append(UInt8(truncatingIfNeeded: integer >> shift))
                }
            }
            self.input = SHA256.hash(bytes)
        }

        static func < (left: Key, right: Key) -> Bool {
            left.graph == right.graph ? left.input < right.input : left.graph < right.graph
        }
    }

    private struct State {
        var results: [Key: [Int32]] = [:]
        var recency = RecencyList<Key>()
        var bytes = 0
        var hits = 0
        var misses = 0
    }

    private let bytesMax: Int
    private let state = Mutex(State())

    init(bytesMax: Int) { self.bytesMax = bytesMax }

    subscript(_ key: Key) -> [Int32]? {
        state.withLock { state in
            guard let result = state.results[key] else {
                state.misses += 1
                return nil
            }
            state.recency.touch(key)
            state.hits += 1
            return result
        }
    }

    func insert(_ result: [Int32], for key: Key) {
        let size = ResultCache.bytes(of: result)
        guard size <= bytesMax else { return }
        state.withLock { state in
            guard state.results.updateValue(result, forKey: key) == nil else { return }
            state.recency.touch(key)
            state.bytes += size
            while state.bytes > bytesMax, let oldest = state.recency.oldest(where: { _ in true }) {
                state.recency.remove(oldest)
                if let gone = state.results.removeValue(forKey: oldest) {
                    state.bytes -= ResultCache.bytes(of: gone)
                }
            }
        }
    }

    /// The result, the two keys and their places in the tables.
    static func bytes(of result: [Int32]) -> Int { 512 + 4 * result.count }

    var bytes: Int { state.withLock { $0.bytes } }
    var counts: (hits: Int, misses: Int) { state.withLock { ($0.hits, $0.misses) } }
}
