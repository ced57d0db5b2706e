internal import Arguments
internal import Codec
internal import Crypto
internal import EVM
internal import Files
internal import Ledger
internal import Node
internal import Primitives
internal import Store
internal import Threads

extension Benchmark {
    /// A long chain in one process: what stays in memory must not grow with its blocks.
    static let memory = Benchmark(
        name: "memory", summary: "resident memory over 4,000 blocks, each sealed and imported"
    ) { options in
        let folder = try Files.makeTemporaryFolder("assay-bench")
        defer { try? Files.remove(folder) }
        let chain = try LongChain(folder: folder, workers: ThreadPool(count: options.workers))
        defer { chain.close() }
        var progress = ProgressLine()
        var rows: [(blocks: Int, bytes: Int)] = []
        for turn in 1...LongChain.turns {
            progress.show("bench: memory", done: turn - 1, of: LongChain.turns)
            for _ in 0..<LongChain.blocksPerTurn { try chain.grow() }
            rows.append((turn * LongChain.blocksPerTurn, try ProcessMemory.residentBytes()))
        }
        progress.clear()
        let out = Terminal.output
        if options.isJSON {
            func number(_ value: Int) -> JSON {
                JSONNumber(Double(value)).map { .number($0) } ?? .null
            }
            let list = rows.map { row -> JSON in
                ["blocks": number(row.blocks), "residentBytes": number(row.bytes)]
            }
            out.line(JSON.array(list).prettyPrinted)
            return 0
        }
        out.write(
            out.table(
                header: ["memory: blocks", "resident MB"],
                rows: rows.map { ["\($0.blocks)", ImportTable.fixed(Double($0.bytes) / 1e6, 1)] },
                alignments: [.right, .right]))
        let peak = Double(try ProcessMemory.peakBytes()) / 1e6
        out.line("peak \(ImportTable.fixed(peak, 1)) MB")
        return 0
    }
}

/// A node on disk that seals blocks of token transfers between some accounts, and an import of each
/// block beside it.
private final class LongChain {
    static let turns = 16
    static let blocksPerTurn = 250
    private static let senders = 20

    private let node: Node
    private let store: LevelDBStore
    private let keys: [PrivateKey]
    private let token: Address
    private let workers: ThreadPool
    private let natives: [NativePrecompile]
    private var round: UInt64 = 0

    init(folder: String, workers: ThreadPool) throws {
        var genesis = try Profiles.genesis("dev")
        keys = try Accounts.keys(mnemonic: Accounts.mnemonic, count: LongChain.senders)
        Accounts.fund(keys, in: &genesis)
        guard let token = genesis.config.token else {
            throw Failure("dev has no token", why: "the profile changed", remedy: "give it one")
        }
        self.token = token
        self.workers = workers
        natives = Natives.all(config: genesis.config)
        store = try LevelDBStore(path: folder)
        node = try Node(
            genesis: genesis, store: store, clock: AdjustableClock(), sealing: .onDemand,
            workers: workers)
    }

    /// Seals one block and imports it again on its parent's state.
    func grow() throws {
        for (index, key) in keys.enumerated() {
            let payee = UInt256(0x5000 + (round &* 7 &+ UInt64(index)) % 1000)
            // `transfer(address,uint256)`; accounts without tokens are refused by the token.
            let transaction = Transaction(
                kind: .dynamicFee, chainID: node.config.chainID, nonce: round,
                maxPriorityFeePerGas: 1, maxFeePerGas: 100_000_000_000, gasLimit: 100_000,
                to: token,
                input: [0xa9, 0x05, 0x9c, 0xbb] + payee.bigEndianBytes
                    + UInt256(1).bigEndianBytes)
            _ = try node.submit(transaction.signed(with: key), from: key.address)
        }
        round += 1
        let parent = node.head
        let head = node.mine()
        guard let block = node.chain.block(head.hash), let before = node.chain.block(parent.hash)
        else {
            throw Failure("a block is not in the store", why: "it was sealed", remedy: "report it")
        }
        let outcome = try BlockImport(config: node.config, natives: natives, workers: workers)
            .execute(
                block, ancestors: [before], isMerged: true, on: node.state(of: parent.header),
                nodes: node.chain)
        guard outcome.senders.count == keys.count else {
            throw Failure(
                "block \(head.header.number) has \(outcome.senders.count) transactions",
                why: "all were to go in", remedy: "report it")
        }
    }

    func close() {
        node.stop()
        store.close()
    }
}
