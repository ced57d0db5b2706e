internal import Crypto
internal import EVM
internal import Inference
internal import Payments
internal import Primitives
internal import Proofs
internal import Registry

/// What a registration with a weights root pays, and what its proofs cost later.
///
/// A registration makes the verification key again from the graph: its weights are spread over a
/// code several times as long, and hashed. Everything else about a key follows from sizes.
///
/// Measured with AVX-512 on two busy cores: about 20 ms for the smallest model, and 120 ns more
/// for each weight. A unit of gas buys up to 40 ns of the first and 10 ns of the second: a
/// registration is paid once, and every node keeps the key.
enum ProofGas {
    static let weightsEach: UInt64 = 12
    static let keyBase: UInt64 = 500_000

    static func registration(of analysis: GraphAnalysis) -> UInt64 {
        keyBase + analysis.weightCount * weightsEach
    }

    /// One verification: the key is read, hashed and decoded as a graph is, since a price cannot
    /// depend on what a node holds in memory; then the proof is checked.
    static func verification(by key: VerificationKey) -> UInt64 {
        key.gas + reading(of: key)
    }

    /// The same of a proof about a hidden input; zero where there is no such form.
    static func hiddenVerification(by key: VerificationKey) -> UInt64 {
        key.hiddenGas.map { $0 + reading(of: key) } ?? 0
    }

    private static func reading(of key: VerificationKey) -> UInt64 {
        UInt64(key.encoded.count) / 2
    }
}

/// What the verifier keeps of each model that has proofs: what one costs, and how long it may be.
///
/// One slot of its own storage, `gas of a hidden input ‖ proof bytes at most ‖ gas`, 64 bits each,
/// written when the model is registered: a later change of the formula prices no model anew.
struct ProofTerms {
    let gas: UInt64
    /// Zero where proofs of the model cannot hide their input.
    let hiddenGas: UInt64
    let proofBytesMax: UInt64

    private static let space: UInt256 = 1
    private static let account = NativeAddress.verifier

    private static func slot(_ id: Hash) -> UInt256 { SlotLayout.base(id.word, in: space) }

    private init(gas: UInt64, hiddenGas: UInt64, proofBytesMax: UInt64) {
        self.gas = gas
        self.hiddenGas = hiddenGas
        self.proofBytesMax = proofBytesMax
    }

    /// - Throws: `modelHasNoProofs` for a model that was registered without a weights root.
    static func read(of id: Hash, _ call: inout NativeCall) throws(NativeFailure) -> ProofTerms {
        let terms = try call.structure(of: account) { read in ProofTerms(of: id, from: read) }
        guard let terms else { throw NativeError.modelHasNoProofs(id).failure }
        return terms
    }

    /// The terms of a model, from one slot of the verifier's storage; nil when there are none.
    init?(of id: Hash, from read: SlotReader) {
        let word = read(ProofTerms.slot(id))
        guard !word.isZero else { return nil }
        self.init(gas: word.limb0, hiddenGas: word.limb2, proofBytesMax: word.limb1)
    }

    /// Gas of a piece of evidence; nil where it hides its input and proofs of the model cannot.
    func gas(of evidence: ProofEvidence) -> UInt64? {
        guard evidence.publicInput == nil else { return gas }
        return hiddenGas > 0 ? hiddenGas : nil
    }

    /// The terms of a record's proofs, once its root is known to be that of its graph; nil for a
    /// record without one.
    static func checked(
        of record: ModelRecord, _ graph: IntegerGraph, in models: any ModelSource,
        _ call: inout NativeCall
    ) throws(NativeFailure) -> ProofTerms? {
        guard record.weightsRoot != .zero else { return nil }
        try call.charge(ProofGas.registration(of: graph.analysis))
        let key: VerificationKey
        do { key = try models.key(of: record.graphHash) } catch { throw error.failure }
        guard key.digest == record.weightsRoot else {
            throw NativeError.wrongWeightsRoot(
                expected: key.digest, got: record.weightsRoot
            ).failure
        }
        return ProofTerms(
            gas: ProofGas.verification(by: key), hiddenGas: ProofGas.hiddenVerification(by: key),
            proofBytesMax: UInt64(key.proofBytesMax))
    }

    func write(for id: Hash, _ call: inout NativeCall) throws(NativeFailure) {
        try call.write(
            ProofTerms.slot(id),
            UInt256(gas) | UInt256(proofBytesMax) << 64 | UInt256(hiddenGas) << 128,
            of: ProofTerms.account)
    }
}
