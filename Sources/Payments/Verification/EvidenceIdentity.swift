public import Primitives

/// What makes a piece of evidence one and not another: of two pieces with the same identity, one
/// adds nothing to the other, and a settlement refuses the second.
public enum EvidenceIdentity: Sendable, Hashable {
    case plain
    case signer(Address)
    case attestedKey(Hash)
    /// SHA-256 over a document's signed part, which no change of its signature changes.
    case document(Hash)
    case chain
    case executor(Address)
    case proof
}

extension Evidence {
    /// The piece's identity, as far as its bytes alone tell; nil for a TEE's document, whose
    /// verification gives it.
    ///
    /// - Throws: what is wrong with the bytes of `signed`, `tee` and `reexecuted` evidence.
    public func identity(provider: Address) throws(EvidenceError) -> EvidenceIdentity? {
        switch kind {
        case .plain: return .plain
        case .signed: return .signer(try SignedEvidence(decoding: data).signer ?? provider)
        case .tee:
            switch try TEEEvidence(decoding: data) {
            case .key(let id, _): return .attestedKey(id)
            case .document: return nil
            }
        case .reexecuted:
            switch try ReexecutionEvidence(decoding: data) {
            case .chain: return .chain
            case .executor(let address, _): return .executor(address)
            }
        case .zk: return .proof
        }
    }
}
