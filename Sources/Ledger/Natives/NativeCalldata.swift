internal import Codec
internal import Crypto
public import Inference
public import Payments
public import Primitives
public import Registry

/// Calldata for the native precompiles.
public enum NativeCalldata {
    /// `IModelRegistry.register`: owner, status and time of the record are the chain's to set.
    public static func register(_ record: ModelRecord) -> [UInt8] { record.registration }

    /// The graph that a transaction registers by a direct call; nil for every other one.
    public static func graph(registeredBy transaction: Transaction) -> Hash? {
        guard transaction.to == NativeAddress.registry else { return nil }
        return RegistryNative.graph(registeredBy: transaction.input)
    }

    /// `IInference.runModelInference` in mode VANILLA for integers of a model's inputs.
    ///
    /// - Parameter inputs: the model's inputs, each with as many integers as it has elements.
    public static func infer(
        _ model: Hash, inputs: [(type: TensorType, integers: [Int32])]
    ) -> [UInt8] {
        let tensors = inputs.map { type, integers in
            NumberTensor(
                name: type.name,
                words: integers.flatMap { integer -> [UInt256] in
                    let decimal = type.number(of: integer).decimal
                    return [
                        UInt256(signed: decimal.value), UInt256(UInt64(decimal.decimals)),
                    ]
                }, shape: type.shape.map { UInt32(truncatingIfNeeded: $0) })
        }
        let request = ModelInferenceRequest(
            mode: 0, reference: model.hex,
            input: ModelInputTensors(numbers: tensors, stringTensorNames: []))
        return call(InferenceNative.runSignature) { request.write(to: &$0) }
    }

    /// `IModelRegistry.revoke`.
    public static func revoke(model id: Hash, reason: String) -> [UInt8] {
        call("revoke(bytes32,string)") { writer in
            writer.write(id)
            writer.writeString(reason)
        }
    }

    /// `IModelRegistry.setPrice`.
    public static func setPrice(model id: Hash, _ price: UInt256) -> [UInt8] {
        call("setPrice(bytes32,uint256)") { writer in
            writer.write(id)
            writer.write(price)
        }
    }

    /// `IModelRegistry.registerProvider`.
    public static func registerProvider(_ key: ProviderKey) -> [UInt8] {
        call("registerProvider(uint8,bytes)") { writer in
            writer.write(UInt64(key.kind.rawValue))
            writer.writeBytes(key.bytes)
        }
    }

    /// `ISettlement.settle`. Without an output the chain checks its hash against nothing.
    public static func settle(
        terms: Terms, payment: Payment, statement: Statement, policy: [UInt8],
        evidence: [Evidence], output: [UInt8] = []
    ) -> [UInt8] {
        call(SettlementNative.settleSignature) { writer in
            terms.write(to: &writer)
            writer.writeTuple(isDynamic: true) { payment.write(to: &$0) }
            statement.write(to: &writer)
            writer.writeBytes(policy)
            writer.writeArray(count: evidence.count) { list, index in
                list.writeTuple(isDynamic: true) { pair in
                    pair.write(UInt64(evidence[index].kind.rawValue))
                    pair.writeBytes(evidence[index].data)
                }
            }
            writer.writeBytes(output)
        }
    }

    /// `ISettlement.reclaim`; the payment's window and signature play no part.
    public static func reclaim(terms: Terms, payment: Payment) -> [UInt8] {
        call(SettlementNative.reclaimSignature) { writer in
            terms.write(to: &writer)
            writer.writeTuple(isDynamic: true) { payment.write(to: &$0) }
        }
    }

    /// `IVerifier.verifyPolicy`.
    public static func verifyPolicy(
        _ policy: [UInt8], _ statement: Statement, _ evidence: [Evidence]
    ) -> [UInt8] {
        call(VerifierNative.verifyPolicySignature) { writer in
            writer.writeBytes(policy)
            statement.write(to: &writer)
            writer.writeArray(count: evidence.count) { list, index in
                list.writeTuple(isDynamic: true) { pair in
                    pair.write(UInt64(evidence[index].kind.rawValue))
                    pair.writeBytes(evidence[index].data)
                }
            }
        }
    }

    private static func call(_ signature: String, _ body: (inout ABIWriter) -> Void) -> [UInt8] {
        ABISignature.selector(signature) + encoded(body)
    }
}
