internal import Inference
internal import Primitives
internal import Proofs
internal import Prover

/// Proofs of fixed statements about a model that the first byte chooses: the prover's bytes are
/// accepted, all others are refused, and verifying never traps.
func fuzzProof(_ bytes: [UInt8]) throws(FuzzFailure) -> FuzzOutcome {
    try .of {
        guard let first = bytes.first else { throw ProofError.truncated(wanted: 1, left: 0) }
        let model = ProvedModel.all[Int(first) % ProvedModel.all.count]
        let proof = Array(bytes.dropFirst())
        let isRight = model.proofs.contains(proof)
        do throws(ProofError) {
            try ProofVerifier.verify(proof, model.statements, key: model.key)
        } catch {
            try FuzzFailure.require(!isRight, "a right proof is refused")
            throw innermost(error)
        }
        try FuzzFailure.require(isRight, "changed bytes prove a statement")
    }
}

/// The right proofs of all models.
func proofSeeds() -> [[UInt8]] {
    ProvedModel.all.enumerated().flatMap { index, model in
        model.proofs.map { [UInt8(index)] + $0 }
    }
}

/// Keys: one encoding each; a key that was read gives its sizes, and bytes that no one proved are
/// no proof under it.
func fuzzVerificationKey(_ bytes: [UInt8]) throws(FuzzFailure) -> FuzzOutcome {
    try .of {
        let key: VerificationKey
        do throws(ProofError) {
            key = try VerificationKey(decoding: bytes, limits: graphLimits)
        } catch { throw innermost(error) }
        try FuzzFailure.require(key.encoded == bytes, "a key has two encodings")
        try FuzzFailure.require(
            key.securityBits >= ProofLimits.securityBits, "a key has weak parameters")
        try FuzzFailure.require(key.gas > 0 && key.proofBytesMax > 0, "a key has no sizes")
        let output = key.outputs.flatMap(lowest)
        // No proof is as long as that, so that even a true statement has another one.
        let count = min(key.proofBytesMax + 1, Mutator.bytesMax)
        for form in ProofForm.allCases {
            let input: ProofInput =
                form == .hidden ? .hidden(.zero) : .integers(key.inputs.flatMap(lowest))
            let statement = ProofStatement(context: .zero, input: input, output: output)
            let proof =
                ProofHeader(form: form, batch: 1).bytes + [UInt8](repeating: 0, count: count)
            do throws(ProofError) {
                try ProofVerifier.verify(proof, statement, key: key)
            } catch { continue }
            throw FuzzFailure("zeros prove a statement")
        }
    }
}

func verificationKeySeeds() -> [[UInt8]] { ProvedModel.all.map(\.key.encoded) }

private func lowest(_ type: TensorType) -> [Int32] {
    [Int32](repeating: Int32(clamping: type.range.lowerBound), count: type.elementCount)
}

/// What a refusal is about: the part's own error, where there is one.
private func innermost(_ error: ProofError) -> any Error {
    switch error {
    case .rows(let error): error
    case .accumulators(let error): error
    case .outline(let error): error
    case .plan(let error): error
    default: error
    }
}

/// A small model with statements and all their proofs.
private struct ProvedModel: Sendable {
    let key: VerificationKey
    let statements: [ProofStatement]
    let proofs: [[UInt8]]

    static let all: [ProvedModel] = {
        do {
            return [
                try ProvedModel(try layers(), batch: 1), try ProvedModel(try layers(), batch: 2),
                try ProvedModel(try image(), batch: 1), try ProvedModel(try elements(), batch: 1),
                try ProvedModel(hiding: try layers()), try ProvedModel(hiding: try image()),
                try ProvedModel(hiding: try elements()),
            ]
        } catch { preconditionFailure("the harness proves its models: \(error)") }
    }()

    private init(_ graph: IntegerGraph, batch: Int) throws(ProverError) {
        let prover = try ModelProver(graph: graph)
        let contexts = (0..<batch).map { Hash(UInt256(UInt64($0) + 1)) }
        let inputs = ProvedModel.inputs(of: graph, count: batch)
        var statements: [ProofStatement] = []
        var proofs: [[UInt8]] = []
        for form in prover.key.forms where form != .hidden {
            let (outputs, proof) = try prover.prove(
                inputs: inputs, contexts: contexts, form: form)
            statements = contexts.indices.map {
                ProofStatement(context: contexts[$0], input: inputs[$0], output: outputs[$0])
            }
            proofs.append(proof)
        }
        key = prover.key
        self.statements = statements
        self.proofs = proofs
    }

    /// A proof that hides its input.
    private init(hiding graph: IntegerGraph) throws(ProverError) {
        let prover = try ModelProver(graph: graph)
        let hidden = try prover.hide(
            ProvedModel.inputs(of: graph, count: 1)[0], secret: Hash(UInt256(7)))
        let (output, proof) = try prover.prove(hidden, context: Hash(UInt256(1)))
        key = prover.key
        statements = [
            ProofStatement(
                context: Hash(UInt256(1)), input: .hidden(hidden.commitment), output: output)
        ]
        proofs = [proof]
    }

    private static func inputs(of graph: IntegerGraph, count: Int) -> [[Int32]] {
        var random = SeededRandom(seed: 7)
        return (0..<count).map { _ in
            graph.inputs.flatMap { type in
                (0..<type.elementCount).map { _ in
                    let size = UInt64(type.range.upperBound - type.range.lowerBound) + 1
                    return Int32(type.range.lowerBound + Int64(random.next() % size))
                }
            }
        }
    }

    private static func rescaled(
        _ operation: IntegerOperation, _ inputs: [Int], shifts: [UInt8] = [3]
    ) -> IntegerNode {
        IntegerNode(
            operation, inputs: inputs,
            output: ElementFormat(element: .signed8, scaleExponent: 0),
            requantisation: Requantisation(shifts: shifts, low: -100, high: 100))
    }

    private static func move(_ operation: IntegerOperation, _ inputs: [Int]) -> IntegerNode {
        IntegerNode(operation, inputs: inputs, output: nil, requantisation: nil)
    }

    private static func linear(_ outputs: Int, _ inner: Int) -> IntegerLinear {
        IntegerLinear(
            weights: (0..<outputs * inner).map { Int8(truncatingIfNeeded: $0 * 37 - 50) },
            bias: (0..<outputs).map { Int32($0 * 11 - 20) })
    }

    private static func input(_ shape: [Int]) -> TensorType {
        TensorType(name: "x", shape: shape, element: .signed8, scaleExponent: 0)
    }

    /// Two dense layers with a table between them.
    private static func layers() throws(GraphError) -> IntegerGraph {
        try IntegerGraph(
            inputs: [input([1, 6])],
            tables: [
                IntegerTable(
                    input: .signed8, output: .signed8,
                    values: (-128...127).map { Int16(max($0, $0 / 8)) })
            ], linears: [linear(5, 6), linear(3, 5)],
            nodes: [
                rescaled(.dense(linear: 0), [0], shifts: [5, 6, 7, 6, 5]),
                IntegerNode(
                    .lookup(table: 0), inputs: [1],
                    output: ElementFormat(element: .signed8, scaleExponent: 0),
                    requantisation: nil),
                rescaled(.dense(linear: 1), [2], shifts: [6]),
            ],
            results: [IntegerResult(name: "y", tensor: 3)])
    }

    /// A convolution, a pool over it and a dense layer.
    private static func image() throws(GraphError) -> IntegerGraph {
        let window = Window(kernel: PlaneSize(height: 2, width: 2))
        return try IntegerGraph(
            inputs: [input([1, 1, 3, 3])], linears: [linear(2, 4)],
            nodes: [
                rescaled(.convolution(linear: 0, window, groups: 1), [0], shifts: [6]),
                move(.maxPool(window), [1]),
            ], results: [IntegerResult(name: "y", tensor: 2)])
    }

    /// A product and a sum, without weights.
    private static func elements() throws(GraphError) -> IntegerGraph {
        try IntegerGraph(
            inputs: [input([1, 4])],
            nodes: [
                rescaled(.product, [0, 0], shifts: [7]),
                rescaled(.sum(left: 3, right: -2), [1, 0]),
            ], results: [IntegerResult(name: "y", tensor: 2)])
    }
}
