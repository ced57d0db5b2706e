internal import Arguments
internal import Codec
internal import Crypto
internal import Inference
internal import Ledger
internal import Node
internal import Payments
internal import Primitives
internal import Proofs
internal import Prover
internal import Registry
internal import Store
internal import Threads

/// A block of settlements by proof of one model, to be imported again and again.
final class ProofBlock {
    static let settlements = 16
    private static let policy = Policy.kind(.zk)

    /// How a block is imported.
    enum Way: CaseIterable {
        /// By one worker.
        case alone
        /// By all, each proof in its transaction's turn, and verdicts not kept.
        case inTurn
        /// By all, proofs ahead of the transactions.
        case ahead
    }

    private let node: Node
    private let keys: [PrivateKey]
    private let payer: PrivateKey
    private let token: Address
    private let prover: ModelProver
    private let record: ModelRecord
    private let pool: ThreadPool
    private var parent: Header
    private var block: Block

    init(_ graph: IntegerGraph, input: [Int32], pool: ThreadPool) throws {
        var genesis = try Profiles.genesis("dev")
        genesis.gasLimit = 1_000_000_000
        keys = try Accounts.keys(mnemonic: Accounts.mnemonic, count: ProofBlock.settlements)
        Accounts.fund(keys, in: &genesis)
        guard let token = genesis.config.token else {
            throw Failure("dev has no token", why: "the profile changed", remedy: "give it one")
        }
        self.token = token
        self.pool = pool
        payer = keys[0]
        prover = try ModelProver(graph: graph, workers: pool)
        record = ModelRecord(
            owner: .zero, name: "bench", version: "1.0", onnxHash: .zero, graphHash: graph.hash,
            weightsRoot: prover.key.digest, cid: "", policyFloor: [], price: 1,
            calibrationHash: .zero, macs: graph.macs, status: .active, registeredAt: 0)
        node = try Node(
            genesis: genesis, store: MemoryStore(), clock: AdjustableClock(), sealing: .onDemand,
            workers: pool)
        parent = node.head.header
        block = Block(header: parent, transactions: [], withdrawals: [])
        try node.blobs.put(graph.encoded)
        try send(NativeCalldata.register(record), to: NativeAddress.registry, from: keys[0])
        try mine(transactions: 1)
        for index in 0..<ProofBlock.settlements {
            try send(
                try settlement(index, of: graph, input), to: NativeAddress.settlement,
                from: keys[index])
        }
        try mine(transactions: ProofBlock.settlements)
    }

    private func send(_ input: [UInt8], to target: Address, from key: PrivateKey) throws {
        let config = node.config
        _ = try node.submit(from: key.address) { nonce in
            Transaction(
                kind: .dynamicFee, chainID: config.chainID, nonce: nonce, maxPriorityFeePerGas: 1,
                maxFeePerGas: 100_000_000_000, gasLimit: Ledger.Limits.transactionGasMax,
                to: target, input: input
            ).signed(with: key)
        }
    }

    /// Seals a block in which everything must succeed.
    private func mine(transactions: Int) throws {
        parent = node.head.header
        let head = node.mine()
        guard let block = node.chain.block(head.hash), let records = node.chain.records(head.hash),
            records.count == transactions, records.allSatisfy(\.receipt.succeeded)
        else {
            throw Failure(
                "a transaction of the benchmark failed", why: "all were to succeed",
                remedy: "report it")
        }
        self.block = block
    }

    private func settlement(
        _ index: Int, of graph: IntegerGraph, _ input: [Int32]
    ) throws -> [UInt8] {
        let (chainID, now, provider) = (node.config.chainID, node.nextTimestamp, keys[1].address)
        let number = Hash(UInt256(UInt64(index + 1)))
        let terms = Terms(
            modelID: record.id, requestHash: number, policyHash: ProofBlock.policy.hash,
            provider: provider, salt: .zero)
        let transfer = TransferAuthorization(
            from: payer.address, to: terms.escrow(chainID: chainID), value: record.price,
            validAfter: .zero, validBefore: UInt256(now + 86_400), nonce: number)
        let payment = Payment(
            asset: token, payer: payer.address, amount: record.price, validAfter: .zero,
            validBefore: transfer.validBefore, nonce: number,
            signature: payer.sign(
                transfer.digest(name: "USDC", version: "2", chainID: chainID, asset: token)
            ).bytes)
        var engine = Engine(graph)
        let output = try graph.outputBytes(try engine.run(input))
        let statement = Statement(
            modelID: record.id, systemHash: .zero, requestHash: number,
            inputHash: try graph.inputHash(input), outputHash: SHA256.hash(output),
            policyHash: terms.policyHash, provider: provider, notBefore: now - 1,
            notAfter: now + 86_400)
        let context = statement.hash(chainID: chainID)
        let proof = try prover.prove(input: input, context: context, workers: pool).proof
        let evidence = ProofEvidence(
            keyDigest: record.weightsRoot, context: context, input: try graph.inputBytes(input),
            output: output, proof: proof)
        return NativeCalldata.settle(
            terms: terms, payment: payment, statement: statement,
            policy: ProofBlock.policy.encoded,
            evidence: [Evidence(kind: .zk, data: evidence.encoded)])
    }

    var gas: UInt64 { block.header.gasUsed }

    /// Imports the block with models whose keys are in memory and whose verdicts are not.
    func run(_ way: Way, _ times: inout PhaseTimes) throws -> BlockImport.Outcome {
        let library = ModelLibrary(node.blobs)
        _ = try library.key(record.weightsRoot, of: record.graphHash)
        let models: any ModelSource = way == .ahead ? library : ForgetfulModels(library)
        let workers: any Workers = way == .alone ? SerialWorkers() : pool
        var blocks = BlockImport(
            config: node.config, natives: Natives.all(config: node.config, models: models),
            models: models, workers: workers)
        guard let before = node.chain.block(parent.hash) else {
            throw Failure("the parent is not there", why: "it was sealed", remedy: "report it")
        }
        let state = node.state(of: parent)
        return try times.time { onPhase in
            blocks.onPhase = onPhase
            return try blocks.execute(
                block, ancestors: [before], isMerged: true, on: state, nodes: node.chain)
        }
    }
}

/// A library's models, their proofs checked whenever somebody asks.
private struct ForgetfulModels: ModelSource {
    private let library: ModelLibrary

    init(_ library: ModelLibrary) { self.library = library }

    func byteCount(of graph: Hash) throws(ModelSourceError) -> Int {
        try library.byteCount(of: graph)
    }

    func graph(_ hash: Hash) throws(ModelSourceError) -> IntegerGraph { try library.graph(hash) }

    func output(
        of graph: IntegerGraph, for input: [Int32]
    ) throws(ModelSourceError) -> [Int32] { try library.output(of: graph, for: input) }

    func key(of graph: Hash) throws(ModelSourceError) -> VerificationKey {
        try library.key(of: graph)
    }

    func key(_ digest: Hash, of graph: Hash) throws(ModelSourceError) -> VerificationKey {
        try library.key(digest, of: graph)
    }
}

/// Times of importing one model's block.
struct ProofBlockMeasurement {
    let model: String
    private let block: ProofBlock
    private var times: [ProofBlock.Way: PhaseTimes] = [:]

    init(_ model: String, _ block: ProofBlock) {
        self.model = model
        self.block = block
    }

    /// One import each way; all must find the same.
    mutating func run() throws {
        var first: BlockImport.Outcome?
        for way in ProofBlock.Way.allCases {
            let outcome = try block.run(way, &times[way, default: PhaseTimes()])
            if let first { try Benchmark.requireEqual(first, outcome, model) }
            first = first ?? outcome
        }
    }

    private func values(_ value: (PhaseTimes) -> Double) -> [Double] {
        ProofBlock.Way.allCases.map { times[$0].map(value) ?? 0 }
    }

    static func text(_ all: [ProofBlockMeasurement], workers: Int, on out: Terminal) -> String {
        func slashed(_ values: [Double]) -> String {
            values.map { MeasurementTable.fixed($0, decimals: 1) }.joined(separator: " / ")
        }
        let table = out.table(
            header: [
                "\(ProofBlock.settlements) settlements", "Mgas", "import ms", "execute ms",
                "cpu ms",
            ],
            rows: all.map { one in
                [
                    one.model,
                    MeasurementTable.fixed(Double(one.block.gas) / 1e6, decimals: 0),
                    slashed(one.values(\.total)), slashed(one.values { $0.median(.execute) }),
                    slashed(one.values(\.processor)),
                ]
            }, alignments: [.left] + [Terminal.Alignment](repeating: .right, count: 4))
        return table + """
            imports of a block, medians: 1 worker / \(workers) workers, each proof in its turn / \
            \(workers) workers, proofs ahead; the same roots, receipts and results

            """
    }

    var json: JSON {
        func number(_ value: Double) -> JSON { JSONNumber(value).map { .number($0) } ?? .null }
        let ways = zip(["alone", "inTurn", "ahead"], ProofBlock.Way.allCases)
        return [
            "model": .string(model), "settlements": number(Double(ProofBlock.settlements)),
            "gas": number(Double(block.gas)),
            "milliseconds": .object(
                JSONObject(
                    ways.map { name, way in
                        let times = times[way] ?? PhaseTimes()
                        return (
                            name,
                            [
                                "total": number(times.total),
                                "execute": number(times.median(.execute)),
                                "processor": number(times.processor),
                            ] as JSON
                        )
                    })),
        ]
    }
}
