import Crypto
import Files
import Ledger
import Primitives
import Store
import Synchronization
import Testing

@testable import Node

@Suite(.timeLimit(.minutes(5))) struct NodeTests {
    /// Runs a body with a store that opens anew with what it held.
    private func withStores(
        _ body: (_ name: String, _ open: () throws -> any KeyValueStore) throws -> Void
    ) throws {
        let memory = MemoryStore()
        try body("memory") { memory }
        let folder = try Files.makeTemporaryFolder("assay-node")
        let outcome = Result { try body("leveldb") { try LevelDBStore(path: folder + "/chain") } }
        try Files.remove(folder)
        try outcome.get()
    }

    @Test func reopensWithTheSameHead() throws {
        let key = try TestNode.keys(1)[0]
        try withStores { name, open in
            var store = try open()
            var node = try TestNode.open(store)
            #expect(node.head.hash == node.genesisHash)
            for nonce in 0..<3 as Range<UInt64> {
                _ = try node.submit(TestNode.transfer(key, nonce: nonce))
                let head = node.head
                node.stop()
                if name == "leveldb" { store.close() }
                store = try open()
                node = try TestNode.open(store)
                #expect(node.head.hash == head.hash)
                #expect(node.head.header == head.header)
            }
            #expect(node.balance(of: TestNode.receiver) == 3)
            #expect(node.nonce(of: key.address) == 3)
            store.close()
        }
    }

    @Test func refusesAnotherChainsStore() throws {
        let store = MemoryStore()
        let node = try TestNode.open(store)
        let other = try TestNode.genesis("base-sepolia")
        do {
            _ = try Node(genesis: other, store: store, clock: ManualClock(1))
            Issue.record("another genesis was taken")
        } catch .wrongGenesis(let expected, let found) {
            #expect(found == node.genesisHash)
            #expect(expected != found)
        }
    }

    @Test func storesDoNotChangeTheChain() throws {
        let keys = try TestNode.keys(3)
        var hashes: [[Hash]] = []
        try withStores { _, open in
            let store = try open()
            let node = try TestNode.open(store, sealing: .onDemand)
            for nonce in 0..<4 as Range<UInt64> {
                for key in keys { _ = try node.submit(TestNode.transfer(key, nonce: nonce)) }
                node.mine()
            }
            hashes.append(try node.blocks().map(\.header.hash))
            store.close()
        }
        #expect(hashes.count == 2)
        #expect(hashes[0].count == 4)
        #expect(hashes[0] == hashes[1])
    }

    @Test func aBlockThatCannotBeWrittenIsNeverAcknowledged() async throws {
        let exit = await #expect(
            processExitsWith: .failure, observing: [\.standardErrorContent]
        ) {
            let node = try TestNode.open(FailingStore(writesMax: 1))
            let key = try TestNode.keys(1)[0]
            _ = try node.submit(TestNode.transfer(key, nonce: 0))
        }
        let words = String(decoding: try #require(exit).standardErrorContent, as: UTF8.self)
        #expect(words.contains("the block could not be written"))
    }

    @Test func aGenesisThatCannotBeWrittenIsAnError() throws {
        do {
            _ = try TestNode.open(FailingStore(writesMax: 0))
            Issue.record("the node opened")
        } catch NodeError.store(let error) {
            #expect(error == .ioFailed("no room"))
        }
    }
}

/// A store that takes so many writes and then fails.
final class FailingStore: KeyValueStore {
    private let inner = MemoryStore()
    private let writesLeft: Mutex<Int>

    init(writesMax: Int) { writesLeft = Mutex(writesMax) }

    func value(for key: [UInt8]) throws(StoreError) -> [UInt8]? { try inner.value(for: key) }

    func write(_ batch: WriteBatch, durably: Bool) throws(StoreError) {
        let isTaken = writesLeft.withLock { left in
            left -= 1
            return left >= 0
        }
        guard isTaken else { throw .ioFailed("no room") }
        try inner.write(batch, durably: durably)
    }

    func scan(
        prefix: [UInt8], from start: [UInt8]?, limit: Int
    ) throws(StoreError) -> [(key: [UInt8], value: [UInt8])] {
        try inner.scan(prefix: prefix, from: start, limit: limit)
    }

    func close() { inner.close() }
}
