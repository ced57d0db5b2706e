public import Codec
internal import Crypto
internal import EVM
internal import Ledger
internal import Primitives
internal import Trie

/// One state transition outside any chain, as geth's `evm t8n` makes it: accounts, a block's
/// environment and transactions in; roots, receipts and the accounts after in return.
///
/// Source: go-ethereum `cmd/evm/README.md`; execution-spec-tests drive it to fill their tests.
public struct Transition {
    public struct Options: Sendable {
        /// A fork or a change of forks, as fixtures name them.
        public var fork: String
        public var chainID: UInt64
        /// Wei for the miner; nil for none.
        public var reward: UInt256Text?

        public init(fork: String, chainID: UInt64, reward: UInt256Text?) {
            self.fork = fork
            self.chainID = chainID
            self.reward = reward
        }
    }

    /// What a transition leaves behind.
    public struct Output: Sendable {
        public var alloc: JSON
        public var result: JSON
        /// RLP of the list of transactions that are in.
        public var body: [UInt8]
        /// EIP-3155 lines by transaction, when they were asked for.
        public var traces: [(name: String, lines: [UInt8])]
    }

    private let config: ChainConfig
    private let options: Options
    private let environment: TransitionEnvironment
    private let nodes = MemoryNodes()
    private let start: StateCommit
    private let accounts: [AccountChange]

    public init(alloc: JSON, env: JSON, options: Options) throws(FixtureError) {
        guard var config = NetworkName.config(options.fork, schedules: env["blobSchedule"]) else {
            throw FixtureError("unknown fork \(options.fork)")
        }
        config.chainID = options.chainID
        self.config = config
        self.options = options
        accounts = try Fixture.accounts(alloc)
        environment = try TransitionEnvironment(env, config)
        do {
            start = try StateCommit(accounts, onto: MerkleTrie.emptyRoot, nodes: nodes)
        } catch {
            throw FixtureError("alloc makes no state: \(error)")
        }
        nodes.insert(start)
    }

    /// Runs the transactions: a list of objects, or RLP of a list as hex text.
    public func run(_ txs: JSON, tracing: Bool = false) throws(FixtureError) -> Output {
        let hashes = environment.blockHashes
        let state = MemoryState { hashes[$0] ?? .zero }
        state.apply(accounts)
        var processor = BlockProcessor(environment.draft, config: config, on: state)
        processor.minerReward = options.reward?.word ?? .zero
        let (root, nodes) = (start.root, nodes)
        if processor.revision < .byzantium {
            processor.intermediateRoot = { journal in
                (try? StateCommit(journal.changes(), onto: root, nodes: nodes))?.root ?? .zero
            }
        }
        var rejected: [JSON] = []
        var traces: [(name: String, lines: [UInt8])] = []
        let transactions = try TransitionTransactions.read(
            txs, chainID: options.chainID, revision: processor.revision)
        for (index, entry) in transactions.enumerated() {
            let tracer = tracing ? StepTracer() : nil
            processor.tracer = tracer
            do throws(TransitionRefusal) {
                let (transaction, sender) = try entry.get()
                let place = processor.transactions.count
                do {
                    let result = try processor.add(transaction, from: sender)
                    if let tracer {
                        traces.append(
                            (
                                "trace-\(place)-\(transaction.hash.hex).jsonl",
                                tracer.finish(result)
                            ))
                    }
                } catch {
                    throw TransitionRefusal("\(error)")
                }
            } catch {
                rejected.append(
                    ["index": .number(JSONNumber(index)), "error": .string(error.text)])
            }
        }
        return try close(&processor, state, rejected, traces)
    }

    private func close(
        _ processor: inout BlockProcessor, _ state: MemoryState, _ rejected: [JSON],
        _ traces: [(name: String, lines: [UInt8])]
    ) throws(FixtureError) -> Output {
        processor.tracer = nil
        let header: Header
        do { header = try processor.finish() } catch {
            throw FixtureError("the block cannot be closed: \(error)")
        }
        let changes = processor.journal.changes()
        let commit: StateCommit
        do {
            commit = try StateCommit(changes, onto: start.root, nodes: nodes)
        } catch {
            throw FixtureError("the state root cannot be computed: \(error)")
        }
        let body = RLPWriter.list { list in
            for transaction in processor.transactions {
                if transaction.kind == .legacy {
                    list.writeRaw(transaction.encoded)
                } else {
                    list.write(transaction.encoded)
                }
            }
        }
        let result = TransitionResult(
            processor: processor, header: header, stateRoot: commit.root, rejected: rejected,
            environment: environment)
        return Output(
            alloc: TransitionAccounts.json(accounts, changes), result: result.json, body: body,
            traces: traces)
    }
}

/// Why a transaction is not in the block.
struct TransitionRefusal: Error {
    let text: String

    init(_ text: String) { self.text = text }
}

/// A word as an option gives it, so that callers need no other target.
public struct UInt256Text: Sendable {
    let word: UInt256

    /// Nil when the text is no decimal number.
    public init?(_ text: String) {
        guard let word = try? UInt256(decimal: text) else { return nil }
        self.word = word
    }
}
