internal import Primitives

/// Nibbles of a key of at most 32 bytes: those at `start..<end`, counted from the key's first.
///
/// Nothing is allocated, and a path is cut or made longer by its bounds alone.
struct TriePath: Sendable, Equatable {
    /// The key, its first nibble the most significant one. Nibbles out of bounds mean nothing.
    private(set) var word: UInt256
    private(set) var start: Int
    let end: Int

    init(_ word: UInt256, from start: Int, to end: Int) {
        self.word = word
        self.start = start
        self.end = end
    }

    var count: Int { end - start }

    static func == (left: TriePath, right: TriePath) -> Bool {
        left.start == right.start && left.end == right.end
            && common(left.word, right.word, from: left.start, to: left.end) == left.end
    }

    @inline(__always)
    func nibble(_ index: Int) -> Int { TriePath.nibble(index, of: word) }

    @inline(__always)
    static func nibble(_ index: Int, of word: UInt256) -> Int {
        Int(truncatingIfNeeded: limb(index >> 4, of: word) >> UInt64(60 - (index & 15) * 4) & 15)
    }

    @inline(__always)
    private static func limb(_ index: Int, of word: UInt256) -> UInt64 {
        index < 2 ? (index == 0 ? word.limb3 : word.limb2) : index == 2 ? word.limb1 : word.limb0
    }

    /// Where the nibbles of two keys part, from `start` on: at `end` when they do not.
    static func common(_ left: UInt256, _ right: UInt256, from start: Int, to end: Int) -> Int {
        for index in start >> 4..<4 {
            var difference = limb(index, of: left) ^ limb(index, of: right)
            let skipped = start - index * 16
            if skipped > 0 { difference &= .max >> UInt64(skipped * 4) }
            if difference != 0 { return min(end, index * 16 + difference.leadingZeroBitCount / 4) }
        }
        return end
    }

    /// The path without the nibbles before `start`.
    func dropping(to start: Int) -> TriePath { TriePath(word, from: start, to: end) }

    /// The path that begins earlier, with the nibbles of another key.
    func extended(to start: Int, by other: UInt256) -> TriePath {
        guard start < self.start else { return self }
        let bits = UInt64(self.start * 4)
        let kept = TriePath.mask(from: bits)
        var path = self
        path.start = start
        path.word = UInt256(
            limbs: word.limb0 & kept.limb0 | other.limb0 & ~kept.limb0,
            word.limb1 & kept.limb1 | other.limb1 & ~kept.limb1,
            word.limb2 & kept.limb2 | other.limb2 & ~kept.limb2,
            word.limb3 & kept.limb3 | other.limb3 & ~kept.limb3)
        return path
    }

    /// Ones from a bit on, counted from the most significant.
    private static func mask(from bit: UInt64) -> UInt256 {
        func limb(_ index: UInt64) -> UInt64 {
            bit <= index * 64 ? .max : bit >= index * 64 + 64 ? 0 : .max >> (bit - index * 64)
        }
        return UInt256(limbs: limb(3), limb(2), limb(1), limb(0))
    }

    // MARK: Packed form (Yellow Paper, appendix C)

    /// Bytes of the packed form.
    var packedCount: Int { count / 2 + 1 }

    func appendPacked(isLeaf: Bool, to bytes: inout [UInt8]) {
        let flag: UInt8 = isLeaf ? 0x20 : 0
        var index = start
        if count & 1 == 0 {
            bytes.append(flag)
        } else {
            bytes.append(flag | 0x10 | UInt8(truncatingIfNeeded: nibble(index)))
            index += 1
        }
        while index < end {
            bytes.append(UInt8(truncatingIfNeeded: nibble(index) << 4 | nibble(index + 1)))
            index += 2
        }
    }

    /// Reads the packed form of a path that begins at nibble `start` of its key.
    init?(packed bytes: ArraySlice<UInt8>, start: Int) {
        guard let first = bytes.first, first < 0x40, first & 0x10 != 0 || first & 15 == 0 else {
            return nil
        }
        let isOdd = first & 0x10 != 0
        let count = (bytes.count - 1) * 2 + (isOdd ? 1 : 0)
        guard start + count <= 64 else { return nil }
        var limbs: InlineArray<4, UInt64> = [0, 0, 0, 0]
        var index = start
        func put(_ nibble: UInt8) {
            limbs[index >> 4] |= UInt64(nibble) << UInt64(60 - (index & 15) * 4)
            index += 1
        }
        if isOdd { put(first & 15) }
        for byte in bytes.dropFirst() {
            put(byte >> 4)
            put(byte & 15)
        }
        self.init(
            UInt256(limbs: limbs[3], limbs[2], limbs[1], limbs[0]), from: start, to: start + count)
    }
}
