import Crypto
import EVM
import Inference
import Ledger
import Payments
import Primitives
import Proofs
import Prover
import Registry
import Store
import TestSupport
import Testing
import Threads

@testable import Node

/// Blocks of settlements by proof.
@Suite(.timeLimit(.minutes(5))) struct SealingProofTests {
    private static let policy = Policy.kind(.zk)
    private static let gas: UInt64 = 6_000_000
    private let graphs: [IntegerGraph]
    private let provers: [ModelProver]
    private let keys: [PrivateKey]
    private let payer: PrivateKey

    init() throws {
        graphs = try [1, 2].map { try SmallGraph.dense(bias: $0) }
        provers = try graphs.map { try ModelProver(graph: $0) }
        keys = try TestNode.keys(8)
        payer = try PrivateKey([UInt8](repeating: 0x22, count: 32))
    }

    private var provider: PrivateKey { keys[0] }

    private func transaction(_ sender: Int, nonce: UInt64, _ to: Address, _ input: [UInt8])
        -> Transaction
    {
        Transaction(
            kind: .dynamicFee, chainID: TestNode.chainID, nonce: nonce, maxPriorityFeePerGas: 1,
            maxFeePerGas: 100_000_000_000, gasLimit: Self.gas, to: to, input: input
        ).signed(with: keys[sender])
    }

    private func record(_ index: Int) -> ModelRecord {
        ModelRecord(
            owner: .zero, name: "m\(index)", version: "1.0", onnxHash: .zero,
            graphHash: graphs[index].hash, weightsRoot: provers[index].key.digest, cid: "",
            policyFloor: [], price: 10, calibrationHash: .zero, macs: graphs[index].macs,
            status: .active, registeredAt: 0)
    }

    /// A node that knows the first model; the second is registered in the block under test.
    private func node(_ workers: any Workers = SerialWorkers()) throws -> Node {
        let node = try Node(
            genesis: try TestNode.genesis(), store: MemoryStore(),
            clock: ManualClock(TestNode.start), sealing: .onDemand, workers: workers)
        for graph in graphs { try node.blobs.put(graph.encoded) }
        _ = try node.submit(
            transaction(
                0, nonce: 0, NativeAddress.registry, NativeCalldata.register(record(0))))
        node.mine()
        return node
    }

    /// The settlement of a run; its proof ends in another byte if it is to be spoiled.
    private func settlement(
        _ model: Int, _ number: UInt64, isSpoiled: Bool = false
    ) throws -> [UInt8] {
        let token = try #require(try TestNode.genesis().config.token)
        let terms = Terms(
            modelID: record(model).id, requestHash: Hash(UInt256(number)),
            policyHash: Self.policy.hash, provider: provider.address, salt: Hash(1))
        let transfer = TransferAuthorization(
            from: payer.address, to: terms.escrow(chainID: TestNode.chainID), value: 10,
            validAfter: .zero, validBefore: UInt256(TestNode.start + 3_600),
            nonce: Hash(UInt256(number)))
        let digest = transfer.digest(
            name: "USDC", version: "2", chainID: TestNode.chainID, asset: token)
        let payment = Payment(
            asset: token, payer: payer.address, amount: 10, validAfter: .zero,
            validBefore: transfer.validBefore, nonce: transfer.nonce,
            signature: payer.sign(digest).bytes)
        let (graph, prover) = (graphs[model], provers[model])
        let input: [Int32] = [Int32(number), 32]
        var engine = Engine(graph)
        let output = try graph.outputBytes(try engine.run(input))
        let statement = Statement(
            modelID: terms.modelID, systemHash: .zero, requestHash: terms.requestHash,
            inputHash: try graph.inputHash(input), outputHash: SHA256.hash(output),
            policyHash: terms.policyHash, provider: provider.address,
            notBefore: TestNode.start - 10, notAfter: TestNode.start + 600)
        let context = statement.hash(chainID: TestNode.chainID)
        var proof = try prover.prove(input: input, context: context).proof
        if isSpoiled { proof[proof.count - 1] ^= 1 }
        let evidence = ProofEvidence(
            keyDigest: prover.key.digest, context: context, input: try graph.inputBytes(input),
            output: output, proof: proof)
        return NativeCalldata.settle(
            terms: terms, payment: payment, statement: statement, policy: Self.policy.encoded,
            evidence: [Evidence(kind: .zk, data: evidence.encoded)], output: output)
    }

    /// Good ones, one twice, a spoiled one, and one of a model that the same block registers.
    private func fill(_ node: Node) throws {
        let good = try [1, 2, 3].map { try settlement(0, $0) }
        let calls = [
            good[0], good[1], good[0], try settlement(0, 4, isSpoiled: true),
            try settlement(1, 5), good[2],
        ]
        _ = try node.submit(
            transaction(
                0, nonce: 1, NativeAddress.registry, NativeCalldata.register(record(1))))
        for (index, input) in calls.enumerated() {
            let (sender, nonce): (Int, UInt64) = index == 4 ? (0, 2) : (index + 1, 0)
            _ = try node.submit(
                transaction(sender, nonce: nonce, NativeAddress.settlement, input))
        }
    }

    /// With one worker or more, known or not: the same block, and each proof checked once.
    @Test func blocksAreTheSameWhoeverChecksTheProofs() throws {
        var heads: Set<Hash> = []
        for workers in [
            SerialWorkers(), ThreadPool(count: 2), ThreadPool(count: 3), BackwardWorkers(),
        ] as [any Workers] {
            let node = try node(workers)
            try fill(node)
            let parent = node.head
            node.mine()
            heads.insert(node.head.hash)
            let records = try #require(node.chain.records(node.head.hash))
            #expect(records.count == 7)
            #expect(records.count { $0.receipt.succeeded } == 5)
            #expect(node.models.verdictCounts.checked == 5)
            #expect(node.waitingTransactions == 0)
            try importAgain(node, parent.header)
        }
        #expect(heads.count == 1)
    }

    /// Imports the head with fresh models, with proofs checked ahead and in their turn.
    private func importAgain(_ node: Node, _ parent: Header) throws {
        let block = try #require(node.chain.block(node.head.hash))
        let before = try #require(node.chain.block(parent.hash))
        var results: [[TransactionResult]] = []
        for workers in [SerialWorkers(), ThreadPool(count: 2), ThreadPool(count: 3)]
            as [any Workers]
        {
            for isAhead in [true, false] {
                let library = ModelLibrary(node.blobs)
                var blockImport = BlockImport(
                    config: node.config, natives: Natives.all(config: node.config, models: library),
                    models: isAhead ? library : NoModels(), workers: workers)
                // So that each is asked for once, by execution alone.
                blockImport.runsAheadAlways = false
                let found = try blockImport.execute(
                    block, ancestors: [before], isMerged: true, on: node.state(of: parent),
                    nodes: node.chain)
                #expect(found.commit.root == block.header.stateRoot)
                results.append(found.results)
                let isShared = isAhead && workers.count > 1
                // The second settlement of one payment does not get to its proof, and the model of
                // one proof is not there ahead.
                #expect(library.verdictCounts == (5, isShared ? 5 : 0))
            }
        }
        #expect(results.allSatisfy { $0 == results[0] })
    }

    @Test func aSimulatedCallIsNotCheckedAgain() throws {
        let node = try node()
        for (number, isSpoiled) in [(1, false), (2, true)] as [(UInt64, Bool)] {
            let call = transaction(
                1, nonce: number - 1, NativeAddress.settlement,
                try settlement(0, number, isSpoiled: isSpoiled))
            let before = node.models.verdictCounts
            for _ in 0..<2 {
                let head = node.head.header
                var simulator = node.simulator(
                    on: Journal(source: node.state(of: head)), after: head)
                let simulated = try simulator.process(
                    call, from: keys[1].address, gasLeft: .max)
                #expect(simulated.succeeded == !isSpoiled)
            }
            _ = try node.submit(call)
            node.mine()
            let records = try #require(node.chain.records(node.head.hash))
            #expect(records.map(\.receipt.succeeded) == [!isSpoiled])
            let after = node.models.verdictCounts
            #expect((after.checked - before.checked, after.known - before.known) == (1, 2))
        }
    }
}
