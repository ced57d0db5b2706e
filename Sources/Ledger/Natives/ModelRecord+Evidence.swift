public import Payments
internal import Primitives
public import Registry

extension ModelRecord {
    /// The strongest kind of evidence that a provider of the model can give without anybody's help:
    /// a proof, where the record has a weights root; else what the provider signs.
    public var strongestEvidence: EvidenceKind { weightsRoot == .zero ? .signed : .zk }
}
