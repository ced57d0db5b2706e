internal import Codec
internal import Crypto
public import Primitives
internal import Trie

/// Roots of the ordered lists that a header commits to.
public enum OrderedRoots {
    /// The root of an empty list.
    public static let empty = MerkleTrie.emptyRoot

    public static func transactions(_ transactions: [Transaction]) -> Hash {
        OrderedTrie.root(of: transactions.map(\.encoded))
    }

    public static func receipts(_ receipts: [Receipt]) -> Hash {
        OrderedTrie.root(of: receipts.map(\.encoded))
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
