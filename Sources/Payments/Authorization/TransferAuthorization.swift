internal import Crypto
public import Primitives

/// A transfer that its payer signs and anyone may send (EIP-3009).
///
/// Good at timestamps t with validAfter < t < validBefore, once for each payer and nonce.
public struct TransferAuthorization: Sendable, Equatable {
    public let from: Address
    public let to: Address
    /// Atomic units.
    public let value: UInt256
    public let validAfter: UInt256
    public let validBefore: UInt256
    public let nonce: Hash

    public init(
        from: Address, to: Address, value: UInt256, validAfter: UInt256, validBefore: UInt256,
        nonce: Hash
    ) {
        self.from = from
        self.to = to
        self.value = value
        self.validAfter = validAfter
        self.validBefore = validBefore
        self.nonce = nonce
    }

    public static let typeHash = EIP712.typeHash(
        "TransferWithAuthorization(address from,address to,uint256 value,uint256 validAfter,"
            + "uint256 validBefore,bytes32 nonce)")

    var words: [UInt256] { [from.word, to.word, value, validAfter, validBefore, nonce.word] }

    public var structHash: Hash {
        EIP712.structHash(TransferAuthorization.typeHash, words)
    }

    /// What is signed, in the domain of the token.
    public func digest(name: String, version: String, chainID: UInt64, asset: Address) -> Hash {
        let domain = EIP712.domainSeparator(
            name: name, version: version, chainID: chainID, verifyingContract: asset)
        return EIP712.digest(domainSeparator: domain, structHash: structHash)
    }
}
