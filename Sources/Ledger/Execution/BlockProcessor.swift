internal import Crypto
public import EVM
public import Primitives

/// What is decided about a block before its transactions run.
public struct BlockDraft: Sendable, Equatable {
    public var parentHash: Hash
    public var number: UInt64
    /// Seconds since 1970; above the parent's.
    public var timestamp: UInt64
    public var beneficiary: Address
    public var gasLimit: UInt64
    public var prevRandao: Hash
    public var extraData: [UInt8]
    public var baseFee: UInt256
    public var excessBlobGas: UInt64
    public var parentBeaconBlockRoot: Hash
    public var withdrawals: [Withdrawal]
    /// Before Paris.
    public var difficulty: UInt256 = .zero
    public var uncles: [Header] = []

    /// The draft of the block after `parent`, by the rules of `config`.
    public init(
        after parent: Header, parentHash: Hash, config: ChainConfig, timestamp: UInt64,
        beneficiary: Address, extraData: [UInt8] = [], withdrawals: [Withdrawal] = []
    ) {
        self.parentHash = parentHash
        number = parent.number + 1
        self.timestamp = timestamp
        self.beneficiary = beneficiary
        gasLimit = parent.gasLimit
        self.extraData = extraData
        parentBeaconBlockRoot = .zero
        self.withdrawals = withdrawals
        // Nothing random may enter: the value follows from the parent alone.
        prevRandao = Keccak.hash(parentHash.word, UInt256(number))
        let revision = config.revision(number: number, timestamp: timestamp)
        if revision >= .london {
            baseFee =
                parent.baseFee.map {
                    FeeMarket.nextBaseFee(
                        baseFee: $0, gasUsed: parent.gasUsed, gasLimit: parent.gasLimit)
                } ?? FeeMarket.initialBaseFee
        } else {
            baseFee = .zero
        }
        excessBlobGas = 0
        if let schedule = config.blobSchedule(timestamp: timestamp),
            let excess = parent.excessBlobGas, let used = parent.blobGasUsed
        {
            excessBlobGas = FeeMarket.excessBlobGas(
                parentExcess: excess, parentUsed: used, schedule: schedule,
                reservePrice: revision >= .osaka ? parent.baseFee : nil)
        }
    }
}

extension BlockDraft {
    /// The difficulty of a proof-of-work block.
    public static func difficulty(
        after parent: Header, timestamp: UInt64, revision: Revision, config: ChainConfig
    ) -> UInt256 {
        Difficulty.next(
            after: parent, timestamp: timestamp, revision: revision, config: config)
    }

    /// What a finished block decided, to run it again.
    public init(of block: Block) {
        let header = block.header
        parentHash = header.parentHash
        number = header.number
        timestamp = header.timestamp
        beneficiary = header.beneficiary
        gasLimit = header.gasLimit
        prevRandao = header.mixHash
        extraData = header.extraData
        baseFee = header.baseFee ?? .zero
        excessBlobGas = header.excessBlobGas ?? 0
        parentBeaconBlockRoot = header.parentBeaconBlockRoot ?? .zero
        withdrawals = block.withdrawals ?? []
        difficulty = header.difficulty
        uncles = block.uncles
    }

    /// What instructions see of the block.
    public func context(config: ChainConfig) -> BlockContext {
        let schedule = config.blobSchedule(timestamp: timestamp)
        return BlockContext(
            chainID: config.chainID, number: number, timestamp: timestamp,
            beneficiary: beneficiary, gasLimit: gasLimit, baseFee: baseFee,
            difficulty: difficulty, prevRandao: prevRandao,
            blobBaseFee: schedule.map {
                FeeMarket.blobBaseFee(
                    excess: excessBlobGas, fraction: $0.baseFeeUpdateFraction)
            } ?? 1)
    }
}

/// Runs the transactions of one block in order and closes it.
///
/// `begin`, then `add` for each transaction, then `seal`. A refused transaction leaves no trace.
public struct BlockProcessor {
    public let config: ChainConfig
    public let revision: Revision
    public let draft: BlockDraft
    public let context: BlockContext
    public let journal: Journal
    public private(set) var transactions: [Transaction] = []
    private var scheduled: [SignedTransaction] = []
    public private(set) var receipts: [Receipt] = []
    public private(set) var results: [TransactionResult] = []
    public private(set) var gasUsed: UInt64 = 0
    public private(set) var blobGasUsed: UInt64 = 0
    /// The root over the transactions where it is known already.
    var transactionsRoot: Hash?
    /// What the beneficiary gets before Paris; nil for what the rules say.
    public var minerReward: UInt256?
    /// Looks on as transactions run.
    public var tracer: (any Tracer)? {
        get { processor.tracer }
        set { processor.tracer = newValue }
    }
    /// The requests of a finished block by type byte, those without data left out (EIP-7685).
    public private(set) var requests: [[UInt8]] = []
    /// The state root after each transaction, which receipts held before Byzantium.
    public var intermediateRoot: ((Journal) -> Hash)?
    private var processor: TransactionProcessor
    private let precompiles: PrecompileTable
    private let workers: any Workers
    private var speculation: Speculation
    private let state: any StateSource
    private let proofsAhead: ProofsAhead?

    /// Starts a block on the state that its parent left and makes the system calls of its start.
    ///
    /// - Parameters:
    ///   - revision: the block's rules where number and time do not decide them: around the merge.
    ///     Nil takes them from the config.
    ///   - models: where the natives find models; if it keeps verdicts, workers check the proofs
    ///     of scheduled transactions before any of them runs.
    ///   - workers: run scheduled transactions ahead of their turn.
    ///   - runsAheadAlways: also where that is not worth it, as tests want.
    public init(
        _ draft: BlockDraft, config: ChainConfig, on state: any StateSource,
        natives: [NativePrecompile] = [], models: any ModelSource = NoModels(),
        revision fixed: Revision? = nil, workers: any Workers = SerialWorkers(),
        runsAheadAlways: Bool = false
    ) {
        self.config = config
        self.draft = draft
        self.state = state
        revision =
            fixed ?? config.revision(number: draft.number, timestamp: draft.timestamp)
        proofsAhead = ProofsAhead(
            draft, config: config, revision: revision, models: models, workers: workers)
        let schedule = config.blobSchedule(timestamp: draft.timestamp)
        context = draft.context(config: config)
        journal = Journal(source: state)
        precompiles = PrecompileTable(revision, natives: natives)
        processor = TransactionProcessor(
            revision: revision, block: context, blobSchedule: schedule,
            precompiles: precompiles, journal: journal)
        self.workers = workers
        let (revision, context, precompiles) = (revision, context, precompiles)
        speculation = Speculation(
            on: journal, state: state, workers: workers, isEager: runsAheadAlways
        ) { journal in
            TransactionProcessor(
                revision: revision, block: context, blobSchedule: schedule,
                precompiles: precompiles, journal: journal)
        }
        if draft.number == config.daoFork {
            journal.beginTransaction()
            DAOFork.apply(to: journal)
            journal.finishTransaction(revision: revision)
        }
        if revision >= .cancun {
            callSystem(SystemContract.beaconRoots, input: draft.parentBeaconBlockRoot.bytes)
        }
        if revision >= .prague {
            callSystem(SystemContract.history, input: draft.parentHash.bytes)
        }
    }

    /// Runs one transaction and keeps its receipt.
    public mutating func add(
        _ transaction: Transaction, from sender: Address
    ) throws(InvalidTransaction) -> TransactionResult {
        try add(SignedTransaction(transaction, sender: sender), nil)
    }

    /// Says which transactions may come: workers check their proofs and run them ahead, and
    /// `addScheduled` takes what they found wherever it holds. Results are those of `add` in any
    /// case.
    public mutating func schedule(_ transactions: [SignedTransaction]) {
        proofsAhead?.check(transactions, on: state)
        // A tracer sees each transaction once, and a state root needs all before it.
        let isSerial = tracer != nil || intermediateRoot != nil
        speculation.schedule(isSerial ? [] : transactions)
        scheduled = transactions
    }

    /// Adds a scheduled transaction. Indices ascend; any may be left out.
    public mutating func addScheduled(
        _ index: Int
    ) throws(InvalidTransaction) -> TransactionResult {
        try add(scheduled[index], speculation.take(index))
    }

    /// How many transactions were run ahead, and for how many that held.
    public var speculated: (count: Int, held: Int) { (speculation.count, speculation.held) }

    private mutating func add(
        _ signed: SignedTransaction, _ ahead: Speculation.Run?
    ) throws(InvalidTransaction) -> TransactionResult {
        let transaction = signed.transaction
        let blobMax =
            config.blobSchedule(timestamp: draft.timestamp).map { $0.max * FeeMarket.gasPerBlob }
            ?? 0
        guard blobGasUsed + transaction.blobGas <= blobMax || transaction.kind != .blob else {
            let left = (blobMax - blobGasUsed) / FeeMarket.gasPerBlob
            throw .tooManyBlobs(count: transaction.blobHashes.count, max: Int(left))
        }
        let (result, bloom) = try run(signed, ahead)
        gasUsed += result.gasUsed
        blobGasUsed += transaction.blobGas
        transactions.append(transaction)
        results.append(result)
        let status: Receipt.Result =
            intermediateRoot.map { .stateRoot($0(journal)) } ?? .status(result.succeeded)
        receipts.append(
            Receipt(
                kind: transaction.kind, result: status, cumulativeGasUsed: gasUsed,
                logs: result.logs, bloom: bloom))
        return result
    }

    private mutating func run(
        _ signed: SignedTransaction, _ ahead: Speculation.Run?
    ) throws(InvalidTransaction) -> (TransactionResult, Bloom) {
        let gasLeft = draft.gasLimit - gasUsed
        if let ahead, signed.transaction.gasLimit <= gasLeft,
            speculation.accept(ahead, paying: draft.beneficiary, revision: revision)
        {
            return (ahead.result, ahead.bloom)
        }
        let result = try processor.process(
            signed.transaction, from: signed.sender, authorities: signed.authorities,
            gasLeft: gasLeft)
        return (result, Bloom(of: result.logs))
    }

    /// Closes the block: withdrawals and the system calls of its end.
    ///
    /// The header lacks only its state root, which the commit of `journal.changes()` gives.
    public mutating func finish() throws(SystemCallError) -> Header {
        if revision < .paris { payRewards() }
        for withdrawal in draft.withdrawals where withdrawal.amount > 0 {
            let wei = UInt256(withdrawal.amount) * 1_000_000_000
            journal.addBalance(wei, to: withdrawal.address)
        }
        var header = Header(
            parentHash: draft.parentHash, beneficiary: draft.beneficiary, stateRoot: .zero,
            transactionsRoot: transactionsRoot
                ?? OrderedRoots.transactions(transactions, workers: workers),
            receiptsRoot: OrderedRoots.receipts(receipts, workers: workers), number: draft.number,
            gasLimit: draft.gasLimit, gasUsed: gasUsed, timestamp: draft.timestamp,
            extraData: draft.extraData, mixHash: draft.prevRandao)
        header.difficulty = draft.difficulty
        if !draft.uncles.isEmpty { header.unclesHash = OrderedRoots.uncles(draft.uncles) }
        for receipt in receipts { header.bloom.formUnion(receipt.bloom) }
        if revision >= .london { header.baseFee = draft.baseFee }
        if revision >= .shanghai {
            header.withdrawalsRoot = OrderedRoots.withdrawals(draft.withdrawals)
        }
        if revision >= .cancun {
            header.blobGasUsed = blobGasUsed
            header.excessBlobGas = draft.excessBlobGas
            header.parentBeaconBlockRoot = draft.parentBeaconBlockRoot
        }
        if revision >= .prague { header.requestsHash = try collectRequests() }
        return header
    }

    /// Wei for the block and its uncles before Paris (Yellow Paper 11.3, EIP-649, EIP-1234).
    private func payRewards() {
        let ether = UInt256(1_000_000_000_000_000_000)
        let reward =
            minerReward
            ?? ether * (revision >= .constantinople ? 2 : revision >= .byzantium ? 3 : 5)
        var own = reward
        for uncle in draft.uncles {
            let depth = UInt256(draft.number - uncle.number)
            journal.addBalance(reward * (8 - depth) / 8, to: uncle.beneficiary)
            own += reward / 32
        }
        journal.addBalance(own, to: draft.beneficiary)
    }

    /// A call by the system address: 30 M gas, free, not counted (EIP-4788, EIP-2935).
    @discardableResult
    private mutating func callSystem(_ contract: Address, input: [UInt8]) -> Outcome? {
        guard !journal.code(of: contract).isEmpty else { return nil }
        journal.beginTransaction()
        var machine = Machine(
            revision: revision, block: context,
            transaction: TransactionContext(origin: SystemContract.caller), journal: journal,
            precompiles: precompiles)
        let outcome = machine.execute(
            Message(
                caller: SystemContract.caller, recipient: contract, input: input,
                gas: 30_000_000))
        journal.finishTransaction(revision: revision)
        return outcome
    }

    /// The hash over the block's requests (EIP-6110, 7002, 7251, 7685).
    private mutating func collectRequests() throws(SystemCallError) -> Hash {
        var requests: [[UInt8]] = []
        let deposits = try DepositLogs.requests(
            in: receipts, contract: config.depositContract)
        if !deposits.isEmpty { requests.append([0] + deposits) }
        for (type, contract) in [
            (1 as UInt8, SystemContract.withdrawalRequests),
            (2 as UInt8, SystemContract.consolidationRequests),
        ] {
            guard let outcome = callSystem(contract, input: []) else {
                throw .missingContract(contract)
            }
            guard outcome.status == .success else { throw .failed(contract) }
            if !outcome.output.isEmpty { requests.append([type] + outcome.output) }
        }
        self.requests = requests
        return SHA256.hash(requests.flatMap { SHA256.hash($0).bytes })
    }
}
