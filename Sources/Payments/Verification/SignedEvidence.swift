internal import Crypto
public import Primitives

/// The key a provider registered for its statements.
public enum SignerKey: Sendable, Equatable {
    case secp256k1(Address)
    case p256(x: UInt256, y: UInt256)

    public var scheme: SignatureScheme {
        switch self {
        case .secp256k1: .secp256k1
        case .p256: .p256
        }
    }
}

/// Evidence of kind `signed`: the provider's signature over a statement's digest.
///
/// secp256k1: 65 bytes r ‖ s ‖ v, v 27 or 28, s in the lower half, so that one signature has one
/// spelling. P-256: 64 bytes r ‖ s; both halves are allowed there, since hardware keys give either
/// and receipts are known by their payment, not by their evidence.
public enum SignedEvidence {
    public static let secp256k1ByteCount = 65
    public static let p256ByteCount = 64

    /// Returns when `data` is the key's signature of the digest.
    public static func verify(
        digest: Hash, data: [UInt8], key: SignerKey
    ) throws(EvidenceError) {
        switch key {
        case .secp256k1(let signer):
            try verify(digest, data, signer: signer)
        case .p256(let x, let y):
            guard data.count == p256ByteCount else {
                throw .wrongLength(wanted: p256ByteCount, got: data.count)
            }
            let r = UInt256(bigEndian: data[0..<32])
            let s = UInt256(bigEndian: data[32..<64])
            guard P256.verify(digest: digest, r: r, s: s, x: x, y: y) else {
                throw .invalidSignature
            }
        }
    }

    private static func verify(
        _ digest: Hash, _ data: [UInt8], signer: Address
    ) throws(EvidenceError) {
        guard data.count == secp256k1ByteCount else {
            throw .wrongLength(wanted: secp256k1ByteCount, got: data.count)
        }
        guard data[64] == 27 || data[64] == 28 else { throw .invalidSignature }
        let signature = Signature(
            r: UInt256(bigEndian: data[0..<32]), s: UInt256(bigEndian: data[32..<64]),
            yParity: data[64] - 27)
        guard signature.isLowS else { throw .malleable }
        let found = Secp256k1.recoverAddress(digest: digest, signature: signature)
        guard found == signer else { throw .wrongSigner(expected: signer, got: found) }
    }
}
