internal import EVM
internal import Inference
internal import Ledger
internal import Payments
internal import Primitives
internal import Proofs
internal import Synchronization

/// Runs the models that pending transactions will ask for before their block is made.
///
/// Transactions that may call models are simulated; each stops at the first result that nobody
/// knows yet. All results so found missing are computed in parallel, and the transactions that
/// stopped are simulated again, until none stops. The block then finds the results at hand. What
/// is missed here the block computes itself, so nothing but its duration depends on this.
final class PreExecution: Sendable {
    private let library: ModelLibrary
    private let workers: any Workers
    /// Contracts whose transactions called a model before.
    private let callers = Mutex<Set<Address>>([])

    init(_ library: ModelLibrary, workers: any Workers) {
        self.library = library
        self.workers = workers
    }

    /// Remembers who called models in a block that was made.
    func learn(from block: Block, _ records: [TransactionRecord]) {
        for (transaction, record) in zip(block.transactions, records) {
            guard let to = transaction.to,
                record.receipt.logs.contains(where: { $0.address == NativeAddress.inference })
            else { continue }
            callers.withLock { callers in
                if callers.count >= Limits.inferenceCallers { callers = [] }
                callers.insert(to)
            }
        }
    }

    private func mayCallModels(_ entry: Pool.Entry) -> Bool {
        guard let to = entry.transaction.to else { return false }
        return to == NativeAddress.inference || to == NativeAddress.inferenceHub
            || callers.withLock { $0.contains(to) }
    }

    /// Computes what the transactions will ask for.
    ///
    /// - Parameter makeProcessor: one that finds models in the source, on a journal of its own over
    ///   the parent's state.
    func prepare(
        _ entries: [Pool.Entry], gasLimit: UInt64,
        makeProcessor: @Sendable (any ModelSource) -> TransactionProcessor
    ) {
        var pending = select(entries, gasLimit: gasLimit)
        for _ in 0..<Limits.preExecutionRounds where !pending.isEmpty {
            let collector = InferenceCollector(library)
            let waiting = pending
            let stopped = workers.map(waiting.count) { index in
                PreExecution.stops(waiting[index], makeProcessor(collector))
            }
            pending = zip(waiting, stopped).filter(\.1).map(\.0)
            let requests = collector.requests
            // What stopped for other reasons stops in the block too.
            guard !requests.isEmpty else { return }
            let library = library
            _ = workers.map(requests.count) { index in
                // What cannot be computed here the block will report.
                (try? library.output(of: requests[index].graph, for: requests[index].input)) != nil
            }
        }
    }

    /// As many of those that may call models as one block has gas for.
    private func select(_ entries: [Pool.Entry], gasLimit: UInt64) -> [Pool.Entry] {
        var left = gasLimit
        return entries.filter { entry in
            guard mayCallModels(entry), entry.transaction.gasLimit <= left else { return false }
            left -= entry.transaction.gasLimit
            return true
        }
    }

    /// Whether the transaction needs a result that is not there yet.
    private static func stops(_ entry: Pool.Entry, _ processor: TransactionProcessor) -> Bool {
        var processor = processor
        processor.isSimulation = true
        processor.showsSimulation = false
        do {
            _ = try processor.process(entry.transaction, from: entry.sender, gasLeft: .max)
            return false
        } catch .missingBytes {
            return true
        } catch {
            return false
        }
    }
}

/// A source that gives the results it knows and takes down what it does not.
final class InferenceCollector: ModelSource {
    struct Request: Sendable {
        let graph: IntegerGraph
        let input: [Int32]
    }

    private let library: ModelLibrary
    private let wanted = Mutex<[ResultCache.Key: Request]>([:])

    init(_ library: ModelLibrary) { self.library = library }

    func byteCount(of graph: Hash) throws(ModelSourceError) -> Int {
        try library.byteCount(of: graph)
    }

    func graph(_ hash: Hash) throws(ModelSourceError) -> IntegerGraph { try library.graph(hash) }

    func output(
        of graph: IntegerGraph, for input: [Int32]
    ) throws(ModelSourceError) -> [Int32] {
        let key = ResultCache.Key(graph: graph.hash, input: input)
        if let known = library.knownOutput(key) { return known }
        wanted.withLock { wanted in
            if wanted.count < Limits.preExecutionRequests {
                wanted[key] = Request(graph: graph, input: input)
            }
        }
        throw .missing(graph.hash)
    }

    func key(of graph: Hash) throws(ModelSourceError) -> VerificationKey {
        try library.key(of: graph)
    }

    func key(_ digest: Hash, of graph: Hash) throws(ModelSourceError) -> VerificationKey {
        try library.key(digest, of: graph)
    }

    func verify(
        _ evidence: ProofEvidence, by key: VerificationKey
    ) throws(ProofRefusal) { try library.verify(evidence, by: key) }

    var keepsVerdicts: Bool { library.keepsVerdicts }

    /// Each once, in an order that does not depend on who came first.
    var requests: [Request] {
        wanted.withLock { wanted in wanted.sorted { $0.key < $1.key }.map(\.value) }
    }
}
