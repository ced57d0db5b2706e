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
    /// Cost: one path of each trie for each account and slot that changed; nodes that paths share
    /// are paid for once. Storage tries are independent work, as are the parts of each trie.
    /// - Parameter changes: ascending by address, slots ascending within.
    /// - Throws: `TrieError` when a node of the old state is missing or damaged.
    public init(
        _ changes: [AccountChange], onto root: Hash, nodes source: any TrieNodeSource,
        workers: any Workers = SerialWorkers()
    ) throws(TrieError) {
        let keys = StateCommit.keys(changes.count, workers) { changes[$0].address.bytes }
        let parts = Parts(count: changes.count)
        let (newRoot, newNodes) = try TrieBatch.commit(
            keys.enumerated().map { TrieBatch.Entry(key: $1, index: $0) }, onto: root,
            source: source, workers: workers
        ) { index, old throws(TrieError) in
            guard let account = changes[index].account else { return [] }
            let (storageRoot, nodes) = try StateCommit.storage(
                changes[index], old, source, workers)
            let entry = StateAccount(account: account, storageRoot: storageRoot)
            parts.set(index, entry, nodes)
            return entry.encoded
        }
        self.root = newRoot
        accounts.reserveCapacity(changes.count)
        for (index, change) in changes.enumerated() {
            let part = parts.take(index)
            nodes += part?.nodes ?? []
            if let account = change.account, let code = change.code {
                codes.append((account.codeHash, code))
            }
            accounts.append(
                AccountEntry(
                    address: change.address, account: part?.account,
                    storageCleared: change.account == nil || change.storageCleared,
                    storage: change.account == nil ? [] : change.storage))
        }
        nodes += newNodes
    }

    /// Keccak-256 of each name, many together.
    private static func keys(
        _ count: Int, _ workers: any Workers, _ name: @Sendable (Int) -> [UInt8]
    ) -> [Hash] {
        let grain = 128
        return workers.map((count + grain - 1) / grain) { piece in
            Keccak.hashes(of: (piece * grain..<min(count, (piece + 1) * grain)).map(name))
        }.flatMap(\.self)
    }

    private static func storage(
        _ change: AccountChange, _ old: ArraySlice<UInt8>?, _ source: any TrieNodeSource,
        _ workers: any Workers
    ) throws(TrieError) -> TrieBatch.Committed {
        var root = MerkleTrie.emptyRoot
        if let old, !change.storageCleared {
            do {
                root = try StateAccount(decoding: Array(old)).storageRoot
            } catch {
                throw .malformedNode
            }
        }
        let storage = change.storage
        guard !storage.isEmpty else { return (root, []) }
        let keys = StateCommit.keys(storage.count, workers) { storage[$0].slot.bigEndianBytes }
        return try TrieBatch.commit(
            keys.enumerated().map { TrieBatch.Entry(key: $1, index: $0) }, onto: root,
            source: source, workers: workers
        ) { index, _ throws(TrieError) in
            let value = storage[index].value
            return value.isZero ? [] : StateAccount.encode(word: value)
        }
    }
}

/// What became of each account that stays, written once by whoever comes to its leaf.
@safe
private final class Parts: @unchecked Sendable {
    typealias Part = (account: StateAccount, nodes: [(hash: Hash, rlp: [UInt8])])

    private let parts: UnsafeMutableBufferPointer<Part?>
    private let count: Int

    init(count: Int) {
        self.count = count
        unsafe parts = .allocate(capacity: count)
        unsafe parts.initialize(repeating: nil)
    }

    deinit {
        unsafe parts.deinitialize()
        unsafe parts.deallocate()
    }

    /// Different indices may be set by different threads at once.
    func set(_ index: Int, _ account: StateAccount, _ nodes: [(hash: Hash, rlp: [UInt8])]) {
        precondition(index >= 0 && index < count, "no such part")
        unsafe parts[index] = (account, nodes)
    }

    func take(_ index: Int) -> Part? {
        precondition(index >= 0 && index < count, "no such part")
        return unsafe parts[index]
    }
}
