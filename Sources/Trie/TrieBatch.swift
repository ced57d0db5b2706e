internal import Crypto
public import Primitives

/// Many changes of a trie at once: each node on their paths is read once, written once and hashed
/// once, and the sixteen parts below the first branch are independent work.
///
/// Keys are of at most 32 bytes, and none is the beginning of another. Roots and nodes are those
/// that `MerkleTrie` gives for the same changes one by one.
public final class TrieBatch {
    /// A key that changes.
    public struct Entry: Sendable {
        /// The key's first nibble is the most significant one.
        let key: UInt256
        let nibbles: Int
        /// Names the change to whoever gives its value.
        let index: Int

        init(key: UInt256, nibbles: Int, index: Int) {
            self.key = key
            self.nibbles = nibbles
            self.index = index
        }

        public init(key: Hash, index: Int) {
            self.init(key: key.word, nibbles: 64, index: index)
        }
    }

    /// What a commit brought: the root, and the nodes that are new with their hashes.
    public typealias Committed = (root: Hash, newNodes: [(hash: Hash, rlp: [UInt8])])
    /// A key's new value, given its old one, for the change of this index; no bytes delete.
    public typealias Value =
        @Sendable (_ index: Int, _ old: ArraySlice<UInt8>?) throws(TrieError) -> [UInt8]

    /// Fewer changes than this are not worth sharing out.
    static let sharedMin = 64

    private let source: any TrieNodeSource
    private let entries: [Entry]
    private let value: Value
    /// Nil below the first branch.
    private var workers: (any Workers)?
    private var new: [(hash: Hash, rlp: [UInt8])] = []

    /// Applies changes of keys that differ, in any order, to the trie under `root`.
    public static func commit(
        _ entries: [Entry], onto root: Hash, source: any TrieNodeSource,
        workers: any Workers = SerialWorkers(), value: @escaping Value
    ) throws(TrieError) -> Committed {
        guard !entries.isEmpty else { return (root, []) }
        let isShared = workers.count > 1 && entries.count >= sharedMin
        let batch = TrieBatch(
            source: source, entries: entries.sorted { $0.key < $1.key }, value: value,
            workers: isShared ? workers : nil)
        let start = root == MerkleTrie.emptyRoot ? Subtrie.none : .node(.hash(root))
        let end = try batch.apply(start, 0, 0..<entries.count)
        return batch.finish(end)
    }

    private init(
        source: any TrieNodeSource, entries: [Entry], value: @escaping Value,
        workers: (any Workers)?
    ) {
        self.source = source
        self.entries = entries
        self.value = value
        self.workers = workers
    }

    private func finish(_ root: Subtrie) -> Committed {
        // The root is always referred to by hash, however short it is.
        guard let rlp = encode(root) else { return (MerkleTrie.emptyRoot, new) }
        let hash = Keccak.hash(rlp)
        new.append((hash, rlp))
        return (hash, new)
    }

    // MARK: Going down

    /// The part of the trie below `depth` nibbles with the changes in the range applied.
    private func apply(
        _ part: Subtrie, _ depth: Int, _ range: Range<Int>
    ) throws(TrieError) -> Subtrie {
        switch part {
        case .none: return try build(depth, range, nil)
        case .leaf(let path, let value):
            return try build(depth, range, (path, value[...]))
        case .extension(let path, let child):
            return try apply(below: path, child, depth, range)
        case .made: preconditionFailure("a part is made once")
        case .node(let reference):
            switch try open(reference, depth) {
            case .leaf(let path, let value): return try build(depth, range, (path, value))
            case .extension(let path, let child):
                return try apply(below: path, child, depth, range)
            case .branch(let items):
                var children = Subtrie.noChildren
                for index in 0..<16 {
                    if let child = try items.child(index) { children[index] = .node(child) }
                }
                return try apply(children, depth, range)
            }
        }
    }

    private func open(_ reference: TrieReference, _ depth: Int) throws(TrieError) -> StoredNode {
        switch reference {
        case .hash(let hash):
            return try StoredNode(rlp: try source.verifiedNode(hash), depth: depth)
        case .embedded(let rlp): return try StoredNode(rlp: rlp, depth: depth)
        }
    }

    private func apply(
        _ children: consuming [Subtrie], _ depth: Int, _ range: Range<Int>
    ) throws(TrieError) -> Subtrie {
        guard depth < 64 else { throw .malformedNode }
        var children = children
        let groups = groups(of: range, at: depth)
        if let workers {
            let parts = share(children, depth, groups, workers)
            for (index, part) in parts.enumerated() {
                let (child, nodes) = try part.get()
                children[index] = child
                new += nodes
            }
        } else {
            for index in 0..<16 where !groups[index].isEmpty {
                children[index] = try apply(children[index], depth + 1, groups[index])
            }
        }
        return try close(children, depth)
    }

    private typealias Part = Result<(Subtrie, [(hash: Hash, rlp: [UInt8])]), TrieError>

    private func share(
        _ children: [Subtrie], _ depth: Int, _ groups: [Range<Int>], _ workers: any Workers
    ) -> [Part] {
        let (source, entries, value) = (source, entries, value)
        return workers.map(16) { index -> Part in
            guard !groups[index].isEmpty else { return .success((children[index], [])) }
            let batch = TrieBatch(source: source, entries: entries, value: value, workers: nil)
            do throws(TrieError) {
                let child = try batch.apply(children[index], depth + 1, groups[index])
                return .success((child, batch.new))
            } catch {
                return .failure(error)
            }
        }
    }

    /// The changes below each child of a branch.
    private func groups(of range: Range<Int>, at depth: Int) -> [Range<Int>] {
        var groups: [Range<Int>] = []
        groups.reserveCapacity(16)
        var start = range.lowerBound
        for nibble in 0..<16 {
            var end = start
            while end < range.upperBound,
                TriePath.nibble(depth, of: entries[end].key) == nibble
            { end += 1 }
            groups.append(start..<end)
            start = end
        }
        return groups
    }

    private func apply(
        below path: TriePath, _ child: TrieReference, _ depth: Int, _ range: Range<Int>
    ) throws(TrieError) -> Subtrie {
        let (first, last) = (entries[range.lowerBound].key, entries[range.upperBound - 1].key)
        // The first and the last key part from the path as early as any between them.
        let end = min(
            TriePath.common(first, path.word, from: depth, to: path.end),
            TriePath.common(last, path.word, from: depth, to: path.end))
        if end == path.end {
            return try join(path.word, depth, end, try apply(.node(child), end, range))
        }
        var children = Subtrie.noChildren
        children[path.nibble(end)] =
            end + 1 == path.end ? .node(child) : .extension(path.dropping(to: end + 1), child)
        return try join(first, depth, end, try apply(children, end, range))
    }

    /// A part made of the changes, and perhaps of one leaf that was there.
    private func build(
        _ depth: Int, _ range: Range<Int>, _ old: (path: TriePath, value: ArraySlice<UInt8>)?
    ) throws(TrieError) -> Subtrie {
        let first = entries[range.lowerBound]
        let own = TriePath(first.key, from: depth, to: first.nibbles)
        if range.count == 1, old == nil || old?.path == own {
            let value = try value(first.index, old?.value)
            return value.isEmpty ? .none : .leaf(own, value)
        }
        let last = entries[range.upperBound - 1]
        var end = TriePath.common(
            first.key, last.key, from: depth, to: min(first.nibbles, last.nibbles))
        var children = Subtrie.noChildren
        if let old {
            end = TriePath.common(
                first.key, old.path.word, from: depth, to: min(end, old.path.end))
            guard end < old.path.end, end < first.nibbles else { throw .malformedNode }
            children[old.path.nibble(end)] = .leaf(
                old.path.dropping(to: end + 1), Array(old.value))
        }
        precondition(end < min(first.nibbles, last.nibbles), "a key is another's beginning")
        return try join(first.key, depth, end, try apply(children, end, range))
    }

    // MARK: Coming up

    /// A branch with these children, or what is left where one or none remains.
    private func close(
        _ children: [Subtrie], _ depth: Int
    ) throws(TrieError) -> Subtrie {
        var last = 0
        var count = 0
        for index in 0..<16 {
            if case .none = children[index] { continue }
            last = index
            count += 1
        }
        if count == 0 { return .none }
        if count == 1 {
            let nibble = UInt64(last) << UInt64(60 - (depth & 15) * 4)
            let limb = depth >> 4
            let word = UInt256(
                limbs: limb == 3 ? nibble : 0, limb == 2 ? nibble : 0, limb == 1 ? nibble : 0,
                limb == 0 ? nibble : 0)
            return try join(word, depth, depth + 1, children[last])
        }
        return .made(TrieEncoding.branch(refer(children)))
    }

    /// How a branch refers to its children; those that are new are hashed together.
    private func refer(_ children: [Subtrie]) -> [TrieReference?] {
        var references = [TrieReference?](repeating: nil, count: 16)
        var places: [Int] = []
        var encoded: [[UInt8]] = []
        for index in 0..<16 {
            if case .node(let reference) = children[index] {
                references[index] = reference
            } else if let rlp = encode(children[index]) {
                if rlp.count < 32 {
                    references[index] = .embedded(rlp)
                } else {
                    places.append(index)
                    encoded.append(rlp)
                }
            }
        }
        for (index, hash) in Keccak.hashes(of: encoded).enumerated() {
            references[places[index]] = .hash(hash)
            new.append((hash, encoded[index]))
        }
        return references
    }

    /// Puts the nibbles `start..<end` of a key in front of a part.
    private func join(
        _ key: UInt256, _ start: Int, _ end: Int, _ part: Subtrie
    ) throws(TrieError) -> Subtrie {
        guard start < end else { return part }
        switch part {
        case .none: return .none
        case .leaf(let path, let value):
            return .leaf(path.extended(to: start, by: key), value)
        case .extension(let path, let child):
            return .extension(path.extended(to: start, by: key), child)
        case .made(let rlp):
            return .extension(TriePath(key, from: start, to: end), keep(rlp))
        case .node(let reference):
            switch try open(reference, end) {
            case .leaf(let path, let value):
                return .leaf(path.extended(to: start, by: key), Array(value))
            case .extension(let path, let child):
                return .extension(path.extended(to: start, by: key), child)
            case .branch:
                return .extension(TriePath(key, from: start, to: end), reference)
            }
        }
    }

    /// The RLP of a new node, nil where there is none.
    private func encode(_ part: Subtrie) -> [UInt8]? {
        switch part {
        case .none, .node: nil
        case .made(let rlp): rlp
        case .leaf(let path, let value): TrieEncoding.leaf(path, value)
        case .extension(let path, let child): TrieEncoding.extension(path, child)
        }
    }

    private func keep(_ rlp: [UInt8]) -> TrieReference {
        guard rlp.count >= 32 else { return .embedded(rlp) }
        let hash = Keccak.hash(rlp)
        new.append((hash, rlp))
        return .hash(hash)
    }
}

/// What stands below a place of a trie.
private enum Subtrie: Sendable {
    case none
    /// A node that was not looked at.
    case node(TrieReference)
    /// A new branch's RLP, hashed together with its neighbours.
    case made([UInt8])
    /// Not yet encoded, since the path may grow.
    case leaf(TriePath, [UInt8])
    case `extension`(TriePath, TrieReference)

    static let noChildren = [Subtrie](repeating: .none, count: 16)
}
