internal import Codec
internal import EVM
internal import Primitives
internal import Registry

// System configs: prompts and other texts, each version a record of its own.

extension RegistryNative {
    static var systems: [NativeFunction] {
        [
            NativeFunction(
                "registerSystem(string,string,string,bytes32,string)", registerSystem),
            NativeFunction(view: "system(bytes32)") { (call, input) throws(NativeFailure) in
                let id = try input.arguments { (reader) throws(ABIError) in try reader.readHash() }
                let record = try system(id, &call)
                return encoded { writer in
                    writer.writeTuple(isDynamic: true) { record.write(to: &$0) }
                }
            },
            NativeFunction(view: "systemId(string,string,string)") {
                (call, input) throws(NativeFailure) in
                let (namespace, name, version) = try input.arguments {
                    (reader) throws(ABIError) in try readNames(&reader)
                }
                let slot = SystemRecord.nameSlot(
                    namespace: namespace, name: name, version: version)
                return try call.read(slot).bigEndianBytes
            },
        ]
    }

    static func system(_ id: Hash, _ call: inout NativeCall) throws(NativeFailure) -> SystemRecord {
        let record = try call.structure { read in SystemRecord(id, from: read) }
        guard let record else { throw NativeError.unknownSystem(id).failure }
        return record
    }

    private static func readNames(
        _ reader: inout ABIReader
    ) throws(ABIError) -> (String, String, String) {
        (
            try reader.readString(max: ModelRecord.nameBytesMax),
            try reader.readString(max: ModelRecord.nameBytesMax),
            try reader.readString(max: ModelRecord.versionBytesMax)
        )
    }

    private static func registerSystem(
        _ call: inout NativeCall, _ input: inout ABIReader
    ) throws(NativeFailure) -> [UInt8] {
        let (names, text, reason) = try input.arguments { (reader) throws(ABIError) in
            (try readNames(&reader), try reader.readHash(), try reader.readReason())
        }
        var record = SystemRecord(
            owner: call.caller, namespace: names.0, name: names.1, version: names.2,
            textHash: text, previousID: .zero, registeredAt: call.block.timestamp)
        do { try record.validate() } catch {
            throw NativeError.invalidRecord(error.systemReason).failure
        }
        let key = record.nameKey
        try call.charge(
            NativeGas.sha256(bytes: 150) + 3 * NativeGas.keccak(bytes: 96))
        let nameSlot = SystemRecord.nameSlot(
            namespace: record.namespace, name: record.name, version: record.version)
        let named = try call.read(nameSlot)
        guard named.isZero else { throw NativeError.nameTaken(Hash(named)).failure }
        try claimNamespace(record.namespace, &call)
        let name = try call.structure { read in NameRecord(key, from: read) }
        try checkGrowth(of: name, key, record.version, &call) { (id, call) throws(NativeFailure) in
            try system(id, &call).version
        }
        record.previousID = name.lastID
        let previous = name.lastID == .zero ? .zero : try system(name.lastID, &call).textHash
        try call.write(record.writes)
        try call.write(nameSlot, record.id.word)
        try add(record.id, version: record.version, to: name, over: name, key, &call)
        try log(
            .systemRegistered(
                namespace: record.namespace, name: record.name, version: record.version,
                from: previous, to: text, reason: reason),
            subject: record.id, nameKey: key, &call)
        return record.id.bytes
    }

    private static func claimNamespace(
        _ namespace: String, _ call: inout NativeCall
    ) throws(NativeFailure) {
        let key = NameRecord.key(namespace: namespace)
        let old = try call.structure { read in NameRecord(key, from: read) }
        let name = try claimed(old, namespace, &call)
        try call.write(name.writes(key, over: old))
    }
}

extension ModelRecordError {
    fileprivate var systemReason: String {
        switch self {
        case .invalidName:
            "namespace and name are a-z 0-9 . _ -, and 63 bytes together at most"
        default: reason
        }
    }
}

// MARK: ABI

extension SystemRecord {
    /// The members of `System`.
    fileprivate func write(to writer: inout ABIWriter) {
        writer.write(owner)
        writer.writeString(namespace)
        writer.writeString(name)
        writer.writeString(version)
        writer.write(textHash)
        writer.write(previousID)
        writer.write(registeredAt)
    }
}
