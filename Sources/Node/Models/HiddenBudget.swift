internal import Crypto
internal import Primitives
internal import Synchronization

/// The secrets that a node's provers have used, and for which proofs.
///
/// Each proof about a hidden input shows some positions of the codeword that commits to it, and the
/// random rows there hide so many. So a secret serves one input of one model, and as many proofs as
/// the key says; a proof for the same context again has the same bytes and counts once.
///
/// Requests are meant to bring fresh secrets: this stops those that do not. It remembers the
/// secrets used last, by their hashes, until the node ends.
final class HiddenBudget: Sendable {
    /// A commitment as the budget knows it. Models of equal sizes may share one.
    struct Commitment: Equatable {
        let root: Hash
        let key: Hash
    }

    private struct Use {
        let commitment: Commitment
        let openingsMax: Int
        var contexts: [Hash] = []
    }

    private struct State {
        var uses: [Hash: Use] = [:]
        var recency = RecencyList<Hash>()
    }

    private let capacity: Int
    private let state = Mutex(State())

    init(capacity: Int = Limits.hiddenSecrets) { self.capacity = capacity }

    /// How many secrets are remembered.
    var count: Int { state.withLock { $0.uses.count } }

    /// Takes a secret for one input of one model.
    ///
    /// - Throws: `secretUsed` when it hides another input, or one of another model.
    func claim(
        _ secret: Hash, for commitment: Commitment, openingsMax: Int
    ) throws(ProofMakerError) {
        let name = HiddenBudget.name(of: secret)
        let isFree = state.withLock { state in
            if let use = state.uses[name] {
                state.recency.touch(name)
                return use.commitment == commitment
            }
            state.uses[name] = Use(commitment: commitment, openingsMax: openingsMax)
            state.recency.touch(name)
            while state.recency.count > capacity,
                let oldest = state.recency.oldest(where: { _ in true })
            {
                state.recency.remove(oldest)
                state.uses[oldest] = nil
            }
            return true
        }
        guard isFree else { throw .secretUsed }
    }

    /// Counts a proof for a context before it is made; gives how many more there may be.
    ///
    /// - Throws: `openingsSpent`; `secretUsed` when the secret was claimed so long ago that it is
    ///   forgotten.
    func open(_ secret: Hash, for context: Hash) throws(ProofMakerError) -> Int {
        let name = HiddenBudget.name(of: secret)
        let (use, isWithin) = state.withLock { state -> (Use?, Bool) in
            guard var use = state.uses[name] else { return (nil, false) }
            state.recency.touch(name)
            if use.contexts.contains(context) { return (use, true) }
            guard use.contexts.count < use.openingsMax else { return (use, false) }
            use.contexts.append(context)
            state.uses[name] = use
            return (use, true)
        }
        guard let use else { throw .secretUsed }
        guard isWithin else { throw .openingsSpent(max: use.openingsMax) }
        return use.openingsMax - use.contexts.count
    }

    /// Whether the secret can serve no further context.
    func isSpent(_ secret: Hash) -> Bool {
        let name = HiddenBudget.name(of: secret)
        return state.withLock { state in
            state.uses[name].map { $0.contexts.count >= $0.openingsMax } ?? false
        }
    }

    /// Memory holds no secret longer than its request.
    private static func name(of secret: Hash) -> Hash {
        SHA256.hash(Array("assay.hidden.budget.v1".utf8) + secret.bytes)
    }
}
