internal import Codec
public import Crypto
public import HTTP
internal import Ledger
public import Node
internal import Payments
internal import Primitives
internal import Registry
internal import Store

/// Everything that one port serves: JSON-RPC, the x402 facilitator, paid inference, receipts and
/// blobs.
public final class AssayService: Sendable {
    private let rpc: RPCServer
    private let node: Node
    private let facilitator: Facilitator
    private let catalog: ModelCatalog
    private let gateway: Gateway

    /// - Parameter operatorKey: sends settlements, pays their gas and signs statements.
    public init(
        node: Node, accounts: [PrivateKey], operatorKey: PrivateKey, clientVersion: String
    ) {
        self.node = node
        rpc = RPCServer(node: node, accounts: accounts, clientVersion: clientVersion)
        let sender = Operator(node: node, key: operatorKey)
        let underWay = PaymentsUnderWay()
        facilitator = Facilitator(node: node, sender: sender, underWay: underWay)
        catalog = ModelCatalog(node: node)
        gateway = Gateway(node: node, provider: sender, catalog: catalog, underWay: underWay)
    }

    /// One answer for one request; never throws, never traps on what a request holds.
    public func answer(_ request: HTTPRequest) -> HTTPResponse {
        let parts = request.path.split(separator: "/")
        do throws(GatewayError) {
            switch (request.method, parts.first ?? "", parts.count) {
            case ("POST", "", _): return .json(200, rpc.answer(request.body))
            case ("GET", "", _): return .text(200, AssayService.welcome)
            case ("GET", "health", 1): return health()
            case ("GET", "supported", 1): return facilitator.supported()
            case ("POST", "verify", 1): return facilitator.verify(request.body)
            case ("POST", "settle", 1): return facilitator.settle(request.body)
            case (_, "v1", 2...): return try answerV1(request, Array(parts.dropFirst()))
            default: throw .notFound("\(request.method) \(request.path)")
            }
        } catch {
            return error.response
        }
    }

    private static let welcome = """
        Assay: a settlement chain for AI inference.

          POST /                              JSON-RPC (eth, net, web3, assay)
          GET  /v1/models                     registered models
          POST /v1/models/{name}/infer        paid inference (x402); ?policy=signed
          GET  /v1/receipts/{id}              a receipt with its proofs; assay verify reads it
          PUT  /v1/blobs/{sha256}             a model's integer graph; GET reads it
          POST /verify, POST /settle          x402 facilitator; GET /supported
          GET  /health                        the newest block

        """

    private func health() -> HTTPResponse {
        let (header, hash) = node.head
        let body: JSON = [
            "status": "ok", "chainId": .string(String(node.config.chainID)),
            "blockNumber": .string(String(header.number)), "blockHash": .string(hash.hex),
        ]
        return .json(200, body.serialized)
    }

    private func answerV1(
        _ request: HTTPRequest, _ parts: [Substring]
    ) throws(GatewayError) -> HTTPResponse {
        switch (request.method, parts[0]) {
        case ("GET", "models") where parts.count == 1:
            let models: JSON = ["models": .array(catalog.records.map(\.json))]
            return .json(200, models.serialized)
        case ("POST", "models") where parts.count >= 3 && parts.last == "infer":
            let name = parts[1..<parts.count - 1].joined(separator: "/")
            return try gateway.infer(request, model: name)
        case ("GET", "models"):
            let name = parts[1...].joined(separator: "/")
            return .json(200, try catalog.find(name).json.serialized)
        case ("GET", "receipts") where parts.count == 2:
            return try receipt(String(parts[1]))
        case ("PUT", "blobs") where parts.count == 2:
            return try putBlob(request, String(parts[1]))
        case ("GET", "blobs") where parts.count == 2:
            return try getBlob(String(parts[1]))
        default: throw .notFound("\(request.method) \(request.path)")
        }
    }

    private func receipt(_ text: String) throws(GatewayError) -> HTTPResponse {
        let id: Hash
        do { id = try Hash(hex: text) } catch {
            throw .invalidRequest("a receipt id is 0x and 64 hex digits: \(error)")
        }
        guard let document = ReceiptFinder(node: node).document(id) else {
            throw .notFound("the receipt \(id)")
        }
        return .json(200, document.json.serialized)
    }

    // MARK: Blobs

    private func hash(_ text: String) throws(GatewayError) -> Hash {
        do { return try Hash(hex: text.hasPrefix("0x") ? text : "0x" + text) } catch {
            throw .invalidRequest("a blob is named by its SHA-256 in hex: \(error)")
        }
    }

    private func putBlob(_ request: HTTPRequest, _ text: String) throws(GatewayError)
        -> HTTPResponse
    {
        let name = try hash(text)
        let found = SHA256.hash(request.body)
        guard found == name else {
            throw .invalidRequest("the body's SHA-256 is \(found), not \(name)")
        }
        do { try node.blobs.put(request.body) } catch { throw .unavailable("\(error)") }
        return .json(201, (["sha256": .string(found.hex)] as JSON).serialized)
    }

    private func getBlob(_ text: String) throws(GatewayError) -> HTTPResponse {
        let name = try hash(text)
        let bytes: [UInt8]?
        do { bytes = try node.blobs.get(name) } catch { throw .unavailable("\(error)") }
        guard let bytes else { throw .notFound("the blob \(name)") }
        return HTTPResponse(
            status: 200,
            headers: [(name: "Content-Type", value: "application/octet-stream")], body: bytes)
    }
}
