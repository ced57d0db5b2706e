import Inference
import Primitives
import TestSupport
import Testing

@Suite struct IntegerGraphTests {
    @Test func decodesWhatItEncodes() throws {
        for graph in [try GraphSamples.dense(), try GraphSamples.everything()] {
            let again = try IntegerGraph(decoding: graph.encoded)
            #expect(again == graph)
            #expect(again.nodes == graph.nodes)
            #expect(again.tables == graph.tables)
            #expect(again.linears == graph.linears)
            #expect(again.inputs == graph.inputs)
            #expect(again.constants == graph.constants)
            #expect(again.results == graph.results)
            #expect(again.hash == graph.hash)
            #expect(again.analysis.sites == graph.analysis.sites)
        }
    }

    @Test func countsItsCost() throws {
        let graph = try GraphSamples.dense()
        #expect(graph.macs == 4)
        #expect(graph.weightCount == 6)
        #expect(graph.activationCount == 4)
        #expect(graph.outputs.map(\.shape) == [[1, 2]])
    }

    @Test func runsEveryOperation() throws {
        let graph = try GraphSamples.everything()
        var engine = Engine(graph)
        #expect(try engine.run([Int32](repeating: 0, count: 16)).count == 2 + 4 + 3 + 3)
    }

    @Test func pinsTheBytesOfASmallGraph() throws {
        let graph = try GraphSamples.dense()
        let wanted =
            "41535947" + "0200"  // magic, version
            + "01000000" + "0100" + "78" + "02" + "01000000" + "02000000" + "00" + "0700"
            + "00000000" + "ff000000"
            + "00000000" + "00000000"  // no constants, no tables
            + "01000000" + "02000000" + "02000000" + "01fe0304" + "05000000" + "faffffff"
            + "01000000" + "01" + "00000000" + "00000000" + "00" + "0300"
            + "01000000" + "02" + "00000000" + "ff000000"
            + "01000000" + "0100" + "79" + "01000000"
        #expect(Hex.encode(graph.encoded) == wanted)
    }

    @Test func refusesEveryTruncationAndTrail() throws {
        let bytes = try GraphSamples.everything().encoded
        for count in bytes.indices {
            #expect(throws: GraphError.self) {
                try IntegerGraph(decoding: Array(bytes[..<count]))
            }
        }
        #expect(throws: GraphError.trailingBytes(1)) {
            try IntegerGraph(decoding: bytes + [0])
        }
    }

    /// Damaged bytes are refused, or are the one encoding of another graph that runs.
    @Test func survivesRandomDamage() throws {
        let bytes = try GraphSamples.everything().encoded
        var random = SeededRandom(seed: 31)
        var accepted = 0
        for _ in 0..<20_000 {
            var damaged = bytes
            for _ in 0..<1 + random.next() % 3 {
                damaged[Int(random.next() % UInt64(bytes.count))] = UInt8(
                    truncatingIfNeeded: random.next())
            }
            guard let graph = try? IntegerGraph(decoding: damaged) else { continue }
            accepted += 1
            #expect(graph.encoded == damaged)
            var engine = Engine(graph)
            let low = Int32(graph.inputs[0].range.lowerBound)
            #expect(throws: Never.self) {
                try engine.run([Int32](repeating: low, count: graph.inputCount))
            }
        }
        #expect(accepted > 100)
    }

    struct Refusal: Sendable {
        let because: GraphError
        let build: @Sendable () throws -> IntegerGraph
    }

    @Test(arguments: [
        Refusal(because: .shiftOutOfRange(0, node: 0)) { try GraphSamples.dense(shifts: [0]) },
        Refusal(because: .shiftOutOfRange(23, node: 0)) { try GraphSamples.dense(shifts: [23]) },
        Refusal(because: .redundantShifts(node: 0)) { try GraphSamples.dense(shifts: [2, 2]) },
        Refusal(because: .formatMismatch(op: "dense", node: 0)) {
            try GraphSamples.dense(shifts: [2, 3, 4])
        },
        Refusal(because: .invalidClamp(node: 0)) { try GraphSamples.dense(low: 5, high: 4) },
        Refusal(because: .invalidClamp(node: 0)) { try GraphSamples.dense(low: -1) },
        Refusal(because: .invalidClamp(node: 0)) { try GraphSamples.dense(high: 256) },
        Refusal(because: .invalidShape) { try GraphSamples.dense(weights: [1, 2, 3]) },
        Refusal(because: .shapeMismatch(op: "dense", node: 0)) {
            try GraphSamples.dense(weights: [1, 2])
        },
        Refusal(
            because: .accumulatorMayOverflow(op: "dense", node: 0, bound: 1 << 29)
        ) { try GraphSamples.dense(weights: [0, 0, 1, 0], bias: [0, 1 << 29 - 255]) },
        Refusal(
            because: .accumulatorMayOverflow(op: "dense", node: 0, bound: 1 << 29)
        ) { try GraphSamples.dense(weights: [0, 0, -1, 0], bias: [0, 255 - 1 << 29]) },
        Refusal(because: .decompositionNotUnique(op: "dense", node: 0, bits: 31)) {
            try GraphSamples.dense(weights: [0, 0, 0, 0], bias: [1 << 29 - 1, 1 - 1 << 29])
        },
    ])
    func refuses(_ row: Refusal) {
        #expect(throws: row.because) { try row.build() }
    }

    @Test func acceptsTheLargestAccumulator() throws {
        let graph = try GraphSamples.dense(
            weights: [0, 0, 1, 0], bias: [0, 1 << 29 - 256], element: .signed32)
        let wanted: ClosedRange<Int64> = 0...536_870_911
        #expect(graph.analysis.sites[0]?.interval == wanted)
    }

    /// The decomposition that a prover commits to exists, is in range and gives the activation.
    @Test(arguments: [UInt8(3), 5], [ElementType.unsigned8, .signed8])
    func sitesDecomposeEveryAccumulator(_ shift: UInt8, _ element: ElementType) throws {
        let bounds = element.bounds
        let graph = try GraphSamples.dense(
            weights: [127, -128, -100, 3], bias: [40_000, -9], shifts: [shift],
            low: Int32(bounds.lowerBound), high: Int32(bounds.upperBound), element: element)
        let site = try #require(graph.analysis.sites[0])
        let offset = site.headBase << Int64(shift) + 1 << Int64(shift - 1)
        let first = (site.headBase + bounds.lowerBound) / 256
        let wrong = site.interval.filter { accumulator in
            let lifted = accumulator + offset
            let head = lifted >> Int64(shift)
            let isInside = bounds.contains(head - site.headBase)
            return lifted < 0 || head >= 1 << Int64(site.headBits)
                || isInside != (head / 256 == first)
        }
        #expect(wrong.isEmpty)
    }

    @Test func intervalsComeFromTheWeights() throws {
        let graph = try GraphSamples.dense()
        // Rows (1, -2) + 5 and (3, 4) - 6 over 0...255.
        #expect(graph.analysis.sites[0]?.interval == -505...1779)
        #expect(graph.analysis.types[1].range == 0...255)
    }

    @Test func rejectsTensorsFromTheFuture() {
        #expect(throws: GraphError.undefinedTensor(1, node: 0)) {
            try IntegerGraph(
                inputs: [
                    TensorType(name: "x", shape: [1], element: .signed8, scaleExponent: 0)
                ],
                nodes: [
                    IntegerNode(
                        .reshape([1]), inputs: [1], output: nil, requantisation: nil)
                ], results: [IntegerResult(name: "y", tensor: 1)])
        }
    }
}
