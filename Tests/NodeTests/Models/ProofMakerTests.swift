import Crypto
import Inference
import Ledger
import Primitives
import Proofs
import Store
import Synchronization
import TestSupport
import Testing

@testable import Node

@Suite(.timeLimit(.minutes(5))) struct ProofMakerTests {
    private let blobs: BlobStore
    private let library: ModelLibrary
    private let maker: ProofMaker

    init() throws {
        blobs = try BlobStore(MemoryStore())
        library = ModelLibrary(blobs)
        maker = ProofMaker(library, workers: SerialWorkers())
    }

    @Test func provesRunsOfTheGraph() throws {
        let graph = try SmallGraph.dense()
        try blobs.put(graph.encoded)
        let key = try library.key(of: graph.hash)
        var engine = Engine(graph)
        for input in [[64, 32], [0, 255], [1, 1]] as [[Int32]] {
            let made = try maker.prove(
                graph.hash, key: key.digest, input: input, context: Hash(7))
            #expect(made.output == (try engine.run(input)))
            try ProofVerifier.verify(
                made.proof, ProofStatement(context: Hash(7), input: input, output: made.output),
                key: key)
        }
    }

    @Test func saysWhatIsMissingAndWhatIsAnothers() throws {
        #expect(throws: ProofMakerError.source(.missing(Hash(1)))) {
            try maker.prove(Hash(1), key: Hash(2), input: [], context: .zero)
        }
        let graph = try SmallGraph.dense()
        try blobs.put(graph.encoded)
        #expect(throws: ProofMakerError.self) {
            try maker.prove(graph.hash, key: Hash(2), input: [1, 1], context: .zero)
        }
        #expect(throws: ProofMakerError.self) {
            let key = try library.key(of: graph.hash)
            return try maker.prove(
                graph.hash, key: key.digest, input: [1, 1, 1], context: .zero)
        }
    }

    @Test func provesRunsOnHiddenInputs() throws {
        let graph = try SmallGraph.dense()
        try blobs.put(graph.encoded)
        let key = try library.key(of: graph.hash)
        var engine = Engine(graph)
        let run = try maker.hide(
            graph.hash, key: key.digest, input: [64, 32], secret: Hash(9))
        #expect(run.commitment == (try key.inputCommitment([64, 32], secret: Hash(9))))
        let made = try maker.prove(run, context: Hash(7))
        #expect(made.output == (try engine.run([64, 32])))
        #expect(made.openingsLeft == key.hiddenOpeningsMax - 1)
        try ProofVerifier.verify(
            made.proof,
            ProofStatement(
                context: Hash(7), input: .hidden(run.commitment), output: made.output),
            key: key)
        // The same again has the same bytes, and shows nothing new.
        #expect(try maker.prove(run, context: Hash(7)).proof == made.proof)
        #expect(throws: ProofMakerError.source(.missing(Hash(1)))) {
            try maker.hide(Hash(1), key: Hash(2), input: [], secret: Hash(1))
        }
    }

    @Test func aSecretServesOneInputAndFewProofs() throws {
        let graph = try SmallGraph.dense()
        let other = try SmallGraph.dense(bias: 9)
        for graph in [graph, other] { try blobs.put(graph.encoded) }
        let key = try library.key(of: graph.hash)
        let otherKey = try library.key(of: other.hash)
        func hide(_ input: [Int32], _ secret: UInt256 = 9) throws(ProofMakerError) -> HiddenRun {
            try maker.hide(graph.hash, key: key.digest, input: input, secret: Hash(secret))
        }
        let run = try hide([64, 32])
        #expect(throws: ProofMakerError.secretUsed) { try hide([64, 33]) }
        #expect(throws: ProofMakerError.secretUsed) {
            try maker.hide(
                other.hash, key: otherKey.digest, input: [64, 32], secret: Hash(9))
        }
        for context in 0..<key.hiddenOpeningsMax {
            #expect(!maker.isSpent(Hash(9)))
            let again = try hide([64, 32])
            #expect(again.commitment == run.commitment)
            _ = try maker.prove(again, context: Hash(UInt256(UInt64(context))))
        }
        #expect(maker.isSpent(Hash(9)))
        #expect(throws: ProofMakerError.openingsSpent(max: key.hiddenOpeningsMax)) {
            try maker.prove(run, context: Hash(100))
        }
        // What was proved may be asked for again, and another secret is another matter.
        _ = try maker.prove(run, context: .zero)
        _ = try maker.prove(try hide([64, 33], 10), context: Hash(100))
    }

    /// A few run, a few wait, and nobody else is kept.
    @Test func keepsNoMoreWaitingThanItHasRoomFor() throws {
        let gate = Gate()
        let maker = maker
        let busy = Mutex<[Int]>([])
        onThreads(Limits.proofsAtOnce + Limits.proofsWaiting + 1) { index in
            // The first comes once all places are taken.
            if index == 0 { while maker.waiting < Limits.proofsWaiting {} }
            do throws(ProofMakerError) {
                try maker.withPlace { if index > 0 { gate.wait() } }
            } catch {
                if error == .busy { busy.withLock { $0.append(index) } }
            }
            if index == 0 { gate.open() }
        }
        #expect(busy.withLock { $0 } == [0])
        #expect(maker.waiting == 0)
        try maker.withPlace {}
    }
}
