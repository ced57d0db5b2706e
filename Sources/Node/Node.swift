internal import Codec
internal import EVM
public import Inference
public import Ledger
public import Primitives
public import Store
internal import Threads
public import Trie

/// When blocks are made.
public enum Sealing: Sendable, Equatable {
    /// As soon as a transaction can be executed.
    case instant
    /// Only when asked: by a timer or by hand.
    case onDemand
}

/// Why a node cannot start.
public enum NodeError: Error, Sendable {
    case store(StoreError)
    case state(TrieError)
    /// The data directory belongs to another chain.
    case wrongGenesis(expected: Hash, found: Hash)
    case damaged(String)
    case systemCall(SystemCallError)
}

extension NodeError {
    fileprivate init(_ error: BlobError) {
        switch error {
        case .store(let error): self = .store(error)
        default: self = .damaged("\(error)")
        }
    }
}

/// Why a transaction is not taken.
public enum SubmissionError: Error, Equatable, Sendable {
    case invalid(InvalidTransaction)
    case invalidSidecar(InvalidSidecar)
    case alreadyKnown(Hash)
    case underpriced
    case poolFull
    case stopped
}

/// What became of a transaction.
public enum Submission: Sendable, Equatable {
    /// In a durable block.
    case sealed(block: Hash)
    /// Waits in the pool for an earlier nonce or for the next block.
    case waiting
}

/// One chain: owns its head, its pool and its store, and is the only writer of all three.
///
/// Any thread may call any method. Whoever submits a transaction while no block is being made makes
/// the block, with all transactions that have come by then; the others wait for it. So one durable
/// write serves all that arrived during the one before.
public final class Node: Sendable {
    public let config: ChainConfig
    public let genesisHash: Hash
    public let chain: ChainStore
    /// Big bytes by their SHA-256: graphs of models.
    public let blobs: BlobStore
    /// The models that blocks and the gateway run.
    public let models: ModelLibrary
    /// Makes the proofs that the gateway gives as evidence.
    public let proofs: ProofMaker
    /// What was refused for giving less evidence than was asked for.
    public let refusals = RefusedDowngrades()
    public let clock: any Clock
    /// Where transaction fees go.
    public let beneficiary: Address
    public let sealing: Sealing
    let natives: [NativePrecompile]
    let workers: any Workers
    let preExecution: PreExecution
    let monitor: Monitor<Head>

    /// The mutable part, under one lock.
    struct Head {
        var header: Header
        var hash: Hash
        var pool = Pool()
        var isSealing = false
        var isStopped = false
        /// Transactions whose submitters wait for a block.
        var awaited: Set<Hash> = []
        /// Those of them that a block refused, until their submitters have read why.
        var refused: [Hash: InvalidTransaction] = [:]
    }

    /// Opens the chain in the store, or starts it from the genesis when the store is empty.
    ///
    /// - Parameters:
    ///   - workers: share what is independent in the making of a block.
    ///   - modelBytesMax: bytes of graphs and engines kept in memory.
    ///   - kernels: the instructions that models run on. Every level makes the same blocks.
    public init(
        genesis: Genesis, store: any KeyValueStore, clock: any Clock,
        sealing: Sealing = .instant, beneficiary: Address = .zero,
        workers: any Workers = SerialWorkers(), blobLimits: BlobLimits = .standard,
        modelBytesMax: Int = Limits.modelBytes, kernels: KernelLevel = .best
    ) throws(NodeError) {
        config = genesis.config
        let blobs: BlobStore
        do { blobs = try BlobStore(store, limits: blobLimits) } catch { throw NodeError(error) }
        self.blobs = blobs
        models = ModelLibrary(blobs, bytesMax: modelBytesMax, level: kernels, workers: workers)
        proofs = ProofMaker(models, workers: workers)
        preExecution = PreExecution(models, workers: workers)
        natives = Natives.all(config: genesis.config, models: models)
        self.clock = clock
        self.workers = workers
        self.sealing = sealing
        self.beneficiary = beneficiary
        chain = ChainStore(store)
        let (block, commit) = try Node.genesisBlock(genesis)
        genesisHash = block.header.hash
        if let headHash = chain.headHash {
            guard let found = chain.hash(of: 0) else { throw .damaged("no genesis block") }
            guard found == genesisHash else {
                throw .wrongGenesis(expected: genesisHash, found: found)
            }
            guard chain.isHeaderWhole(headHash), let header = chain.header(headHash) else {
                throw .damaged("the head \(headHash) is missing or damaged")
            }
            guard chain.hash(of: header.number) == headHash, chain.block(headHash) != nil,
                chain.records(headHash) != nil
            else { throw .damaged("the head \(headHash) is not whole") }
            monitor = Monitor(Head(header: header, hash: headHash))
            try StateAudit.check(root: header.stateRoot, in: chain)
        } else {
            do {
                try chain.append(
                    SealedBlock(block: block, hash: genesisHash, records: [], commit: commit))
            } catch {
                throw .store(error)
            }
            monitor = Monitor(Head(header: block.header, hash: genesisHash))
        }
    }

    private static func genesisBlock(
        _ genesis: Genesis
    ) throws(NodeError) -> (Block, StateCommit) {
        let commit: StateCommit
        do {
            commit = try StateCommit(
                genesis.changes, onto: MerkleTrie.emptyRoot, nodes: MemoryNodes())
        } catch {
            throw .state(error)
        }
        let header = genesis.header(stateRoot: commit.root)
        let block = Block(
            header: header, transactions: [],
            withdrawals: header.withdrawalsRoot == nil ? nil : [])
        return (block, commit)
    }

    /// The newest block.
    public var head: (header: Header, hash: Hash) { monitor.withLock { ($0.header, $0.hash) } }

    /// The state after the block.
    public func state(of header: Header) -> TrieState {
        let chain = chain
        return TrieState(root: header.stateRoot, nodes: chain, codes: chain) { number in
            number < header.number ? chain.hash(of: number) ?? .zero : .zero
        }
    }

    /// Refuses further work; blocks under way are finished.
    public func stop() {
        monitor.withLock { $0.isStopped = true }
        monitor.notifyAll()
        monitor.wait { $0.isSealing ? nil : () }
    }
}
