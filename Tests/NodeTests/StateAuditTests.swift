import Crypto
import Ledger
import Primitives
import Store
import Testing

@testable import Node

@Suite struct StateAuditTests {
    /// A store with one block on it, and the root of its state.
    private func chain() throws -> (MemoryStore, Hash) {
        let store = MemoryStore()
        let node = try TestNode.open(store)
        let key = try TestNode.keys(1)[0]
        _ = try node.submit(TestNode.transfer(key, nonce: 0))
        return (store, node.head.header.stateRoot)
    }

    /// All keys of the table that the key is in.
    private func keys(_ store: MemoryStore, like key: [UInt8]) throws -> [[UInt8]] {
        try store.scan(prefix: [key[0]], from: nil, limit: .max).map(\.key)
    }

    private func damage(of store: MemoryStore, _ root: Hash) -> String? {
        do {
            try StateAudit.check(root: root, in: ChainStore(store))
            return nil
        } catch .damaged(let text) {
            return text
        } catch {
            return "another error: \(error)"
        }
    }

    @Test func countsAWholeState() throws {
        let (store, root) = try chain()
        let found = try StateAudit.check(root: root, in: ChainStore(store))
        #expect(found.accounts > 20)
        #expect(found.slots > 10)
    }

    /// Every node is taken away and flipped in turn; only nodes that the block replaced may go.
    @Test func findsEveryMissingAndEveryFlippedNode() throws {
        let (store, root) = try chain()
        let all = try keys(store, like: Keys.trieNode(.zero))
        var replaced = 0
        for (number, key) in all.enumerated() {
            let bytes = try #require(try store.value(for: key))
            var batch = WriteBatch()
            batch.delete(key)
            try store.write(batch, durably: true)
            let missing = damage(of: store, root)
            var flipped = bytes
            flipped[number % bytes.count] ^= 1 << UInt8(number % 8)
            batch = WriteBatch()
            batch.put(key, flipped)
            try store.write(batch, durably: true)
            let wrong = damage(of: store, root)
            #expect((missing == nil) == (wrong == nil))
            if missing == nil { replaced += 1 }
            batch = WriteBatch()
            batch.put(key, bytes)
            try store.write(batch, durably: true)
        }
        #expect(damage(of: store, root) == nil)
        // Genesis nodes on the paths that the block changed.
        #expect(replaced < all.count / 3)
        #expect(all.count > 50)
    }

    @Test func findsMissingAndFlippedCode() throws {
        let (store, root) = try chain()
        let all = try keys(store, like: Keys.code(.zero))
        #expect(all.count > 5)
        for key in all {
            let bytes = try #require(try store.value(for: key))
            var batch = WriteBatch()
            batch.delete(key)
            try store.write(batch, durably: true)
            #expect(damage(of: store, root)?.contains("is missing") == true)
            batch = WriteBatch()
            batch.put(key, bytes.dropLast() + [(bytes.last ?? 0) ^ 1])
            try store.write(batch, durably: true)
            #expect(damage(of: store, root)?.contains("does not hash") == true)
            batch = WriteBatch()
            batch.put(key, bytes)
            try store.write(batch, durably: true)
        }
        #expect(damage(of: store, root) == nil)
    }

    @Test func aDamagedStateDoesNotOpen() throws {
        let (store, root) = try chain()
        var batch = WriteBatch()
        batch.delete(Keys.trieNode(root))
        try store.write(batch, durably: true)
        #expect(throws: NodeError.self) { try TestNode.open(store) }
        batch = WriteBatch()
        batch.delete(Keys.canonicalHash(0))
        try store.write(batch, durably: true)
        #expect(throws: NodeError.self) { try TestNode.open(store) }
    }

    /// One batch wrote all of these: a store that lacks one of them has lost it.
    @Test func aHeadThatIsNotWholeDoesNotOpen() throws {
        let (store, _) = try chain()
        let hash = try #require(try store.value(for: Keys.head).map { Hash($0) })
        for key in [
            Keys.header(hash), Keys.body(hash), Keys.receipts(hash), Keys.canonicalHash(1),
            Keys.canonicalHash(0),
        ] {
            let bytes = try #require(try store.value(for: key))
            var batch = WriteBatch()
            batch.delete(key)
            try store.write(batch, durably: true)
            #expect(throws: NodeError.self) { try TestNode.open(store) }
            batch = WriteBatch()
            batch.put(key, bytes)
            try store.write(batch, durably: true)
            _ = try TestNode.open(store)
        }
        let key = Keys.header(hash)
        var bytes = try #require(try store.value(for: key))
        bytes[bytes.count / 2] ^= 1
        var batch = WriteBatch()
        batch.put(key, bytes)
        try store.write(batch, durably: true)
        #expect(throws: NodeError.self) { try TestNode.open(store) }
    }
}
