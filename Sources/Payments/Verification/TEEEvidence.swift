public import Attestation
public import Primitives

/// Evidence of kind `tee`: an attested machine stands behind a statement's digest.
///
/// Bytes, one of:
///
/// | bytes | what |
/// |---|---|
/// | 1, 32, rest | `01`, the id of an attested key, its signature over the digest |
/// | 1, 1, rest | `02`, a TEE type, a document or quote about this statement alone |
///
/// A document's report data (Nitro: user data) begins with the statement's digest, and the rest of
/// it is zero.
public enum TEEEvidence: Sendable, Equatable {
    case key(id: Hash, signature: [UInt8])
    /// The bytes are not empty; the type's own decoder judges them.
    case document(TEEType, [UInt8])

    public static let keyForm: UInt8 = 1
    public static let documentForm: UInt8 = 2

    public init(decoding data: [UInt8]) throws(EvidenceError) {
        guard let form = data.first else { throw .invalidLength(0) }
        switch form {
        case TEEEvidence.keyForm:
            let head = 1 + Hash.byteCount
            guard data.count > head, SignedEvidence.isSignature(bytes: data.count - head) else {
                throw .invalidLength(data.count)
            }
            self = .key(id: Hash(data[1..<head]), signature: Array(data[head...]))
        case TEEEvidence.documentForm:
            guard data.count > 2 else { throw .invalidLength(data.count) }
            guard let type = TEEType(rawValue: data[1]) else { throw .unknownTEEType(data[1]) }
            self = .document(type, Array(data[2...]))
        default: throw .unknownForm(form)
        }
    }

    /// What `init(decoding:)` reads.
    public var encoded: [UInt8] {
        switch self {
        case .key(let id, let signature): [TEEEvidence.keyForm] + id.bytes + signature
        case .document(let type, let bytes):
            [TEEEvidence.documentForm, type.rawValue] + bytes
        }
    }

    /// Whether a document with this report data is about the digest and nothing else.
    public static func isBound(_ reportData: [UInt8], to digest: Hash) -> Bool {
        reportData.starts(with: digest.bytes)
            && reportData.dropFirst(Hash.byteCount).allSatisfy { $0 == 0 }
    }
}
