import Crypto
import Inference
import Ledger
import Primitives
import Store
import Synchronization
import TestSupport
import Testing
import Threads

@testable import Node

@Suite(.timeLimit(.minutes(5))) struct ModelLibraryTests {
    private let blobs: BlobStore

    init() throws { blobs = try BlobStore(MemoryStore()) }

    private func put(_ graph: IntegerGraph) throws -> IntegerGraph {
        try blobs.put(graph.encoded)
        return graph
    }

    private func wide(_ bias: Int32) throws -> IntegerGraph {
        try put(try SmallGraph.wide(count: 1 << 14, bias: bias))
    }

    @Test func runsLikeAnEngineAndRemembers() throws {
        let library = ModelLibrary(blobs)
        let graph = try put(try SmallGraph.dense())
        var engine = Engine(graph)
        let wanted = try engine.run([64, 32])
        for _ in 0..<3 { #expect(try library.output(of: graph, for: [64, 32]) == wanted) }
        #expect(library.resultCounts == (2, 1))
        #expect(library.counts.loads == 1)
        #expect(library.counts.engines == 1)
        #expect(try library.byteCount(of: graph.hash) == graph.encoded.count)
        #expect(try library.graph(graph.hash) == graph)
    }

    /// Whatever instructions a machine has, and whether the result was known: the same bytes.
    @Test func everyKernelLevelAnswersAlike() throws {
        let graphs = [try put(try SmallGraph.dense()), try wide(3)]
        var random = SeededRandom(seed: 5)
        for graph in graphs {
            let input = (0..<graph.inputCount).map { _ in
                Int32(truncatingIfNeeded: random.next() % 256)
            }
            let outputs = try KernelLevel.allCases.filter(\.isAvailable).map { level in
                try ModelLibrary(blobs, level: level).output(of: graph, for: input)
            }
            #expect(Set(outputs).count == 1)
        }
    }

    @Test func saysWhatIsMissingAndWhatIsNoGraph() throws {
        let library = ModelLibrary(blobs)
        #expect(throws: ModelSourceError.missing(Hash(1))) { try library.byteCount(of: Hash(1)) }
        #expect(throws: ModelSourceError.missing(Hash(1))) { try library.graph(Hash(1)) }
        #expect(throws: ModelSourceError.missing(Hash(1))) { try library.takeEngine(of: Hash(1)) }
        let hash = try blobs.put([1, 2, 3])
        #expect(try library.byteCount(of: hash) == 3)
        #expect(throws: ModelSourceError.self) { try library.graph(hash) }
        // Nothing stays reserved for a load that failed.
        #expect(library.bytes == 0)
        let late = try SmallGraph.dense(bias: 77)
        #expect(throws: ModelSourceError.missing(late.hash)) { try library.graph(late.hash) }
        try blobs.put(late.encoded)
        #expect(try library.graph(late.hash) == late)
    }

    /// Of a model with one engine.
    private func size(_ plan: Plan) -> Int {
        ModelLibrary.bytes(of: plan) + plan.engineByteCount
    }

    @Test func staysWithinItsBytes() throws {
        let size = size(Plan(try wide(0)))
        let library = ModelLibrary(blobs, bytesMax: 3 * size)
        let graphs = try (0..<6).map { try wide($0) }
        for graph in graphs {
            library.putBack(try library.takeEngine(of: graph.hash))
            #expect(library.bytes <= 3 * size)
        }
        #expect(library.counts.loads == 6)
        #expect(library.counts.evictions == 3)
        #expect(library.bytes == 3 * size)
        // The newest are still there, the oldest come back from the store.
        for graph in graphs[3...] { library.putBack(try library.takeEngine(of: graph.hash)) }
        #expect(library.counts.loads == 6)
        library.putBack(try library.takeEngine(of: graphs[0].hash))
        #expect(library.counts.loads == 7)
        #expect(library.counts.peakBytes == 3 * size)
        library.evict(graphs[0].hash)
        #expect(library.bytes == 2 * size)
    }

    /// A model larger than the budget runs while nothing else does.
    @Test func aModelLargerThanTheBudgetRunsAlone() throws {
        let library = ModelLibrary(blobs, bytesMax: 1)
        let graph = try put(try SmallGraph.dense())
        #expect(try library.output(of: graph, for: [1, 2]).count == 2)
        let other = try put(try SmallGraph.dense(bias: 6))
        #expect(try library.output(of: other, for: [1, 2]).count == 2)
        #expect(library.counts.evictions > 0)
    }

    @Test func oneLoadsForAllThatAskAtOnce() throws {
        let library = ModelLibrary(blobs)
        let graph = try wide(1)
        let pool = ThreadPool(count: 8)
        let failures = Atomic<Int>(0)
        pool.run(64) { _, _ in
            do {
                library.putBack(try library.takeEngine(of: graph.hash))
            } catch {
                failures.add(1, ordering: .relaxed)
            }
        }
        #expect(failures.load(ordering: .relaxed) == 0)
        #expect(library.counts.loads == 1)
        #expect(library.counts.engines <= 8)
    }

    /// Many threads, many models, little room: nobody waits for ever and every answer is right.
    @Test func crowdsGetThroughLittleRoom() throws {
        let graphs = try (0..<12).map { try wide($0) }
        let size = size(Plan(graphs[0]))
        for budget in [1, size, size + size / 2, 3 * size] {
            let library = ModelLibrary(blobs, bytesMax: budget, resultBytesMax: 0)
            let input = [Int32](repeating: 10, count: 1 << 14)
            let wanted = try graphs.map { graph in
                var engine = Engine(graph)
                return try engine.run(input)
            }
            let wrong = Atomic<Int>(0)
            ThreadPool(count: 6).run(200) { piece, _ in
                let index = piece * 7 % graphs.count
                let output = try? library.output(of: graphs[index], for: input)
                if output != wanted[index] { wrong.add(1, ordering: .relaxed) }
            }
            #expect(wrong.load(ordering: .relaxed) == 0)
            #expect(library.counts.peakBytes <= max(budget, size))
        }
    }
}
