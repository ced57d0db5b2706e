import Inference
import Primitives
import Testing

@testable import RPC

@Suite struct EnginePoolTests {
    private func engine(_ bias: Int32, count: Int = 2) throws -> Engine {
        Engine(try SmallGraph.dense(bias: bias, count: count))
    }

    @Test func keepsSoManyOfOneModel() throws {
        var pool = EnginePool()
        let engine = try engine(1)
        for _ in 0..<Limits.enginesPerModel + 3 { pool.put(engine) }
        #expect(pool.bytes == Limits.enginesPerModel * EnginePool.bytes(of: engine))
        for _ in 0..<Limits.enginesPerModel {
            let taken = pool.take(engine.graph.hash)
            #expect(taken?.graph == engine.graph)
        }
        let none = pool.take(engine.graph.hash)
        #expect(none == nil)
        #expect(pool.bytes == 0)
    }

    @Test func staysWithinItsBytes() throws {
        var pool = EnginePool(bytesMax: 1 << 20)
        // Few bytes of graph, many of activations: above 256 KiB each.
        let size = EnginePool.bytes(of: try engine(0, count: 1 << 15))
        #expect(size > 1 << 18)
        for (bias, held) in [1, 2, 3, 1, 2].enumerated() {
            pool.put(try engine(Int32(bias), count: 1 << 15))
            #expect(pool.bytes == held * size)
        }
        pool.put(try engine(9, count: 1 << 18))
        #expect(pool.bytes == 2 * size)
    }
}

/// Graphs of one layer.
enum SmallGraph {
    /// `y = clamp((x · w + bias) >> 2)`, two numbers to two, or `count` with a lookup.
    static func dense(bias: Int32 = 5, count: Int = 2) throws(GraphError) -> IntegerGraph {
        let input = TensorType(
            name: "x", shape: [1, count], element: .unsigned8, scaleExponent: 7)
        if count > 2 {
            let node = IntegerNode(
                .lookup(table: 0), inputs: [0],
                output: ElementFormat(element: .signed8, scaleExponent: 2), requantisation: nil)
            let table = IntegerTable(
                input: .unsigned8, output: .signed8,
                values: (0...255).map { ($0 + Int16(bias)) & 127 })
            return try IntegerGraph(
                inputs: [input], tables: [table], nodes: [node],
                results: [IntegerResult(name: "y", tensor: 1)])
        }
        let node = IntegerNode(
            .dense(linear: 0), inputs: [0],
            output: ElementFormat(element: .unsigned8, scaleExponent: 3),
            requantisation: Requantisation(shifts: [2], low: 0, high: 255))
        return try IntegerGraph(
            inputs: [input],
            linears: [IntegerLinear(weights: [1, -2, 3, 4], bias: [bias, -6])], nodes: [node],
            results: [IntegerResult(name: "y", tensor: 1)])
    }
}
