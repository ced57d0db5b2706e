internal import Primitives

/// Draws from a seeded source, in the shapes that makers of cases need.
struct Draw {
    var random: SeededRandom

    init(seed: UInt64) { random = SeededRandom(seed: seed) }

    /// A number from 0 to `bound - 1`.
    mutating func below(_ bound: Int) -> Int { Int(random.next() % UInt64(bound)) }

    mutating func isOne(in count: Int) -> Bool { below(count) == 0 }

    /// Any of them; there is at least one.
    mutating func pick<Element>(_ elements: [Element]) -> Element {
        elements[below(elements.count)]
    }

    mutating func bytes(_ count: Int) -> [UInt8] { random.bytes(count) }

    mutating func hash() -> Hash { Hash(bytes(32)) }

    /// A word near an edge, or any.
    mutating func word() -> UInt256 {
        switch below(8) {
        case 0: .zero
        case 1: .one
        case 2: .max >> below(256)
        case 3: .one << below(256)
        case 4: (.one << below(256)) &- 1
        case 5: UInt256(below(300))
        default: UInt256(bigEndian: bytes(1 + below(32)))
        }
    }
}
