import Crypto
import EVM
import Inference
import Ledger
import Payments
import Primitives
import Registry
import Store
import TestSupport
import Testing
import Threads

@testable import Node

@Suite struct PreExecutionTests {
    private let graphs = [1, 2, 3].compactMap { try? SmallGraph.dense(bias: $0) }

    private func node(_ store: MemoryStore, workers: any Workers = SerialWorkers()) throws -> Node {
        let node = try Node(
            genesis: try TestNode.genesis(), store: store, clock: ManualClock(TestNode.start),
            sealing: .onDemand, workers: workers)
        for graph in graphs { try node.blobs.put(graph.encoded) }
        return node
    }

    private func transaction(
        _ key: PrivateKey, nonce: UInt64, to: Address?, _ input: [UInt8]
    ) -> Transaction {
        Transaction(
            kind: .dynamicFee, chainID: TestNode.chainID, nonce: nonce, maxPriorityFeePerGas: 1,
            maxFeePerGas: 100_000_000_000, gasLimit: 2_000_000, to: to, input: input
        ).signed(with: key)
    }

    private func record(_ index: Int) -> ModelRecord {
        ModelRecord(
            owner: .zero, name: "m\(index)", version: "1.0", onnxHash: .zero,
            graphHash: graphs[index].hash, weightsRoot: .zero, cid: "", policyFloor: [], price: 0,
            calibrationHash: .zero, macs: graphs[index].macs, status: .active, registeredAt: 0)
    }

    private func register(_ node: Node, _ key: PrivateKey) throws {
        for index in graphs.indices {
            let record = record(index)
            _ = try node.submit(
                transaction(
                    key, nonce: UInt64(index), to: NativeAddress.registry,
                    NativeCalldata.register(record)))
        }
        node.mine()
    }

    private func call(_ index: Int, _ first: Int32) -> [UInt8] {
        NativeCalldata.infer(
            record(index).id, inputs: [(graphs[index].inputs[0], [first, 9])])
    }

    private func succeeded(_ node: Node) throws -> Int {
        let records = try #require(node.chain.records(node.head.hash))
        return records.count { $0.receipt.succeeded }
    }

    @Test func resultsAreAtHandWhenTheBlockIsMade() throws {
        let node = try node(MemoryStore())
        let keys = try TestNode.keys(3)
        try register(node, keys[0])
        for (index, key) in keys.enumerated() {
            let nonce = node.nonce(of: key.address)
            _ = try node.submit(
                transaction(key, nonce: nonce, to: NativeAddress.inference, call(index, 5)))
        }
        let before = node.models.resultCounts
        node.mine()
        #expect(try succeeded(node) == 3)
        let after = node.models.resultCounts
        // One look each in the simulation and one in the request, then every call of the block.
        #expect(after.misses - before.misses == 6)
        #expect(after.hits - before.hits >= 3)
        #expect(node.models.counts.engines == 3)
    }

    /// The second block's contract is known from the first; its inferences were foreseen.
    @Test func contractsThatCallModelsAreRemembered() throws {
        let node = try node(MemoryStore())
        let key = try TestNode.keys(1)[0]
        try register(node, key)
        // CALLDATACOPY all; CALL 0xf4 with it; STOP.
        let runtime: [UInt8] =
            [0x36, 0x5f, 0x5f, 0x37, 0x5f, 0x5f, 0x36, 0x5f, 0x5f, 0x60, 0xf4, 0x5a, 0xf1, 0x00]
        let code: [UInt8] =
            [0x60, UInt8(runtime.count), 0x80, 0x60, 0x09, 0x3d, 0x39, 0x3d, 0xf3] + runtime
        _ = try node.submit(transaction(key, nonce: 3, to: nil, code))
        node.mine()
        let contract = ContractAddress.create(by: key.address, nonce: 3)
        var misses: [Int] = []
        for (round, first) in [5, 6, 7].enumerated() {
            _ = try node.submit(
                transaction(key, nonce: UInt64(4 + round), to: contract, call(0, Int32(first))))
            let before = node.models.resultCounts.misses
            node.mine()
            misses.append(node.models.resultCounts.misses - before)
            let logs = try #require(node.chain.records(node.head.hash)).flatMap(\.receipt.logs)
            #expect(logs.map(\.address) == [NativeAddress.inference])
        }
        // At first the block itself; then the simulation, and the request that it made.
        #expect(misses == [1, 2, 2])
    }

    /// With one worker or several, with results known or not: the same blocks.
    @Test func changesNoByteOfABlock() throws {
        let pool = ThreadPool(count: 3)
        var heads: Set<Hash> = []
        for (workers, isWarm) in [
            (SerialWorkers(), false), (SerialWorkers(), true), (pool, false), (pool, true),
        ] as [(any Workers, Bool)] {
            let node = try node(MemoryStore(), workers: workers)
            let keys = try TestNode.keys(4)
            try register(node, keys[0])
            if isWarm {
                for graph in graphs {
                    for first in 0..<10 as Range<Int32> {
                        _ = try node.models.output(of: graph, for: [first, 9])
                    }
                }
            }
            for round in 0..<10 as Range<Int32> {
                for (index, key) in keys.enumerated() {
                    let start: UInt64 = index == 0 ? 3 : 0
                    _ = try node.submit(
                        transaction(
                            key, nonce: start + UInt64(round), to: NativeAddress.inference,
                            call((index + Int(round)) % 3, round)))
                }
            }
            node.mine()
            #expect(try succeeded(node) == 40)
            heads.insert(node.head.hash)
        }
        #expect(heads.count == 1)
    }

    @Test func aRegistrationWithoutItsGraphIsLeftOut() throws {
        let node = try Node(
            genesis: try TestNode.genesis(), store: MemoryStore(),
            clock: ManualClock(TestNode.start), sealing: .instant)
        let keys = try TestNode.keys(2)
        let graph = graphs[0]
        let record = ModelRecord(
            owner: .zero, name: "m", version: "1.0", onnxHash: .zero, graphHash: graph.hash,
            weightsRoot: .zero, cid: "", policyFloor: [], price: 0, calibrationHash: .zero,
            macs: graph.macs, status: .active, registeredAt: 0)
        let direct = transaction(
            keys[0], nonce: 0, to: NativeAddress.registry, NativeCalldata.register(record))
        #expect(node.refusal(of: direct) == .invalid(.missingBytes(graph.hash)))
        // Through a creation: only the run shows it.
        let creation = transaction(keys[0], nonce: 0, to: nil, forwarding(record))
        #expect(node.refusal(of: creation) == .invalid(.missingBytes(graph.hash)))
        #expect(node.head.header.number == 0)
        #expect(node.waitingTransactions == 0)
        try node.blobs.put(graph.encoded)
        #expect(node.refusal(of: direct) == nil)
        #expect(node.head.header.number == 1)
    }

    /// Init code that calls the registry with what follows it, and ignores the answer.
    private func forwarding(_ record: ModelRecord) -> [UInt8] {
        let calldata = NativeCalldata.register(record)
        let size = [UInt8(calldata.count >> 8), UInt8(calldata.count & 0xff)]
        var code: [UInt8] = [0x61] + size + [0x60, 0, 0x5f, 0x39, 0x5f, 0x5f, 0x61] + size
        code += [0x5f, 0x5f, 0x73] + NativeAddress.registry.bytes + [0x5a, 0xf1, 0x00]
        code[4] = UInt8(code.count)
        return code + calldata
    }

    /// A block that runs a model, on a node that lacks the model: not invalid, and good later.
    @Test func anImportWaitsForMissingBytes() throws {
        let node = try node(MemoryStore())
        let key = try TestNode.keys(1)[0]
        try register(node, key)
        _ = try node.submit(
            transaction(key, nonce: 3, to: NativeAddress.inference, call(1, 4)))
        let parent = node.head
        node.mine()
        let block = try #require(node.chain.block(node.head.hash))
        let before = try #require(node.chain.block(parent.hash))
        var models = MemoryModels()
        for graph in [nil, graphs[1]] {
            if let graph { models.insert(graph.encoded) }
            let natives = Natives.all(config: node.config, models: models)
            for workers in [SerialWorkers(), ThreadPool(count: 2)] as [any Workers] {
                var blockImport = BlockImport(
                    config: node.config, natives: natives, workers: workers)
                blockImport.runsAheadAlways = true
                func run() throws -> BlockImport.Outcome {
                    try blockImport.execute(
                        block, ancestors: [before], isMerged: true,
                        on: node.state(of: parent.header), nodes: node.chain)
                }
                if graph == nil {
                    #expect(throws: InvalidBlock.missingBytes(graphs[1].hash)) { try run() }
                } else {
                    #expect(try run().commit.root == block.header.stateRoot)
                }
            }
        }
    }
}
