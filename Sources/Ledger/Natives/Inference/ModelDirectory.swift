internal import Codec
internal import Crypto
internal import EVM
internal import Inference
internal import Payments
internal import Primitives
internal import Registry

/// How the text in a request names a model. Every text has exactly one reading.
///
/// 1. `0x` and 64 hex digits: the model's id.
/// 2. A text with an `@`: a name and a version, `lenet5@1.0`.
/// 3. A CID of version 1 in base 32 (`b`, then at least 58 of `a–z 2–7`): the CID.
/// 4. A valid name: its newest version. Should that be revoked, the call is refused rather than
///    answered by an older one.
/// 5. Anything else, such as `Qm…` and Walrus ids: a CID.
///
/// Several models may claim one CID, which nothing here can check: the first one has it.
enum ModelReference: Equatable {
    case id(Hash)
    case version(name: String, version: String)
    case name(String)
    case cid(String)

    init(_ text: String) {
        let bytes = Array(text.utf8)
        if bytes.count == 66, let id = try? Hash(hex: text) {
            self = .id(id)
        } else if let mark = bytes.firstIndex(of: UInt8(ascii: "@")) {
            self = .version(
                name: String(decoding: bytes[..<mark], as: UTF8.self),
                version: String(decoding: bytes[(mark + 1)...], as: UTF8.self))
        } else if ModelReference.isBase32CID(bytes) || !ModelRecord.isName(text) {
            self = .cid(text)
        } else {
            self = .name(text)
        }
    }

    private static func isBase32CID(_ bytes: [UInt8]) -> Bool {
        bytes.count >= 59 && bytes[0] == UInt8(ascii: "b")
            && bytes.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "2")...UInt8(ascii: "7"):
                    true
                default: false
                }
            }
    }
}

/// What the inference precompile keeps in its own storage, written when a model is registered.
///
/// | space | key | slots |
/// |---|---|---|
/// | 1 | model id | gas of one run, then the graph's SHA-256 |
/// | 2 | Keccak-256 of a name | the id of its newest version |
/// | 3 | Keccak-256 of a CID | the id of the first model that has it |
enum ModelDirectory {
    static let runSpace: UInt256 = 1
    static let nameSpace: UInt256 = 2
    static let cidSpace: UInt256 = 3

    static func runSlot(_ id: Hash) -> UInt256 { SlotLayout.base(id.word, in: runSpace) }
    static func nameSlot(_ name: String) -> UInt256 { slot(name, in: nameSpace) }
    static func cidSlot(_ cid: String) -> UInt256 { slot(cid, in: cidSpace) }

    private static func slot(_ text: String, in space: UInt256) -> UInt256 {
        SlotLayout.base(Keccak.hash(Array(text.utf8)).word, in: space)
    }

    private static let account = NativeAddress.inference

    // MARK: Registration

    /// The record's graph, once it is known to be what the record says.
    ///
    /// Its bytes are there and decode, and its multiplications are those that the record states.
    static func checkedGraph(
        of record: ModelRecord, in models: any ModelSource, _ call: inout NativeCall
    ) throws(NativeFailure) -> IntegerGraph {
        let hash = record.graphHash
        let bytes: Int
        do { bytes = try models.byteCount(of: hash) } catch { throw error.failure }
        try call.charge(InferenceGas.registration(bytes: bytes))
        let graph: IntegerGraph
        do { graph = try models.graph(hash) } catch { throw error.failure }
        guard graph.macs == record.macs else {
            throw NativeError.invalidRecord(
                "the graph has \(graph.macs) multiplications, not \(record.macs)"
            ).failure
        }
        return graph
    }

    /// Enters a model that was just registered.
    static func enlist(
        _ record: ModelRecord, _ graph: IntegerGraph, _ call: inout NativeCall
    ) throws(NativeFailure) {
        let run = runSlot(record.id)
        try call.write(run, UInt256(InferenceGas.cost(of: graph.analysis)), of: account)
        try call.write(run &+ 1, graph.hash.word, of: account)
        let name = nameSlot(record.name)
        let newest = try call.read(name, of: account)
        var isNewest = newest.isZero
        if !isNewest {
            isNewest = try RegistryNative.record(Hash(newest), &call).hasOlderVersion(than: record)
        }
        if isNewest { try call.write(name, record.id.word, of: account) }
        guard !record.cid.isEmpty else { return }
        let cid = cidSlot(record.cid)
        if try call.read(cid, of: account).isZero {
            try call.write(cid, record.id.word, of: account)
        }
    }

    // MARK: Calls

    /// A model that may run: its id, its graph and what a run costs.
    struct Entry {
        let id: Hash
        let graphHash: Hash
        let gas: UInt64
    }

    /// The model that a text names, unless its owner has revoked it.
    static func find(
        _ text: String, _ call: inout NativeCall
    ) throws(NativeFailure) -> Entry {
        let id: Hash
        switch ModelReference(text) {
        case .id(let hash): id = hash
        case .version(let name, let version):
            id = Hash(
                try call.read(
                    ModelRecord.nameSlot(name: name, version: version),
                    of: NativeAddress.registry))
        case .name(let name): id = Hash(try call.read(nameSlot(name), of: account))
        case .cid(let cid): id = Hash(try call.read(cidSlot(cid), of: account))
        }
        let run = runSlot(id)
        guard let gas = try call.read(run, of: account).asUInt64, gas > 0 else {
            throw InferenceError.unknownModelReference(text).failure
        }
        let graphHash = Hash(try call.read(run &+ 1, of: account))
        let status = try call.structure(of: NativeAddress.registry) { read in
            ModelRecord.status(of: id, from: read)
        }
        guard status != .revoked else { throw NativeError.modelRevoked(id).failure }
        return Entry(id: id, graphHash: graphHash, gas: gas)
    }
}
