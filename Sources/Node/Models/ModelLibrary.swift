internal import Crypto
public import Inference
public import Ledger
public import Payments
public import Primitives
public import Proofs
public import Store
internal import Threads

/// The models of one node: their graphs come from the blob store when somebody needs them, and
/// what was used last stays in memory within a budget of bytes.
///
/// The state transition, the gateway and pre-execution share it. Any thread may call any method.
/// However many ask for a model at once, one of them loads it and the others wait. Engines in use
/// count too: where all the budget is in use, a request waits for room, and a model that alone is
/// larger than the budget runs while nothing else does.
public final class ModelLibrary: ModelSource {
    private let blobs: BlobStore
    private let results: ResultCache
    private let keys: KeyLibrary
    private let verdicts = VerdictCache(countMax: Limits.verdicts)
    private let bytesMax: Int
    private let level: KernelLevel
    private let monitor = Monitor(State())

    private struct Entry {
        /// What all engines of the model share.
        let plan: Plan
        let bytes: Int
        var idle: [Engine] = []
        /// Engines on loan.
        var users = 0
    }

    private struct State {
        var entries: [Hash: Entry] = [:]
        var recency = RecencyList<Hash>()
        var loading: Set<Hash> = []
        /// Of graphs and of engines, idle or in use, and of loads under way.
        var bytes = 0
        /// Engines on loan and loads under way. Neither waits for room once it has begun, so
        /// whoever waits for them waits for an end.
        var running = 0
        /// Whether somebody waits for room.
        var isCrowded = false
        var counts = Counts()
    }

    /// What has happened since the start.
    public struct Counts: Sendable, Equatable {
        /// Graphs read from the store.
        public var loads = 0
        /// Engines made.
        public var engines = 0
        /// Models put out to make room.
        public var evictions = 0
        /// The most bytes at any time.
        public var peakBytes = 0
    }

    /// The budget of a node that is told none.
    public static let standardBytes = Limits.modelBytes

    /// - Parameters:
    ///   - bytesMax: for graphs and engines together.
    ///   - resultBytesMax: for results of calls in transactions.
    ///   - level: the instructions that engines use. Every level gives the same bytes.
    ///   - workers: share the making of verification keys.
    public init(
        _ blobs: BlobStore, bytesMax: Int = Limits.modelBytes,
        resultBytesMax: Int = Limits.resultBytes, level: KernelLevel = .best,
        workers: any Workers = SerialWorkers()
    ) {
        self.blobs = blobs
        self.bytesMax = bytesMax
        self.level = level
        results = ResultCache(bytesMax: resultBytesMax)
        keys = KeyLibrary(blobs, bytesMax: Limits.keyBytes, workers: workers)
    }

    public var counts: Counts { monitor.withLock { $0.counts } }
    public var bytes: Int { monitor.withLock { $0.bytes } }
    /// Verification keys that were made of their graphs.
    public var keysMade: Int { keys.made }
    /// Hits and misses of results.
    public var resultCounts: (hits: Int, misses: Int) { results.counts }
    /// Proofs that were checked, and verdicts that were known.
    public var verdictCounts: (checked: Int, known: Int) { verdicts.counts }

    // MARK: ModelSource

    public func byteCount(of graph: Hash) throws(ModelSourceError) -> Int {
        // Damaged bytes are as good as none: the node must get them again.
        guard let size = try? blobs.size(of: graph) else { throw .missing(graph) }
        return size
    }

    public func graph(_ hash: Hash) throws(ModelSourceError) -> IntegerGraph {
        try find(hash) { _, plan in plan.graph }
    }

    public func output(
        of graph: IntegerGraph, for input: [Int32]
    ) throws(ModelSourceError) -> [Int32] {
        let key = ResultCache.Key(graph: graph.hash, input: input)
        if let known = results[key] { return known }
        var engine = try takeEngine(of: graph.hash)
        defer { putBack(engine) }
        do {
            let output = try engine.run(input)
            results.insert(output, for: key)
            return output
        } catch {
            preconditionFailure("the graph's own integers are refused: \(error)")
        }
    }

    public func key(of graph: Hash) throws(ModelSourceError) -> VerificationKey {
        try keys.key(of: graph) { () throws(ModelSourceError) in try self.graph(graph) }
    }

    public func key(_ digest: Hash, of graph: Hash) throws(ModelSourceError) -> VerificationKey {
        if let key = keys.key(digest) { return key }
        return try key(of: graph)
    }

    public func verify(
        _ evidence: ProofEvidence, by key: VerificationKey
    ) throws(ProofRefusal) { try verdicts.verify(evidence, by: key) }

    public var keepsVerdicts: Bool { true }

    /// The result for an input that was run before and is still known.
    func knownOutput(_ key: ResultCache.Key) -> [Int32]? { results[key] }

    // MARK: Engines

    /// An engine of the model for one caller, who puts it back.
    public func takeEngine(of hash: Hash) throws(ModelSourceError) -> Engine {
        let (idle, plan) = try find(hash) { state, plan -> (Engine?, Plan)? in
            let idle = state.entries[hash]?.idle.popLast()
            if idle == nil {
                guard makeRoom(for: plan.engineByteCount, sparing: hash, &state) else { return nil }
                state.counts.engines += 1
            }
            state.entries[hash]?.users += 1
            state.running += 1
            return (idle, plan)
        }
        return idle ?? Engine(plan)
    }

    /// Takes an engine back for the next request, also after a refused input: a run overwrites all
    /// that the one before it left.
    public func putBack(_ engine: Engine) {
        let hash = engine.graph.hash
        monitor.withLock { state in
            if state.entries[hash]?.idle.count ?? .max < Limits.enginesPerModel {
                state.entries[hash]?.idle.append(engine)
            } else {
                state.bytes -= engine.plan.engineByteCount
            }
            state.running -= 1
            state.entries[hash]?.users -= 1
        }
        monitor.notifyAll()
    }

    // MARK: Graphs

    private enum Step<Value> {
        case done(Value)
        case load
    }

    /// What `use` makes of the model's entry, loading the graph before when it is not in memory.
    ///
    /// Where there is no room, one caller at a time waits for it, with the right of way: nobody
    /// else begins anything until it has what it wants.
    ///
    /// - Parameter use: nil when it needs more room than there is.
    private func find<Value>(
        _ hash: Hash, _ use: (inout State, Plan) -> Value?
    ) throws(ModelSourceError) -> Value {
        var isFirst = false
        defer {
            if isFirst {
                monitor.withLock { $0.isCrowded = false }
                monitor.notifyAll()
            }
        }
        while true {
            let size = ModelLibrary.graphBytes(try knownByteCount(of: hash))
            let step = monitor.wait { [self] state -> Step<Value>? in
                if state.isCrowded, !isFirst { return nil }
                if let entry = state.entries[hash] {
                    state.recency.touch(hash)
                    if let value = use(&state, entry.plan) { return .done(value) }
                } else if state.loading.contains(hash) {
                    return nil
                } else if makeRoom(for: size, sparing: nil, &state) {
                    state.loading.insert(hash)
                    state.running += 1
                    return .load
                }
                (isFirst, state.isCrowded) = (true, true)
                return nil
            }
            switch step {
            case .done(let value): return value
            case .load: try load(hash, size)
            }
        }
    }

    /// The size of a graph in memory or in the store.
    private func knownByteCount(of hash: Hash) throws(ModelSourceError) -> Int {
        if let entry = monitor.withLock({ $0.entries[hash] }) {
            return entry.plan.graph.encoded.count
        }
        return try byteCount(of: hash)
    }

    /// Reads the graph; room is made and the hash marked as loading.
    private func load(_ hash: Hash, _ size: Int) throws(ModelSourceError) {
        defer { monitor.notifyAll() }
        do {
            let plan = Plan(try read(hash), level: level)
            let bytes = ModelLibrary.bytes(of: plan)
            monitor.withLock { state in
                // Room was made for an estimate; the next who wants room pays the difference.
                state.bytes += bytes - size
                state.entries[hash] = Entry(plan: plan, bytes: bytes)
                state.recency.touch(hash)
                state.counts.loads += 1
                state.running -= 1
                state.loading.remove(hash)
            }
        } catch {
            monitor.withLock { state in
                state.bytes -= size
                state.running -= 1
                state.loading.remove(hash)
            }
            throw error
        }
    }

    private func read(_ hash: Hash) throws(ModelSourceError) -> IntegerGraph {
        guard let bytes = try? blobs.get(hash) else { throw .missing(hash) }
        do { return try IntegerGraph(decoding: bytes) } catch { throw .notAGraph(error) }
    }

    /// Puts a model out of memory that nobody uses, so that its next use loads it.
    public func evict(_ hash: Hash) {
        monitor.withLock { state in
            guard let entry = state.entries[hash], entry.users == 0 else { return }
            evict(hash, entry, &state)
        }
        monitor.notifyAll()
    }

    private func evict(_ hash: Hash, _ entry: Entry, _ state: inout State) {
        state.entries[hash] = nil
        state.recency.remove(hash)
        state.bytes -= entry.bytes + entry.plan.engineByteCount * entry.idle.count
        state.counts.evictions += 1
    }

    // MARK: Room

    /// Reserves bytes for an engine or a load; puts out what was used least lately and is not in
    /// use. With nothing running there is nothing to wait for, and the bytes are given.
    ///
    /// - Returns: false when something that runs must end first.
    private func makeRoom(for size: Int, sparing spared: Hash?, _ state: inout State) -> Bool {
        while state.bytes + size > bytesMax {
            guard
                let oldest = state.recency.oldest(where: {
                    $0 != spared && state.entries[$0]?.users == 0
                }), let entry = state.entries[oldest]
            else { break }
            evict(oldest, entry, &state)
        }
        guard state.bytes + size <= bytesMax || state.running == 0 else { return false }
        state.bytes += size
        state.counts.peakBytes = max(state.counts.peakBytes, state.bytes)
        return true
    }

    /// About what a decoded graph and its plan will hold, from the size of its bytes.
    static func graphBytes(_ encoded: Int) -> Int { 8_192 + encoded * 4 }

    /// About what a decoded graph holds, its bytes among it, and what its plan packs.
    static func bytes(of plan: Plan) -> Int {
        8_192 + plan.graph.encoded.count * 2 + plan.byteCount
    }
}
