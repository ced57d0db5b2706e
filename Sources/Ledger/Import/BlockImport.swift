public import EVM
public import Primitives
public import Trie

/// Checks a block whole: header, uncles, roots, and every transaction run again.
public struct BlockImport {
    public let config: ChainConfig
    public let natives: [NativePrecompile]
    private let models: any ModelSource
    private let workers: any Workers
    /// Whether several workers run transactions ahead also where that is not worth it.
    public var runsAheadAlways = false
    /// Told whenever a phase has ended: for those who measure.
    public var onPhase: ((Phase) -> Void)?

    /// The parts of an import, in order.
    public enum Phase: Sendable, CaseIterable {
        /// Header, uncles and body against the header.
        case check
        /// The signers of all transactions.
        case recover
        case execute
        /// Receipts, system calls, and the roots.
        case close
    }

    /// - Parameters:
    ///   - models: where the natives find models; if it keeps verdicts, workers check the proofs
    ///     in a block before its transactions run.
    ///   - workers: share what is independent in a block: signatures, proofs, transactions run
    ///     ahead of their turn, tries. Any number of them comes to the same result.
    public init(
        config: ChainConfig, natives: [NativePrecompile] = [],
        models: any ModelSource = NoModels(), workers: any Workers = SerialWorkers()
    ) {
        self.config = config
        self.natives = natives
        self.models = models
        self.workers = workers
    }

    /// What a valid block leaves behind.
    public struct Outcome {
        public let commit: StateCommit
        public let receipts: [Receipt]
        public let results: [TransactionResult]
        public let senders: [Address]
        /// How many transactions were run ahead of their turn, and for how many that held.
        public let speculated: (count: Int, held: Int)
    }

    /// Runs the block on the state that its parent left.
    ///
    /// - Parameters:
    ///   - ancestors: the parent first, at least seven where there are as many.
    ///   - isMerged: whether the total difficulty of the parent has reached the terminal one.
    ///   - state: the parent's; `nodes` are the tries it stands on.
    public func execute(
        _ block: Block, ancestors: [Block], isMerged: Bool, on state: any StateSource,
        nodes: any TrieNodeSource
    ) throws(InvalidBlock) -> Outcome {
        guard let parent = ancestors.first?.header else {
            throw .unknownParent(block.header.parentHash)
        }
        let header = block.header
        let revision = config.revision(
            number: header.number, timestamp: header.timestamp, isMerged: isMerged)
        if revision >= .osaka {
            let bytes = block.encoded.count
            guard bytes <= Limits.blockBytesMax else {
                throw .tooLarge(bytes: bytes, max: Limits.blockBytesMax)
            }
        }
        try HeaderRules(config: config, parent: parent, revision: revision).check(header)
        try UncleRules(config: config, ancestors: ancestors).check(block)
        try checkBody(block)
        onPhase?(.check)
        var processor = BlockProcessor(
            BlockDraft(of: block), config: config, on: state, natives: natives, models: models,
            revision: revision, workers: workers, runsAheadAlways: runsAheadAlways)
        // Compared above with what the header states.
        processor.transactionsRoot = header.transactionsRoot
        if revision < .byzantium {
            let root = parent.stateRoot
            processor.intermediateRoot = { journal in
                // A node that is missing here is missing again when the block is closed.
                let commit = try? StateCommit(journal.changes(), onto: root, nodes: nodes)
                return commit?.root ?? .zero
            }
        }
        let senders = try run(block, &processor)
        onPhase?(.execute)
        defer { onPhase?(.close) }
        return try close(block, parent: parent, senders, &processor, nodes)
    }

    /// What the header says of the body.
    private func checkBody(_ block: Block) throws(InvalidBlock) {
        let header = block.header
        let root = OrderedRoots.transactions(block.transactions, workers: workers)
        guard root == header.transactionsRoot else { throw .wrongTransactionsRoot }
        guard OrderedRoots.uncles(block.uncles) == header.unclesHash else {
            throw .wrongUnclesHash
        }
        guard block.withdrawals.map({ OrderedRoots.withdrawals($0) }) == header.withdrawalsRoot
        else { throw .wrongWithdrawalsRoot }
        guard let stated = header.blobGasUsed else { return }
        let used = block.transactions.reduce(0) { $0 + $1.blobGas }
        guard used == stated else { throw .wrongBlobGasUsed(expected: used, got: stated) }
    }

    private func run(
        _ block: Block, _ processor: inout BlockProcessor
    ) throws(InvalidBlock) -> [Address] {
        let recovered = SignedTransaction.recover(
            block.transactions, allowsHighS: processor.revision < .homestead, workers: workers)
        onPhase?(.recover)
        // What comes before a bad signature may be refused first.
        let signed = recovered.prefix { $0 != nil }.compactMap(\.self)
        processor.schedule(signed)
        for index in signed.indices {
            do {
                _ = try processor.addScheduled(index)
            } catch .missingBytes(let hash) {
                throw .missingBytes(hash)
            } catch {
                throw .transaction(index: index, error)
            }
        }
        guard signed.count == recovered.count else {
            throw .invalidSignature(transaction: signed.count)
        }
        return signed.map(\.sender)
    }

    /// Compares what was computed with what the header states.
    private func close(
        _ block: Block, parent: Header, _ senders: [Address], _ processor: inout BlockProcessor,
        _ nodes: any TrieNodeSource
    ) throws(InvalidBlock) -> Outcome {
        let computed: Header
        do { computed = try processor.finish() } catch { throw .systemCall(error) }
        let stated = block.header
        guard computed.gasUsed == stated.gasUsed else {
            throw .wrongGasUsed(expected: computed.gasUsed, got: stated.gasUsed)
        }
        guard computed.bloom == stated.bloom else { throw .wrongBloom }
        guard computed.receiptsRoot == stated.receiptsRoot else { throw .wrongReceiptsRoot }
        guard computed.requestsHash == stated.requestsHash else { throw .wrongRequestsHash }
        let commit: StateCommit
        do {
            commit = try StateCommit(
                processor.journal.changes(), onto: parent.stateRoot, nodes: nodes,
                workers: workers)
        } catch {
            // Our own store: nothing unsound may continue.
            fatalError("the parent's state cannot be read: \(error)")
        }
        guard commit.root == stated.stateRoot else {
            throw .wrongStateRoot(expected: commit.root, got: stated.stateRoot)
        }
        return Outcome(
            commit: commit, receipts: processor.receipts, results: processor.results,
            senders: senders, speculated: processor.speculated)
    }
}
