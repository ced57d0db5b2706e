internal import Codec
internal import Crypto
internal import HTTP
internal import Ledger
internal import Payments
internal import Primitives

/// Talks to a running node as any client does: JSON-RPC, routes, and x402 for what costs money.
struct NodeClient {
    static let defaultURL = "http://127.0.0.1:8545"

    let url: String
    private let http: HTTPClient

    init(_ url: String) throws {
        self.url = url
        do { http = try HTTPClient(url) } catch {
            throw Failure(
                "--url \(url) is not valid", why: "\(error)",
                remedy: "write it as \(NodeClient.defaultURL)")
        }
    }

    func send(
        _ method: String, _ path: String, headers: [(name: String, value: String)] = [],
        body: [UInt8] = []
    ) throws -> HTTPResponse {
        do { return try http.send(method, path, headers: headers, body: body) } catch {
            throw Failure(
                "the node at \(url) does not answer", why: "\(error)",
                remedy: "start one with 'assay node' or name it with --url")
        }
    }

    /// A route's JSON; anything but 200 and 201 is a failure with the node's own words.
    func json(_ method: String, _ path: String, body: [UInt8] = []) throws -> JSON {
        let answer = try send(method, path, body: body)
        guard (200...201).contains(answer.status) else {
            throw NodeClient.refusal("\(method) \(path)", answer)
        }
        return try NodeClient.json(answer)
    }

    static func json(_ answer: HTTPResponse) throws -> JSON {
        do { return try JSON(parsing: answer.body) } catch {
            throw Failure(
                "the node's answer is no JSON", why: "\(error)", remedy: "check --url")
        }
    }

    static func refusal(_ what: String, _ answer: HTTPResponse) -> Failure {
        let json = try? JSON(parsing: answer.body)
        let why =
            json?["message"]?.string ?? json?["error"]?.string
            ?? String(decoding: answer.body.prefix(200), as: UTF8.self)
        return Failure(
            "the node refused \(what) with \(answer.status)", why: why, remedy: "see the reason")
    }

    // MARK: JSON-RPC

    func call(_ method: String, _ parameters: [JSON] = []) throws -> JSON {
        let request: JSON = [
            "jsonrpc": "2.0", "id": 1, "method": .string(method), "params": .array(parameters),
        ]
        let answer = try json("POST", "/", body: request.serialized)
        if let error = answer["error"] {
            throw Failure(
                "\(method) failed", why: error["message"]?.string ?? "no reason given",
                remedy: "see the reason")
        }
        return answer["result"] ?? .null
    }

    func word(_ method: String, _ parameters: [JSON] = []) throws -> UInt256 {
        guard let text = try call(method, parameters).string, let word = try? UInt256(hex: text)
        else { throw Failure("\(method) gave no number", why: "odd answer", remedy: "check --url") }
        return word
    }

    func chainID() throws -> UInt64 { try word("eth_chainId").limb0 }

    func tokenBalance(of account: Address, token: Address) throws -> UInt256 {
        let call: JSON = [
            "to": .string(token.hex),
            "data": .string(Hex.encodePrefixed(TokenCall.balance(of: account))),
        ]
        return try word("eth_call", [call, "latest"])
    }

    /// Signs and sends a transaction, and waits for its block.
    @discardableResult
    func transact(_ input: [UInt8], to target: Address, key: PrivateKey) throws -> JSON {
        let request: JSON = [
            "from": .string(key.address.hex), "to": .string(target.hex),
            "data": .string(Hex.encodePrefixed(input)),
        ]
        let gas = try word("eth_estimateGas", [request]).limb0
        // A quarter more: slots may have changed by then. No transaction may have more than that.
        let gasLimit = max(gas, min(gas + gas / 4, Limits.transactionGasMax))
        let price = try word("eth_gasPrice")
        let nonce = try word("eth_getTransactionCount", [.string(key.address.hex), "pending"])
        let transaction = Transaction(
            kind: .dynamicFee, chainID: try chainID(), nonce: nonce.limb0,
            maxPriorityFeePerGas: 1_000_000_000, maxFeePerGas: price * 2 + 1_000_000_000,
            gasLimit: gasLimit, to: target, input: input
        ).signed(with: key)
        let hash = try call(
            "eth_sendRawTransaction", [.string(Hex.encodePrefixed(transaction.encoded))])
        let receipt = try call("eth_getTransactionReceipt", [hash])
        guard receipt["status"]?.string == "0x1" else {
            throw Failure(
                "transaction \(hash.string ?? "") did not succeed",
                why: receipt.isNull ? "it waits for a block" : "it failed in its block",
                remedy: "see eth_getTransactionReceipt")
        }
        return receipt
    }
}

// MARK: x402

/// A paid answer of the gateway.
struct PaidAnswer {
    let json: JSON
    let settlement: SettleResponse

    var receiptID: String { json["receipt"]?["receiptId"]?.string ?? "" }
}

/// An offer as a client reads it.
struct ClientOffer {
    let requirements: PaymentRequirements
    let terms: Terms
    let amount: UInt256
    let asset: Address

    /// Whether the node has understood that it is to hide the input.
    var isInputHidden: Bool { requirements.extra["assay"]?["inputHidden"] == true }
}

extension NodeClient {
    /// The route that runs a model, spelt as requests are hashed.
    static func inferPath(_ model: String, policy: Policy?) -> String {
        CanonicalTarget.of(
            path: "/v1/models/\(model)/infer",
            query: policy.map { [(name: "policy", value: $0.text)] } ?? [])
    }

    /// Asks for the price; nothing is paid.
    func offer(_ path: String, _ body: [UInt8]) throws -> ClientOffer {
        let answer = try send("POST", path, body: body)
        guard answer.status == 402 else { throw NodeClient.refusal("POST \(path)", answer) }
        guard let header = answer.header(X402Header.paymentRequired),
            let required = try? PaymentRequired(header: header)
        else {
            throw Failure(
                "the node's offer cannot be read", why: "it has no PAYMENT-REQUIRED header",
                remedy: "check --url")
        }
        let network = X402Network(chainID: try chainID()).caip2
        guard
            let requirements = required.accepts.first(where: {
                $0.scheme == X402Scheme.exact && $0.network == network
            }), let json = requirements.extra["assay"]?["terms"],
            let terms = try? Terms(json: json),
            let amount = try? UInt256(decimal: requirements.amount),
            let asset = try? Address(hex: requirements.asset)
        else {
            throw Failure(
                "the node offers nothing that this client can pay",
                why: "it wants an exact payment with Assay's terms", remedy: "check --url")
        }
        return ClientOffer(
            requirements: requirements, terms: terms, amount: amount, asset: asset)
    }

    /// The header that pays an offer, after checking that what is signed binds the offer's terms.
    func payment(
        for offer: ClientOffer, path: String, body: [UInt8], key: PrivateKey, now: UInt64
    ) throws -> PaymentPayload {
        let chainID = try chainID()
        let wanted = RequestHash.of(method: "POST", path: path, body: body)
        guard offer.terms.requestHash == wanted,
            (try? Address(hex: offer.requirements.payTo)) == offer.terms.escrow(chainID: chainID)
        else {
            throw Failure(
                "the offer is not for this request",
                why: "its terms name another request or its payTo another escrow",
                remedy: "do not pay it")
        }
        let nonce = offer.terms.hash(chainID: chainID)
        let until = now + UInt64(clamping: offer.requirements.maxTimeoutSeconds)
        let transfer = TransferAuthorization(
            from: key.address, to: offer.terms.escrow(chainID: chainID), value: offer.amount,
            validAfter: .zero, validBefore: UInt256(until), nonce: nonce)
        let digest = transfer.digest(
            name: offer.requirements.extra["name"]?.string ?? "",
            version: offer.requirements.extra["version"]?.string ?? "", chainID: chainID,
            asset: offer.asset)
        let exact = ExactEVMPayload(transfer, signature: key.sign(digest).bytes)
        return PaymentPayload(
            payload: exact.json.object ?? JSONObject(), accepted: offer.requirements)
    }

    /// Sends a request with its payment.
    func pay(_ payload: PaymentPayload, path: String, body: [UInt8]) throws -> HTTPResponse {
        try send(
            "POST", path,
            headers: [
                (name: X402Header.paymentSignature, value: payload.header),
                (name: "Content-Type", value: "application/json"),
            ], body: body)
    }

    /// Reads a paid answer; anything else is a failure.
    static func paid(_ answer: HTTPResponse) throws -> PaidAnswer {
        guard answer.status == 200, let header = answer.header(X402Header.paymentResponse),
            let settlement = try? SettleResponse(header: header)
        else { throw refusal("the payment", answer) }
        return PaidAnswer(json: try json(answer), settlement: settlement)
    }
}
