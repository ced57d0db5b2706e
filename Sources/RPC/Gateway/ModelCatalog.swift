internal import Codec
internal import Crypto
internal import Inference
internal import Ledger
internal import Node
internal import Payments
internal import Primitives
internal import Registry
internal import Synchronization

/// The models that the chain has registered, by name, and the engines that run them.
///
/// Id, name and version of a model never change, so they are indexed once, as models are added;
/// all else of a record is read from the state when somebody asks for it. Graphs and engines are
/// the node's `ModelLibrary`.
final class ModelCatalog: Sendable {
    private struct Index {
        /// In the order of registration.
        var ids: [Hash] = []
        var byName: [String: [Hash]] = [:]
        /// All records as they stood under this root of the registry's storage.
        var listed: (storageRoot: Hash, records: [ModelRecord])?
    }

    private let node: Node
    private let index = Mutex(Index())

    init(node: Node) { self.node = node }

    /// All records of the newest block, oldest first; read again only when the registry changed.
    var records: [ModelRecord] {
        let state = node.state(of: node.head.header)
        guard let root = state.stateAccount(NativeAddress.registry)?.storageRoot else { return [] }
        let read: SlotReader = { state.storage(NativeAddress.registry, $0) }
        return index.withLock { index in
            if let listed = index.listed, listed.storageRoot == root { return listed.records }
            ModelCatalog.follow(&index, read)
            let records = index.ids.prefix(Limits.listedModels).compactMap {
                ModelRecord($0, from: read)
            }
            index.listed = (root, records)
            return records
        }
    }

    /// The records of all versions of a name in the newest block, oldest first.
    private func versions(of name: String) -> [ModelRecord] {
        let state = node.state(of: node.head.header)
        let read: SlotReader = { state.storage(NativeAddress.registry, $0) }
        let ids = index.withLock { index in
            ModelCatalog.follow(&index, read)
            return index.byName[name] ?? []
        }
        return ids.compactMap { ModelRecord($0, from: read) }
    }

    /// Indexes what was registered since the last time.
    private static func follow(_ index: inout Index, _ read: SlotReader) {
        let count = read(ModelIndex.countSlot).asInt ?? 0
        if let last = index.ids.last,
            count < index.ids.count
                || Hash(read(ModelIndex.slot(UInt256(index.ids.count - 1)))) != last
        {
            // Another chain than before: the head was taken back.
            index = Index()
        }
        for id in ModelIndex.ids(from: UInt64(index.ids.count), read: read) {
            index.ids.append(id)
            guard let record = ModelRecord(id, from: read) else { continue }
            index.byName[record.name, default: []].append(id)
        }
    }

    /// The model of a name, `name` or `name@version`: without a version the newest in use.
    func find(_ reference: String) throws(GatewayError) -> ModelRecord {
        let parts = reference.split(separator: "@", omittingEmptySubsequences: false)
        guard let name = parts.first, parts.count <= 2 else { throw .unknownModel(reference) }
        let named = versions(of: String(name))
        if parts.count == 2 {
            guard let record = named.first(where: { $0.version == parts[1] }) else {
                throw .unknownModel(reference)
            }
            guard record.status != .revoked else { throw .revoked(record.name, record.version) }
            return record
        }
        guard let newest = named.max(by: { $0.hasOlderVersion(than: $1) }) else {
            throw .unknownModel(reference)
        }
        let inUse = named.filter { $0.status != .revoked }
        guard let best = inUse.max(by: { $0.hasOlderVersion(than: $1) }) else {
            throw .revoked(newest.name, newest.version)
        }
        return best
    }

    /// Runs `body` with an engine of the model; engines are kept for the next request.
    func withEngine<Result>(
        of record: ModelRecord, _ body: (inout Engine) throws(GatewayError) -> Result
    ) throws(GatewayError) -> Result {
        var engine: Engine
        do { engine = try node.models.takeEngine(of: record.graphHash) } catch {
            switch error {
            case .missing(let hash): throw .graphMissing(hash.hex)
            case .notAGraph, .notProvable:
                throw .graphDamaged("the graph \(record.graphHash) is of no use: \(error)")
            }
        }
        defer { node.models.putBack(engine) }
        return try body(&engine)
    }
}

// MARK: Values

/// One run as the gateway answers it.
struct ModelAnswer {
    let input: [Int32]
    let output: [Int32]
    /// Canonical bytes of the input tensors.
    let inputBytes: [UInt8]
    let inputHash: Hash
    /// Canonical bytes of the output tensors.
    let outputBytes: [UInt8]
    let outputHash: Hash
    let numbers: [BinaryFixedPoint]
    let shapes: [[Int]]

    /// The run of a model on the numbers of a request.
    init(_ engine: inout Engine, input: [FixedPoint]) throws(GatewayError) {
        let graph = engine.graph
        do {
            let integers = try graph.integers(from: input)
            let output = try engine.run(integers)
            (self.input, self.output) = (integers, output)
            inputBytes = try graph.inputBytes(integers)
            inputHash = SHA256.hash(inputBytes)
            outputBytes = try graph.outputBytes(output)
            outputHash = SHA256.hash(outputBytes)
            numbers = try graph.numbers(from: output)
            shapes = graph.outputs.map(\.shape)
        } catch {
            throw .invalidInput(ModelAnswer.text(error))
        }
    }

    private static func text(_ error: RunError) -> String {
        switch error {
        case .wrongInputCount(let wanted, let got):
            "the model takes \(wanted) numbers, \(got) were given"
        case .inputOutOfRange(let index, let value):
            "number \(index) is outside the model's range: \(value)"
        case .notANumber(let index): "number \(index) is no number"
        }
    }

    /// `output` holds all numbers in row-major order, exactly as the integers stand for them.
    var json: JSONObject {
        var object = JSONObject()
        object["output"] = .array(
            numbers.map { JSONNumber($0.description).map { .number($0) } ?? .null })
        object["shapes"] = .array(
            shapes.map { .array($0.map { .number(JSONNumber($0)) }) })
        return object
    }
}
