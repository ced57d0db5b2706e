internal import Codec
internal import Crypto
public import Primitives

/// A hexary Merkle-Patricia trie that loads nodes as it meets them and hashes only what changed.
///
/// A copy is a snapshot. Keys are final bytes: the state's tries are keyed by Keccak-256 of
/// addresses and slots.
/// Source: Yellow Paper, appendix D.
public struct MerkleTrie {
    private var root: TrieNode
    private let source: any TrieNodeSource

    /// The root of a trie without entries: Keccak-256 of the RLP of no bytes.
    public static let emptyRoot = Keccak.hash([0x80])

    /// The trie under `root`, whose nodes `source` holds.
    public init(root: Hash, source: any TrieNodeSource) {
        self.root = root == MerkleTrie.emptyRoot ? .empty : .stored(root)
        self.source = source
    }

    public var isEmpty: Bool {
        if case .empty = root { true } else { false }
    }

    private func load(_ hash: Hash) throws(TrieError) -> TrieNode {
        try TrieNode(rlp: try source.verifiedNode(hash), cached: .hash(hash))
    }

    // MARK: Reading

    /// The value of a key, or nil when the trie has none.
    public func value(for key: [UInt8]) throws(TrieError) -> [UInt8]? {
        let path = HexPrefix.nibbles(key)
        var rest = path[...]
        var node = root
        while true {
            switch node {
            case .empty: return nil
            case .stored(let hash): node = try load(hash)
            case .leaf(let own, let value, _): return own[...] == rest ? value : nil
            case .extension(let own, let child, _):
                guard rest.starts(with: own) else { return nil }
                rest = rest.dropFirst(own.count)
                node = child
            case .branch(let children, let value, _):
                guard let nibble = rest.first else { return value.isEmpty ? nil : value }
                rest = rest.dropFirst()
                node = children[Int(nibble)]
            }
        }
    }

    /// The nodes from the root to the key's end, as `eth_getProof` lists them (EIP-1186): those
    /// that are referred to by hash. They prove the value, or that there is none.
    ///
    /// The trie must be committed and the source hold what the commit made.
    public func proof(for key: [UInt8]) throws(TrieError) -> [[UInt8]] {
        let path = HexPrefix.nibbles(key)
        var rest = path[...]
        var node = root
        var nodes: [[UInt8]] = []
        while true {
            if let hash = node.committedHash {
                guard let rlp = source.node(hash) else { throw .missingNode(hash) }
                guard Keccak.hash(rlp) == hash else { throw .malformedNode }
                nodes.append(rlp)
                if case .stored = node { node = try TrieNode(rlp: rlp, cached: .hash(hash)) }
            }
            switch node {
            case .empty: return nodes
            case .stored: preconditionFailure("a stored node was loaded above")
            case .leaf(_, _, let cached):
                precondition(cached != nil, "a proof needs a committed trie")
                return nodes
            case .extension(let own, let child, let cached):
                precondition(cached != nil, "a proof needs a committed trie")
                guard rest.starts(with: own) else { return nodes }
                rest = rest.dropFirst(own.count)
                node = child
            case .branch(let children, _, let cached):
                precondition(cached != nil, "a proof needs a committed trie")
                guard let nibble = rest.first else { return nodes }
                rest = rest.dropFirst()
                node = children[Int(nibble)]
            }
        }
    }

    // MARK: Changing

    /// Sets a key's value; an empty one deletes it.
    public mutating func update(key: [UInt8], value: [UInt8]) throws(TrieError) {
        let path = HexPrefix.nibbles(key)
        // Taken out, so that the path is changed in place and not copied.
        let old = root
        root = .empty
        do {
            root =
                value.isEmpty
                ? try delete(path[...], from: old) : try insert(value, at: path[...], into: old)
        } catch {
            root = old
            throw error
        }
    }

    private func insert(
        _ value: [UInt8], at path: ArraySlice<UInt8>, into node: TrieNode
    ) throws(TrieError) -> TrieNode {
        switch node {
        case .empty: return .leaf(path: Array(path), value: value, cached: nil)
        case .stored(let hash): return try insert(value, at: path, into: try load(hash))
        case .leaf(let own, let old, _):
            if own[...] == path { return .leaf(path: own, value: value, cached: nil) }
            let common = MerkleTrie.commonCount(own[...], path)
            var children = TrieNode.noChildren
            var here: [UInt8] = []
            MerkleTrie.place(
                old, at: own[common...], children: &children, value: &here)
            MerkleTrie.place(
                value, at: path.dropFirst(common), children: &children, value: &here)
            return MerkleTrie.extend(
                path.prefix(common), .branch(children: children, value: here, cached: nil))
        case .extension(let own, let child, _):
            let common = MerkleTrie.commonCount(own[...], path)
            if common == own.count {
                let next = try insert(value, at: path.dropFirst(common), into: child)
                return .extension(path: own, child: next, cached: nil)
            }
            var children = TrieNode.noChildren
            var here: [UInt8] = []
            children[Int(own[common])] = MerkleTrie.extend(own[(common + 1)...], child)
            MerkleTrie.place(
                value, at: path.dropFirst(common), children: &children, value: &here)
            return MerkleTrie.extend(
                path.prefix(common), .branch(children: children, value: here, cached: nil))
        case .branch(var children, let here, _):
            guard let nibble = path.first else {
                return .branch(children: children, value: value, cached: nil)
            }
            let index = Int(nibble)
            children[index] = try insert(value, at: path.dropFirst(), into: children[index])
            return .branch(children: children, value: here, cached: nil)
        }
    }

    /// Puts a value below a new branch: into a leaf, or into the branch itself.
    private static func place(
        _ value: [UInt8], at path: ArraySlice<UInt8>, children: inout [TrieNode],
        value here: inout [UInt8]
    ) {
        guard let nibble = path.first else {
            here = value
            return
        }
        children[Int(nibble)] = .leaf(path: Array(path.dropFirst()), value: value, cached: nil)
    }

    private static func extend(_ path: ArraySlice<UInt8>, _ child: TrieNode) -> TrieNode {
        path.isEmpty ? child : .extension(path: Array(path), child: child, cached: nil)
    }

    private static func commonCount(
        _ left: ArraySlice<UInt8>, _ right: ArraySlice<UInt8>
    ) -> Int {
        zip(left, right).prefix { $0 == $1 }.count
    }

    private func delete(
        _ path: ArraySlice<UInt8>, from node: TrieNode
    ) throws(TrieError) -> TrieNode {
        switch node {
        case .empty: return .empty
        case .stored(let hash):
            // An absent key changes nothing: keep the reference.
            let loaded = try load(hash)
            let after = try delete(path, from: loaded)
            return after.isUnchanged ? node : after
        case .leaf(let own, _, _): return own[...] == path ? .empty : node
        case .extension(let own, let child, _):
            guard path.starts(with: own) else { return node }
            let next = try delete(path.dropFirst(own.count), from: child)
            if next.isUnchanged { return node }
            return try join(own, next)
        case .branch(var children, let here, _):
            guard let nibble = path.first else {
                if here.isEmpty { return node }
                return try collapse(children, value: [])
            }
            let index = Int(nibble)
            if case .empty = children[index] { return node }
            let next = try delete(path.dropFirst(), from: children[index])
            if next.isUnchanged { return node }
            children[index] = next
            if case .empty = next { return try collapse(children, value: here) }
            return .branch(children: children, value: here, cached: nil)
        }
    }

    /// A branch that may have lost all but one of its ends.
    private func collapse(
        _ children: [TrieNode], value: [UInt8]
    ) throws(TrieError) -> TrieNode {
        var last: Int?
        var count = 0
        for (index, child) in children.enumerated() {
            if case .empty = child { continue }
            count += 1
            last = index
        }
        guard let last else {
            return value.isEmpty ? .empty : .leaf(path: [], value: value, cached: nil)
        }
        guard count == 1, value.isEmpty else {
            return .branch(children: children, value: value, cached: nil)
        }
        return try join([UInt8(last)], children[last])
    }

    /// Puts a path in front of a node, as one node where the node itself has a path.
    private func join(_ path: [UInt8], _ node: TrieNode) throws(TrieError) -> TrieNode {
        switch node {
        case .empty: return .empty
        case .stored(let hash):
            let loaded = try load(hash)
            if case .branch = loaded { return .extension(path: path, child: node, cached: nil) }
            return try join(path, loaded)
        case .leaf(let own, let value, _):
            return .leaf(path: path + own, value: value, cached: nil)
        case .extension(let own, let child, _):
            return .extension(path: path + own, child: child, cached: nil)
        case .branch: return .extension(path: path, child: node, cached: nil)
        }
    }

    // MARK: Committing

    /// Hashes what changed and returns the root with the nodes that are new.
    ///
    /// Afterwards the trie is that of the root, all of it unloaded or cached.
    public mutating func commit() -> (root: Hash, newNodes: [(hash: Hash, rlp: [UInt8])]) {
        var new: [(hash: Hash, rlp: [UInt8])] = []
        if case .empty = root { return (MerkleTrie.emptyRoot, []) }
        if case .stored(let hash) = root { return (hash, []) }
        let (committed, reference) = TrieCommit.commit(root, into: &new)
        root = committed
        switch reference {
        case .hash(let hash): return (hash, new)
        case .embedded(let rlp):
            // The root is always referred to by hash, however short it is.
            let hash = Keccak.hash(rlp)
            new.append((hash, rlp))
            root = .stored(hash)
            return (hash, new)
        }
    }
}

extension TrieNode {
    /// The hash by which a committed node's parent refers to it; nil where it is embedded.
    var committedHash: Hash? {
        switch self {
        case .stored(let hash), .leaf(_, _, .hash(let hash)?),
            .extension(_, _, .hash(let hash)?), .branch(_, _, .hash(let hash)?):
            hash
        default: nil
        }
    }

    /// Whether the node is as it was loaded or committed.
    var isUnchanged: Bool {
        switch self {
        case .empty: false
        case .stored: true
        case .leaf(_, _, let cached), .extension(_, _, let cached), .branch(_, _, let cached):
            cached != nil
        }
    }
}

enum TrieCommit {
    /// The node with every reference below it known, and how its parent refers to it.
    static func commit(
        _ node: TrieNode, into new: inout [(hash: Hash, rlp: [UInt8])]
    ) -> (TrieNode, TrieNode.Cached) {
        switch node {
        case .empty: return (.empty, .embedded([0x80]))
        case .stored(let hash): return (node, .hash(hash))
        case .leaf(let path, let value, let cached):
            if let cached { return (node, cached) }
            let rlp = RLPWriter.list { list in
                list.write(HexPrefix.encode(path[...], isLeaf: true))
                list.write(value)
            }
            let reference = refer(rlp, into: &new)
            return (.leaf(path: path, value: value, cached: reference), reference)
        case .extension(let path, let child, let cached):
            if let cached { return (node, cached) }
            let (committed, below) = commit(child, into: &new)
            let rlp = RLPWriter.list { list in
                list.write(HexPrefix.encode(path[...], isLeaf: false))
                write(below, to: &list)
            }
            let reference = refer(rlp, into: &new)
            return (.extension(path: path, child: committed, cached: reference), reference)
        case .branch(var children, let value, let cached):
            if let cached { return (node, cached) }
            var list = RLPWriter()
            for index in children.indices {
                let (committed, below) = commit(children[index], into: &new)
                children[index] = committed
                write(below, to: &list)
            }
            list.write(value)
            let reference = refer(RLPWriter.list { $0.writeRaw(list.bytes) }, into: &new)
            return (.branch(children: children, value: value, cached: reference), reference)
        }
    }

    private static func write(_ reference: TrieNode.Cached, to list: inout RLPWriter) {
        switch reference {
        case .hash(let hash): list.write(hash)
        case .embedded(let rlp): list.writeRaw(rlp)
        }
    }

    private static func refer(
        _ rlp: [UInt8], into new: inout [(hash: Hash, rlp: [UInt8])]
    ) -> TrieNode.Cached {
        guard rlp.count >= 32 else { return .embedded(rlp) }
        let hash = Keccak.hash(rlp)
        new.append((hash, rlp))
        return .hash(hash)
    }
}
