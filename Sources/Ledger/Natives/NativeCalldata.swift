public import Attestation
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

    /// `IModelRegistry.deprecateFor`, or `deprecate` without a successor.
    public static func deprecate(
        model id: Hash, successor: Hash? = nil, reason: String
    ) -> [UInt8] {
        guard let successor else {
            return call("deprecate(bytes32,string)") { writer in
                writer.write(id)
                writer.writeString(reason)
            }
        }
        return call("deprecateFor(bytes32,bytes32,string)") { writer in
            writer.write(id)
            writer.write(successor)
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

    /// `IModelRegistry.announcePrice`: for work that begins after `start`, in seconds, or after now
    /// for zero.
    public static func announcePrice(
        model id: Hash, _ price: UInt256, from start: UInt64, reason: String
    ) -> [UInt8] {
        call("announcePrice(bytes32,uint256,uint64,string)") { writer in
            writer.write(id)
            writer.write(price)
            writer.write(start)
            writer.writeString(reason)
        }
    }

    /// `IModelRegistry.setFloor`: canonical policy bytes, or none.
    public static func setFloor(
        model id: Hash, _ floor: [UInt8], from start: UInt64, reason: String
    ) -> [UInt8] {
        call("setFloor(bytes32,bytes,uint64,string)") { writer in
            writer.write(id)
            writer.writeBytes(floor)
            writer.write(start)
            writer.writeString(reason)
        }
    }

    /// `IModelRegistry.setSystem`; zero for none.
    public static func setSystem(
        model id: Hash, system: Hash, from start: UInt64, reason: String
    ) -> [UInt8] {
        call("setSystem(bytes32,bytes32,uint64,string)") { writer in
            writer.write(id)
            writer.write(system)
            writer.write(start)
            writer.writeString(reason)
        }
    }

    /// `IModelRegistry.transferOwnership`.
    public static func transferOwnership(model id: Hash, to owner: Address) -> [UInt8] {
        call("transferOwnership(bytes32,address)") { writer in
            writer.write(id)
            writer.write(owner)
        }
    }

    /// `IModelRegistry.offerName`.
    public static func offerName(_ name: String, to owner: Address) -> [UInt8] {
        call("offerName(string,address)") { writer in
            writer.writeString(name)
            writer.write(owner)
        }
    }

    /// `IModelRegistry.acceptName`.
    public static func acceptName(_ name: String) -> [UInt8] {
        call("acceptName(string)") { $0.writeString(name) }
    }

    /// `IModelRegistry.offerNamespace`.
    public static func offerNamespace(_ namespace: String, to owner: Address) -> [UInt8] {
        call("offerNamespace(string,address)") { writer in
            writer.writeString(namespace)
            writer.write(owner)
        }
    }

    /// `IModelRegistry.acceptNamespace`.
    public static func acceptNamespace(_ namespace: String) -> [UInt8] {
        call("acceptNamespace(string)") { $0.writeString(namespace) }
    }

    /// `IModelRegistry.registerSystem`.
    public static func registerSystem(_ record: SystemRecord, reason: String) -> [UInt8] {
        call("registerSystem(string,string,string,bytes32,string)") { writer in
            writer.writeString(record.namespace)
            writer.writeString(record.name)
            writer.writeString(record.version)
            writer.write(record.textHash)
            writer.writeString(reason)
        }
    }

    /// `IModelRegistry.registerProvider`.
    public static func registerProvider(_ key: ProviderKey) -> [UInt8] {
        call("registerProvider(uint8,bytes)") { writer in
            writer.write(UInt64(key.kind.rawValue))
            writer.writeBytes(key.bytes)
        }
    }

    /// `IModelRegistry.revokeProvider`.
    public static let revokeProvider = ABISignature.selector("revokeProvider()")

    /// `ITrust.register`: a key by evidence of the machine that holds it.
    public static func registerAttested(
        _ key: SignerKey, type: TEEType, evidence: [UInt8]
    ) -> [UInt8] {
        call("register(uint8,bytes,uint8,bytes)") { writer in
            writer.write(UInt64(type.rawValue))
            writer.writeBytes(evidence)
            writer.write(UInt64(key.scheme.rawValue))
            writer.writeBytes(key.bytes)
        }
    }

    /// `ITrust.addToList`.
    public static func add(_ entries: [UInt256], toList list: Hash) -> [UInt8] {
        call("addToList(bytes32,bytes32[])") { writer in
            writer.write(list)
            writer.writeArray(count: entries.count) { $0.write(entries[$1]) }
        }
    }

    /// `ITrust.uploadCollateral`.
    public static func upload(_ raw: RawDCAPCollateral) -> [UInt8] {
        call("uploadCollateral(bytes[])") { writer in
            let parts = raw.parts
            writer.writeArray(count: parts.count) { $0.writeBytes(parts[$1]) }
        }
    }

    /// `ITrust.reportDisagreement`.
    public static func reportDisagreement(
        _ first: (Statement, Evidence), _ second: (Statement, Evidence), input: [UInt8] = []
    ) -> [UInt8] {
        call(TrustNative.reportSignature) { writer in
            for (statement, evidence) in [first, second] {
                statement.write(to: &writer)
                writer.writeTuple(isDynamic: true) { pair in
                    pair.write(UInt64(evidence.kind.rawValue))
                    pair.writeBytes(evidence.data)
                }
            }
            writer.writeBytes(input)
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
