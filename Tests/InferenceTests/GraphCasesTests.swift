import Codec
import Inference
import Primitives
import TestSupport
import Testing

/// Random graphs of every operation, their bytes and their runs, from a second implementation.
///
/// Origin: `tools/integer-graph-twin cases`, numpy by the letter of `IntegerGraph.md`.
@Suite struct GraphCasesTests {
    @Test func equalTheSecondImplementation() throws {
        let cases = try GraphCases.all()
        var codes: Set<UInt64> = []
        for sample in cases {
            let graph = try IntegerGraph(decoding: sample.graph)
            #expect(graph.encoded == sample.graph)
            for level in KernelLevel.allCases where level.isAvailable {
                var engine = Engine(graph, level: level)
                #expect(try engine.run(sample.input) == sample.output, "code \(sample.code)")
            }
            codes.insert(sample.code)
        }
        // Code zero are chains.
        #expect(codes == Set(0...21))
    }
}

enum GraphCases {
    struct Sample {
        let code: UInt64
        let graph: [UInt8]
        let input: [Int32]
        let output: [Int32]
    }

    static func all() throws -> [Sample] {
        let tests = #filePath.split(separator: "/").dropLast(2).joined(separator: "/")
        let path = "/\(tests)/Fixtures/integer-graphs/cases.json"
        let bytes = try #require(ModelFolder.read(path), "\(path) is missing")
        let rows = try #require(try JSON(parsing: bytes).array)
        return try rows.map { row in
            let hex = try #require(row["graph"]?.string)
            return Sample(
                code: try #require(row["code"]?.uint64), graph: try Hex.decode(hex),
                input: try numbers(row["input"]), output: try numbers(row["output"]))
        }
    }

    private static func numbers(_ list: JSON?) throws -> [Int32] {
        try #require(list?.array).map { Int32(try #require($0.int64)) }
    }
}
