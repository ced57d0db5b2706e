public import Proofs

/// The public functional E of a claim ⟨S, E⟩ on a stack.
public enum StackFunctional: Sendable {
    /// One coefficient for each element of the stack, in its order.
    case dense(ExtensionBuffer)
    /// eq(point) on the columns times one coefficient for each row.
    case prefolded(point: [Extension], ExtensionBuffer)
    /// None of its own: the stack hides the others.
    case masks
}

/// One stack of an opening as the prover knows it.
public struct ProvedStack: Sendable {
    public let commitment: StackCommitment
    public let functional: StackFunctional

    public init(_ commitment: StackCommitment, _ functional: StackFunctional) {
        self.commitment = commitment
        self.functional = functional
    }

    /// What the verifier knows of it.
    var opened: OpenedStack {
        switch functional {
        case .dense, .masks: OpenedStack(root: commitment.root)
        case .prefolded(let point, _): OpenedStack(root: commitment.root, prefoldPoint: point)
        }
    }
}
