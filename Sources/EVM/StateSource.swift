public import Primitives

/// One account without its storage.
public struct Account: Sendable, Equatable {
    public var nonce: UInt64
    public var balance: UInt256
    /// Keccak-256 of the code; that of no bytes for an account without code.
    public var codeHash: Hash

    public init(nonce: UInt64 = 0, balance: UInt256 = .zero, codeHash: Hash) {
        self.nonce = nonce
        self.balance = balance
        self.codeHash = codeHash
    }
}

/// The state that a journal starts from: what a block's parent left behind.
///
/// Answers never change while a journal reads from it. A source that cannot answer (a damaged
/// store) stops the process: nothing unsound may continue.
public protocol StateSource: AnyObject {
    /// The account, or nil when the trie has none.
    func account(_ address: Address) -> Account?
    /// The slot's word; zero when it has none.
    func storage(_ address: Address, _ slot: UInt256) -> UInt256
    /// Whether any slot is set (EIP-7610).
    func hasStorage(_ address: Address) -> Bool
    /// The code with this hash; empty for the hash of no bytes.
    func code(_ hash: Hash) -> [UInt8]
    /// The hash of an ancestor block, zero when it is out of reach.
    func blockHash(_ number: UInt64) -> Hash
    /// Another view of the same state, for another thread; nil when there can be but one.
    func reader() -> (any StateSource)?
}

extension StateSource {
    public func reader() -> (any StateSource)? { nil }
}
