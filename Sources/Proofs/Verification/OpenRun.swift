package import Inference

/// Runs of a graph in which the accumulators of layers with committed weights are given.
///
/// Each accumulator is written as `acc - low` in as many bytes as the interval of the analysis
/// needs, node after node, inference after inference.
package struct OpenRun {
    let outline: GraphOutline
    /// The nodes with committed weights, and for each the accumulators of all inferences.
    package let nodes: [Int]
    package private(set) var accumulators: [[Int32]]
    private var traces: [GraphTrace] = []

    /// Reads the accumulators of a proof, runs the graph on them and compares the outputs.
    init(
        _ outline: GraphOutline, _ statements: [ProofStatement], _ reader: inout ProofReader,
        _ transcript: inout Transcript
    ) throws(ProofError) {
        self.outline = outline
        let blank = GraphTrace(outline)
        nodes = blank.given
        accumulators = nodes.map { _ in [] }
        let start = reader.position
        for statement in statements {
            guard let input = statement.publicInput else { throw .inputFormMismatch(.open) }
            var given: [Int: [Int32]] = [:]
            for (place, node) in nodes.enumerated() {
                let values = try OpenRun.read(outline, node, &reader)
                given[node] = values
                accumulators[place] += values
            }
            var trace = blank
            let output: [Int32]
            do throws(TraceError) {
                output = try trace.run(input) { node, _ in given[node] ?? [] }
            } catch { throw .accumulators(error) }
            guard output == statement.output else { throw .outputMismatch }
            traces.append(trace)
        }
        transcript.absorb("accumulators", reader.bytes(from: start))
    }

    /// The prover's: traces that ran, with their accumulators by node.
    package init(_ outline: GraphOutline, _ runs: [(trace: GraphTrace, sums: [Int: [Int32]])]) {
        self.outline = outline
        let given = GraphTrace(outline).given
        nodes = given
        accumulators = given.map { node in runs.flatMap { $0.sums[node] ?? [] } }
        traces = runs.map(\.trace)
    }

    /// What `init(reader:)` reads.
    package func write(to writer: inout ProofWriter) {
        for inference in traces.indices {
            for (place, node) in nodes.enumerated() {
                let count = accumulators[place].count / traces.count
                OpenRun.code(outline, node).write(
                    accumulators[place][inference * count..<(inference + 1) * count], to: &writer)
            }
        }
    }

    /// Bytes of the accumulators of one inference.
    static func byteCount(_ outline: GraphOutline) -> Int {
        outline.nodes.indices.filter { outline.usesCommittedWeights($0) }.reduce(0) {
            $0 + code(outline, $1).byteCount
                * outline.analysis.types[outline.firstNodeTensor + $1].elementCount
        }
    }

    private static func code(_ outline: GraphOutline, _ node: Int) -> IntervalCode {
        IntervalCode(outline.analysis.sites[node]?.interval ?? 0...0)
    }

    private static func read(
        _ outline: GraphOutline, _ node: Int, _ reader: inout ProofReader
    ) throws(ProofError) -> [Int32] {
        var values: [Int32] = []
        try code(outline, node).read(
            outline.analysis.types[outline.firstNodeTensor + node].elementCount, from: &reader,
            to: &values
        ) { .accumulators(.accumulatorOutOfRange(node: node, value: $0)) }
        return values
    }

    // MARK: The linear argument

    package func sites(_ layout: WeightLayout) -> [LinearSite] {
        nodes.compactMap { LinearSite(outline, node: $0, termBitsMin: layout.logColumns) }
    }

    /// The integers of a tensor in all inferences.
    package func operand(_ tensor: Int) -> [Int32] { traces.flatMap { $0.values(of: tensor) } }

    /// `Σ_i μ^i ⟨e_i, acc_i⟩`.
    package func accumulatorSum(_ argument: LinearArgument) -> Extension {
        var sum = Extension.zero
        for (place, site) in argument.sites.enumerated() {
            let functional = site.outputFunctional(argument.axes, batch: traces.count)
            let values = FieldBuffer(signed: accumulators[place])
            sum += argument.powers[place] * values.dot(functional)
        }
        return sum
    }
}
