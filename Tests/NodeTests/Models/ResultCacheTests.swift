import Primitives
import Testing

@testable import Node

@Suite struct ResultCacheTests {
    private func key(_ number: Int32) -> ResultCache.Key {
        ResultCache.Key(graph: Hash(1), input: [number])
    }

    @Test func keepsWhatWasUsedLastWithinItsBytes() {
        let size = ResultCache.bytes(of: [0, 0])
        let cache = ResultCache(bytesMax: 3 * size)
        for number in 0..<3 as Range<Int32> { cache.insert([number, 0], for: key(number)) }
        #expect(cache[key(0)] == [0, 0])
        cache.insert([3, 0], for: key(3))
        #expect(cache[key(1)] == nil)
        #expect(cache[key(0)] == [0, 0])
        #expect(cache[key(3)] == [3, 0])
        #expect(cache.bytes == 3 * size)
        cache.insert([Int32](repeating: 0, count: 10_000), for: key(4))
        #expect(cache[key(4)] == nil)
        #expect(cache.counts.hits == 3)
        #expect(cache.counts.misses == 2)
    }

    @Test func keysTellGraphsAndInputsApart() {
        let keys = [
            ResultCache.Key(graph: Hash(1), input: [1, 2]),
            ResultCache.Key(graph: Hash(2), input: [1, 2]),
            ResultCache.Key(graph: Hash(1), input: [2, 1]),
            ResultCache.Key(graph: Hash(1), input: [1]),
            ResultCache.Key(graph: Hash(1), input: [-1]),
            ResultCache.Key(graph: Hash(1), input: []),
        ]
        #expect(Set(keys).count == keys.count)
        #expect(keys.sorted() == keys.reversed().sorted())
    }
}
