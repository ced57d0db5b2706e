internal import Codec
internal import Crypto
internal import EVM
internal import Payments
internal import Primitives
public import Registry

/// The model registry; interface in `contracts/interfaces/IModelRegistry.sol`.
///
/// Storage: `ModelRecord`, `NameRecord`, `SystemRecord` and `ProviderKey` say how records lie in
/// the account's slots.
enum RegistryNative {
    static let registerSignature =
        "register((string,string,bytes32,bytes32,bytes32,string,bytes,uint256,bytes32,"
        + "uint64))"

    static func precompile(models: any ModelSource) -> NativePrecompile {
        let registering = NativeFunction(registerSignature) { (call, input) throws(NativeFailure) in
            try register(models, &call, &input)
        }
        return NativePrecompile(
            NativeAddress.registry,
            functions: [registering] + functions + changes + names + systems)
    }

    private static let functions = [
        NativeFunction(view: "model(bytes32)", model),
        NativeFunction(view: "modelId(string,string)", modelID),
        NativeFunction(view: "modelCount()") { (call, _) throws(NativeFailure) in
            try call.read(ModelIndex.countSlot).bigEndianBytes
        },
        NativeFunction(view: "modelAt(uint256)") { (call, input) throws(NativeFailure) in
            let index = try input.arguments { (reader) throws(ABIError) in
                try reader.readUInt256()
            }
            return try call.read(ModelIndex.slot(index)).bigEndianBytes
        },
        NativeFunction("registerProvider(uint8,bytes)", registerProvider),
        NativeFunction("revokeProvider()", revokeProvider),
        NativeFunction(view: "providerKey(address)", providerKey),
        NativeFunction(view: "providerKeys(address)", providerKeys),
    ]

    private static let providerKeyRegistered = ABISignature.topic(
        "ProviderKeyRegistered(address,uint8,bytes)")
    private static let providerKeyRevoked = ABISignature.topic("ProviderKeyRevoked(address)")

    private static let registerSelector = ABISignature.selector(registerSignature)

    /// The graph hash in calldata of `register`; nil for other calldata.
    static func graph(registeredBy calldata: [UInt8]) -> Hash? {
        guard calldata.starts(with: registerSelector) else { return nil }
        var reader = ABIReader(calldata, from: 4)
        return try? ModelRecord(registering: &reader, owner: .zero, timestamp: 0).graphHash
    }

    // MARK: Models

    private static func register(
        _ models: any ModelSource, _ call: inout NativeCall, _ input: inout ABIReader
    ) throws(NativeFailure) -> [UInt8] {
        let (owner, timestamp) = (call.caller, call.block.timestamp)
        let record = try input.arguments { (reader) throws(ABIError) in
            try ModelRecord(registering: &reader, owner: owner, timestamp: timestamp)
        }
        do { try record.validate() } catch {
            throw NativeError.invalidRecord(error.reason).failure
        }
        if !record.policyFloor.isEmpty {
            do { _ = try Policy(decoding: record.policyFloor) } catch {
                throw NativeError.invalidPolicy("\(error)").failure
            }
        }
        try call.charge(
            NativeGas.sha256(bytes: 80)
                + NativeGas.keccak(bytes: record.name.utf8.count + record.version.utf8.count))
        let id = record.id
        let nameSlot = ModelRecord.nameSlot(name: record.name, version: record.version)
        let named = try call.read(nameSlot)
        guard named.isZero else { throw NativeError.nameTaken(Hash(named)).failure }
        let graph = try ModelDirectory.checkedGraph(of: record, in: models, &call)
        let proofs = try ProofTerms.checked(of: record, graph, in: models, &call)
        try addVersion(of: record, &call)
        try call.write(record.writes())
        try call.write(nameSlot, id.word)
        let count = try call.read(ModelIndex.countSlot)
        try call.write(ModelIndex.slot(count), id.word)
        try call.write(ModelIndex.countSlot, count &+ 1)
        try ModelDirectory.enlist(record, graph, &call)
        try proofs?.write(for: id, &call)
        try log(
            .modelRegistered(
                name: record.name, version: record.version, graphHash: record.graphHash),
            subject: id, nameKey: NameRecord.key(model: record.name), &call)
        return id.bytes
    }

    private static func model(
        _ call: inout NativeCall, _ input: inout ABIReader
    ) throws(NativeFailure) -> [UInt8] {
        let id = try input.arguments { (reader) throws(ABIError) in try reader.readHash() }
        let record = try record(id, &call)
        let now = call.block.timestamp
        return encoded { writer in
            writer.writeTuple(isDynamic: true) { record.write(to: &$0, at: now) }
        }
    }

    private static func modelID(
        _ call: inout NativeCall, _ input: inout ABIReader
    ) throws(NativeFailure) -> [UInt8] {
        let (name, version) = try input.arguments { (reader) throws(ABIError) in
            (
                try reader.readString(max: ModelRecord.nameBytesMax),
                try reader.readString(max: ModelRecord.versionBytesMax)
            )
        }
        let slot = ModelRecord.nameSlot(name: name, version: version)
        return try call.read(slot).bigEndianBytes
    }

    static func record(_ id: Hash, _ call: inout NativeCall) throws(NativeFailure) -> ModelRecord {
        let record = try call.structure(of: NativeAddress.registry) { read in
            ModelRecord(id, from: read)
        }
        guard let record else { throw NativeError.unknownModel(id).failure }
        return record
    }

    // MARK: Providers

    private static func registerProvider(
        _ call: inout NativeCall, _ input: inout ABIReader
    ) throws(NativeFailure) -> [UInt8] {
        let (number, bytes) = try input.arguments { (reader) throws(ABIError) in
            (try reader.readUInt8(), try reader.readBytes(max: ProviderKey.bytesMax))
        }
        guard let kind = ProviderKey.Kind(rawValue: number),
            let key = ProviderKey(kind: kind, bytes: bytes)
        else { throw NativeError.invalidProviderKey.failure }
        let provider = call.caller
        let old = try call.structure { read in ProviderKeys(of: provider, from: read) }
        let keys = old?.replaced(by: key, at: call.block.timestamp) ?? ProviderKeys(first: key)
        try call.write(keys.writes(for: provider, over: old))
        try call.log(
            topics: [providerKeyRegistered, Hash(provider.word)],
            data: encoded { data in
                data.write(UInt64(number))
                data.writeBytes(bytes)
            })
        return []
    }

    private static func revokeProvider(
        _ call: inout NativeCall, _ input: inout ABIReader
    ) throws(NativeFailure) -> [UInt8] {
        let provider = call.caller
        let old = try call.structure { read in ProviderKeys(of: provider, from: read) }
        guard let old, !old.isRevoked else {
            throw NativeError.unknownProvider(provider).failure
        }
        try call.write(
            old.revoked(at: call.block.timestamp).writes(for: provider, over: old))
        try call.log(topics: [providerKeyRevoked, Hash(provider.word)], data: [])
        return []
    }

    private static func providerKeys(
        _ call: inout NativeCall, _ input: inout ABIReader
    ) throws(NativeFailure) -> [UInt8] {
        let provider = try input.arguments { (reader) throws(ABIError) in
            try reader.readAddress()
        }
        let keys = try call.structure { read in ProviderKeys(of: provider, from: read) }
        return encoded { writer in
            for key in [keys?.current, keys?.previous] {
                writer.write(UInt64(key?.kind.rawValue ?? 0))
                writer.writeBytes(key?.bytes ?? [])
            }
            writer.write(keys?.replacedAt ?? 0)
            writer.write(keys?.revokedAt ?? 0)
        }
    }

    private static func providerKey(
        _ call: inout NativeCall, _ input: inout ABIReader
    ) throws(NativeFailure) -> [UInt8] {
        let provider = try input.arguments { (reader) throws(ABIError) in
            try reader.readAddress()
        }
        let key = try call.structure { read in ProviderKey(of: provider, from: read) }
        return encoded { writer in
            writer.write(UInt64(key?.kind.rawValue ?? 0))
            writer.writeBytes(key?.bytes ?? [])
        }
    }
}

// MARK: ABI

extension ModelRecord {
    /// A `Registration` as the caller gives it.
    init(
        registering reader: inout ABIReader, owner: Address, timestamp: UInt64
    ) throws(ABIError) {
        var tuple = try reader.readTuple()
        self.init(
            owner: owner, name: try tuple.readString(max: ModelRecord.nameBytesMax),
            version: try tuple.readString(max: ModelRecord.versionBytesMax),
            onnxHash: try tuple.readHash(), graphHash: try tuple.readHash(),
            weightsRoot: try tuple.readHash(),
            cid: try tuple.readString(max: ModelRecord.cidBytesMax),
            policyFloor: try tuple.readBytes(max: ModelRecord.policyBytesMax),
            price: try tuple.readUInt256(), calibrationHash: try tuple.readHash(),
            macs: try tuple.readUInt64(), status: .active, registeredAt: timestamp)
    }

    /// The members of `Model`, as they hold for work that begins at `now`.
    func write(to writer: inout ABIWriter, at now: UInt64) {
        writer.write(owner)
        writer.writeString(name)
        writer.writeString(version)
        writer.write(onnxHash)
        writer.write(graphHash)
        writer.write(weightsRoot)
        writer.writeString(cid)
        writer.writeBytes(floor(at: now))
        writer.write(price(at: now))
        writer.write(calibrationHash)
        writer.write(macs)
        writer.write(UInt64(status.rawValue))
        writer.write(registeredAt)
    }

    /// The calldata that registers the record.
    public var registration: [UInt8] {
        let selector = ABISignature.selector(RegistryNative.registerSignature)
        return selector
            + encoded { writer in
                writer.writeTuple(isDynamic: true) { tuple in
                    tuple.writeString(name)
                    tuple.writeString(version)
                    tuple.write(onnxHash)
                    tuple.write(graphHash)
                    tuple.write(weightsRoot)
                    tuple.writeString(cid)
                    tuple.writeBytes(policyFloor)
                    tuple.write(price)
                    tuple.write(calibrationHash)
                    tuple.write(macs)
                }
            }
    }
}

extension ModelRecordError {
    var reason: String {
        switch self {
        case .invalidName: "a name is 1 to 64 of a-z 0-9 . _ - / without a slash at either end"
        case .invalidVersion: "a version is major.minor in decimal"
        case .cidTooLong(let bytes, let max): "the CID has \(bytes) bytes, at most \(max)"
        case .policyTooLong(let bytes, let max):
            "the policy floor has \(bytes) bytes, at most \(max)"
        case .missingGraph: "the graph hash is zero"
        case .missingText: "the hash of the text is zero"
        }
    }
}
