public import Primitives

/// Evidence of kind `signed`: a registered party's signature over a statement's digest.
///
/// Bytes: the signature alone, 64 (P-256), 65 (secp256k1) or 256, 384, 512 (RSA), which is the
/// provider's own; or `01 ‖ signer's address ‖ signature`, 21 bytes more, which is another party's.
/// No length is both, so that a piece reads in one way.
public struct SignedEvidence: Sendable, Equatable {
    /// Who signed; nil for the provider of the statement.
    public let signer: Address?
    public let signature: [UInt8]

    public static let secp256k1ByteCount = 65
    public static let p256ByteCount = 64
    /// The first byte where the signer is named.
    public static let namedForm: UInt8 = 1

    private static let headBytes = 1 + Address.byteCount

    public init(signer: Address? = nil, signature: [UInt8]) {
        self.signer = signer
        self.signature = signature
    }

    /// Whether some scheme has signatures of that length.
    static func isSignature(bytes: Int) -> Bool {
        bytes == secp256k1ByteCount || bytes == p256ByteCount
            || SignerKey.modulusByteCounts.contains(bytes)
    }

    public init(decoding data: [UInt8]) throws(EvidenceError) {
        if SignedEvidence.isSignature(bytes: data.count) {
            self.init(signature: data)
            return
        }
        let head = SignedEvidence.headBytes
        guard data.count > head, SignedEvidence.isSignature(bytes: data.count - head) else {
            throw .invalidLength(data.count)
        }
        guard data[0] == SignedEvidence.namedForm else { throw .unknownForm(data[0]) }
        self.init(signer: Address(data[1..<head]), signature: Array(data[head...]))
    }

    /// What `init(decoding:)` reads.
    public var encoded: [UInt8] {
        guard let signer else { return signature }
        return [SignedEvidence.namedForm] + signer.bytes + signature
    }

    /// Returns when the signature is the key's, whoever it belongs to.
    public func verify(digest: Hash, key: SignerKey) throws(EvidenceError) {
        try key.verify(digest: digest, signature: signature)
    }

    /// Returns when `data` is the key's signature of the digest.
    public static func verify(
        digest: Hash, data: [UInt8], key: SignerKey
    ) throws(EvidenceError) {
        try key.verify(digest: digest, signature: data)
    }
}
