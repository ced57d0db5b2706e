import Crypto
import Inference
import Ledger
import Primitives
import Proofs
import Store
import Synchronization
import TestSupport
import Testing
import Threads

@testable import Node

@Suite(.timeLimit(.minutes(5))) struct KeyLibraryTests {
    private let blobs: BlobStore

    init() throws { blobs = try BlobStore(MemoryStore()) }

    private func library(_ bytesMax: Int = 64 << 20) -> KeyLibrary {
        KeyLibrary(blobs, bytesMax: bytesMax, workers: SerialWorkers())
    }

    @Test func makesAKeyOnceHoweverManyAsk() throws {
        let library = library()
        let graph = try SmallGraph.dense()
        let reads = Atomic<Int>(0)
        let digests = ThreadPool(count: 8).map(32) { _ -> Hash? in
            let key = try? library.key(of: graph.hash) { () throws(ModelSourceError) in
                reads.add(1, ordering: .relaxed)
                return graph
            }
            return key?.digest
        }
        let wanted = try VerificationKey(graph: graph, workers: SerialWorkers()).digest
        #expect(digests == [Hash?](repeating: wanted, count: 32))
        #expect(reads.load(ordering: .relaxed) == 1)
        #expect(library.made == 1)
    }

    /// The chain knows the digest, and the blob survives the process.
    @Test func findsAKeyByItsDigestAfterARestart() throws {
        let graph = try SmallGraph.dense()
        let digest = try library().key(of: graph.hash) { () throws(ModelSourceError) in graph }
            .digest
        let restarted = library()
        #expect(restarted.key(digest)?.digest == digest)
        #expect(restarted.made == 0)
        #expect(restarted.key(Hash(1)) == nil)
        // Bytes that are no key, and a key under another name, are none.
        let noKey = try blobs.put([1, 2, 3])
        #expect(restarted.key(noKey) == nil)
    }

    /// What somebody names by digest says nothing about a graph.
    @Test func aDigestThatSomebodyNamesIsNoGraphsKey() throws {
        let library = library()
        let (graph, other) = (try SmallGraph.dense(), try SmallGraph.dense(bias: 9))
        let foreign = try library.key(of: other.hash) { () throws(ModelSourceError) in other }
        #expect(library.key(foreign.digest) != nil)
        let key = try library.key(of: graph.hash) { () throws(ModelSourceError) in graph }
        #expect(key.digest != foreign.digest)
        #expect(library.made == 2)
    }

    @Test func staysWithinItsBytes() throws {
        let library = library(10_000)
        for bias in 0..<8 {
            let graph = try SmallGraph.dense(bias: Int32(bias))
            _ = try library.key(of: graph.hash) { () throws(ModelSourceError) in graph }
        }
        #expect(library.bytes <= 10_000)
        #expect(library.made == 8)
        // What was put out of memory is still known, and comes from the blobs.
        let first = try SmallGraph.dense(bias: 0)
        _ = try library.key(of: first.hash) { () throws(ModelSourceError) in
            throw .missing(first.hash)
        }
        #expect(library.made == 8)
    }

    @Test func aFailureIsNotRemembered() throws {
        let library = library()
        let graph = try SmallGraph.dense()
        #expect(throws: ModelSourceError.missing(graph.hash)) {
            try library.key(of: graph.hash) { () throws(ModelSourceError) in
                throw .missing(graph.hash)
            }
        }
        #expect(
            try library.key(of: graph.hash) { () throws(ModelSourceError) in graph }.encoded
                .isEmpty == false)
    }
}
