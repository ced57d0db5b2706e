import Codec
import Crypto
import Primitives
import TestSupport
import Testing
import Trie

/// Keeps every committed node.
final class Nodes: TrieNodeSource, @unchecked Sendable {
    var held: [Hash: [UInt8]] = [:]
    func node(_ hash: Hash) -> [UInt8]? { held[hash] }
    func insert(_ new: [(hash: Hash, rlp: [UInt8])]) {
        for (hash, rlp) in new { held[hash] = rlp }
    }
}

struct OfficialTrie: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let isSecure: Bool
    /// Nil deletes.
    let steps: [(key: String, value: String?)]
    let root: String
}

@Suite struct MerkleTrieTests {
    /// From ethereum/tests `TrieTests` (MIT): trietest, trieanyorder, hex_encoded_securetrie.
    static let official: [OfficialTrie] = [
        OfficialTrie(
            testDescription: "emptyValues", isSecure: false,
            steps: [
                ("do", "verb"), ("ether", "wookiedoo"), ("horse", "stallion"),
                ("shaman", "horse"), ("doge", "coin"), ("ether", nil), ("dog", "puppy"),
                ("shaman", nil),
            ],
            root: "0x5991bb8c6514148a29db676a14ac506cd2cd5775ace63c30a4fe457715e9ac84"),
        OfficialTrie(
            testDescription: "dogs", isSecure: false,
            steps: [("doe", "reindeer"), ("dog", "puppy"), ("dogglesworth", "cat")],
            root: "0x8aad789dff2f538bca5d8ea56e8abe10f4c7ba3a5dea95fea4cd6e7c3a1168d3"),
        OfficialTrie(
            testDescription: "puppy", isSecure: false,
            steps: [("do", "verb"), ("horse", "stallion"), ("doge", "coin"), ("dog", "puppy")],
            root: "0x5991bb8c6514148a29db676a14ac506cd2cd5775ace63c30a4fe457715e9ac84"),
        OfficialTrie(
            testDescription: "foo", isSecure: false,
            steps: [("foo", "bar"), ("food", "bass")],
            root: "0x17beaa1648bafa633cda809c90c04af50fc8aed3cb40d16efbddee6fdf63c4c3"),
        OfficialTrie(
            testDescription: "smallValues", isSecure: false,
            steps: [("be", "e"), ("dog", "puppy"), ("bed", "d")],
            root: "0x3f67c7a47520f79faa29255d2d3c084a7a6df0453116ed7232ff10277a8be68b"),
        OfficialTrie(
            testDescription: "singleItem", isSecure: false,
            steps: [("A", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")],
            root: "0xd23786fb4a010da3ce639d66d5e904a11dbc02746d1ce25029e53290cabf28ab"),
        OfficialTrie(
            testDescription: "dogs, secure", isSecure: true,
            steps: [("doe", "reindeer"), ("dog", "puppy"), ("dogglesworth", "cat")],
            root: "0xd4cd937e4a4368d7931a9cf51686b7e10abb3dce38a39000fd7902a092b64585"),
    ]

    @Test(arguments: official)
    func officialRoots(_ test: OfficialTrie) throws {
        var trie = MerkleTrie(root: MerkleTrie.emptyRoot, source: Nodes())
        for (key, value) in test.steps {
            let bytes = Array(key.utf8)
            try trie.update(
                key: test.isSecure ? Keccak.hash(bytes).bytes : bytes,
                value: Array((value ?? "").utf8))
        }
        #expect(trie.commit().root.hex == test.root)
    }

    @Test func emptyRootIsThePublishedOne() {
        #expect(
            MerkleTrie.emptyRoot.hex
                == "0x56e81f171bcc55a6ff8345e692c0f86e5b48e01b996cadc001622fb5e363b421")
    }

    /// Random inserts, overwrites and deletes, with commits and reloads between: the root is
    /// always that of a trie built afresh from what a dictionary holds.
    @Test(arguments: 1...12 as ClosedRange<UInt64>)
    func agreesWithADictionary(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        let nodes = Nodes()
        var trie = MerkleTrie(root: MerkleTrie.emptyRoot, source: nodes)
        var model: [[UInt8]: [UInt8]] = [:]
        // Short keys share prefixes and end inside each other; long ones make deep extensions.
        let width = Int(seed % 3) + 1
        for step in 0..<400 {
            let head = random.bytes(Int(random.next() % UInt64(width)) + 1).map { $0 & 0x33 }
            let key = seed.isMultiple(of: 2) ? head : head + [UInt8](repeating: 7, count: 30)
            let length = Int(random.next() % 40)
            let value = random.next() % 3 == 0 ? [] : [1] + random.bytes(length)
            try trie.update(key: key, value: value)
            model[key] = value.isEmpty ? nil : value
            if step % 17 == 0 {
                let (root, new) = trie.commit()
                nodes.insert(new)
                #expect(root == Self.fresh(model))
                if step % 2 == 0 { trie = MerkleTrie(root: root, source: nodes) }
                for (key, value) in model { #expect(try trie.value(for: key) == value) }
            }
        }
        for key in model.keys { try trie.update(key: key, value: []) }
        #expect(trie.isEmpty)
        #expect(trie.commit().root == MerkleTrie.emptyRoot)
    }

    static func fresh(_ model: [[UInt8]: [UInt8]]) -> Hash {
        var trie = MerkleTrie(root: MerkleTrie.emptyRoot, source: Nodes())
        for (key, value) in model { try? trie.update(key: key, value: value) }
        return trie.commit().root
    }

    @Test func missingAndDamagedNodesAreNamed() throws {
        let nodes = Nodes()
        var trie = MerkleTrie(root: MerkleTrie.emptyRoot, source: nodes)
        for index in 0..<50 {
            try trie.update(key: Keccak.hash([UInt8(index)]).bytes, value: [UInt8](1...40))
        }
        let (root, new) = trie.commit()
        nodes.insert(new)
        let key = Keccak.hash([3]).bytes
        let path = try MerkleTrie(root: root, source: nodes).proof(for: key)
        let inner = Keccak.hash(try #require(path.last))
        let good = nodes.held.removeValue(forKey: inner)
        #expect(throws: TrieError.missingNode(inner)) {
            try MerkleTrie(root: root, source: nodes).value(for: key)
        }
        nodes.held[inner] = try #require(good) + [0]
        #expect(throws: TrieError.malformedNode) {
            try MerkleTrie(root: root, source: nodes).value(for: key)
        }
    }
}

@Suite struct TrieProofTests {
    static func sample() throws -> (root: Hash, nodes: Nodes, keys: [[UInt8]]) {
        let nodes = Nodes()
        var trie = MerkleTrie(root: MerkleTrie.emptyRoot, source: nodes)
        let keys = (0..<80).map { Keccak.hash([UInt8($0)]).bytes }
        for (index, key) in keys.enumerated() {
            try trie.update(
                key: key, value: [UInt8](repeating: UInt8(index + 1), count: index % 35 + 1))
        }
        let (root, new) = trie.commit()
        nodes.insert(new)
        return (root, nodes, keys)
    }

    @Test func provesPresenceAndAbsence() throws {
        let (root, nodes, keys) = try Self.sample()
        let trie = MerkleTrie(root: root, source: nodes)
        for key in keys + [Keccak.hash([200]).bytes, [], [0x12]] {
            let proof = try trie.proof(for: key)
            #expect(
                try TrieProof.verify(root: root, key: key, proof: proof) == trie.value(for: key))
        }
    }

    /// Nodes that a commit left in memory count like those that are loaded.
    @Test func provesRightAfterACommit() throws {
        let nodes = Nodes()
        var trie = MerkleTrie(root: MerkleTrie.emptyRoot, source: nodes)
        for round in 0..<3 {
            for index in 0..<20 {
                let key = Keccak.hash([UInt8(round), UInt8(index)]).bytes
                try trie.update(key: key, value: [UInt8(index + 1)])
            }
            let (root, new) = trie.commit()
            nodes.insert(new)
            let reloaded = MerkleTrie(root: root, source: nodes)
            for index in 0..<40 {
                let key = Keccak.hash([0, UInt8(index)]).bytes
                let proof = try trie.proof(for: key)
                #expect(try proof == reloaded.proof(for: key))
                let proven = try TrieProof.verify(root: root, key: key, proof: proof)
                #expect(try proven == trie.value(for: key))
                #expect((proven != nil) == (index < 20))
            }
        }
    }

    @Test func anUncommittedTrieProvesNothing() async {
        await #expect(processExitsWith: .failure) {
            var trie = MerkleTrie(root: MerkleTrie.emptyRoot, source: Nodes())
            try trie.update(key: [1], value: [2])
            _ = try trie.proof(for: [1])
        }
    }

    @Test func theEmptyTrieProvesAbsence() throws {
        for proof in [[], [[0x80]]] as [[[UInt8]]] {
            #expect(
                try TrieProof.verify(root: MerkleTrie.emptyRoot, key: [1], proof: proof) == nil)
        }
    }

    @Test func noMutationProvesAnotherValue() throws {
        let (root, nodes, keys) = try Self.sample()
        let trie = MerkleTrie(root: root, source: nodes)
        let proof = try trie.proof(for: keys[5])
        for (depth, node) in proof.enumerated() {
            for index in node.indices {
                for bit in [0x01, 0x80] as [UInt8] {
                    var changed = proof
                    changed[depth][index] ^= bit
                    #expect(throws: TrieProofError.wrongHash(depth: depth)) {
                        try TrieProof.verify(root: root, key: keys[5], proof: changed)
                    }
                }
            }
        }
        #expect(throws: TrieProofError.incomplete(depth: proof.count - 1)) {
            try TrieProof.verify(root: root, key: keys[5], proof: Array(proof.dropLast()))
        }
        #expect(throws: TrieProofError.extraNodes(1)) {
            try TrieProof.verify(root: root, key: keys[5], proof: proof + [[0x80]])
        }
        #expect(throws: TrieProofError.extraNodes(1)) {
            try TrieProof.verify(root: MerkleTrie.emptyRoot, key: [1], proof: [[1]])
        }
    }

    /// Nodes that hash right but are no nodes.
    @Test(arguments: [[], [0xc0], [0xc2, 0x80, 0x80], [0xc3, 0x20, 0xc1, 0x01]] as [[UInt8]])
    func refusesWhatIsNoNode(_ rlp: [UInt8]) {
        #expect(throws: TrieProofError.malformed(depth: 0)) {
            try TrieProof.verify(root: Keccak.hash(rlp), key: [1], proof: [rlp])
        }
    }
}
