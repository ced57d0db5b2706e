import Inference
import Ledger
import Payments
import Primitives
import Proofs
import Prover
import Testing

/// A bargain about a run of `Bargain.graph(7)`, with a proof of it.
struct Proven {
    var bargain: Bargain
    let graph: IntegerGraph
    let key: VerificationKey
    let input: [Int32]

    init(
        policy: Policy = .kind(.zk), floor: Policy? = nil,
        evidence kinds: [EvidenceKind] = [.zk], input: [Int32] = [64, 32]
    ) throws {
        bargain = try Bargain(
            policy: policy, floor: floor, evidence: kinds, hasProofs: true)
        graph = try Bargain.graph(7)
        key = try Bargain.key(graph)
        self.input = input
        var engine = Engine(graph)
        let output = try engine.run(input)
        bargain.output = try graph.outputBytes(output)
        bargain.statement = bargain.statement.with(
            inputHash: try graph.inputHash(input), outputHash: try graph.outputHash(output))
        try bargain.signStatement(with: bargain.provider)
        give(try proof())
    }

    /// The proof that the bargain's statement asks for, or another.
    func proof(
        of other: IntegerGraph? = nil, input otherInput: [Int32]? = nil, context: Hash? = nil
    ) throws -> ProofEvidence {
        let graph = other ?? graph
        let input = otherInput ?? input
        let key = try Bargain.key(graph)
        let context = context ?? bargain.statement.hash(chainID: bargain.chainID)
        let prover = try ModelProver(graph: graph, workers: SerialWorkers())
        let (output, proof) = try prover.prove(input: input, context: context)
        return ProofEvidence(
            keyDigest: key.digest, context: context, input: try graph.inputBytes(input),
            output: try graph.outputBytes(output), proof: proof)
    }

    mutating func give(_ proof: ProofEvidence) { give(proof.encoded) }

    mutating func give(_ data: [UInt8]) {
        bargain.evidence = bargain.evidence.map {
            $0.kind == .zk ? Evidence(kind: .zk, data: data) : $0
        }
    }
}
