internal import Primitives

/// Makes hostile inputs out of good ones; the same seed and case number give the same input.
public struct Mutator: Sendable {
    /// Inputs stay below this, so that a run stays quick.
    public static let bytesMax = 1 << 16

    private let corpus: [[UInt8]]
    private let seed: UInt64

    /// - Precondition: the corpus has an input.
    public init(corpus: [[UInt8]], seed: UInt64) {
        precondition(!corpus.isEmpty, "a corpus has an input")
        self.corpus = corpus
        self.seed = seed
    }

    /// The input of one case: any case can be made again without those before it.
    public func input(case number: UInt64) -> [UInt8] {
        var random = SeededRandom(seed: seed &+ number &* 0xD1B5_4A32_D192_ED03)
        // One in sixteen is not mutated from anything, or not mutated at all.
        switch random.next() % 32 {
        case 0: return random.bytes(random.index(below: 65))
        case 1: return corpus[random.index(below: corpus.count)]
        default: break
        }
        var bytes = corpus[random.index(below: corpus.count)]
        let steps = 1 << random.index(below: 4)
        for _ in 0..<steps { change(&bytes, &random) }
        return bytes.count > Mutator.bytesMax ? Array(bytes[..<Mutator.bytesMax]) : bytes
    }

    private static let interesting: [UInt8] = [
        0x00, 0x01, 0x0a, 0x20, 0x22, 0x2d, 0x30, 0x5c, 0x7b, 0x7f, 0x80, 0x81, 0xb7, 0xb8, 0xbf,
        0xc0, 0xc1, 0xf7, 0xf8, 0xfe, 0xff,
    ]

    private func change(_ bytes: inout [UInt8], _ random: inout SeededRandom) {
        guard !bytes.isEmpty else {
            bytes = random.bytes(1 + random.index(below: 8))
            return
        }
        let index = random.index(below: bytes.count)
        switch random.next() % 12 {
        case 0: bytes[index] ^= 1 << UInt8(random.index(below: 8))
        case 1: bytes[index] = UInt8(truncatingIfNeeded: random.next())
        case 2: bytes[index] = Mutator.interesting[random.index(below: Mutator.interesting.count)]
        case 3: bytes[index] &+= random.next().isMultiple(of: 2) ? 1 : 255
        case 4: bytes.insert(UInt8(truncatingIfNeeded: random.next()), at: index)
        case 5: bytes.removeSubrange(index..<min(bytes.count, index + 1 + random.index(below: 8)))
        case 6: bytes.removeSubrange(index...)
        case 7: repeatPiece(&bytes, from: index, &random)
        case 8: splice(&bytes, at: index, &random)
        case 9: overwrite(&bytes, from: index, &random)
        case 10: exchange(&bytes, at: index, &random)
        default: bytes.swapAt(index, random.index(below: bytes.count))
        }
    }

    /// Repeats a piece up to 16 times: depth and counts grow this way.
    private func repeatPiece(_ bytes: inout [UInt8], from index: Int, _ random: inout SeededRandom)
    {
        let end = min(bytes.count, index + 1 + random.index(below: 16))
        let piece = Array(bytes[index..<end])
        let times = 1 + random.index(below: 16)
        bytes.insert(contentsOf: Array(repeatElement(piece, count: times).joined()), at: index)
    }

    /// Overwrites up to 32 bytes and keeps the length, which formats with lengths read on from.
    private func overwrite(_ bytes: inout [UInt8], from index: Int, _ random: inout SeededRandom) {
        let end = min(bytes.count, index + 1 + random.index(below: 32))
        let fill: UInt8? = [0x00, 0xff, nil][random.index(below: 3)]
        for place in index..<end {
            bytes[place] = fill ?? UInt8(truncatingIfNeeded: random.next())
        }
    }

    /// Puts a piece of another input over as many bytes: fields change places between inputs.
    private func exchange(_ bytes: inout [UInt8], at index: Int, _ random: inout SeededRandom) {
        let other = corpus[random.index(below: corpus.count)]
        guard !other.isEmpty else { return }
        let start = random.index(below: other.count)
        let count = min(1 + random.index(below: 64), bytes.count - index, other.count - start)
        bytes.replaceSubrange(index..<index + count, with: other[start..<start + count])
    }

    /// Ends with another input's end.
    private func splice(_ bytes: inout [UInt8], at index: Int, _ random: inout SeededRandom) {
        let other = corpus[random.index(below: corpus.count)]
        guard !other.isEmpty else { return }
        bytes.removeSubrange(index...)
        bytes.append(contentsOf: other[random.index(below: other.count)...])
    }
}

extension SeededRandom {
    /// A number below `bound`; the bias of the remainder does not matter to a fuzzer.
    fileprivate mutating func index(below bound: Int) -> Int { Int(next() % UInt64(bound)) }
}
