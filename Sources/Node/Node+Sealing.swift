internal import Crypto
internal import EVM
internal import EVM
public import Ledger
public import Primitives
internal import Threads
internal import Trie

extension Node {
    /// Takes a transaction and, with instant sealing, answers when its block is durable.
    ///
    /// The sender is recovered on the caller's thread.
    public func submit(_ transaction: Transaction) throws(SubmissionError) -> Submission {
        guard let sender = transaction.recoverSender() else { throw .invalid(.invalidSignature) }
        return try submit(transaction, from: sender)
    }

    /// Takes a transaction as the network passes it on. Blobs have to be there and proven; only the
    /// transaction itself is kept.
    ///
    /// The proofs are checked on the caller's thread, and only for a transaction that could go into
    /// a block otherwise: they are what costs most.
    public func submit(_ pooled: PooledTransaction) throws(SubmissionError) -> Submission {
        let transaction = pooled.transaction
        guard transaction.kind == .blob else { return try submit(transaction) }
        guard let sidecar = pooled.sidecar else { throw .invalidSidecar(.missing) }
        guard let sender = transaction.recoverSender() else { throw .invalid(.invalidSignature) }
        let entry = Pool.Entry(transaction: transaction, hash: transaction.hash, sender: sender)
        try monitor.withLock { head throws(SubmissionError) in
            guard !head.isStopped else { throw .stopped }
            guard !head.pool.contains(entry.hash) else { throw .alreadyKnown(entry.hash) }
            _ = try checkAdmission(entry, to: head)
        }
        let context = nextBlockContext()
        let revision = config.revision(number: context.number, timestamp: context.timestamp)
        do {
            try sidecar.checkForm(hashes: transaction.blobHashes, in: revision)
            try sidecar.checkProofs()
        } catch {
            throw .invalidSidecar(error)
        }
        return try submit(transaction, from: sender)
    }

    /// Takes the sender's next transaction: `build` gets its nonce and signs. Transactions of one
    /// sender from many threads so follow each other without gaps.
    public func submit(
        from sender: Address, build: (_ nonce: UInt64) -> Transaction
    ) throws(SubmissionError) -> (hash: Hash, submission: Submission) {
        let (hash, isReady) = try monitor.withLock { head throws(SubmissionError) in
            let nonce = state(of: head.header).account(sender)?.nonce ?? 0
            let transaction = build(head.pool.nextNonce(of: sender, after: nonce))
            let entry = Pool.Entry(
                transaction: transaction, hash: transaction.hash, sender: sender)
            return (entry.hash, try take(entry, &head))
        }
        return (hash, try awaitBlock(hash, isReady: isReady))
    }

    /// Takes a transaction of a known sender, for accounts that sign elsewhere or not at all.
    public func submit(
        _ transaction: Transaction, from sender: Address
    ) throws(SubmissionError) -> Submission {
        let entry = Pool.Entry(transaction: transaction, hash: transaction.hash, sender: sender)
        let isReady = try monitor.withLock { head throws(SubmissionError) in
            try take(entry, &head)
        }
        return try awaitBlock(entry.hash, isReady: isReady)
    }

    /// Puts the transaction into the pool; true when its submitter is to wait for a block.
    private func take(_ entry: Pool.Entry, _ head: inout Head) throws(SubmissionError) -> Bool {
        guard !head.isStopped else { throw .stopped }
        let isReady = try admit(entry, to: &head)
        guard isReady, sealing == .instant else { return false }
        head.awaited.insert(entry.hash)
        return true
    }

    private func awaitBlock(
        _ hash: Hash, isReady: Bool
    ) throws(SubmissionError) -> Submission {
        guard isReady else { return .waiting }
        sealUnlessSealing { $0.pool.contains(hash) }
        return try monitor.withLock { head throws(SubmissionError) in
            head.awaited.remove(hash)
            if let reason = head.refused.removeValue(forKey: hash) { throw .invalid(reason) }
            if let location = chain.location(of: hash) { return .sealed(block: location.block) }
            throw .stopped
        }
    }

    private func admit(_ entry: Pool.Entry, to head: inout Head) throws(SubmissionError) -> Bool {
        let nonce = try checkAdmission(entry, to: head)
        return try head.pool.insert(entry, stateNonce: nonce)
    }

    /// Checks what can be checked before a block runs the transaction.
    ///
    /// - Returns: the sender's nonce in the state.
    private func checkAdmission(
        _ entry: Pool.Entry, to head: Head
    ) throws(SubmissionError) -> UInt64 {
        guard chain.location(of: entry.hash) == nil else { throw .alreadyKnown(entry.hash) }
        let transaction = entry.transaction
        let account = state(of: head.header).account(entry.sender)
        let nonce = account?.nonce ?? 0
        guard transaction.nonce >= nonce else {
            throw .invalid(.nonceTooLow(expected: nonce, got: transaction.nonce))
        }
        guard transaction.nonce < .max else { throw .invalid(.nonceAtMax) }
        if let chainID = transaction.chainID, chainID != config.chainID {
            throw .invalid(.wrongChainID(expected: config.chainID, got: chainID))
        }
        guard transaction.gasLimit <= head.header.gasLimit else {
            throw .invalid(
                .gasLimitAboveBlock(limit: transaction.gasLimit, left: head.header.gasLimit))
        }
        if let graph = NativeCalldata.graph(registeredBy: transaction),
            (try? models.byteCount(of: graph)) == nil
        {
            throw .invalid(.missingBytes(graph))
        }
        // Without this any key, funded or not, could fill the pool.
        let (balance, need) = (account?.balance ?? .zero, transaction.upfrontCost)
        guard balance >= need else {
            throw .invalid(.insufficientFunds(balance: balance, need: need))
        }
        return nonce
    }

    /// Makes blocks until `isWanted` is false: on this thread, or by waiting for the one that is
    /// making them. A node that was stopped makes none.
    private func sealUnlessSealing(while isWanted: (inout Head) -> Bool) {
        while true {
            let isOurs = monitor.wait { (head) -> Bool? in
                if !isWanted(&head) { return false }
                if head.isSealing { return nil }
                if head.isStopped { return false }
                head.isSealing = true
                return true
            }
            guard isOurs else { return }
            while sealPending(evenEmpty: false) {}
            monitor.withLock { $0.isSealing = false }
            monitor.notifyAll()
        }
    }

    /// Makes one block of what is ready, also when that is nothing; none once the node is stopped.
    ///
    /// - Returns: the new head.
    @discardableResult
    public func mine() -> (header: Header, hash: Hash) {
        let isOurs = monitor.wait { (head) -> Bool? in
            if head.isSealing { return nil }
            if head.isStopped { return false }
            head.isSealing = true
            return true
        }
        guard isOurs else { return head }
        if sealPending(evenEmpty: true), sealing == .instant {
            while sealPending(evenEmpty: false) {}
        }
        monitor.withLock { $0.isSealing = false }
        monitor.notifyAll()
        return head
    }

    /// Makes the next block. The caller holds `isSealing`, so the head stays as it is.
    ///
    /// - Parameter evenEmpty: whether a block is made when nothing goes into it. Refused
    ///   transactions cost their senders nothing, so they must not make blocks.
    /// - Returns: whether the block made parked transactions ready, which nobody may wait for.
    private func sealPending(evenEmpty: Bool) -> Bool {
        let (parent, parentHash, entries) = monitor.withLock { head in
            (head.header, head.hash, head.pool.takeReady(Limits.blockTransactions))
        }
        var draft = BlockDraft(
            after: parent, parentHash: parentHash, config: config,
            timestamp: max(clock.now(), parent.timestamp + 1), beneficiary: beneficiary)
        draft.extraData = Array("assay".utf8)
        prepareModels(for: entries, draft, on: parent)
        var processor = BlockProcessor(
            draft, config: config, on: state(of: parent), natives: natives, models: models,
            workers: workers)
        let sorted = Sorted(entries, by: &processor)
        var sealed: SealedBlock?
        if evenEmpty || !sorted.taken.isEmpty {
            let block = close(
                &processor, onto: parent.stateRoot, senders: sorted.taken.map(\.sender))
            do {
                try chain.append(block)
            } catch {
                // Whether the block is on disk is unknown: only a restart can tell.
                fatalError("the block could not be written: \(error)")
            }
            preExecution.learn(from: block.block, block.records)
            for result in processor.results where !result.outcome.isSuccess {
                refusals.add(revertData: result.outcome.output, at: .block)
            }
            sealed = block
        }
        return monitor.withLock { head in
            if let sealed {
                head.header = sealed.block.header
                head.hash = sealed.hash
            }
            head.pool.putBack(sorted.postponed)
            head.pool.forget(sorted.taken + sorted.refused.map(\.entry))
            for (entry, reason) in sorted.refused where head.awaited.contains(entry.hash) {
                head.refused[entry.hash] = reason
            }
            var isReady = false
            for entry in sealed?.commit.accounts ?? [] {
                let nonce = entry.account?.account.nonce ?? 0
                if head.pool.follow(entry.address, stateNonce: nonce) { isReady = true }
            }
            return isReady
        }
    }

    /// Runs models that the block will ask for, on the state that it starts from.
    private func prepareModels(for entries: [Pool.Entry], _ draft: BlockDraft, on parent: Header) {
        let (config, context) = (config, draft.context(config: config))
        let revision = config.revision(number: draft.number, timestamp: draft.timestamp)
        preExecution.prepare(entries, gasLimit: draft.gasLimit) { [self] source in
            TransactionProcessor(
                revision: revision, block: context,
                blobSchedule: config.blobSchedule(timestamp: draft.timestamp),
                precompiles: PrecompileTable(
                    revision, natives: Natives.all(config: config, models: source)),
                journal: Journal(source: state(of: parent)))
        }
    }

    /// What became of the transactions that were to go into a block.
    private struct Sorted {
        var taken: [Pool.Entry] = []
        var refused: [(entry: Pool.Entry, reason: InvalidTransaction)] = []
        /// For which the block had no room, and those of the same senders after them.
        var postponed: [Pool.Entry] = []

        init(_ entries: [Pool.Entry], by processor: inout BlockProcessor) {
            var waiting: Set<Address> = []
            processor.schedule(
                entries.map { SignedTransaction($0.transaction, sender: $0.sender) })
            for (index, entry) in entries.enumerated() {
                if waiting.contains(entry.sender) {
                    postponed.append(entry)
                    continue
                }
                do {
                    _ = try processor.addScheduled(index)
                    taken.append(entry)
                } catch .gasLimitAboveBlock where processor.gasUsed > 0 {
                    postponed.append(entry)
                    waiting.insert(entry.sender)
                } catch .tooManyBlobs where processor.blobGasUsed > 0 {
                    postponed.append(entry)
                    waiting.insert(entry.sender)
                } catch {
                    refused.append((entry, error))
                }
            }
        }
    }

    private func close(
        _ processor: inout BlockProcessor, onto root: Hash, senders: [Address]
    ) -> SealedBlock {
        do {
            var header = try processor.finish()
            let commit = try StateCommit(
                processor.journal.changes(), onto: root, nodes: chain, workers: workers)
            header.stateRoot = commit.root
            let block = Block(
                header: header, transactions: processor.transactions,
                withdrawals: header.withdrawalsRoot == nil ? nil : processor.draft.withdrawals)
            let records = zip(zip(processor.receipts, processor.results), senders).map {
                pair, sender in
                TransactionRecord(
                    receipt: pair.0, sender: sender, gasUsed: pair.1.gasUsed,
                    effectiveGasPrice: pair.1.effectiveGasPrice, created: pair.1.created)
            }
            return SealedBlock(
                block: block, hash: header.hash, records: records, commit: commit)
        } catch {
            // Our own block: a failing system call or a missing node is no transaction's fault.
            fatalError("the block cannot be closed: \(error)")
        }
    }
}
