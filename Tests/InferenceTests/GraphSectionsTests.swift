import Inference
import Testing

/// Tables and linear layers: whole, used, in order of first use, and there once.
@Suite struct GraphSectionsTests {
    private static let input = TensorType(
        name: "x", shape: [1, 2], element: .unsigned8, scaleExponent: 7)
    private static let format = ElementFormat(element: .unsigned8, scaleExponent: 3)

    private static func table(_ factor: Int, output: ElementType = .unsigned8) -> IntegerTable {
        IntegerTable(
            input: .unsigned8, output: output, values: (0...255).map { Int16($0 * factor % 256) })
    }

    private static func linear(_ weight: Int8) -> IntegerLinear {
        IntegerLinear(weights: [weight], bias: [0])
    }

    /// One node for each number, each reading the one before.
    private static func lookups(
        _ tables: [IntegerTable], _ numbers: [Int], output: ElementFormat = format
    ) throws -> IntegerGraph {
        try IntegerGraph(
            inputs: [input], tables: tables,
            nodes: numbers.enumerated().map { index, table in
                IntegerNode(
                    .lookup(table: table), inputs: [index], output: output, requantisation: nil)
            }, results: [IntegerResult(name: "y", tensor: numbers.count)])
    }

    private static func affines(_ linears: [IntegerLinear], _ numbers: [Int]) throws -> IntegerGraph
    {
        try IntegerGraph(
            inputs: [input], linears: linears,
            nodes: numbers.enumerated().map { index, linear in
                IntegerNode(
                    .affine(linear: linear, inner: 1), inputs: [index], output: format,
                    requantisation: Requantisation(shifts: [1], low: 0, high: 255))
            }, results: [IntegerResult(name: "y", tensor: numbers.count)])
    }

    @Test func sharesParts() throws {
        let graph = try GraphSectionsTests.lookups(
            [GraphSectionsTests.table(3), GraphSectionsTests.table(5)], [0, 1, 0, 1, 1])
        #expect(try IntegerGraph(decoding: graph.encoded) == graph)
        #expect(graph.table(of: graph.nodes[4]) == GraphSectionsTests.table(5))
        #expect(graph.weightCount == 512)
        #expect(graph.analysis.lookupCount == 10)
        var engine = Engine(graph)
        #expect(try engine.run([1, 200]) == [(1 * 1_125) % 256, (200 * 1_125) % 256])
        let layers = try GraphSectionsTests.affines(
            [GraphSectionsTests.linear(2), GraphSectionsTests.linear(4)], [0, 1, 0])
        #expect(layers.linear(of: layers.nodes[1]) == GraphSectionsTests.linear(4))
        #expect(layers.weightCount == 4)
        var layersEngine = Engine(layers)
        #expect(try layersEngine.run([1, 200]) == [2, 255])
    }

    struct Refusal: Sendable, CustomTestStringConvertible {
        let because: GraphError
        let build: @Sendable () throws -> IntegerGraph

        var testDescription: String { "\(because)" }
    }

    @Test(arguments: [
        Refusal(because: .partOutOfOrder("table", 1, node: 0)) {
            try lookups([table(1), table(3)], [1, 0])
        },
        Refusal(because: .partOutOfOrder("linear", 1, node: 0)) {
            try affines([linear(1), linear(3)], [1, 0])
        },
        Refusal(because: .unusedPart("table", 1)) { try lookups([table(1), table(3)], [0]) },
        Refusal(because: .unusedPart("linear", 0)) { try affines([linear(1)], []) },
        Refusal(because: .repeatedPart("table", 1)) { try lookups([table(1), table(1)], [0, 1]) },
        Refusal(because: .repeatedPart("linear", 2)) {
            try affines([linear(1), linear(2), linear(1)], [0, 1, 2])
        },
        Refusal(because: .undefinedTable(1, node: 0)) { try lookups([table(1)], [1]) },
        Refusal(because: .undefinedTable(-1, node: 0)) { try lookups([table(1)], [-1]) },
        Refusal(because: .undefinedLinear(0, node: 0)) { try affines([], [0]) },
        Refusal(because: .invalidShape) {
            try lookups([IntegerTable(input: .unsigned8, output: .signed8, values: [1])], [0])
        },
        Refusal(because: .invalidShape) {
            try affines([IntegerLinear(weights: [], bias: [])], [0])
        },
        Refusal(because: .valueOutOfRange(255)) { try lookups([table(1, output: .signed8)], [0]) },
        Refusal(because: .unknownElementType(3)) {
            try lookups([table(1, output: .signed32)], [0])
        },
        Refusal(because: .formatMismatch(op: "lookup", node: 0)) {
            try lookups([table(1, output: .signed16)], [0])
        },
        Refusal(because: .formatMismatch(op: "lookup", node: 0)) {
            let wide = IntegerTable(
                input: .signed8, output: .unsigned8, values: [Int16](repeating: 1, count: 256))
            return try lookups([wide], [0])
        },
    ])
    func refuses(_ row: Refusal) {
        #expect(throws: row.because) { try row.build() }
    }

    /// Two tables with the same entries for different elements are two tables.
    @Test func tellsTablesApartByTheirElements() throws {
        let entries = [Int16](repeating: 7, count: 256)
        let graph = try IntegerGraph(
            inputs: [GraphSectionsTests.input],
            tables: [
                IntegerTable(input: .unsigned8, output: .signed8, values: entries),
                IntegerTable(input: .signed8, output: .signed8, values: entries),
            ],
            nodes: (0..<2).map { index in
                IntegerNode(
                    .lookup(table: index), inputs: [index],
                    output: ElementFormat(element: .signed8, scaleExponent: 0),
                    requantisation: nil)
            }, results: [IntegerResult(name: "y", tensor: 2)])
        #expect(try IntegerGraph(decoding: graph.encoded) == graph)
    }
}
