@testable import Inference
import Primitives
import TestSupport
import Testing
import Threads

@Suite struct PlanTests {
    @Test(arguments: 0..<8)
    func everyLevelAndAnyWorkersEqualTheReference(_ seed: Int) throws {
        var random = RandomGraphs(seed: UInt64(seed))
        var seen: Set<String> = []
        let pool = ThreadPool(count: 3)
        for _ in 0..<120 {
            let graph = try random.graph(nodes: 8)
            seen.formUnion(graph.nodes.map(\.operation.name))
            var reference = ReferenceEngine(graph)
            for level in KernelLevel.allCases where level.isAvailable && level != .swift {
                let plan = Plan(graph, level: level, sharedMultiplyCount: 1)
                var alone = Engine(plan)
                var shared = Engine(plan)
                for _ in 0..<2 {
                    let input = random.input(graph)
                    let wanted = try reference.run(input)
                    let first = try alone.run(input)
                    let second = try shared.run(input, workers: pool)
                    try #require(first == wanted, "\(level): \(graph.nodes)")
                    try #require(second == wanted, "\(level): \(graph.nodes)")
                }
            }
        }
        #expect(seen.count >= 18, "\(seen)")
    }

    @Test func sharesMemoryBetweenTensorsOfDifferentTimes() throws {
        let scale = Requantisation(shifts: [1], low: 0, high: 255)
        let nodes = (0..<50).map { index in
            IntegerNode(
                .product, inputs: [index, index],
                output: ElementFormat(element: .unsigned8, scaleExponent: 0),
                requantisation: scale)
        }
        let graph = try IntegerGraph(
            inputs: [
                TensorType(name: "x", shape: [1000], element: .unsigned8, scaleExponent: 0)
            ], nodes: nodes, results: [IntegerResult(name: "y", tensor: 50)])
        #expect(Plan(graph).arenaBytes < 3 * 1100)
    }
}
