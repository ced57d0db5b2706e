public import EVM
public import Primitives
public import Trie

/// Checks a block whole: header, uncles, roots, and every transaction run again.
public struct BlockImport {
    public let config: ChainConfig
    public let natives: [NativePrecompile]

    public init(config: ChainConfig, natives: [NativePrecompile] = []) {
        self.config = config
        self.natives = natives
    }

    /// What a valid block leaves behind.
    public struct Outcome {
        public let commit: StateCommit
        public let receipts: [Receipt]
        public let results: [TransactionResult]
        public let senders: [Address]
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
        var processor = BlockProcessor(
            BlockDraft(of: block), config: config, on: state, natives: natives, revision: revision)
        if revision < .byzantium {
            let root = parent.stateRoot
            processor.intermediateRoot = { journal in
                // A node that is missing here is missing again when the block is closed.
                let commit = try? StateCommit(journal.changes(), onto: root, nodes: nodes)
                return commit?.root ?? .zero
            }
        }
        let senders = try run(block, &processor)
        return try close(block, parent: parent, senders, &processor, nodes)
    }

    /// What the header says of the body.
    private func checkBody(_ block: Block) throws(InvalidBlock) {
        let header = block.header
        guard OrderedRoots.transactions(block.transactions) == header.transactionsRoot else {
            throw .wrongTransactionsRoot
        }
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
        var senders: [Address] = []
        for (index, transaction) in block.transactions.enumerated() {
            let allowsHighS = processor.revision < .homestead
            guard let sender = transaction.recoverSender(allowsHighS: allowsHighS) else {
                throw .invalidSignature(transaction: index)
            }
            do {
                _ = try processor.add(transaction, from: sender)
            } catch {
                throw .transaction(index: index, error)
            }
            senders.append(sender)
        }
        return senders
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
                processor.journal.changes(), onto: parent.stateRoot, nodes: nodes)
        } catch {
            // Our own store: nothing unsound may continue.
            fatalError("the parent's state cannot be read: \(error)")
        }
        guard commit.root == stated.stateRoot else {
            throw .wrongStateRoot(expected: commit.root, got: stated.stateRoot)
        }
        return Outcome(
            commit: commit, receipts: processor.receipts, results: processor.results,
            senders: senders)
    }
}
