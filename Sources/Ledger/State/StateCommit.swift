internal import Crypto
public import EVM
public import Primitives
public import Trie

/// The state after a block, as what is new against the state before it.
public struct StateCommit: Sendable {
    /// An account after the block; nil when it is gone.
    public struct AccountEntry: Sendable {
        public let address: Address
        public let account: StateAccount?
        /// Whether every older slot is gone.
        public let storageCleared: Bool
        /// Ascending by slot; zero means gone.
        public let storage: [(slot: UInt256, value: UInt256)]
    }

    public private(set) var root: Hash
    /// Trie nodes that the new root needs, with their hashes.
    public private(set) var nodes: [(hash: Hash, rlp: [UInt8])] = []
    public private(set) var codes: [(hash: Hash, code: [UInt8])] = []
    /// Ascending by address.
    public private(set) var accounts: [AccountEntry] = []

    /// Applies the changes to the state under `root`.
    ///
    /// Cost: one path of each trie for each account and slot that changed.
    /// - Parameter changes: ascending by address, slots ascending within.
    /// - Throws: `TrieError` when a node of the old state is missing or damaged.
    public init(
        _ changes: [AccountChange], onto root: Hash, nodes source: any TrieNodeSource
    ) throws(TrieError) {
        var trie = MerkleTrie(root: root, source: source)
        self.root = root
        for change in changes {
            let key = StateAccount.key(change.address)
            guard let account = change.account else {
                try trie.update(key: key, value: [])
                accounts.append(
                    AccountEntry(
                        address: change.address, account: nil, storageCleared: true, storage: []))
                continue
            }
            let oldRoot = try StateCommit.storageRoot(in: trie, key: key)
            let start = change.storageCleared ? MerkleTrie.emptyRoot : oldRoot
            let storageRoot = try commit(storage: change.storage, onto: start, nodes: source)
            let entry = StateAccount(account: account, storageRoot: storageRoot)
            try trie.update(key: key, value: entry.encoded)
            if let code = change.code { codes.append((account.codeHash, code)) }
            accounts.append(
                AccountEntry(
                    address: change.address, account: entry,
                    storageCleared: change.storageCleared, storage: change.storage))
        }
        let (newRoot, newNodes) = trie.commit()
        self.root = newRoot
        nodes += newNodes
    }

    private mutating func commit(
        storage: [(slot: UInt256, value: UInt256)], onto root: Hash,
        nodes source: any TrieNodeSource
    ) throws(TrieError) -> Hash {
        guard !storage.isEmpty else { return root }
        var trie = MerkleTrie(root: root, source: source)
        for (slot, value) in storage {
            try trie.update(
                key: StateAccount.key(slot: slot),
                value: value.isZero ? [] : StateAccount.encode(word: value))
        }
        let (newRoot, newNodes) = trie.commit()
        nodes += newNodes
        return newRoot
    }

    private static func storageRoot(
        in trie: MerkleTrie, key: [UInt8]
    ) throws(TrieError) -> Hash {
        guard let bytes = try trie.value(for: key) else { return MerkleTrie.emptyRoot }
        do {
            return try StateAccount(decoding: bytes).storageRoot
        } catch {
            throw .malformedNode
        }
    }
}
