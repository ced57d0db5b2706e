public import Payments
public import Primitives
public import Registry

extension ModelRecord {
    /// The strongest kind of evidence that a provider of the model can give without anybody's help:
    /// a proof, where the record has a weights root; the chain's own run, where it is cheap enough;
    /// else what the provider signs.
    ///
    /// - Parameter read: the storage of the inference precompile, which knows what a run costs.
    public func strongestEvidence(from read: SlotReader) -> EvidenceKind {
        if weightsRoot != .zero { return .zk }
        return ChainRun.gas(of: id, from: read) == nil ? .signed : .reexecuted
    }
}
