internal import Crypto
public import Primitives

/// What the chain's token keeps of a nonce, and where.
///
/// 0 is unused and 1 canceled. A transfer leaves the upper 192 bits of
/// `keccak256(abi.encode(to, value))`, then the timestamp of its block in 64 bits: one slot tells
/// where the money went, how much, and when.
/// - Source: `contracts/UsdcLikeToken.vy`, `authorizationWord`.
public struct AuthorizationWord: Sendable, Equatable {
    public let word: UInt256

    /// The slot of the token's mapping by authorizer, then nonce.
    public static let mappingSlot: UInt256 = 2
    private static let timestampBits = 64

    public init(_ word: UInt256) { self.word = word }

    /// What a transfer leaves; the timestamp is in seconds since 1970.
    public init(of value: UInt256, to recipient: Address, at timestamp: UInt64) {
        let digest = Keccak.hash(recipient.word, value).word
        let bits = AuthorizationWord.timestampBits
        word = ((digest >> bits) << bits) | UInt256(timestamp)
    }

    /// Where the word of a nonce lies in the token's storage.
    public static func slot(of authorizer: Address, nonce: Hash) -> UInt256 {
        Keccak.hash(Keccak.hash(mappingSlot, authorizer.word).word, nonce.word).word
    }

    public var isUnused: Bool { word.isZero }

    /// When the transfer was; meaningless for a word of no transfer.
    public var timestamp: UInt64 { word.limb0 }

    /// Whether the nonce was used to move exactly this amount to this account.
    public func isTransfer(of value: UInt256, to recipient: Address) -> Bool {
        self == AuthorizationWord(of: value, to: recipient, at: timestamp)
    }
}
