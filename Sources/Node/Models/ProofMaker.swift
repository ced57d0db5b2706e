internal import Inference
public import Ledger
public import Primitives
internal import Prover
internal import Proofs
internal import Threads

/// Why a node makes no proof.
public enum ProofMakerError: Error, Equatable, Sendable {
    case source(ModelSourceError)
    /// As many proofs are under way and waiting as this node has room for.
    case busy
    /// Proofs of the model cannot hide their input.
    case noHiddenForm
    /// The secret of a hidden input hides another input, or one of another model.
    case secretUsed
    /// As many proofs were made with the secret of a hidden input as it can hide.
    case openingsSpent(max: Int)
    case failed(String)
}

/// An input that a proof is to hide, committed to.
public struct HiddenRun: Sendable {
    /// What a statement has as the hash of its input.
    public let commitment: Hash
    fileprivate let graph: Hash
    fileprivate let secret: Hash
    fileprivate let input: HiddenInput
}

/// Makes the proofs of one node: a few at a time, each with all workers.
///
/// A prover keeps the spread weights of its model, so those that were used last stay in memory.
/// Who finds all places taken waits; who finds too many waiting is sent away, so that no flood of
/// requests takes every thread that serves them. Any thread may call any method.
public final class ProofMaker: Sendable {
    private let models: ModelLibrary
    private let workers: any Workers
    private let monitor = Monitor(State())
    private let budget = HiddenBudget()

    /// Who waits for a place now.
    var waiting: Int { monitor.withLock { $0.waiting } }

    private struct State {
        var provers: [Hash: ModelProver] = [:]
        var recency = RecencyList<Hash>()
        var running = 0
        var waiting = 0
    }

    init(_ models: ModelLibrary, workers: any Workers) {
        self.models = models
        self.workers = workers
    }

    /// A run of the model and its proof, for one context.
    ///
    /// - Parameters:
    ///   - digest: of the verification key: the weights root of the model's record.
    ///   - input: integers that the graph takes.
    ///   - context: digest of the statement that the proof is to be evidence for.
    public func prove(
        _ graph: Hash, key digest: Hash, input: [Int32], context: Hash
    ) throws(ProofMakerError) -> (output: [Int32], proof: [UInt8]) {
        try withPlace { () throws(ProofMakerError) in
            let prover = try prover(graph, digest)
            do {
                return try prover.prove(input: input, context: context, workers: workers)
            } catch {
                throw .failed("\(error)")
            }
        }
    }

    /// Commits to an input that a proof is to hide: a statement names the commitment, so it comes
    /// before the statement and the proof.
    ///
    /// - Parameter secret: of this input alone; another input finds it used.
    public func hide(
        _ graph: Hash, key digest: Hash, input: [Int32], secret: Hash
    ) throws(ProofMakerError) -> HiddenRun {
        let (hidden, openingsMax) = try withPlace {
            () throws(ProofMakerError) -> (HiddenInput, Int) in
            let prover = try prover(graph, digest)
            guard prover.key.hiddenOpeningsMax > 0 else { throw .noHiddenForm }
            do {
                let hidden = try prover.hide(input, secret: secret, workers: workers)
                return (hidden, prover.key.hiddenOpeningsMax)
            } catch {
                throw .failed("\(error)")
            }
        }
        try budget.claim(
            secret, for: HiddenBudget.Commitment(root: hidden.commitment, key: digest),
            openingsMax: openingsMax)
        return HiddenRun(
            commitment: hidden.commitment, graph: graph, secret: secret, input: hidden)
    }

    /// A run of the model on a hidden input and its proof, for one context.
    ///
    /// - Returns: `openingsLeft`, how many contexts the secret can still serve.
    public func prove(
        _ run: HiddenRun, context: Hash
    ) throws(ProofMakerError) -> (output: [Int32], proof: [UInt8], openingsLeft: Int) {
        try withPlace { () throws(ProofMakerError) in
            let prover = try prover(run.graph, run.input.keyDigest)
            // What was counted stays counted, whatever becomes of the proof.
            let left = try budget.open(run.secret, for: context)
            do {
                let made = try prover.prove(run.input, context: context, workers: workers)
                return (made.output, made.proof, left)
            } catch {
                throw .failed("\(error)")
            }
        }
    }

    /// Whether a secret of hidden inputs can serve no further request.
    public func isSpent(_ secret: Hash) -> Bool { budget.isSpent(secret) }

    /// Runs the body once there is a place for it.
    func withPlace<Answer>(
        _ body: () throws(ProofMakerError) -> Answer
    ) throws(ProofMakerError) -> Answer {
        try enter()
        defer {
            monitor.withLock { $0.running -= 1 }
            monitor.notifyAll()
        }
        return try body()
    }

    private func enter() throws(ProofMakerError) {
        let isWelcome = monitor.withLock { state in
            guard state.waiting < Limits.proofsWaiting else { return false }
            state.waiting += 1
            return true
        }
        guard isWelcome else { throw .busy }
        monitor.wait { state -> Void? in
            guard state.running < Limits.proofsAtOnce else { return nil }
            state.running += 1
            state.waiting -= 1
            return ()
        }
    }

    private func prover(
        _ hash: Hash, _ digest: Hash
    ) throws(ProofMakerError) -> ModelProver {
        let known = monitor.withLock { state -> ModelProver? in
            guard let prover = state.provers[digest] else { return nil }
            state.recency.touch(digest)
            return prover
        }
        if let known { return known }
        let graph: IntegerGraph
        do { graph = try models.graph(hash) } catch { throw .source(error) }
        let made: ModelProver
        do { made = try ModelProver(graph: graph, workers: workers) } catch {
            throw .failed("\(error)")
        }
        guard made.key.digest == digest else {
            throw .failed("the graph's key is \(made.key.digest), not the registered \(digest)")
        }
        monitor.withLock { state in
            state.provers[digest] = made
            state.recency.touch(digest)
            while state.recency.count > Limits.provers,
                let oldest = state.recency.oldest(where: { _ in true })
            {
                state.recency.remove(oldest)
                state.provers[oldest] = nil
            }
        }
        return made
    }
}
