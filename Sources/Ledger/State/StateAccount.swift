public import Codec
internal import Crypto
public import EVM
public import Primitives
internal import Trie

/// An account as the state trie holds it: with the root of its storage.
public struct StateAccount: Sendable, Equatable {
    public var account: Account
    public var storageRoot: Hash

    public init(account: Account, storageRoot: Hash) {
        self.account = account
        self.storageRoot = storageRoot
    }

    /// `rlp([nonce, balance, storageRoot, codeHash])` (Yellow Paper 4.1).
    public var encoded: [UInt8] {
        RLPWriter.list { list in
            list.write(account.nonce)
            list.write(account.balance)
            list.write(storageRoot)
            list.write(account.codeHash)
        }
    }

    public init(decoding bytes: [UInt8]) throws(RLPError) {
        var outer = RLPReader(bytes)
        var list = try outer.readList()
        try outer.finish()
        let nonce = try list.readUInt64()
        let balance = try list.readUInt256()
        storageRoot = try list.readHash()
        account = Account(nonce: nonce, balance: balance, codeHash: try list.readHash())
        try list.finish()
    }

    /// The path of an account in the state trie.
    public static func key(_ address: Address) -> [UInt8] { Keccak.hash(address.bytes).bytes }

    /// The path of a slot in its account's storage trie.
    public static func key(slot: UInt256) -> [UInt8] { Keccak.hash(slot.bigEndianBytes).bytes }

    /// The value of a slot in the storage trie: `rlp` of its minimal bytes.
    public static func encode(word: UInt256) -> [UInt8] { RLPWriter.string(word.minimalBytes) }

    public static func decode(word bytes: [UInt8]) throws(RLPError) -> UInt256 {
        var reader = RLPReader(bytes)
        let word = try reader.readUInt256()
        try reader.finish()
        return word
    }
}
