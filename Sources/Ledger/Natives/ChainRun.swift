internal import Crypto
internal import EVM
internal import Inference
internal import Payments
public import Primitives
public import Registry

/// The chain's own run of a model, as evidence or to settle a dispute.
///
/// Every node that runs the block runs the model, so what it costs is bounded
/// (`NativeLimits.reexecutionGasMax`) and paid by the formula of `InferenceGas` before it begins.
public enum ChainRun {
    /// Gas of one run of the model as evidence; nil where the chain does not know the model or
    /// would not run it for so much.
    ///
    /// - Parameter read: the storage of the inference precompile.
    public static func gas(of model: Hash, from read: SlotReader) -> UInt64? {
        let gas = read(ModelDirectory.runSlot(model)).asUInt64 ?? .max
        return gas > 0 && gas <= NativeLimits.reexecutionGasMax ? gas : nil
    }

    /// SHA-256 of the canonical bytes of the model's output for this input, or why there is none.
    ///
    /// - Parameters:
    ///   - input: canonical bytes of the input tensors.
    ///   - inputHash: what their SHA-256 must be.
    static func outputHash(
        of model: Hash, for input: [UInt8], hashing inputHash: Hash, in models: any ModelSource,
        _ call: inout NativeCall
    ) throws(NativeFailure) -> Result<Hash, NativeError> {
        let run = ModelDirectory.runSlot(model)
        guard let gas = try call.read(run, of: NativeAddress.inference).asUInt64, gas > 0 else {
            return .failure(.unknownModel(model))
        }
        let most = NativeLimits.reexecutionGasMax
        guard gas <= most else { return .failure(.tooCostlyToReexecute(gas: gas, max: most)) }
        try call.charge(NativeGas.sha256(bytes: input.count))
        let got = SHA256.hash(input)
        guard got == inputHash else {
            return .failure(.wrongInput(expected: inputHash, got: got))
        }
        let graphHash = Hash(try call.read(run &+ 1, of: NativeAddress.inference))
        try call.charge(gas)
        let graph: IntegerGraph
        do { graph = try models.graph(graphHash) } catch { throw error.failure }
        let integers: [Int32]
        do { integers = try TensorType.integers(of: input, as: graph.inputs) } catch {
            return .failure(
                .invalidEvidence(.reexecuted, "the input is none of the model's: " + error.reason))
        }
        let values: [Int32]
        do { values = try models.output(of: graph, for: integers) } catch { throw error.failure }
        let output: [UInt8]
        do { output = try TensorType.bytes(of: values, as: graph.outputs) } catch {
            preconditionFailure("the graph's own results are out of range: \(error)")
        }
        try call.charge(NativeGas.sha256(bytes: output.count))
        return .success(SHA256.hash(output))
    }
}
