internal import Crypto
public import EVM
public import Primitives
public import Trie

/// Gives code by its hash.
///
/// Many threads may ask at once, as long as nobody adds code meanwhile.
public protocol CodeSource: AnyObject, Sendable {
    /// The code, or nil when the source does not hold it.
    func code(_ hash: Hash) -> [UInt8]?
}

/// The state under one root, read through the tries: any block's state, with nothing cached flat.
///
/// A node or code that is missing or damaged ends the process: a state that cannot be read whole
/// must not be executed on.
public final class TrieState: StateSource {
    public let root: Hash
    private let nodes: any TrieNodeSource
    private let codes: any CodeSource
    private let ancestors: @Sendable (UInt64) -> Hash
    private var accounts: [Address: StateAccount?] = [:]

    /// - Parameter ancestors: the hash of a block of this chain by its number, zero when unknown.
    public init(
        root: Hash, nodes: any TrieNodeSource, codes: any CodeSource,
        ancestors: @escaping @Sendable (UInt64) -> Hash
    ) {
        self.root = root
        self.nodes = nodes
        self.codes = codes
        self.ancestors = ancestors
    }

    public func stateAccount(_ address: Address) -> StateAccount? {
        if let known = accounts[address] { return known }
        let entry: StateAccount?
        do {
            let key = Keccak.hash(address.bytes)
            entry = try TrieReader.value(for: key, root: root, source: nodes).map {
                bytes throws in try StateAccount(decoding: bytes)
            }
        } catch {
            fatalError("state \(root): account \(address) cannot be read: \(error)")
        }
        accounts[address] = .some(entry)
        return entry
    }

    public func account(_ address: Address) -> Account? { stateAccount(address)?.account }

    public func storage(_ address: Address, _ slot: UInt256) -> UInt256 {
        guard let entry = stateAccount(address), entry.storageRoot != MerkleTrie.emptyRoot else {
            return .zero
        }
        do {
            let key = Keccak.hash(slot.bigEndianBytes)
            guard
                let bytes = try TrieReader.value(
                    for: key, root: entry.storageRoot, source: nodes)
            else { return .zero }
            return try StateAccount.decode(word: bytes)
        } catch {
            fatalError("state \(root): slot \(slot) of \(address) cannot be read: \(error)")
        }
    }

    public func hasStorage(_ address: Address) -> Bool {
        stateAccount(address).map { $0.storageRoot != MerkleTrie.emptyRoot } ?? false
    }

    public func code(_ hash: Hash) -> [UInt8] {
        if hash == Keccak.emptyHash { return [] }
        guard let code = codes.code(hash) else {
            fatalError("state \(root): code \(hash) is missing")
        }
        return code
    }

    public func blockHash(_ number: UInt64) -> Hash { ancestors(number) }

    public func reader() -> (any StateSource)? {
        TrieState(root: root, nodes: nodes, codes: codes, ancestors: ancestors)
    }
}
