internal import Codec
internal import Crypto
public import Payments
public import Primitives
public import Registry

/// Calldata for the native precompiles.
public enum NativeCalldata {
    /// `IModelRegistry.register`: owner, status and time of the record are the chain's to set.
    public static func register(_ record: ModelRecord) -> [UInt8] { record.registration }

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
