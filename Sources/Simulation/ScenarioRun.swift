internal import Codec
public import Crypto
internal import EVM
public import Inference
public import Ledger
public import Node
internal import Payments
public import Primitives
internal import Proofs
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
    /// Who runs models again; the admin's list has them.
    private let executors: [PrivateKey]
    private let machine: SimulatedMachine
    /// The last second at which the machine's key surely counts.
    private var machineUntil: UInt64 = 0
    private var random: SeededRandom
    private var models: [(record: ModelRecord, engine: Engine)] = []
    /// Those that can be proven.
    private var provable: [Int] = []
    private var sent: [Hash] = []
    private var called: [Hash] = []

    /// - Parameters:
    ///   - payers: three accounts or more with tokens and ether in the genesis. The first is the
    ///     admin of the trust registry, the last two are executors.
    ///   - provider: an account with ether; it sends every transaction.
    ///   - kernels: the instructions that models run on.
    ///   - workers: share what may be shared. Neither changes a block.
    public init(
        _ scenario: Scenario, genesis: Genesis, store: any KeyValueStore, payers: [PrivateKey],
        provider: PrivateKey, kernels: KernelLevel = .best,
        workers: any Workers = SerialWorkers()
    ) throws(ScenarioError) {
        guard let token = genesis.config.token, genesis.config.hasNatives, payers.count >= 3 else {
            throw .unsuitableGenesis
        }
        self.scenario = scenario
        self.kernels = kernels
        self.token = token
        self.payers = payers
        self.provider = provider
        executors = Array(payers.suffix(2))
        machine = SimulatedMachine(provider)
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

    /// Sends from the provider, or from another key.
    private mutating func send(
        _ input: [UInt8], to target: Address, by key: PrivateKey? = nil,
        gas: UInt64 = ScenarioRun.gas
    ) throws(ScenarioError) {
        sent.append(try submit(input, to: target, by: key ?? provider, gas: gas))
    }

    /// Enough for any settlement without a proof.
    private static let gas: UInt64 = 1_500_000
    /// What one transaction may have (EIP-7825).
    private static let gasMax: UInt64 = 16_000_000

    private func submit(
        _ input: [UInt8], to target: Address, by key: PrivateKey, gas: UInt64
    ) throws(ScenarioError) -> Hash {
        let config = node.config
        do {
            return try node.submit(from: key.address) { nonce in
                Transaction(
                    kind: .dynamicFee, chainID: config.chainID, nonce: nonce,
                    maxPriorityFeePerGas: 1_000_000_000, maxFeePerGas: 1_000_000_000_000,
                    gasLimit: gas, to: target, input: input
                ).signed(with: key)
            }.hash
        } catch {
            throw .submission(error)
        }
    }

    private mutating func registerAll() throws(ScenarioError) {
        for party in [provider] + executors {
            guard let key = ProviderKey(kind: .secp256k1, bytes: party.address.bytes) else {
                throw .failed("a party's key")
            }
            try send(NativeCalldata.registerProvider(key), to: NativeAddress.registry, by: party)
        }
        try send(
            NativeCalldata.add(executors.map(\.address.word), toList: TrustList.executors),
            to: NativeAddress.trust, by: payers[0])
        for index in 0..<scenario.models {
            let graph: IntegerGraph
            do { graph = try SyntheticModel(&random).graph } catch { throw .graph(error) }
            do { try node.blobs.put(graph.encoded) } catch {
                throw .failed("keeping a graph: \(error)")
            }
            // One in two can be proven; a key is made of each graph that is.
            let isProvable = index % 2 == 0
            var root = Hash.zero
            if isProvable {
                provable.append(index)
                do { root = try node.models.key(of: graph.hash).digest } catch {
                    throw .failed("a verification key: \(error)")
                }
            }
            let record = ModelRecord(
                owner: .zero, name: "synthetic-\(index)", version: "1.0",
                onnxHash: .zero, graphHash: graph.hash, weightsRoot: root, cid: "",
                policyFloor: [], price: UInt256(100 + index), calibrationHash: .zero,
                macs: graph.macs, status: .active, registeredAt: 0)
            models.append((record, Engine(graph, level: kernels)))
            try send(
                NativeCalldata.register(record), to: NativeAddress.registry,
                gas: isProvable ? ScenarioRun.gasMax : ScenarioRun.gas)
            if index % scenario.settlementsPerBlock == scenario.settlementsPerBlock - 1 { mine() }
        }
        while node.waitingTransactions > 0 { mine() }
        guard succeeded(sent) == sent.count else { throw .failed("a registration") }
        sent = []
    }

    private mutating func settleOne() throws(ScenarioError) {
        let kind = scenario.mix.kind(random.next() % 100)
        let isCombined =
            kind != .plain && kind != .signed
            && random.next() % 100 < scenario.mix.combinedPercent
        // The first model can always be proven.
        let index =
            kind == .zk
            ? provable[Int(random.next() % UInt64(provable.count))]
            : Int(random.next() % UInt64(models.count))
        let record = models[index].record
        let input = SyntheticModel.input(&random)
        let run = try SimulatedRun(&models[index].engine, input)
        let policy: Policy =
            isCombined ? .allOf([.kind(.signed), .kind(kind)]) : .kind(kind)
        let terms = Terms(
            modelID: record.id,
            requestHash: RequestHash.of(
                method: "POST", path: "/v1/models/\(record.name)/infer", body: run.inputHash.bytes),
            policyHash: policy.hash, provider: provider.address, salt: word())
        let payment = pay(terms, record.price)
        let now = clock.now()
        let statement = Statement(
            modelID: record.id, systemHash: .zero, requestHash: terms.requestHash,
            inputHash: run.inputHash, outputHash: SHA256.hash(run.output),
            policyHash: policy.hash, provider: provider.address, notBefore: now,
            notAfter: now + 3600)
        var pieces = isCombined ? try evidence(.signed, statement, record, run) : []
        pieces += try evidence(kind, statement, record, run)
        try send(
            NativeCalldata.settle(
                terms: terms, payment: payment, statement: statement, policy: policy.encoded,
                evidence: pieces, output: run.output),
            to: NativeAddress.settlement,
            gas: kind == .zk ? ScenarioRun.gasMax : ScenarioRun.gas)
    }

    /// The pieces that a policy of one kind needs.
    private mutating func evidence(
        _ kind: EvidenceKind, _ statement: Statement, _ record: ModelRecord, _ run: SimulatedRun
    ) throws(ScenarioError) -> [Evidence] {
        let digest = statement.hash(chainID: node.config.chainID)
        switch kind {
        case .plain: return []
        case .signed: return [Evidence(kind: .signed, data: provider.sign(digest).bytes)]
        case .tee:
            try attest()
            return [machine.evidence(digest)]
        case .reexecuted:
            // The chain and executors take turns by chance.
            if random.next() % 2 == 0 {
                let evidence = ReexecutionEvidence.chain(input: run.inputBytes)
                return [Evidence(kind: .reexecuted, data: evidence.encoded)]
            }
            return executors.map { executor in
                let signed = ReexecutionEvidence.digest(
                    of: digest, by: executor.address, chainID: node.config.chainID)
                let evidence = ReexecutionEvidence.executor(
                    executor.address, signature: executor.sign(signed).bytes)
                return Evidence(kind: .reexecuted, data: evidence.encoded)
            }
        case .zk:
            do {
                let made = try node.proofs.prove(
                    record.graphHash, key: record.weightsRoot, input: run.input, context: digest)
                let evidence = ProofEvidence(
                    keyDigest: record.weightsRoot, context: digest, input: run.inputBytes,
                    output: run.output, proof: made.proof)
                return [Evidence(kind: .zk, data: evidence.encoded)]
            } catch {
                throw .failed("a proof: \(error)")
            }
        }
    }

    /// Registers the machine's key, or renews it before it ends.
    private mutating func attest() throws(ScenarioError) {
        let now = clock.now()
        guard now + 600 > machineUntil else { return }
        let registration = machine.registration(chainID: node.config.chainID, at: now)
        _ = try submit(
            registration, to: NativeAddress.trust, by: provider, gas: ScenarioRun.gas)
        mine()
        machineUntil = now + TrustSettings.lifetimeSecondsDefault
    }

    /// An inference in the middle of a transaction.
    private mutating func callOne() throws(ScenarioError) {
        let (record, engine) = models[Int(random.next() % UInt64(models.count))]
        let calldata = NativeCalldata.infer(
            record.id, inputs: [(engine.graph.inputs[0], SyntheticModel.input(&random))])
        called.append(
            try submit(
                calldata, to: NativeAddress.inference, by: provider, gas: ScenarioRun.gas))
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

/// A model's answer to one input.
private struct SimulatedRun {
    let input: [Int32]
    let inputBytes: [UInt8]
    let inputHash: Hash
    let output: [UInt8]

    init(_ engine: inout Engine, _ input: [Int32]) throws(ScenarioError) {
        self.input = input
        do {
            let values = try engine.run(input)
            inputBytes = try engine.graph.inputBytes(input)
            inputHash = SHA256.hash(inputBytes)
            output = try engine.graph.outputBytes(values)
        } catch {
            throw .run(error)
        }
    }
}
