internal import Codec
internal import Crypto
internal import EVM
internal import Primitives

extension NativeError {
    /// One signature for each case, in the order of the cases.
    static let signatures = [
        "UnknownFunction(bytes4)", "InvalidCalldata(string)", "NotPayable()",
        "InvalidRecord(string)", "NameTaken(bytes32)", "UnknownModel(bytes32)",
        "NotOwner(address)", "ModelRevoked(bytes32)", "InvalidProviderKey()",
        "VersionNotNewer(string)", "FloorWeakened(string)", "ChangeTooSoon(uint64,uint64)",
        "ChangeInThePast(uint64,uint64)", "UnknownSystem(bytes32)", "NameNotOffered(address)",
        "WrongWeightsRoot(bytes32,bytes32)", "NotProvable(string)",
        "InvalidPolicy(string)", "WrongPolicy(bytes32,bytes32)",
        "UnknownProvider(address)", "UnknownEvidence(uint8)", "UnsupportedEvidence(uint8)",
        "DuplicateEvidence(uint8)", "InvalidEvidence(uint8,string)", "InvalidSignature(uint8)",
        "WrongSigner(address,address)", "ModelHasNoProofs(bytes32)", "WrongKey(bytes32,bytes32)",
        "WrongContext(bytes32,bytes32)", "WrongInput(bytes32,bytes32)",
        "InvalidProof(uint16,string)", "WrongModel(bytes32,bytes32)",
        "WrongSystem(bytes32,bytes32)",
        "WrongRequest(bytes32,bytes32)", "WrongProvider(address,address)",
        "WrongOutput(bytes32,bytes32)", "StatementNotCurrent(uint64,uint64,uint64)",
        "PaymentNotYetValid(uint256,uint64)", "PaymentExpired(uint256,uint64)",
        "WrongAsset(address,address)", "PriceNotMet(uint256,uint256)", "PolicyNotMet(string)",
        "FloorNotMet(string)", "AlreadySettled(bytes32)", "AuthorizationUsed(address,bytes32)",
        "TransferFailed(bytes)", "UnknownReceipt(bytes32)", "InvalidDeposit(string)",
        "NoDeposit(bytes32)", "NotYetReclaimable(uint64,uint64)",
    ]

    private static let bySelector: [[UInt8]: String] = Dictionary(
        uniqueKeysWithValues: (signatures + trustSignatures + InferenceError.signatures).map {
            (ABISignature.selector($0), $0)
        })

    /// The revert data of a native's refusal as text, `WrongSigner(0x…, 0x…)`; nil for other bytes.
    public static func describe(revertData: [UInt8]) -> String? {
        guard revertData.count >= 4, let signature = bySelector[Array(revertData[0..<4])],
            let open = signature.firstIndex(of: "(")
        else { return nil }
        let name = signature[..<open]
        let types = signature[signature.index(after: open)...].dropLast().split(separator: ",")
        var reader = ABIReader(Array(revertData[4...]))
        do throws(ABIError) {
            var values: [String] = []
            for type in types { values.append(try value(of: type, from: &reader)) }
            return "\(name)(" + values.joined(separator: ", ") + ")"
        } catch {
            return nil
        }
    }

    /// What the settlement found missing in revert data that says so; nil for other bytes.
    public static func missingEvidence(inRevertData bytes: [UInt8]) -> String? {
        guard bytes.count >= 4, let signature = bySelector[Array(bytes[0..<4])],
            signature == "PolicyNotMet(string)" || signature == "FloorNotMet(string)"
        else { return nil }
        var reader = ABIReader(Array(bytes[4...]))
        return try? reader.readString(max: 4096)
    }

    private static func value(
        of type: Substring, from reader: inout ABIReader
    ) throws(ABIError) -> String {
        switch type {
        case "string": "\"" + (try reader.readString(max: 4096)) + "\""
        case "bytes": text(ofNested: try reader.readBytes(max: 64 << 10))
        case "address": try reader.readAddress().hex
        case "bytes32": try reader.readHash().hex
        case "bytes4": Hex.encodePrefixed(try reader.readUInt256().bigEndianBytes[0..<4])
        default: try reader.readUInt256().decimal
        }
    }

    /// A reason within a reason: a token's `Error(string)`, a native's error, or its bytes.
    private static func text(ofNested bytes: [UInt8]) -> String {
        if bytes.starts(with: ABIWriter.errorSelector) {
            var reader = ABIReader(Array(bytes[4...]))
            do { return "\"" + (try reader.readString(max: 4096)) + "\"" } catch {}
        }
        return Hex.encodePrefixed(bytes)
    }
}
