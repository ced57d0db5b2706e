import Crypto
import Inference
import Primitives
import Testing

@testable import Proofs

@Suite struct FieldMerkleHashTests {
    /// With the padding block of FIPS 180-4 the chain value becomes the published digest.
    @Test(arguments: [0, 1, 55, 56, 63, 64, 65, 119, 120, 200])
    func compressesAsPublished(_ count: Int) {
        let message = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 7 &+ 3) }
        var padded = message + [0x80]
        while padded.count % 64 != 56 { padded.append(0) }
        for shift in (0..<8).reversed() {
            padded.append(UInt8(truncatingIfNeeded: (8 * count) >> (8 * shift)))
        }
        for level in kernelLevels + [.swift] {
            var state = SHA256State()
            state.compress(padded, level: level)
            #expect(state.hash == SHA256.hash(message))
        }
    }

    /// The digest is SHA-256's chain value: with what padding adds, OpenSSL gives the same.
    @Test func nodesAreOneCompression() {
        let (left, right) = (SHA256.hash([1]), SHA256.hash([2]))
        var block = Array("assay node 1".utf8)
        block += [UInt8](repeating: 0, count: 56 - block.count) + [64, 0, 0, 0, 0, 0, 0, 0]
        var state = SHA256State()
        state.compress(block + left.bytes + right.bytes, level: .swift)
        #expect(NodeHash.hash(left, right) == state.hash)
        #expect(NodeHash.hash(left, right) != NodeHash.hash(right, left))
        #expect(
            NodeHash.hash(left, right) != LeafHash(wordCount: 16).hash(left.bytes + right.bytes))
        #expect(
            LeafHash(wordCount: 1).hash([0, 0, 0, 0])
                != LeafHash(wordCount: 2).hash([0, 0, 0, 0, 0, 0, 0, 0]))
        #expect(
            LeafHash(wordCount: 5).hash([UInt8](repeating: 0, count: 20))
                != LeafHash(wordCount: 1, saltBytes: 16).hash([UInt8](repeating: 0, count: 20)))
    }

    @Test(arguments: kernelLevels)
    func hashesRowsAsTheTwin(_ level: KernelLevel) {
        var source = FieldSource(seed: 30)
        for words in [1, 2, 4, 12, 16, 17, 60, 64, 128, 2048] {
            for saltBytes in [0, 16] {
                let count = words > 128 ? 35 : 81
                let leaf = LeafHash(wordCount: words, saltBytes: saltBytes)
                let matrix = FieldBuffer(source.bases(count * words))
                let salts = (0..<count * saltBytes).map { UInt8(truncatingIfNeeded: $0 &* 31) }
                let digests = DigestBuffer(count: count)
                let (fast, rest) = (3, words > 128 ? 20 : count)
                leaf.hash(rows: fast..<count, of: matrix, salts: salts, into: digests, level: level)
                leaf.hash(rows: 0..<fast, of: matrix, salts: salts, into: digests, level: level)
                for row in 0..<rest where row % 7 < 2 {
                    var bytes = Array(salts[row * saltBytes..<(row + 1) * saltBytes])
                    for word in row * words..<(row + 1) * words {
                        let value = matrix[word].canonical
                        for shift in 0..<4 {
                            bytes.append(UInt8(truncatingIfNeeded: value >> (8 * shift)))
                        }
                    }
                    #expect(digests[row] == leaf.hash(bytes, level: .swift))
                    #expect(digests[row] == leaf.hash(bytes, level: level))
                }
            }
        }
    }

    @Test(arguments: kernelLevels)
    func hashesGroupsAndNodesAsTheTwin(_ level: KernelLevel) {
        var source = FieldSource(seed: 31)
        for size in [1, 2, 8, 16] {
            let count = 50
            let leaf = LeafHash(wordCount: 6 * size)
            let vector = ExtensionBuffer(source.elements(count * size))
            let digests = DigestBuffer(count: count)
            leaf.hash(groups: 5..<count, of: vector, into: digests, level: level)
            leaf.hash(groups: 0..<5, of: vector, into: digests, level: level)
            for group in 0..<count {
                var bytes: [UInt8] = []
                for index in group * size..<(group + 1) * size { vector[index].write(to: &bytes) }
                #expect(digests[group] == leaf.hash(bytes, level: .swift))
            }
            let nodes = DigestBuffer(count: count / 2)
            NodeHash.hash(nodes: 1..<count / 2, of: digests, into: nodes, level: level)
            NodeHash.hash(nodes: 0..<1, of: digests, into: nodes, level: level)
            for node in 0..<count / 2 {
                #expect(
                    nodes[node]
                        == NodeHash.hash(digests[2 * node], digests[2 * node + 1], level: .swift))
            }
        }
    }

    @Test func keepsDigests() {
        let digests = DigestBuffer(count: 3)
        let hash = SHA256.hash([9])
        digests[1] = hash
        #expect(digests[1] == hash)
        #expect(digests[0].bytes == [UInt8](repeating: 0, count: 32))
        #expect(digests[2].bytes == [UInt8](repeating: 0, count: 32))
    }
}
