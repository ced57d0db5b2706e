internal import Crypto
public import Primitives

/// A registered key that signs digests.
public enum SignerKey: Sendable, Equatable {
    case secp256k1(Address)
    case p256(x: UInt256, y: UInt256)
    /// RSASSA-PSS by SHA-256 with e = 65537; the modulus is big-endian.
    case rsaPSS(modulus: [UInt8])

    /// The lengths that a modulus, and so a signature by it, may have.
    public static let modulusByteCounts = [256, 384, 512]

    /// The key of these bytes: a 20-byte address, x ‖ y, or a modulus whose highest and lowest
    /// bits are set; nil when the bytes are no such thing. Whether a point is on its curve is
    /// found out when it checks a signature.
    public init?(scheme: SignatureScheme, bytes: [UInt8]) {
        switch scheme {
        case .secp256k1:
            guard bytes.count == Address.byteCount else { return nil }
            self = .secp256k1(Address(bytes))
        case .p256:
            guard bytes.count == 64 else { return nil }
            self = .p256(
                x: UInt256(bigEndian: bytes[0..<32]), y: UInt256(bigEndian: bytes[32..<64]))
        case .rsaPSS:
            guard SignerKey.modulusByteCounts.contains(bytes.count), RSAPSS.isModulus(bytes[...])
            else { return nil }
            self = .rsaPSS(modulus: bytes)
        }
    }

    public var scheme: SignatureScheme {
        switch self {
        case .secp256k1: .secp256k1
        case .p256: .p256
        case .rsaPSS: .rsaPSS
        }
    }

    /// What `init(scheme:bytes:)` reads.
    public var bytes: [UInt8] {
        switch self {
        case .secp256k1(let address): address.bytes
        case .p256(let x, let y): x.bigEndianBytes + y.bigEndianBytes
        case .rsaPSS(let modulus): modulus
        }
    }

    /// `keccak256(scheme ‖ key)`, under which the trust registry keeps attested keys.
    public var id: Hash { Keccak.hash([scheme.rawValue] + bytes) }

    /// Bytes of a signature by it.
    public var signatureByteCount: Int {
        switch self {
        case .secp256k1: SignedEvidence.secp256k1ByteCount
        case .p256: SignedEvidence.p256ByteCount
        case .rsaPSS(let modulus): modulus.count
        }
    }

    /// Returns when the bytes are the key's signature of the digest.
    ///
    /// secp256k1: 65 bytes r ‖ s ‖ v, v 27 or 28, s in the lower half, so that one signature has
    /// one spelling. P-256: 64 bytes r ‖ s; both halves are allowed there, since hardware keys give
    /// either and receipts are known by their payment, not by their evidence. RSA: as long as the
    /// modulus; what is signed is SHA-256 of the digest, as OpenGradient's enclaves do.
    public func verify(digest: Hash, signature: [UInt8]) throws(EvidenceError) {
        guard signature.count == signatureByteCount else {
            throw .wrongLength(wanted: signatureByteCount, got: signature.count)
        }
        switch self {
        case .secp256k1(let signer):
            try SignerKey.verify(digest, signature, signer: signer)
        case .p256(let x, let y):
            let r = UInt256(bigEndian: signature[0..<32])
            let s = UInt256(bigEndian: signature[32..<64])
            guard P256.verify(digest: digest, r: r, s: s, x: x, y: y) else {
                throw .invalidSignature
            }
        case .rsaPSS(let modulus):
            let hash = SHA256.hash(digest.bytes)
            let holds = RSAPSS.verify(
                digest: hash.bytes, by: .sha256, signature: signature[...], modulus: modulus[...])
            guard holds else { throw .invalidSignature }
        }
    }

    private static func verify(
        _ digest: Hash, _ data: [UInt8], signer: Address
    ) throws(EvidenceError) {
        guard data[64] == 27 || data[64] == 28 else { throw .invalidSignature }
        let signature = Signature(
            r: UInt256(bigEndian: data[0..<32]), s: UInt256(bigEndian: data[32..<64]),
            yParity: data[64] - 27)
        guard signature.isLowS else { throw .malleable }
        let found = Secp256k1.recoverAddress(digest: digest, signature: signature)
        guard found == signer else { throw .wrongSigner(expected: signer, got: found) }
    }
}
