internal import Codec
public import Primitives

/// Roots of lists keyed by their index: transactions, receipts, withdrawals.
public enum OrderedTrie {
    /// The root of the trie that maps `rlp(index)` to the item.
    public static func root(
        of items: [[UInt8]], workers: any Workers = SerialWorkers()
    ) -> Hash {
        let entries = items.indices.map { index in
            var key = RLPWriter()
            key.write(UInt64(index))
            let padding = [UInt8](repeating: 0, count: 32 - key.bytes.count)
            return TrieBatch.Entry(
                key: UInt256(bigEndian: key.bytes + padding), nibbles: key.bytes.count * 2,
                index: index)
        }
        do {
            return try TrieBatch.commit(
                entries, onto: MerkleTrie.emptyRoot, source: NoNodes(), workers: workers
            ) { index, _ in items[index] }.root
        } catch {
            preconditionFailure("a trie made in memory has all its nodes")
        }
    }

    private final class NoNodes: TrieNodeSource {
        func node(_ hash: Hash) -> [UInt8]? { nil }
    }
}
