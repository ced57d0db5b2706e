internal import Crypto
public import EVM
public import Primitives
public import Trie

/// Trie nodes and codes in memory: for tests, conformance runs and chains that need no disk.
///
/// Read by many threads or changed by one.
public final class MemoryNodes: TrieNodeSource, CodeSource, @unchecked Sendable {
    private var nodes: [Hash: [UInt8]] = [:]
    private var codes: [Hash: [UInt8]] = [:]

    public init() {}

    public func node(_ hash: Hash) -> [UInt8]? { nodes[hash] }
    public func code(_ hash: Hash) -> [UInt8]? { codes[hash] }

    /// Every node came with the hash that it was given when it was made.
    public func verifiedNode(_ hash: Hash) throws(TrieError) -> [UInt8] {
        guard let rlp = nodes[hash] else { throw .missingNode(hash) }
        return rlp
    }

    /// Keeps what a commit brought.
    public func insert(_ commit: StateCommit) {
        for (hash, rlp) in commit.nodes { nodes[hash] = rlp }
        for (hash, code) in commit.codes { codes[hash] = code }
    }
}

/// A whole state in dictionaries, without tries: the fastest source for one-off executions.
public final class MemoryState: StateSource {
    private struct Entry {
        var account: Account
        var storage: [UInt256: UInt256]
    }

    private var entries: [Address: Entry] = [:]
    private var codes: [Hash: [UInt8]] = [:]
    private let ancestors: (UInt64) -> Hash

    /// - Parameter ancestors: the hash of an earlier block by its number.
    public init(ancestors: @escaping (UInt64) -> Hash = { _ in .zero }) {
        self.ancestors = ancestors
    }

    /// Applies the changes of a genesis or a block.
    public func apply(_ changes: [AccountChange]) {
        for change in changes {
            guard let account = change.account else {
                entries[change.address] = nil
                continue
            }
            var entry = entries[change.address] ?? Entry(account: account, storage: [:])
            entry.account = account
            if change.storageCleared { entry.storage = [:] }
            for (slot, value) in change.storage { entry.storage[slot] = value.isZero ? nil : value }
            if let code = change.code { codes[account.codeHash] = code }
            entries[change.address] = entry
        }
    }

    public func account(_ address: Address) -> Account? { entries[address]?.account }

    public func storage(_ address: Address, _ slot: UInt256) -> UInt256 {
        entries[address]?.storage[slot] ?? .zero
    }

    public func hasStorage(_ address: Address) -> Bool {
        !(entries[address]?.storage.isEmpty ?? true)
    }

    public func code(_ hash: Hash) -> [UInt8] { codes[hash] ?? [] }
    public func blockHash(_ number: UInt64) -> Hash { ancestors(number) }

    /// Itself: reading changes nothing.
    public func reader() -> (any StateSource)? { self }
}
