public import EVM
public import Ledger
public import Primitives
internal import Threads

extension Node {
    /// The context that the next block would have if it were made now.
    public func nextBlockContext() -> BlockContext { blockContext(after: head.header) }

    /// The context of a block on top of the header, at the clock's time.
    func blockContext(after parent: Header) -> BlockContext {
        let draft = BlockDraft(
            after: parent, parentHash: parent.hash, config: config,
            timestamp: max(clock.now(), parent.timestamp + 1), beneficiary: beneficiary)
        return draft.context(config: config)
    }

    /// The time that the next block would have if it were made now, in seconds.
    public var nextTimestamp: UInt64 { max(clock.now(), head.header.timestamp + 1) }

    /// Runs calls as the next block would, with nonce and fee rules waived.
    public func simulator(on journal: Journal, after parent: Header) -> TransactionProcessor {
        let context = blockContext(after: parent)
        let revision = config.revision(number: context.number, timestamp: context.timestamp)
        var processor = TransactionProcessor(
            revision: revision, block: context,
            blobSchedule: config.blobSchedule(timestamp: context.timestamp),
            precompiles: PrecompileTable(revision, natives: natives), journal: journal)
        processor.isSimulation = true
        return processor
    }

    /// The nonce of the sender's next transaction, counting those that wait.
    public func nextNonce(of sender: Address) -> UInt64 {
        monitor.withLock { head in
            let nonce = state(of: head.header).account(sender)?.nonce ?? 0
            return head.pool.nextNonce(of: sender, after: nonce)
        }
    }

    /// How many transactions wait for a block.
    public var waitingTransactions: Int { monitor.withLock { $0.pool.count } }

    /// A transaction that waits for its block.
    public func poolTransaction(_ hash: Hash) -> (transaction: Transaction, sender: Address)? {
        monitor.withLock { head in
            head.pool.transaction(hash).map { ($0.transaction, $0.sender) }
        }
    }
}
