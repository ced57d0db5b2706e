/// Bounds of the node, each with what it protects.
public enum Limits {
    /// Trie nodes held in memory (about 600 bytes each).
    static let cachedTrieNodes = 200_000
    /// Contract codes held in memory (24 KiB each at most).
    static let cachedCodes = 2_000
    /// Transactions that wait for a block.
    public static let poolTransactions = 10_000
    /// Bytes of transactions that wait for a block: one may have 400 KiB.
    public static let poolBytes = 128 << 20
    /// Bytes of those that wait for an earlier nonce.
    public static let poolParkedBytes = 32 << 20
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
    /// Bytes of graphs and engines in memory: a small graph may need 256 MiB for its activations.
    public static let modelBytes = 512 << 20
    /// Bytes of results that transactions may ask for again.
    public static let resultBytes = 64 << 20
    /// Engines kept for each model: as many requests run it at once without making one.
    public static let enginesPerModel = 4
    /// Contracts remembered for calling models.
    static let inferenceCallers = 4_096
    /// Inferences of one transaction that each need the one before: more run within the block.
    static let preExecutionRounds = 8
    /// Inferences of one round.
    static let preExecutionRequests = 4_096
    /// Bytes of verification keys in memory.
    static let keyBytes = 64 << 20
    /// Graphs whose keys' digests are remembered.
    static let keyDigests = 65_536
    /// Verdicts on proofs that are remembered, some 300 bytes each: those of a full block many
    /// times over.
    static let verdicts = 16_384
    /// Models whose provers stay in memory: each holds its weights eight times over.
    static let provers = 4
    /// Proofs that are made at once: each has all workers and up to 128 MiB.
    static let proofsAtOnce = 2
    /// Requests that wait for one, far fewer than there are threads to serve requests.
    static let proofsWaiting = 8
    /// Secrets of hidden inputs that are remembered, about 300 bytes each.
    static let hiddenSecrets = 65_536
    /// Accounts up to which the whole state is recomputed when a store is opened.
    static let recomputedAccounts = 100_000
}
