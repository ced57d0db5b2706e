import Glibc
import Testing

/// Changed evidence is refused, or says what it said before: how often each, and where neither.
struct Sweep: Sendable {
    /// Whether every bit is tried: `ASSAY_EVERY_BIT` is set. A sample is tried otherwise.
    static let isWhole = unsafe getenv("ASSAY_EVERY_BIT") != nil

    private(set) var refused = 0
    private(set) var same = 0
    /// The bits or lengths whose change is accepted with another meaning, in ascending order.
    private(set) var different: [Int] = []

    var tried: Int { refused + same + different.count }

    /// All prefixes, the empty one too: evidence with zeros behind it may lose them.
    static func prefixes<Meaning: Equatable & Sendable>(
        of bytes: [UInt8], _ verify: @escaping @Sendable ([UInt8]) throws -> Meaning
    ) async throws -> Sweep {
        try await run(Array(bytes.indices), of: bytes, verify) { Array(bytes[..<$0]) }
    }

    /// Every `step`-th flip of one bit.
    static func flips<Meaning: Equatable & Sendable>(
        of bytes: [UInt8], every step: Int,
        _ verify: @escaping @Sendable ([UInt8]) throws -> Meaning
    ) async throws -> Sweep {
        let bits = Array(stride(from: 0, to: 8 * bytes.count, by: step))
        return try await run(bits, of: bytes, verify) { bit in
            var changed = bytes
            changed[bit / 8] ^= 1 << UInt8(bit % 8)
            return changed
        }
    }

    /// Pieces run on all processors; the outcome does not depend on how many there are.
    private static func run<Meaning: Equatable & Sendable>(
        _ places: [Int], of bytes: [UInt8],
        _ verify: @escaping @Sendable ([UInt8]) throws -> Meaning,
        _ change: @escaping @Sendable (Int) -> [UInt8]
    ) async throws -> Sweep {
        let meaning = try verify(bytes)
        return await withTaskGroup(of: Sweep.self) { group in
            for first in stride(from: 0, to: places.count, by: placesOfPiece) {
                let piece = places[first..<min(first + placesOfPiece, places.count)]
                group.addTask {
                    var sweep = Sweep()
                    for place in piece {
                        sweep.count(try? verify(change(place)), meaning, at: place)
                    }
                    return sweep
                }
            }
            var sum = Sweep()
            for await sweep in group {
                sum.refused += sweep.refused
                sum.same += sweep.same
                sum.different += sweep.different
            }
            sum.different.sort()
            return sum
        }
    }

    private static let placesOfPiece = 256

    private mutating func count<Meaning: Equatable>(
        _ got: Meaning?, _ wanted: Meaning, at place: Int
    ) {
        guard let got else {
            refused += 1
            return
        }
        if got == wanted { same += 1 } else { different.append(place) }
    }
}
