internal import Crypto
internal import Inference
internal import Ledger
internal import Primitives
internal import Proofs
internal import Store
internal import Threads

/// The verification keys of one node's models, within a budget of bytes.
///
/// A key follows from its graph, but spreading and hashing all weights takes a hundred times as
/// long as checking a proof. So what was made is kept as a blob under its digest, and found there
/// once the chain has registered the digest.
///
/// Two ways lead to a key and are kept apart: by the graph, and then the key was made of it here;
/// or by a digest that somebody names, and then nothing is concluded about any graph. Any thread
/// may call any method; however many ask for a key at once, one of them makes it.
final class KeyLibrary: Sendable {
    private let blobs: BlobStore
    private let bytesMax: Int
    private let workers: any Workers
    private let monitor = Monitor(State())

    private struct State {
        var keys: [Hash: VerificationKey] = [:]
        var recency = RecencyList<Hash>()
        var bytes = 0
        /// Digests of keys that were made here, by graph.
        var digests: [Hash: Hash] = [:]
        /// Graphs whose keys are being made.
        var making: Set<Hash> = []
        var made = 0
    }

    init(_ blobs: BlobStore, bytesMax: Int, workers: any Workers) {
        self.blobs = blobs
        self.bytesMax = bytesMax
        self.workers = workers
    }

    /// Keys made of graphs since the start.
    var made: Int { monitor.withLock { $0.made } }
    var bytes: Int { monitor.withLock { $0.bytes } }

    /// The key with that digest, from memory or from the blobs; nil when it is in neither.
    func key(_ digest: Hash) -> VerificationKey? {
        let known = monitor.withLock { state -> VerificationKey? in
            guard let key = state.keys[digest] else { return nil }
            state.recency.touch(digest)
            return key
        }
        if let known { return known }
        guard let bytes = try? blobs.get(digest), let key = try? VerificationKey(file: bytes),
            key.digest == digest
        else { return nil }
        monitor.withLock { keep(key, &$0) }
        return key
    }

    /// The key that follows from the graph.
    func key(
        of graph: Hash, _ read: () throws(ModelSourceError) -> IntegerGraph
    ) throws(ModelSourceError) -> VerificationKey {
        while true {
            // Nil: it is for this caller to make.
            let digest = monitor.wait { state -> Hash?? in
                if let digest = state.digests[graph] { return .some(digest) }
                return state.making.insert(graph).inserted ? .some(nil) : nil
            }
            guard let digest else { return try make(graph, read) }
            if let key = key(digest) { return key }
            monitor.withLock { $0.digests[graph] = nil }
        }
    }

    private func make(
        _ hash: Hash, _ read: () throws(ModelSourceError) -> IntegerGraph
    ) throws(ModelSourceError) -> VerificationKey {
        defer {
            monitor.withLock { _ = $0.making.remove(hash) }
            monitor.notifyAll()
        }
        let graph = try read()
        let key: VerificationKey
        do { key = try VerificationKey(graph: graph, workers: workers) } catch {
            throw .notProvable(error)
        }
        // Without the blob the key is made once more after a restart, no worse.
        _ = try? blobs.put(key.file)
        monitor.withLock { state in
            state.made += 1
            if state.digests.count >= Limits.keyDigests { state.digests = [:] }
            state.digests[hash] = key.digest
            keep(key, &state)
        }
        return key
    }

    private func keep(_ key: VerificationKey, _ state: inout State) {
        guard state.keys.updateValue(key, forKey: key.digest) == nil else { return }
        state.recency.touch(key.digest)
        state.bytes += KeyLibrary.bytes(of: key)
        while state.bytes > bytesMax, state.keys.count > 1,
            let oldest = state.recency.oldest(where: { _ in true })
        {
            state.recency.remove(oldest)
            if let gone = state.keys.removeValue(forKey: oldest) {
                state.bytes -= KeyLibrary.bytes(of: gone)
            }
        }
    }

    /// About what a key holds: its bytes, and its parts decoded.
    private static func bytes(of key: VerificationKey) -> Int { 4_096 + 4 * key.encoded.count }
}
