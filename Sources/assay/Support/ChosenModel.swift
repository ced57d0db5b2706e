internal import Arguments
internal import Codec
internal import Crypto
internal import Files
internal import HTTP
internal import Inference
internal import Primitives
internal import Proofs
internal import Threads

/// A model as `prove`, `verify` and `model key` take it: a file or what a node knows by name.
enum ChosenModel {
    case graph(IntegerGraph)
    /// Enough to check proofs, not to make them.
    case key(VerificationKey)

    static let summary =
        "an integer graph, an ONNX file, or name or name@version on a node"
    static let options: [Option] =
        [
            .value(
                "calibration", "FILE",
                "inputs that choose the scales of an ONNX model; those of INPUT"),
            .value("url", "URL", "the node; \(NodeClient.defaultURL)"),
        ] + QuantiseFlags.modelOptions

    /// - Parameter input: a file of inputs, for an ONNX model that is given no calibration.
    init(_ text: String, _ invocation: Invocation, input: String?) throws {
        guard Files.exists(text), !Files.isFolder(text) else {
            self = .graph(try ChosenModel.registered(text, invocation))
            return
        }
        let bytes = try Files.read(text)
        if let key = try? VerificationKey(file: bytes) {
            self = .key(key)
            return
        }
        if let graph = try? IntegerGraph(decoding: bytes) {
            self = .graph(graph)
            return
        }
        guard let calibration = invocation.text("calibration") ?? input else {
            throw UsageError(
                "\(text) is an ONNX file", why: "inputs must choose the scales of its integers",
                remedy: "give --calibration FILE")
        }
        let flags = try QuantiseFlags(invocation, hasTestSet: false)
        let rows = try ModelFiles.rows(
            ModelFiles.json(Files.read(calibration), calibration), calibration)
        let model = try PreparedModel(
            onnx: bytes, rows: rows, importing: flags.importing, options: flags.quantising)
        self = .graph(model.graph)
    }

    private static func registered(
        _ name: String, _ invocation: Invocation
    ) throws -> IntegerGraph {
        let client = try NodeClient(invocation.text("url") ?? NodeClient.defaultURL)
        let record = try client.json("GET", "/v1/models/\(name)")
        let hash = record["graphHash"]?.string ?? ""
        let answer = try client.send("GET", "/v1/blobs/\(hash)")
        guard answer.status == 200 else {
            throw NodeClient.refusal("GET /v1/blobs/\(hash)", answer)
        }
        guard SHA256.hash(answer.body).hex == hash,
            let graph = try? IntegerGraph(decoding: answer.body)
        else {
            throw Failure(
                "the graph is not the registered one", why: "its SHA-256 is not \(hash)",
                remedy: "ask another node")
        }
        return graph
    }

    /// The graph; a key alone makes no proofs.
    func graph(_ text: String) throws -> IntegerGraph {
        switch self {
        case .graph(let graph): return graph
        case .key:
            throw Failure(
                "\(text) is a verification key", why: "it holds no weights",
                remedy: "give the model that it was made of")
        }
    }
}

/// Verification keys, made by all processors.
enum ProofKeys {
    static let formOption = Option.value(
        "form", "FORM",
        "what a proof shows of the run, open or committed; the one that gives smaller proofs")

    static func form(_ invocation: Invocation) throws(UsageError) -> ProofForm? {
        switch invocation.text("form") {
        case nil: return nil
        case "open": return .open
        case "committed": return .committed
        case "hidden":
            throw UsageError(
                "--form hidden is no choice of its own", why: "it needs a secret for the input",
                remedy: "give --hide")
        case let text?:
            throw UsageError(
                "--form \(text) is not known", why: "a proof is open or committed",
                remedy: "choose one of open, committed, or give --hide")
        }
    }

    static func make(_ graph: IntegerGraph) throws -> VerificationKey {
        let pool = ThreadPool(count: ThreadPool.processorCount)
        do { return try VerificationKey(graph: graph, workers: pool) } catch {
            throw Failure(
                "no verification key can be made of the model", why: "\(error)",
                remedy: "register it with --no-proof")
        }
    }
}
