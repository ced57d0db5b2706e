internal import Codec
internal import Crypto
public import Primitives

/// Why nodes prove nothing about a key.
public enum TrieProofError: Error, Equatable, Sendable {
    /// The node at this depth does not hash to what refers to it.
    case wrongHash(depth: Int)
    case malformed(depth: Int)
    /// The path goes on where the proof ends.
    case incomplete(depth: Int)
    /// The path ends before the proof does.
    case extraNodes(Int)
}

/// Checks of Merkle proofs, total on all bytes.
public enum TrieProof {
    /// What the trie under `root` holds at `key`: its value, or nil when it provably has none.
    ///
    /// - Parameter proof: the nodes from the root on that are referred to by hash (EIP-1186).
    public static func verify(
        root: Hash, key: [UInt8], proof: [[UInt8]]
    ) throws(TrieProofError) -> [UInt8]? {
        if root == MerkleTrie.emptyRoot {
            // Some nodes list the empty trie's one byte.
            guard proof.isEmpty || proof == [[0x80]] else { throw .extraNodes(proof.count) }
            return nil
        }
        let path = HexPrefix.nibbles(key)
        var rest = path[...]
        var node = TrieNode.stored(root)
        var depth = 0
        while true {
            switch node {
            case .empty: return try end(nil, depth, proof)
            case .stored(let hash):
                guard depth < proof.count else { throw .incomplete(depth: depth) }
                guard Keccak.hash(proof[depth]) == hash else { throw .wrongHash(depth: depth) }
                do {
                    node = try TrieNode(rlp: proof[depth], cached: .hash(hash))
                } catch {
                    throw .malformed(depth: depth)
                }
                depth += 1
            case .leaf(let own, let value, _):
                return try end(own[...] == rest ? value : nil, depth, proof)
            case .extension(let own, let child, _):
                guard rest.starts(with: own) else { return try end(nil, depth, proof) }
                rest = rest.dropFirst(own.count)
                node = child
            case .branch(let children, let value, _):
                guard let nibble = rest.first else {
                    return try end(value.isEmpty ? nil : value, depth, proof)
                }
                rest = rest.dropFirst()
                node = children[Int(nibble)]
            }
        }
    }

    private static func end(
        _ value: [UInt8]?, _ depth: Int, _ proof: [[UInt8]]
    ) throws(TrieProofError) -> [UInt8]? {
        guard depth == proof.count else { throw .extraNodes(proof.count - depth) }
        return value
    }
}
