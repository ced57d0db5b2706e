internal import Arguments
internal import Codec
internal import Crypto
internal import Files
internal import Inference
internal import Primitives
internal import Threads

extension Subcommand {
    static let run = Subcommand(
        command: Command(
            "run", "Runs an integer graph on rows of numbers, without a node",
            details: """
                The same graph gives the same bytes on every machine, with any KERNEL and any \
                number of workers. The output hash is the one that statements and receipts carry.
                """,
            options: [
                .value("kernel", "KERNEL", Kernels.summary),
                .value("workers", "N", "threads that share a run; 1"),
                .flag("json", "prints one JSON object a row"),
            ],
            positionals: [
                .required("GRAPH", "the integer graph, as 'assay quantise -o' writes it"),
                .required("INPUT", "a JSON file of inputs: {\"input_data\": [[…], …]}"),
            ])
    ) { invocation in
        let file = invocation.positional("GRAPH")
        let graph: IntegerGraph
        do { graph = try IntegerGraph(decoding: Files.read(file)) } catch let error as GraphError {
            throw Failure(
                "\(file) is no integer graph", why: "\(error)",
                remedy: "make one with 'assay quantise'")
        }
        let input = invocation.positional("INPUT")
        let rows = try ModelFiles.rows(ModelFiles.json(Files.read(input), input), input)
        let workers = try invocation.number("workers", in: 1...64) ?? 1
        let pool = workers > 1 ? ThreadPool(count: workers) : nil
        var engine = Engine(graph, level: try Kernels.level(invocation))
        for (index, row) in rows.enumerated() {
            do {
                let integers = try graph.integers(from: row)
                let output =
                    if let pool { try engine.run(integers, workers: pool) } else {
                        try engine.run(integers)
                    }
                try print(graph, output, index: index, isJSON: invocation.flag("json"))
            } catch let error as RunError {
                throw Failure(
                    "row \(index) of \(input) does not fit", why: "\(error)",
                    remedy: "give \(graph.inputCount) numbers inside the model's ranges")
            }
        }
        return 0
    }

    private static func print(
        _ graph: IntegerGraph, _ output: [Int32], index: Int, isJSON: Bool
    ) throws {
        let numbers = try graph.numbers(from: output)
        let hash = try graph.outputHash(output)
        let out = Terminal.output
        guard isJSON else {
            out.line("\(hash)  " + numbers.map(\.description).joined(separator: " "))
            return
        }
        let json: JSON = [
            "row": .number(JSONNumber(index)), "outputHash": .string(hash.hex),
            "output": .array(
                numbers.map { JSONNumber($0.description).map { .number($0) } ?? .null }),
        ]
        out.line(String(decoding: json.serialized, as: UTF8.self))
    }
}
