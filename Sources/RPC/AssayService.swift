internal import Codec
public import Crypto
public import HTTP
internal import Ledger
public import Node
internal import Payments
internal import Primitives
internal import Registry

/// Everything that one port serves: JSON-RPC, the x402 facilitator, paid inference, receipts and
/// blobs.
public final class AssayService: Sendable {
    private let rpc: RPCServer
    private let node: Node
    private let facilitator: Facilitator
    private let catalog: ModelCatalog
    private let gateway: Gateway
    private let blobs: BlobRoutes

    /// - Parameter operatorKey: sends settlements, pays their gas and signs statements.
    public init(
        node: Node, accounts: [PrivateKey], operatorKey: PrivateKey, clientVersion: String
    ) {
        self.node = node
        rpc = RPCServer(node: node, accounts: accounts, clientVersion: clientVersion)
        let sender = Operator(node: node, key: operatorKey)
        let underWay = PaymentsUnderWay()
        facilitator = Facilitator(node: node, sender: sender, underWay: underWay)
        blobs = BlobRoutes(node.blobs)
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
          PUT  /v1/blobs/{sha256}             a model's graph, report or text; GET reads it
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
            let models: JSON = [
                "models": .array(catalog.records.map { $0.json(at: node.nextTimestamp) })
            ]
            return .json(200, models.serialized)
        case ("POST", "models") where parts.count >= 3 && parts.last == "infer":
            let name = parts[1..<parts.count - 1].joined(separator: "/")
            return try gateway.infer(request, model: name)
        case ("GET", "models"):
            let name = parts[1...].joined(separator: "/")
            return .json(200, try catalog.find(name).json(at: node.nextTimestamp).serialized)
        case ("GET", "receipts") where parts.count == 2:
            return try receipt(String(parts[1]))
        case ("PUT", "blobs") where parts.count == 2:
            return try blobs.put(request.body, as: parts[1])
        case ("GET", "blobs") where parts.count == 2:
            return try blobs.get(request, parts[1])
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

    /// What becomes of a request's body: blobs are taken in pieces, all else is held whole.
    public func body(_ request: HTTPRequest) -> HTTPBody {
        let parts = request.path.split(separator: "/")
        guard request.method == "PUT", parts.count == 3, parts[0] == "v1", parts[1] == "blobs"
        else { return .whole }
        return blobs.body(of: parts[2])
    }
}
