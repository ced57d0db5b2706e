import Primitives
import Testing

@testable import Node

@Suite struct RecencyListTests {
    /// Against a plain array that is searched each time.
    @Test func isTheOrderOfLastUse() {
        var random = SeededRandom(seed: 3)
        var list = RecencyList<Int>()
        var model: [Int] = []
        for _ in 0..<5_000 {
            let key = Int(random.next() % 20)
            if random.next() % 3 == 0 {
                list.remove(key)
                model.removeAll { $0 == key }
            } else {
                list.touch(key)
                model.removeAll { $0 == key }
                model.append(key)
            }
            #expect(list.count == model.count)
            #expect(list.oldest { _ in true } == model.first)
            #expect(list.oldest { $0 % 2 == 1 } == model.first { $0 % 2 == 1 })
        }
    }
}
