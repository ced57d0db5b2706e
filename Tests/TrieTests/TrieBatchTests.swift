import Crypto
import Primitives
import Testing
import Threads
import Trie

/// Many changes at once give the root and the nodes that one by one gives.
@Suite struct TrieBatchTests {
    private static let pools: [any Workers] =
        [SerialWorkers()] + [2, 4, 7].map { ThreadPool(count: $0) }

    /// Keys that part late and early, so that every kind of node is split and joined.
    private func key(_ random: inout SeededRandom) -> Hash {
        let wide = random.next()
        var word = UInt256(random.next() % 4)
        if wide % 3 == 0 { word = word << 128 }
        if wide % 5 == 0 { word = word | UInt256(random.next() % 16) << 252 }
        if wide % 7 == 0 { word = Keccak.hash(word.bigEndianBytes).word }
        return Hash(word)
    }

    @Test(arguments: 0..<60 as Range<UInt64>)
    func batchesEqualSingleChanges(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        let nodes = Nodes()
        var root = MerkleTrie.emptyRoot
        var held: [Hash: [UInt8]] = [:]
        for _ in 0..<6 {
            var changes: [Hash: [UInt8]] = [:]
            for _ in 0..<random.next() % 200 {
                let key = key(&random)
                if random.next() % 3 == 0 {
                    // Deletes what is there: a batch says nothing of keys that never were.
                    if held[key] != nil { changes[key] = [] }
                } else {
                    changes[key] = random.bytes(1 + Int(random.next() % 60))
                }
            }
            let sorted = changes.sorted { $0.key < $1.key }
            var single = MerkleTrie(root: root, source: nodes)
            for (key, value) in sorted { try single.update(key: key.bytes, value: value) }
            let expected = single.commit()
            let entries = sorted.indices.map { TrieBatch.Entry(key: sorted[$0].key, index: $0) }
            let before = held
            for workers in TrieBatchTests.pools {
                let found = try TrieBatch.commit(
                    entries.shuffled(using: &random), onto: root, source: nodes,
                    workers: workers
                ) { index, old in
                    #expect(old.map(Array.init) == before[sorted[index].key])
                    return sorted[index].value
                }
                #expect(found.root == expected.root)
                let names = found.newNodes.map(\.hash)
                for (hash, rlp) in found.newNodes { #expect(Keccak.hash(rlp) == hash) }
                // Where one by one wrote a node that a later change replaced, a batch does not.
                #expect(Set(names).isSubset(of: Set(expected.newNodes.map(\.hash))))
                nodes.insert(found.newNodes)
            }
            nodes.insert(expected.newNodes)
            root = expected.root
            for (key, value) in sorted { held[key] = value.isEmpty ? nil : value }
            for (key, value) in held {
                #expect(try TrieReader.value(for: key, root: root, source: nodes) == value)
            }
            for _ in 0..<20 {
                let key = key(&random)
                #expect(
                    try TrieReader.value(for: key, root: root, source: nodes) == held[key])
            }
        }
    }

    @Test func missingAndMalformedNodesAreRefused() throws {
        let nodes = Nodes()
        var random = SeededRandom(seed: 1)
        let keys = (0..<100).map { Keccak.hash(UInt256($0).bigEndianBytes) }
        let values = keys.map { _ in random.bytes(40) }
        let entries = keys.indices.map { TrieBatch.Entry(key: keys[$0], index: $0) }
        let committed = try TrieBatch.commit(
            entries, onto: MerkleTrie.emptyRoot, source: nodes
        ) { index, _ in values[index] }
        #expect(throws: TrieError.missingNode(committed.root)) {
            try TrieReader.value(for: keys[0], root: committed.root, source: nodes)
        }
        #expect(throws: TrieError.missingNode(committed.root)) {
            try TrieBatch.commit(entries, onto: committed.root, source: nodes) { _, _ in [1] }
        }
        nodes.insert(committed.newNodes)
        // Bytes that hash to their name and are no node.
        for bytes: [UInt8] in [[], [0x81], [0xc0], [0xc1, 0x80], [0xf8], [0xc2, 0x00, 0x80]] {
            let name = Keccak.hash(bytes)
            nodes.insert([(name, bytes)])
            #expect(throws: TrieError.malformedNode) {
                try TrieReader.value(for: keys[0], root: name, source: nodes)
            }
            #expect(throws: TrieError.malformedNode) {
                try TrieBatch.commit([entries[0]], onto: name, source: nodes) { _, _ in [1] }
            }
        }
        nodes.insert([(committed.root, [0x80])])
        #expect(throws: TrieError.malformedNode) {
            try TrieReader.value(for: keys[0], root: committed.root, source: nodes)
        }
    }
}
