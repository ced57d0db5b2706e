internal import Codec
public import Crypto
public import Primitives

extension Transaction {
    /// The account whose key signed, or nil when the signature recovers to none.
    ///
    /// - Parameter allowsHighS: true before Homestead only (EIP-2).
    public func recoverSender(allowsHighS: Bool = false) -> Address? {
        recoverSigner(of: signingHash, yParity: yParity, r: r, s: s, allowsHighS: allowsHighS)
    }

    /// The transaction signed with the key.
    public func signed(with key: PrivateKey) -> Transaction {
        var copy = self
        let signature = key.sign(signingHash)
        copy.yParity = signature.yParity
        copy.r = signature.r
        copy.s = signature.s
        return copy
    }
}

extension Transaction.Authorization {
    /// `keccak256(0x05 ‖ rlp([chain id, address, nonce]))` (EIP-7702).
    public var signingHash: Hash {
        let list = RLPWriter.list { fields in
            fields.write(chainID)
            fields.write(address)
            fields.write(nonce)
        }
        return Keccak.hash([0x05] + list)
    }

    /// The account that gives its code away, or nil when the signature recovers to none.
    public func recoverAuthority() -> Address? {
        guard yParity <= 1 else { return nil }
        let parity = UInt8(truncatingIfNeeded: yParity.limb0)
        return recoverSigner(of: signingHash, yParity: parity, r: r, s: s, allowsHighS: false)
    }

    /// The authorization signed with the key.
    public func signed(with key: PrivateKey) -> Transaction.Authorization {
        var copy = self
        let signature = key.sign(signingHash)
        copy.yParity = UInt256(UInt64(signature.yParity))
        copy.r = signature.r
        copy.s = signature.s
        return copy
    }
}

private func recoverSigner(
    of digest: Hash, yParity: UInt8, r: UInt256, s: UInt256, allowsHighS: Bool
) -> Address? {
    let signature = Signature(r: r, s: s, yParity: yParity)
    guard allowsHighS || signature.isLowS else { return nil }
    return Secp256k1.recoverAddress(digest: digest, signature: signature)
}
