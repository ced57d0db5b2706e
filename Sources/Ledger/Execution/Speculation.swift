internal import EVM
internal import Payments
internal import Primitives

/// Runs the transactions of a block ahead of their turn, on the state as it stands, to see whether
/// what they find still holds when their turn comes.
///
/// Workers take a window of transactions at once, each on a journal of its own over the block's,
/// which rests meanwhile. The block then takes over, in order, every run whose reads its journal
/// still answers alike; the others run again. So all results are those of one by one.
struct Speculation {
    /// A transaction run ahead.
    struct Run: Sendable {
        let result: TransactionResult
        let bloom: Bloom
        let effects: Effects
        /// What the beneficiary is still to get.
        let fee: UInt256?
    }

    /// Transactions run ahead.
    private(set) var count = 0
    /// Those whose runs held.
    private(set) var held = 0

    private let journal: Journal
    private let state: any StateSource
    private let workers: any Workers
    private let makeProcessor: (Journal) -> TransactionProcessor
    private var policy: SpeculationPolicy
    private var scheduled: [SignedTransaction] = []
    /// Whether a transaction follows one of the same sender in the schedule.
    private var follows: [Bool] = []
    private let isEager: Bool
    /// The runs of the window that begins at `windowStart`.
    private var window: [Run?] = []
    private var windowStart = 0
    /// Of the window, those that were run, and those of them that held.
    private var windowCount = 0
    private var windowHeld = 0
    /// One a worker, made when first needed; empty when the state has but one reader.
    private var runners: [Runner]?

    init(
        on journal: Journal, state: any StateSource, workers: any Workers, isEager: Bool,
        makeProcessor: @escaping (Journal) -> TransactionProcessor
    ) {
        self.journal = journal
        self.state = state
        self.workers = workers
        self.isEager = isEager
        policy = SpeculationPolicy(isEager: isEager)
        self.makeProcessor = makeProcessor
    }

    mutating func schedule(_ transactions: [SignedTransaction]) {
        scheduled = workers.count > 1 ? transactions : []
        window = []
        windowStart = 0
        var senders: Set<Address> = []
        follows = scheduled.map { !senders.insert($0.sender).inserted }
    }

    /// The run of a scheduled transaction, nil when there is none.
    mutating func take(_ index: Int) -> Run? {
        guard index < scheduled.count else { return nil }
        if index >= windowStart + window.count {
            closeWindow()
            openWindow(at: index)
        }
        let place = index - windowStart
        guard place >= 0, place < window.count else { return nil }
        // Taken out, so that its memory goes when it was used.
        let run = window[place]
        window[place] = nil
        return run
    }

    /// Takes a run over into the block's journal, with its fee, if it holds.
    mutating func accept(_ run: Run, paying beneficiary: Address, revision: Revision) -> Bool {
        guard journal.accept(run.effects) else { return false }
        if let fee = run.fee { journal.addBalance(fee, to: beneficiary) }
        journal.finishTransaction(revision: revision)
        windowHeld += 1
        held += 1
        return true
    }

    private mutating func closeWindow() {
        guard !window.isEmpty else { return }
        if windowCount > 0 { policy.note(count: windowCount, held: windowHeld) }
        windowHeld = 0
        window = []
    }

    /// Whether a run ahead may hold. Every settlement that succeeds counts itself in one slot, so
    /// each needs the one before.
    private func isPromising(_ signed: SignedTransaction) -> Bool {
        isEager || signed.transaction.to != NativeAddress.settlement
    }

    private mutating func openWindow(at start: Int) {
        windowStart = start
        let size = policy.next(of: scheduled.count - start)
        guard size > 0 else { return }
        let (scheduled, follows) = (scheduled, follows)
        let chosen = (start..<start + size).filter { isPromising(scheduled[$0]) }
        windowCount = chosen.count
        window = [Run?](repeating: nil, count: size)
        guard !chosen.isEmpty else { return }
        let runners = runners ?? makeRunners()
        self.runners = runners
        guard !runners.isEmpty else {
            window = []
            return
        }
        let runs = workers.mapPerWorker(chosen.count) { place, worker in
            runners[worker].run(scheduled[chosen[place]], isFollowing: follows[chosen[place]])
        }
        for (index, run) in zip(chosen, runs) { window[index - start] = run }
        count += chosen.count
    }

    private func makeRunners() -> [Runner] {
        var runners: [Runner] = []
        for _ in 0..<workers.count {
            guard let reader = state.reader() else { return [] }
            runners.append(Runner(JournalView(journal, over: reader), makeProcessor))
        }
        return runners
    }
}

/// One worker's machine and journal, used by one thread at a time.
private final class Runner: @unchecked Sendable {
    private let journal: Journal
    private var processor: TransactionProcessor

    init(_ view: JournalView, _ makeProcessor: (Journal) -> TransactionProcessor) {
        journal = Journal(source: view)
        processor = makeProcessor(journal)
        processor.holdsFee = true
    }

    /// Runs a transaction for itself; nil when it is refused.
    ///
    /// - Parameter isFollowing: whether earlier transactions of its sender are still to come: it
    ///   then runs as if they had.
    func run(_ signed: SignedTransaction, isFollowing: Bool) -> Speculation.Run? {
        journal.reset()
        let transaction = signed.transaction
        if isFollowing { journal.foretell(nonce: transaction.nonce, of: signed.sender) }
        do {
            // The block's own limit is looked at when the turn comes.
            let result = try processor.process(
                transaction, from: signed.sender, authorities: signed.authorities,
                gasLeft: .max)
            return Speculation.Run(
                result: result, bloom: Bloom(of: result.logs), effects: journal.effects(),
                fee: processor.heldFee)
        } catch {
            // The block finds the same, or another state in which it may run.
            return nil
        }
    }
}
