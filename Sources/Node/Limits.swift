/// Bounds of the node, each with what it protects.
public enum Limits {
    /// Trie nodes held in memory (about 600 bytes each).
    static let cachedTrieNodes = 200_000
    /// Contract codes held in memory (24 KiB each at most).
    static let cachedCodes = 2_000
    /// Transactions that wait for a block.
    public static let poolTransactions = 10_000
    /// Transactions that wait for an earlier nonce.
    public static let poolParked = 2_000
    /// Transactions of one sender that wait for an earlier nonce.
    static let poolParkedPerSender = 256
    /// Transactions in one block.
    static let blockTransactions = 10_000
    /// Blocks that `BLOCKHASH` reaches.
    static let blockHashDepth: UInt64 = 256
    /// Payments that are reserved and not yet settled.
    public static let reservations = 10_000
    /// Accounts up to which the whole state is recomputed when a store is opened.
    static let recomputedAccounts = 100_000
}
