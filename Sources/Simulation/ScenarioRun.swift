internal import Codec
public import Crypto
internal import EVM
public import Inference
public import Ledger
public import Node
internal import Payments
public import Primitives
internal import Registry
public import Store

/// Why a scenario could not be played.
public enum ScenarioError: Error, Sendable {
    case node(NodeError)
    case graph(GraphError)
    case run(RunError)
    case submission(SubmissionError)
    /// The genesis has no token or no native precompiles to settle with.
    case unsuitableGenesis
    /// A transaction that the scenario relies on failed.
    case failed(String)
}

/// Plays a scenario on a chain of its own: registers models, runs them, and settles each run.
///
/// Nothing is random but the seed, no clock is read, and blocks are made when the scenario says:
/// two runs of one scenario make the same blocks, whatever the machine and the build.
public struct ScenarioRun {
    private let scenario: Scenario
    private let kernels: KernelLevel
    private let node: Node
    private let clock: ManualClock
    private let token: Address
    private let payers: [PrivateKey]
    private let provider: PrivateKey
    private var random: SeededRandom
    private var models: [(record: ModelRecord, engine: Engine)] = []
    private var sent: [Hash] = []
    private var called: [Hash] = []

    /// - Parameters:
    ///   - payers: accounts with tokens in the genesis.
    ///   - provider: an account with ether; it sends every transaction.
    ///   - kernels: the instructions that models run on.
    ///   - workers: share what may be shared. Neither changes a block.
    public init(
        _ scenario: Scenario, genesis: Genesis, store: any KeyValueStore, payers: [PrivateKey],
        provider: PrivateKey, kernels: KernelLevel = .best,
        workers: any Workers = SerialWorkers()
    ) throws(ScenarioError) {
        guard let token = genesis.config.token, genesis.config.hasNatives, !payers.isEmpty else {
            throw .unsuitableGenesis
        }
        self.scenario = scenario
        self.kernels = kernels
        self.token = token
        self.payers = payers
        self.provider = provider
        clock = ManualClock(Scenario.startTime)
        random = SeededRandom(seed: scenario.seed)
        do {
            node = try Node(
                genesis: genesis, store: store, clock: clock, sealing: .onDemand,
                workers: workers, kernels: kernels)
        } catch {
            throw .node(error)
        }
    }

    /// Plays it to the end; `progress` hears how many inferences were settled so far.
    public mutating func play(
        progress: (Int) -> Void = { _ in }
    ) throws(ScenarioError) -> ScenarioResult {
        try registerAll()
        var left = scenario.inferences
        while left > 0 {
            let count = min(left, scenario.settlementsPerBlock)
            for _ in 0..<count {
                try settleOne()
                if random.next() % 100 < scenario.callPercent { try callOne() }
            }
            mine()
            left -= count
            progress(scenario.inferences - left)
        }
        // What a block had no gas for waits for the next.
        while node.waitingTransactions > 0 { mine() }
        return result()
    }

    private func mine() {
        clock.advance(by: 2)
        node.mine()
    }

    private mutating func send(_ input: [UInt8], to target: Address) throws(ScenarioError) {
        sent.append(try submit(input, to: target))
    }

    private func submit(_ input: [UInt8], to target: Address) throws(ScenarioError) -> Hash {
        let (config, key) = (node.config, provider)
        do {
            return try node.submit(from: provider.address) { nonce in
                Transaction(
                    kind: .dynamicFee, chainID: config.chainID, nonce: nonce,
                    maxPriorityFeePerGas: 1_000_000_000, maxFeePerGas: 1_000_000_000_000,
                    gasLimit: 1_500_000, to: target, input: input
                ).signed(with: key)
            }.hash
        } catch {
            throw .submission(error)
        }
    }

    private mutating func registerAll() throws(ScenarioError) {
        guard let key = ProviderKey(kind: .secp256k1, bytes: provider.address.bytes) else {
            throw .failed("the provider's key")
        }
        try send(NativeCalldata.registerProvider(key), to: NativeAddress.registry)
        for index in 0..<scenario.models {
            let graph: IntegerGraph
            do { graph = try SyntheticModel(&random).graph } catch { throw .graph(error) }
            let record = ModelRecord(
                owner: .zero, name: "synthetic-\(index)", version: "1.0",
                onnxHash: .zero, graphHash: graph.hash, weightsRoot: .zero, cid: "",
                policyFloor: [], price: UInt256(100 + index), calibrationHash: .zero,
                macs: graph.macs, status: .active, registeredAt: 0)
            models.append((record, Engine(graph, level: kernels)))
            do { try node.blobs.put(graph.encoded) } catch {
                throw .failed("keeping a graph: \(error)")
            }
            try send(NativeCalldata.register(record), to: NativeAddress.registry)
            if index % scenario.settlementsPerBlock == scenario.settlementsPerBlock - 1 { mine() }
        }
        while node.waitingTransactions > 0 { mine() }
        guard succeeded(sent) == sent.count else { throw .failed("a registration") }
        sent = []
    }

    private mutating func settleOne() throws(ScenarioError) {
        let index = Int(random.next() % UInt64(models.count))
        let record = models[index].record
        let input = SyntheticModel.input(&random)
        let (inputHash, output): (Hash, [UInt8])
        do {
            let values = try models[index].engine.run(input)
            inputHash = try models[index].engine.graph.inputHash(input)
            output = try models[index].engine.graph.outputBytes(values)
        } catch {
            throw .run(error)
        }
        let isPlain = random.next() % 100 < scenario.plainPercent
        let policy = Policy.kind(isPlain ? .plain : .signed)
        let terms = Terms(
            modelID: record.id,
            requestHash: RequestHash.of(
                method: "POST", path: "/v1/models/\(record.name)/infer", body: inputHash.bytes),
            policyHash: policy.hash, provider: provider.address, salt: word())
        let payment = pay(terms, record.price)
        let now = clock.now()
        let statement = Statement(
            modelID: record.id, systemHash: .zero, requestHash: terms.requestHash,
            inputHash: inputHash, outputHash: SHA256.hash(output), policyHash: policy.hash,
            provider: provider.address, notBefore: now, notAfter: now + 3600)
        let digest = statement.hash(chainID: node.config.chainID)
        let evidence = isPlain ? [] : [Evidence(kind: .signed, data: provider.sign(digest).bytes)]
        try send(
            NativeCalldata.settle(
                terms: terms, payment: payment, statement: statement, policy: policy.encoded,
                evidence: evidence, output: output),
            to: NativeAddress.settlement)
    }

    /// An inference in the middle of a transaction.
    private mutating func callOne() throws(ScenarioError) {
        let (record, engine) = models[Int(random.next() % UInt64(models.count))]
        let calldata = NativeCalldata.infer(
            record.id, inputs: [(engine.graph.inputs[0], SyntheticModel.input(&random))])
        called.append(try submit(calldata, to: NativeAddress.inference))
    }

    private mutating func pay(_ terms: Terms, _ price: UInt256) -> Payment {
        let payer = payers[Int(random.next() % UInt64(payers.count))]
        let chainID = node.config.chainID
        let transfer = TransferAuthorization(
            from: payer.address, to: terms.escrow(chainID: chainID), value: price,
            validAfter: .zero, validBefore: UInt256(clock.now() + 3600), nonce: word())
        let digest = transfer.digest(name: "USDC", version: "2", chainID: chainID, asset: token)
        return Payment(
            asset: token, payer: payer.address, amount: price, validAfter: .zero,
            validBefore: transfer.validBefore, nonce: transfer.nonce,
            signature: payer.sign(digest).bytes)
    }

    private mutating func word() -> Hash {
        Hash(UInt256(limbs: random.next(), random.next(), random.next(), random.next()))
    }

    // MARK: The end

    private func succeeded(_ transactions: [Hash]) -> Int {
        transactions.count { hash in
            guard let place = node.chain.location(of: hash),
                let records = node.chain.records(place.block)
            else { return false }
            return records[place.index].receipt.succeeded
        }
    }

    private func result() -> ScenarioResult {
        let (header, hash) = node.head
        var hashes: [UInt8] = []
        var gasUsed: UInt64 = 0
        for number in 0...header.number {
            guard let block = node.chain.hash(of: number) else { continue }
            hashes += block.bytes
            gasUsed += node.chain.header(block)?.gasUsed ?? 0
        }
        return ScenarioResult(
            blocks: Int(header.number), headHash: hash, stateRoot: header.stateRoot,
            chainDigest: Keccak.hash(hashes), settled: succeeded(sent), called: succeeded(called),
            gasUsed: gasUsed)
    }
}
