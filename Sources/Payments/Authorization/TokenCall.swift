internal import Codec
public import Crypto
public import Primitives

/// Calldata for a token with EIP-3009 (FiatTokenV2_2).
public enum TokenCall {
    /// `transferWithAuthorization` with v, r, s: for keys.
    public static func transferWithAuthorization(
        _ transfer: TransferAuthorization, signature: Signature
    ) -> [UInt8] {
        var writer = ABIWriter()
        for word in transfer.words { writer.write(word) }
        writer.write(UInt64(27 + signature.yParity))
        writer.write(signature.r)
        writer.write(signature.s)
        return [0xe3, 0xee, 0x16, 0x0e] + writer.encoded
    }

    /// `transferWithAuthorization` with `bytes`: for contract wallets.
    public static func transferWithAuthorization(
        _ transfer: TransferAuthorization, signatureBytes: [UInt8]
    ) -> [UInt8] {
        var writer = ABIWriter()
        for word in transfer.words { writer.write(word) }
        writer.writeBytes(signatureBytes)
        return [0xcf, 0x09, 0x29, 0x95] + writer.encoded
    }

    /// Either of the two, as the signature's form asks: 65 bytes with a recovery byte are a key's.
    public static func transferWithAuthorization(
        _ transfer: TransferAuthorization, signedWith bytes: [UInt8]
    ) -> [UInt8] {
        if let signature = try? Signature(bytes65: bytes) {
            return transferWithAuthorization(transfer, signature: signature)
        }
        return transferWithAuthorization(transfer, signatureBytes: bytes)
    }

    /// `authorizationState(address,bytes32)`: whether a nonce is used or canceled.
    public static func authorizationState(of authorizer: Address, nonce: Hash) -> [UInt8] {
        [0xe9, 0x4a, 0x01, 0x02] + authorizer.word.bigEndianBytes + nonce.bytes
    }

    /// `balanceOf(address)`.
    public static func balance(of account: Address) -> [UInt8] {
        [0x70, 0xa0, 0x82, 0x31] + account.word.bigEndianBytes
    }

    /// `transfer(address,uint256)`.
    public static func transfer(_ amount: UInt256, to payee: Address) -> [UInt8] {
        [0xa9, 0x05, 0x9c, 0xbb] + payee.word.bigEndianBytes + amount.bigEndianBytes
    }

    /// `DOMAIN_SEPARATOR()`: of the token's EIP-712 domain.
    public static let domainSeparator: [UInt8] = [0x36, 0x44, 0xe5, 0x15]

    /// `name()`.
    public static let name: [UInt8] = [0x06, 0xfd, 0xde, 0x03]

    /// `version()`.
    public static let version: [UInt8] = [0x54, 0xfd, 0x4d, 0x50]
}
