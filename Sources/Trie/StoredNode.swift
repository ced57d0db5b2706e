internal import Primitives

/// How a parent refers to a node.
typealias TrieReference = TrieNode.Cached

/// A node's RLP taken apart one level deep.
enum StoredNode {
    case leaf(TriePath, value: ArraySlice<UInt8>)
    case `extension`(TriePath, TrieReference)
    case branch(Items)

    /// Where the items of a node begin; the last entry is where they end.
    struct Items {
        let bytes: [UInt8]
        let starts: InlineArray<18, Int32>

        /// A child of a branch, nil where there is none.
        func child(_ index: Int) throws(TrieError) -> TrieReference? {
            let start = Int(starts[index])
            return try StoredNode.reference(bytes, start..<Int(starts[index + 1]))
        }
    }

    /// Takes a node apart whose path begins at nibble `depth` of its keys.
    ///
    /// A branch holds no value: no key of the tries read here is the beginning of another.
    init(rlp bytes: [UInt8], depth: Int) throws(TrieError) {
        let outer = try RLPSpan(bytes, at: 0, end: bytes.count)
        guard outer.isList, outer.end == bytes.count else { throw .malformedNode }
        var starts = InlineArray<18, Int32>(repeating: 0)
        var count = 0
        var position = outer.start
        while position < outer.end {
            guard count < 17 else { throw .malformedNode }
            starts[count] = Int32(truncatingIfNeeded: position)
            count += 1
            position = try RLPSpan(bytes, at: position, end: outer.end).end
        }
        starts[count] = Int32(truncatingIfNeeded: position)
        if count == 17 {
            guard bytes[Int(starts[16])] == 0x80 else { throw .malformedNode }
            self = .branch(Items(bytes: bytes, starts: starts))
            return
        }
        guard count == 2 else { throw .malformedNode }
        let packed = try RLPSpan(bytes, at: Int(starts[0]), end: outer.end)
        guard !packed.isList, packed.start < packed.end,
            let path = TriePath(packed: bytes[packed.start..<packed.end], start: depth)
        else { throw .malformedNode }
        if bytes[packed.start] & 0x20 != 0 {
            let value = try RLPSpan(bytes, at: Int(starts[1]), end: outer.end)
            guard !value.isList, value.start < value.end else { throw .malformedNode }
            self = .leaf(path, value: bytes[value.start..<value.end])
            return
        }
        guard path.count > 0,
            let child = try StoredNode.reference(bytes, Int(starts[1])..<outer.end)
        else { throw .malformedNode }
        self = .extension(path, child)
    }

    private static func reference(
        _ bytes: [UInt8], _ range: Range<Int>
    ) throws(TrieError) -> TrieReference? {
        let first = bytes[range.lowerBound]
        if first == 0x80 { return nil }
        if first == 0xa0 { return .hash(Hash(bytes[range.dropFirst()])) }
        // A node shorter than a hash stands for itself.
        guard first >= 0xc0, range.count < 32 else { throw .malformedNode }
        return .embedded(Array(bytes[range]))
    }
}

/// One RLP item in place: where its payload begins and ends.
private struct RLPSpan {
    let isList: Bool
    let start: Int
    let end: Int

    @inline(__always)
    init(_ bytes: [UInt8], at position: Int, end limit: Int) throws(TrieError) {
        guard position < limit else { throw .malformedNode }
        let prefix = Int(bytes[position])
        isList = prefix >= 0xc0
        if prefix < 0x80 {
            start = position
            end = position + 1
            return
        }
        let short = prefix - (isList ? 0xc0 : 0x80)
        if short < 56 {
            start = position + 1
            end = start + short
            guard end <= limit else { throw .malformedNode }
            if !isList, short == 1, bytes[start] < 0x80 { throw .malformedNode }
            return
        }
        let width = short - 55
        start = position + 1 + width
        guard width <= 4, start <= limit, bytes[position + 1] != 0 else { throw .malformedNode }
        var length = 0
        for index in position + 1..<start { length = length << 8 | Int(bytes[index]) }
        end = start + length
        guard length >= 56, end <= limit else { throw .malformedNode }
    }
}
