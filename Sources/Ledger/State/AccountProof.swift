internal import Codec
internal import Crypto
internal import EVM
public import Primitives
public import Trie

/// An account and slots of it, with the trie nodes that prove them under a state root.
///
/// Source: EIP-1186.
public struct AccountProof: Sendable, Equatable {
    /// One slot with its proof under the account's storage root.
    public struct Slot: Sendable, Equatable {
        public var slot: UInt256
        public var value: UInt256
        public var proof: [[UInt8]]

        public init(slot: UInt256, value: UInt256, proof: [[UInt8]]) {
            self.slot = slot
            self.value = value
            self.proof = proof
        }
    }

    public var address: Address
    /// The empty account when the state has none: the proof then proves its absence.
    public var account: StateAccount
    public var accountProof: [[UInt8]]
    public var slots: [Slot]

    public init(
        address: Address, account: StateAccount, accountProof: [[UInt8]], slots: [Slot]
    ) {
        self.address = address
        self.account = account
        self.accountProof = accountProof
        self.slots = slots
    }

    /// Makes the proof from the tries under `root`.
    public init(
        of address: Address, slots keys: [UInt256], root: Hash, in nodes: any TrieNodeSource
    ) throws(TrieError) {
        self.address = address
        let trie = MerkleTrie(root: root, source: nodes)
        let key = StateAccount.key(address)
        accountProof = try trie.proof(for: key)
        account = AccountProof.absent
        if let bytes = try trie.value(for: key) {
            do {
                account = try StateAccount(decoding: bytes)
            } catch {
                throw .malformedNode
            }
        }
        slots = []
        let storage = MerkleTrie(root: account.storageRoot, source: nodes)
        for slot in keys {
            let key = StateAccount.key(slot: slot)
            var value = UInt256.zero
            if let bytes = try storage.value(for: key) {
                do {
                    value = try StateAccount.decode(word: bytes)
                } catch {
                    throw .malformedNode
                }
            }
            slots.append(Slot(slot: slot, value: value, proof: try storage.proof(for: key)))
        }
    }

    private static let absent = StateAccount(
        account: Account(codeHash: Keccak.emptyHash), storageRoot: MerkleTrie.emptyRoot)

    /// Why a proof does not prove.
    public enum Failure: Error, Equatable, Sendable {
        case account(TrieProofError)
        case accountDiffers
        case slot(UInt256, TrieProofError)
        case slotDiffers(UInt256)
    }

    /// Checks that account and slots are what the state under `root` holds.
    public func verify(root: Hash) throws(Failure) {
        let bytes: [UInt8]?
        do {
            bytes = try TrieProof.verify(
                root: root, key: StateAccount.key(address), proof: accountProof)
        } catch {
            throw .account(error)
        }
        guard bytes == account.encoded || (bytes == nil && account == AccountProof.absent) else {
            throw .accountDiffers
        }
        for entry in slots {
            let proven: [UInt8]?
            do {
                proven = try TrieProof.verify(
                    root: account.storageRoot, key: StateAccount.key(slot: entry.slot),
                    proof: entry.proof)
            } catch {
                throw .slot(entry.slot, error)
            }
            let stated = entry.value.isZero ? nil : StateAccount.encode(word: entry.value)
            guard proven == stated else { throw .slotDiffers(entry.slot) }
        }
    }
}
