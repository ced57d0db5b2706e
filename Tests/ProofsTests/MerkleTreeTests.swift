import Primitives
import Proofs
import TestSupport
import Testing

@Suite struct MerkleTreeTests {
    /// Digests that differ in every leaf.
    private func leaves(_ depth: Int) -> DigestBuffer {
        let buffer = DigestBuffer(count: 1 << depth)
        for leaf in 0..<buffer.count {
            buffer[leaf] = Hash((0..<32).map { UInt8(truncatingIfNeeded: leaf &* 7 &+ $0) })
        }
        return buffer
    }

    /// The root by the definition.
    private func root(_ digests: [Hash]) -> Hash {
        if digests.count == 1 { return digests[0] }
        let half = digests.count / 2
        return NodeHash.hash(root(Array(digests[..<half])), root(Array(digests[half...])))
    }

    private func hashes(_ buffer: DigestBuffer) -> [Hash] { (0..<buffer.count).map { buffer[$0] } }

    private func picked(_ positions: [Int], of leaves: DigestBuffer) -> DigestBuffer {
        let buffer = DigestBuffer(count: positions.count)
        for (place, position) in positions.enumerated() { buffer[place] = leaves[position] }
        return buffer
    }

    @Test("The root is that of the definition, of any number of workers", arguments: 0...13)
    func hasTheDefinedRoot(_ depth: Int) {
        let leaves = leaves(depth)
        let tree = MerkleTree(leaves: leaves, workers: SerialWorkers())
        #expect(tree.depth == depth)
        #expect(tree.root == root(hashes(leaves)))
        #expect(MerkleTree(leaves: leaves, workers: BackwardWorkers()).root == tree.root)
    }

    @Test("Every set of leaves opens to the root, with the siblings of the definition")
    func opensEverySet() throws {
        for depth in 0...3 {
            let leaves = leaves(depth)
            let tree = MerkleTree(leaves: leaves, workers: SerialWorkers())
            for set in 1..<1 << (1 << depth) {
                let positions = (0..<1 << depth).filter { set >> $0 & 1 == 1 }
                var writer = ProofWriter()
                tree.appendSiblings(of: positions, to: &writer)
                var reader = ProofReader(writer.bytes)
                let root = try MerkleOpening.root(
                    of: picked(positions, of: leaves), at: positions, depth: depth,
                    reader: &reader)
                try reader.finish()
                #expect(root == tree.root)
            }
        }
    }

    @Test("Any changed leaf, sibling or position gives another root, a missing sibling an error")
    func noticesChanges() throws {
        let leaves = leaves(5)
        let tree = MerkleTree(leaves: leaves, workers: SerialWorkers())
        let positions = [1, 6, 7, 20]
        var writer = ProofWriter()
        tree.appendSiblings(of: positions, to: &writer)
        let bytes = writer.bytes
        func open(
            _ leaves: DigestBuffer, _ positions: [Int], _ bytes: [UInt8], depth: Int = 5
        ) throws(ProofError) -> Hash {
            var reader = ProofReader(bytes)
            return try MerkleOpening.root(of: leaves, at: positions, depth: depth, reader: &reader)
        }
        let opened = picked(positions, of: leaves)
        #expect(try open(opened, positions, bytes) == tree.root)
        for place in positions.indices {
            let changed = picked(positions, of: leaves)
            changed[place] = leaves[positions[place] ^ 8]
            #expect(try open(changed, positions, bytes) != tree.root)
        }
        for at in stride(from: 0, to: bytes.count, by: 5) {
            var changed = bytes
            changed[at] ^= 0x10
            #expect(try open(opened, positions, changed) != tree.root)
        }
        #expect(try open(opened, [0, 6, 7, 20], bytes) != tree.root)
        #expect(try open(opened, [1, 6, 7, 21], bytes) != tree.root)
        for count in stride(from: 0, to: bytes.count, by: 31) {
            #expect(throws: ProofError.self) {
                try open(opened, positions, Array(bytes[..<count]))
            }
        }
    }

    @Test("A node cannot be shown as a leaf: paths have the tree's depth and leaves another hash")
    func separatesLeavesFromNodes() throws {
        let leaves = leaves(3)
        let tree = MerkleTree(leaves: leaves, workers: SerialWorkers())
        // The inner node over leaves 0…3, given as leaf 0 of a tree with one level less.
        let inner = DigestBuffer(count: 1)
        inner[0] = root(Array(hashes(leaves)[..<4]))
        var writer = ProofWriter()
        writer.append(root(Array(hashes(leaves)[4...])))
        var reader = ProofReader(writer.bytes)
        // It does hash to the root at depth one, which is why depth comes from the parameters.
        #expect(try MerkleOpening.root(of: inner, at: [0], depth: 1, reader: &reader) == tree.root)
        reader = ProofReader(writer.bytes)
        #expect(throws: ProofError.truncated(wanted: 32, left: 0)) {
            try MerkleOpening.root(of: inner, at: [0], depth: 3, reader: &reader)
        }
        // And a leaf of 64 bytes that are two digests is not their node.
        let bytes = leaves[0].bytes + leaves[1].bytes
        #expect(LeafHash(wordCount: 16).hash(bytes) != NodeHash.hash(leaves[0], leaves[1]))
    }

    @Test("Leaves of other lengths, and salted ones, have other hashes")
    func separatesLengths() {
        let zeros = { (count: Int) in [UInt8](repeating: 0, count: count) }
        let digests = [
            LeafHash(wordCount: 1).hash(zeros(4)), LeafHash(wordCount: 2).hash(zeros(8)),
            LeafHash(wordCount: 16).hash(zeros(64)), LeafHash(wordCount: 17).hash(zeros(68)),
            LeafHash(wordCount: 32).hash(zeros(128)),
        ]
        #expect(Set(digests).count == digests.count)
    }

    @Test("Trees that are not full are our own mistake")
    func refusesOtherCounts() async {
        await #expect(processExitsWith: .failure) {
            _ = MerkleTree(leaves: DigestBuffer(count: 3), workers: SerialWorkers())
        }
        await #expect(processExitsWith: .failure) {
            _ = MerkleTree(leaves: DigestBuffer(count: 0), workers: SerialWorkers())
        }
    }
}
