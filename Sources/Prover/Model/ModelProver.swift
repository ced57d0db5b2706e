public import Inference
public import Primitives
public import Proofs

/// Proves runs of one model.
///
/// Made once for a model: the encoded weights are a few bytes for each weight. A value may be used
/// by several threads at a time.
public final class ModelProver: Sendable {
    public let graph: IntegerGraph
    public let key: VerificationKey
    private let weights: KeyWeights
    private let blank: GraphTrace

    /// Encodes the weights; the key follows from the graph.
    public init(
        graph: IntegerGraph, workers: some Workers = SerialWorkers()
    ) throws(ProverError) {
        self.graph = graph
        do throws(ProofError) {
            (key, weights) = try VerificationKey.make(graph, workers: workers)
        } catch { throw .key(error) }
        blank = GraphTrace(key.outline)
    }

    /// Runs the model on one input and proves the run.
    public func prove(
        input: [Int32], context: Hash, form: ProofForm? = nil,
        workers: some Workers = SerialWorkers(), level: KernelLevel = .best
    ) throws(ProverError) -> (output: [Int32], proof: [UInt8]) {
        let (outputs, proof) = try prove(
            inputs: [input], contexts: [context], form: form, workers: workers, level: level)
        return (outputs[0], proof)
    }

    /// Commits to an input that proofs are to hide.
    ///
    /// - Parameters:
    ///   - secret: 32 random bytes for this input alone.
    ///   - statements: digests of what was proved about this commitment before.
    public func hide(
        _ input: [Int32], secret: Hash, statements: [Hash] = [],
        workers: some Workers = SerialWorkers()
    ) throws(ProverError) -> HiddenInput {
        try HiddenInput(
            input, secret: secret, key: key, statements: statements, workers: workers)
    }

    /// Runs the model on a hidden input and proves the run in zero knowledge: whoever has the proof
    /// learns the output and nothing else of the run.
    ///
    /// The same input, secret and context give the same bytes.
    /// - Throws: `wrongKey` for a commitment under another model's key, `openingsSpent` when the
    ///   commitment has served its proofs.
    public func prove(
        _ hidden: HiddenInput, context: Hash, workers: some Workers = SerialWorkers(),
        level: KernelLevel = .best
    ) throws(ProverError) -> (output: [Int32], proof: [UInt8]) {
        guard hidden.keyDigest == key.digest else { throw .wrongKey }
        let run = try run(hidden.input, level)
        let header = ProofHeader(form: .hidden, batch: 1)
        let statement = ProofStatement(
            context: context, input: .hidden(hidden.commitment), output: run.output)
        let plan = try keyed { () throws(ProofError) in try key.plan(batch: 1, isHidden: true) }
        var writer = ProofWriter()
        writer.append(header.bytes)
        var transcript = try keyed { () throws(ProofError) in
            try header.transcript([statement], key)
        }
        let proof = CommittedProof(
            key: key, plan: plan, weights: weights.hidden, workers: workers, level: level,
            hiding: RunHiding(
                input: hidden.stack, secret: try hidden.open(statement, header)))
        try proof.prove([run], &writer, &transcript)
        return (run.output, writer.bytes)
    }

    /// Runs the model on several inputs and proves all runs at once.
    ///
    /// The same inputs give the same bytes, whatever the workers and the level.
    public func prove(
        inputs: [[Int32]], contexts: [Hash], form: ProofForm? = nil,
        workers: some Workers = SerialWorkers(), level: KernelLevel = .best
    ) throws(ProverError) -> (outputs: [[Int32]], proof: [UInt8]) {
        guard inputs.count == contexts.count else {
            throw .wrongContextCount(contexts.count, wanted: inputs.count)
        }
        guard (1...ProofHeader.batchMax).contains(inputs.count) else {
            throw .tooMany(inferences: inputs.count, max: ProofHeader.batchMax)
        }
        var runs: [ModelRun] = []
        for input in inputs { runs.append(try run(input, level)) }
        let header = ProofHeader(form: form ?? key.form, batch: inputs.count)
        let statements = zip(runs, contexts).map {
            ProofStatement(context: $1, input: $0.input, output: $0.output)
        }
        var writer = ProofWriter()
        writer.append(header.bytes)
        var transcript = try keyed { () throws(ProofError) in
            try header.transcript(statements, key)
        }
        switch header.form {
        case .open: try proveOpen(runs, &writer, &transcript, workers, level)
        case .hidden: throw .key(.inputFormMismatch(.hidden))
        case .committed:
            let plan = try keyed { () throws(ProofError) in try key.plan(batch: runs.count) }
            let proof = CommittedProof(
                key: key, plan: plan, weights: weights.shared, workers: workers, level: level,
                hiding: nil)
            try proof.prove(runs, &writer, &transcript)
        }
        return (runs.map(\.output), writer.bytes)
    }

    /// Runs the graph and keeps all accumulators.
    private func run(_ input: [Int32], _ level: KernelLevel) throws(ProverError) -> ModelRun {
        var trace = blank
        var sums: [Int: [Int32]] = [:]
        do throws(TraceError) {
            let output = try trace.run(input) { node, operand in
                let values = LinearAccumulators.compute(graph, node: node, operand, level: level)
                sums[node] = values
                return values
            }
            return ModelRun(input: input, output: output, trace: trace, sums: sums)
        } catch { throw .trace(error) }
    }

    private func keyed<Result>(
        _ body: () throws(ProofError) -> Result
    ) throws(ProverError) -> Result {
        do { return try body() } catch { throw .key(error) }
    }

    /// The open form: the accumulators in clear, and that they come from the committed weights.
    private func proveOpen(
        _ runs: [ModelRun], _ writer: inout ProofWriter, _ transcript: inout Transcript,
        _ workers: some Workers, _ level: KernelLevel
    ) throws(ProverError) {
        let run = OpenRun(key.outline, runs.map { ($0.trace, $0.sums) })
        let start = writer.bytes.count
        run.write(to: &writer)
        transcript.absorb("accumulators", writer.bytes[start...])
        guard let layout = key.layout, let weights = weights.shared else { return }
        let parameters = try keyed { () throws(ProofError) in try key.parameters(nil) }
        let argument = LinearArgument(
            run.sites(layout), bitsMin: layout.logColumns, batch: runs.count, &transcript)
        let vectors = LinearProver.vectors(
            argument, layout, weights.values, workers: workers
        ) { tensor in run.operand(tensor) }
        let (point, ends) = LinearProver.prove(
            argument, vectors, &writer, &transcript, level: level)
        let values = LinearValues(
            argument, point, ends: ends, writer: &writer, &transcript
        ) { _ in true }
        guard let parameters else { return }
        var claims = ClaimBatch(
            theta: transcript.challenge("claims"), weightRows: 1 << parameters.logRows,
            witnessLog: nil, helperLog: nil)
        claims.addWeights(layout, argument, point, values)
        guard let functional = claims.weights else { return }
        OpeningProver.prove(
            parameters,
            stacks: [
                ProvedStack(
                    weights,
                    .prefolded(point: Array(point[..<layout.logColumns]), functional))
            ], claim: claims.value, transcript: &transcript, workers: workers, level: level,
            into: &writer)
    }
}
