internal import Codec
internal import Crypto
internal import EVM
internal import Inference
internal import Ledger
internal import Payments
internal import Primitives
internal import Registry

/// Calldata of the inference precompile, with one model registered: it answers or refuses within
/// its gas, twice in the same way, and logs only what it answers.
func fuzzInferenceCall(_ bytes: [UInt8]) throws(FuzzFailure) -> FuzzOutcome {
    let first = InferenceCall.run(bytes)
    try FuzzFailure.require(InferenceCall.run(bytes) == first, "an inference ends in two ways")
    try FuzzFailure.require(
        (first.logs > 0) == first.outcome.isSuccess, "an inference logs what it refuses")
    return switch first.outcome.status {
    case .success: .accepted
    case .revert:
        .refused(
            NativeError.describe(revertData: first.outcome.output).map { caseName(of: $0) }
                ?? "revert")
    case .halted(let halt): .refused(caseName(of: halt))
    }
}

private enum InferenceCall {
    struct Result: Equatable {
        let outcome: Outcome
        let logs: Int
    }

    private static let gas: UInt64 = 5_000_000
    private static let caller = Address(truncating: 0xca11)

    /// Two numbers `x` to two numbers `y`.
    private static let graph: IntegerGraph? = try? IntegerGraph(
        inputs: [
            TensorType(name: "x", shape: [1, 2], element: .signed8, scaleExponent: 6)
        ], linears: [IntegerLinear(weights: [1, -2, 3, 4], bias: [5, -6])],
        nodes: [
            IntegerNode(
                .dense(linear: 0), inputs: [0],
                output: ElementFormat(element: .signed32, scaleExponent: 12), requantisation: nil)
        ], results: [IntegerResult(name: "y", tensor: 1)])

    static func run(_ bytes: [UInt8]) -> Result {
        guard let graph else { preconditionFailure("the harness has a graph") }
        let journal = Journal(source: NoState())
        var config = ChainConfig(chainID: 1, always: .osaka)
        config.hasNatives = true
        var machine = Machine(
            revision: .osaka,
            block: BlockContext(
                chainID: 1, number: 1, timestamp: 1_770_000_000, beneficiary: .zero,
                gasLimit: 30_000_000),
            transaction: TransactionContext(origin: caller), journal: journal,
            precompiles: PrecompileTable(
                .osaka,
                natives: Natives.all(config: config, models: MemoryModels([graph.encoded]))))
        let record = ModelRecord(
            owner: .zero, name: "m", version: "1.0", onnxHash: .zero, graphHash: graph.hash,
            weightsRoot: .zero, cid: "", policyFloor: [], price: 0, calibrationHash: .zero,
            macs: graph.macs, status: .active, registeredAt: 0)
        journal.beginTransaction()
        let registered = machine.execute(
            Message(
                caller: caller, recipient: NativeAddress.registry,
                input: NativeCalldata.register(record), gas: gas))
        precondition(registered.isSuccess, "the harness registers its model")
        journal.beginTransaction()
        let outcome = machine.execute(
            Message(caller: caller, recipient: NativeAddress.inference, input: bytes, gas: gas))
        return Result(outcome: outcome, logs: journal.logs.count)
    }
}

/// A state without accounts.
private final class NoState: StateSource {
    func account(_ address: Address) -> Account? { nil }
    func storage(_ address: Address, _ slot: UInt256) -> UInt256 { .zero }
    func hasStorage(_ address: Address) -> Bool { false }
    func code(_ hash: Hash) -> [UInt8] { [] }
    func blockHash(_ number: UInt64) -> Hash { .zero }
}
