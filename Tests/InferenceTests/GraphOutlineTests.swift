import Inference
import TestSupport
import Testing

/// What is known of a graph whose weights are not, as bytes.
@Suite struct GraphOutlineTests {
    private func check(_ graph: IntegerGraph) throws {
        let outline = GraphOutline(graph)
        let read = try GraphOutline(decoding: outline.encoded)
        #expect(read == outline)
        #expect(read.hash == outline.hash)
        #expect(read.linears == graph.linears.map { LinearOutline($0) })
        #expect(read.nodes == graph.nodes)
        #expect(read.results == graph.results)
        #expect(read.tables == graph.tables)
        // The analysis needs no weights.
        #expect(read.analysis.types == graph.analysis.types)
        #expect(read.analysis.sites == graph.analysis.sites)
        #expect(read.analysis.multiplyCount == graph.macs)
        #expect(read.inputCount == graph.inputCount)
        #expect(read.outputCount == graph.outputCount)
    }

    @Test func readsWhatItWrites() throws {
        try check(GraphSamples.everything())
        try check(GraphSamples.dense())
        try check(SmallGraph.wide(count: 5))
    }

    @Test(arguments: 0..<12 as Range<UInt64>)
    func readsRandomOutlines(_ seed: UInt64) throws {
        var random = RandomGraphs(seed: 500 + seed)
        try check(try random.graph(nodes: 10))
    }

    @Test func refusesEveryOtherLength() throws {
        let bytes = GraphOutline(try GraphSamples.everything()).encoded
        for count in bytes.indices {
            #expect(throws: GraphError.self, "\(count)") {
                try GraphOutline(decoding: Array(bytes[..<count]))
            }
        }
        #expect(throws: GraphError.trailingBytes(1)) {
            try GraphOutline(decoding: bytes + [0])
        }
    }

    /// A changed byte gives another outline or none, and never the same.
    @Test func tellsEveryChangedByteApart() throws {
        let outline = GraphOutline(try GraphSamples.dense())
        for at in outline.encoded.indices {
            for bit in [0, 7] as [UInt8] {
                var changed = outline.encoded
                changed[at] ^= 1 << bit
                guard let other = try? GraphOutline(decoding: changed) else { continue }
                #expect(other != outline && other.hash != outline.hash)
                #expect(other.encoded == changed)
            }
        }
        // Graphs and outlines are not taken for each other.
        let graph = try GraphSamples.dense()
        #expect(throws: GraphError.wrongMagic) { try GraphOutline(decoding: graph.encoded) }
        #expect(throws: GraphError.wrongMagic) { try IntegerGraph(decoding: outline.encoded) }
    }

    @Test func summarisesWeights() throws {
        let linear = LinearOutline(
            IntegerLinear(weights: [3, -4, 0, 127, -128, -1], bias: [5, -6]))
        #expect(linear.innerCount == 3 && linear.outputCount == 2)
        #expect(linear.negativeSums == [-4, -129])
        #expect(linear.positiveSums == [3, 127])
        #expect(linear.whole == nil)
        #expect(linear.accumulatorIntervals(over: 0...255) == [-1015...770, -32901...32379])
        #expect(linear.accumulatorIntervals(over: -2...1) == [-5...16, -389...379])
        let single = LinearOutline(IntegerLinear(weights: [7, -8], bias: [1, 2]))
        #expect(single.whole == IntegerLinear(weights: [7, -8], bias: [1, 2]))
    }
}
