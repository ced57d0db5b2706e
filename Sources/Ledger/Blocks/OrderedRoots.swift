internal import Codec
internal import Crypto
public import Primitives
internal import Trie

/// Roots of the ordered lists that a header commits to.
public enum OrderedRoots {
    /// The root of an empty list.
    public static let empty = MerkleTrie.emptyRoot

    public static func transactions(
        _ transactions: [Transaction], workers: any Workers = SerialWorkers()
    ) -> Hash {
        OrderedTrie.root(
            of: workers.map(transactions.count, grain: 64) { transactions[$0].encoded },
            workers: workers)
    }

    public static func receipts(
        _ receipts: [Receipt], workers: any Workers = SerialWorkers()
    ) -> Hash {
        OrderedTrie.root(
            of: workers.map(receipts.count, grain: 64) { receipts[$0].encoded },
            workers: workers)
    }

    public static func withdrawals(_ withdrawals: [Withdrawal]) -> Hash {
        OrderedTrie.root(of: withdrawals.map(\.encoded))
    }

    /// Keccak-256 of the list of headers.
    public static func uncles(_ uncles: [Header]) -> Hash {
        if uncles.isEmpty { return Header.noUncles }
        return Keccak.hash(
            RLPWriter.list { list in
                for uncle in uncles { list.writeRaw(uncle.encoded) }
            })
    }
}
