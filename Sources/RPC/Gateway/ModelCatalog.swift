internal import Codec
internal import Inference
internal import Ledger
internal import Node
internal import Payments
internal import Primitives
internal import Registry
internal import Store
internal import Synchronization

/// The models that the chain has registered and this node can run.
final class ModelCatalog: Sendable {
    private let node: Node
    private let list: Mutex<(storageRoot: Hash, records: [ModelRecord])>
    private let engines = Mutex(EnginePool())

    init(node: Node) {
        self.node = node
        list = Mutex((.zero, []))
    }

    /// All records of the newest block, oldest first; read again only when the registry changed.
    var records: [ModelRecord] {
        let state = node.state(of: node.head.header)
        guard let root = state.stateAccount(NativeAddress.registry)?.storageRoot else { return [] }
        return list.withLock { known in
            if known.storageRoot == root { return known.records }
            let read: SlotReader = { state.storage(NativeAddress.registry, $0) }
            let records = ModelIndex.ids(limit: Limits.listedModels, read: read).compactMap {
                ModelRecord($0, from: read)
            }
            known = (root, records)
            return records
        }
    }

    /// The model of a name, `name` or `name@version`: without a version the newest in use.
    func find(_ reference: String) throws(GatewayError) -> ModelRecord {
        let parts = reference.split(separator: "@", omittingEmptySubsequences: false)
        guard let name = parts.first, parts.count <= 2 else { throw .unknownModel(reference) }
        let named = records.filter { $0.name == name }
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
        var engine = try takeEngine(record.graphHash)
        // Also after a refused input: a run overwrites all that the one before it left.
        defer { engines.withLock { $0.put(engine) } }
        return try body(&engine)
    }

    private func takeEngine(_ hash: Hash) throws(GatewayError) -> Engine {
        if let engine = engines.withLock({ $0.take(hash) }) { return engine }
        let bytes: [UInt8]?
        do { bytes = try node.blobs.get(hash) } catch { throw .graphDamaged("\(error)") }
        guard let bytes else { throw .graphMissing(hash.hex) }
        do { return Engine(try IntegerGraph(decoding: bytes)) } catch {
            throw .graphDamaged("the graph \(hash) does not decode: \(error)")
        }
    }
}

// MARK: Values

/// One run as the gateway answers it.
struct ModelAnswer {
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
            inputHash = try graph.inputHash(integers)
            outputBytes = try graph.outputBytes(output)
            outputHash = try graph.outputHash(output)
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

/// The input of a request: numbers, nested as deep as people like, in row-major order.
enum ModelInput {
    static func numbers(of body: [UInt8]) throws(GatewayError) -> [FixedPoint] {
        let json: JSON
        do { json = try JSON(parsing: body, limits: Limits.requestJSON) } catch {
            throw .invalidRequest("the body is no JSON: \(error)")
        }
        guard let input = json["input"] else {
            throw .invalidRequest("the body needs a member input with the model's numbers")
        }
        var numbers: [FixedPoint] = []
        var stack: [ArraySlice<JSON>] = [[input]]
        while var rest = stack.popLast() {
            guard let first = rest.popFirst() else { continue }
            stack.append(rest)
            switch first {
            case .array(let inner): stack.append(inner[...])
            case .number(let number):
                guard let value = FixedPoint(number.text) else {
                    throw .invalidInput(
                        "number \(numbers.count) has more digits than 128 bits hold")
                }
                numbers.append(value)
            default: throw .invalidInput("value \(numbers.count) of the input is no number")
            }
        }
        return numbers
    }
}
