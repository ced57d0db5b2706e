public import Primitives

/// Single values out of a trie whose keys are 32 bytes: nodes are read in place, none is kept.
public enum TrieReader {
    /// The value of a key, or nil when the trie under `root` has none.
    public static func value(
        for key: Hash, root: Hash, source: any TrieNodeSource
    ) throws(TrieError) -> [UInt8]? {
        if root == MerkleTrie.emptyRoot { return nil }
        var depth = 0
        var reference = TrieReference.hash(root)
        while true {
            let rlp: [UInt8]
            switch reference {
            case .hash(let hash): rlp = try source.verifiedNode(hash)
            case .embedded(let bytes): rlp = bytes
            }
            switch try StoredNode(rlp: rlp, depth: depth) {
            case .leaf(let path, let value):
                return path == TriePath(key.word, from: depth, to: 64) ? Array(value) : nil
            case .extension(let path, let child):
                let end = TriePath.common(key.word, path.word, from: depth, to: path.end)
                guard end == path.end, end < 64 else { return nil }
                depth = end
                reference = child
            case .branch(let items):
                guard depth < 64 else { throw .malformedNode }
                guard let child = try items.child(TriePath.nibble(depth, of: key.word)) else {
                    return nil
                }
                depth += 1
                reference = child
            }
        }
    }
}
