import Codec
import Crypto
import HTTP
import Inference
import Ledger
import Node
import Payments
import Primitives
import Proofs
import Registry
import Store
import TestSupport
import Testing

@testable import RPC

/// A node behind a real server, with a payer, a model's owner, and the node's own account.
final class TestService {
    let rpc: TestRPC
    let server: HTTPServer
    let owner: PrivateKey
    let payer: PrivateKey
    private var ownerNonce: UInt64 = 0

    init(
        sealing: Sealing = .instant, profile: String = "dev", blobLimits: BlobLimits = .standard
    ) throws {
        let rpc = try TestRPC(sealing: sealing, profile: profile, blobLimits: blobLimits)
        self.rpc = rpc
        owner = rpc.keys[0]
        payer = rpc.keys[1]
        let service = AssayService(
            node: rpc.node, accounts: rpc.keys,
            operatorKey: try PrivateKey([UInt8](repeating: 0x11, count: 32)),
            clientVersion: "test/1")
        server = try HTTPServer(body: service.body) { service.answer($0) }
    }

    var node: Node { rpc.node }

    func client() throws -> TestHTTPClient { try TestHTTPClient(port: server.port) }

    // MARK: Models

    /// Registers a model under a name; its graph is uploaded unless it is to be missing.
    @discardableResult
    func register(
        _ name: String, graph: [UInt8]? = nil, isUploaded: Bool = true, floor: Policy? = nil,
        hasProofs: Bool = false
    ) throws -> ModelRecord {
        let bytes = try graph ?? SmallGraph.dense().encoded
        let hash = SHA256.hash(bytes)
        if isUploaded {
            let answer = try client().request("PUT", "/v1/blobs/\(hash.hex)", body: bytes)
            #expect(answer.status == 201)
        }
        var record = ModelRecordSample.record(name, graph: hash, floor: floor)
        if hasProofs {
            record.weightsRoot =
                try VerificationKey(
                    graph: IntegerGraph(decoding: bytes), workers: SerialWorkers()
                ).digest
        }
        try transact(NativeCalldata.register(record))
        return record
    }

    /// Sends a call of the owner to the registry.
    func transact(_ input: [UInt8]) throws {
        let hash = try rpc.submit(
            rpc.transaction(
                nonce: ownerNonce, to: NativeAddress.registry, input: input, gas: 5_000_000))
        ownerNonce += 1
        #expect(try rpc.call("eth_getTransactionReceipt", hash)["status"] == "0x1")
    }

    // MARK: Payments

    static let body = Array("{\"input\":[0.5,0.25]}".utf8)

    static func path(_ model: String, policy: String? = nil) -> String {
        CanonicalTarget.of(
            path: "/v1/models/\(model)/infer",
            query: policy.map { [(name: "policy", value: $0)] } ?? [])
    }

    func ask(
        _ model: String, policy: String? = nil, body: [UInt8] = TestService.body,
        payment: String? = nil, header: String = "PAYMENT-SIGNATURE"
    ) throws -> TestHTTPResponse {
        let headers = payment.map { [(name: header, value: $0)] } ?? []
        return try client().request(
            "POST", TestService.path(model, policy: policy), headers: headers, body: body)
    }

    /// The header that pays for a request as the node offers it; a wallet's signature is two
    /// bytes that it must take.
    func payment(
        _ model: String, body: [UInt8] = TestService.body, policy: String? = nil,
        validSeconds: UInt64 = 300, wallet: Address? = nil
    ) throws -> String {
        let answer = try ask(model, policy: policy, body: body)
        try #require(answer.status == 402, "\(answer.text)")
        let required = try PaymentRequired(
            header: try #require(answer.header("PAYMENT-REQUIRED")))
        let offer = try #require(required.accepts.first)
        let terms = try Terms(json: try #require(offer.extra["assay"]?["terms"]))
        let exact = try sign(
            to: offer.payTo, amount: offer.amount, asset: offer.asset, extra: offer.extra,
            nonce: terms.hash(chainID: node.config.chainID), validSeconds: validSeconds,
            wallet: wallet)
        return PaymentPayload(payload: exact, accepted: offer).header
    }

    /// The header of version 1; such clients choose their own nonce.
    func paymentV1(_ model: String, nonce: Hash) throws -> String {
        let answer = try ask(model)
        let required = try PaymentRequiredV1(json: try #require(answer.json))
        let offer = try #require(required.accepts.first)
        let exact = try sign(
            to: offer.payTo, amount: offer.maxAmountRequired, asset: offer.asset,
            extra: try #require(offer.extra), nonce: nonce, validSeconds: 300)
        return PaymentPayloadV1(scheme: "exact", network: offer.network, payload: exact).header
    }

    private func sign(
        to recipient: String, amount: String, asset: String, extra: JSONObject, nonce: Hash,
        validSeconds: UInt64, wallet: Address? = nil
    ) throws -> JSONObject {
        let transfer = TransferAuthorization(
            from: wallet ?? payer.address, to: try Address(hex: recipient),
            value: try UInt256(decimal: amount), validAfter: .zero,
            validBefore: UInt256(node.nextTimestamp + validSeconds), nonce: nonce)
        let digest = transfer.digest(
            name: try #require(extra["name"]?.string),
            version: try #require(extra["version"]?.string), chainID: node.config.chainID,
            asset: try Address(hex: asset))
        let signature = wallet == nil ? payer.sign(digest).bytes : [7, 7]
        let exact = ExactEVMPayload(transfer, signature: signature)
        return try #require(exact.json.object)
    }

    /// Sends a payment's authorization to the token, as anyone may; or with another recipient and
    /// a signature for that, which the payer alone can make.
    func frontRun(_ header: String, divertingTo recipient: Address? = nil) throws {
        let exact = try X402Payload(header: header).exact()
        let transfer = TransferAuthorization(
            from: try Address(hex: exact.authorization.from),
            to: try recipient ?? Address(hex: exact.authorization.to),
            value: try UInt256(decimal: exact.authorization.value),
            validAfter: try UInt256(decimal: exact.authorization.validAfter),
            validBefore: try UInt256(decimal: exact.authorization.validBefore),
            nonce: try Hash(hex: exact.authorization.nonce))
        var signature = try Hex.decodePrefixed(try #require(exact.signature))
        if recipient != nil {
            let digest = transfer.digest(
                name: "USDC", version: "2", chainID: node.config.chainID, asset: try rpc.token)
            signature = payer.sign(digest).bytes
        }
        let hash = try rpc.submit(
            rpc.transaction(
                nonce: 0, to: try rpc.token,
                input: TokenCall.transferWithAuthorization(transfer, signedWith: signature)),
            key: 2)
        #expect(try rpc.call("eth_getTransactionReceipt", hash)["status"] == "0x1")
    }

    func tokens(of account: Address) throws -> UInt256 {
        let request: JSON = [
            "to": .of(try rpc.token), "data": .hex(TokenCall.balance(of: account)),
        ]
        return try #require(try rpc.call("eth_call", request).quantity)
    }
}

extension TestHTTPResponse {
    var json: JSON? { try? JSON(parsing: body) }
}

enum ModelRecordSample {
    static func record(_ name: String, graph: Hash, floor: Policy? = nil) -> ModelRecord {
        ModelRecord(
            owner: .zero, name: name, version: "1.0", onnxHash: SHA256.hash([1]),
            graphHash: graph, weightsRoot: .zero, cid: "", policyFloor: floor?.encoded ?? [],
            price: 2_500, calibrationHash: .zero, macs: 4, status: .active, registeredAt: 0)
    }
}

/// Copies of a document with one character of one string changed.
enum Mutation {
    /// Every string leaf, at as many places as are asked for: a digit becomes another digit.
    static func all(of json: JSON, positions: Int) -> [(path: String, json: JSON)] {
        var found: [(path: String, json: JSON)] = []
        visit(json, "", { $0 }, positions, &found)
        return found
    }

    private static func visit(
        _ json: JSON, _ path: String, _ wrap: (JSON) -> JSON, _ positions: Int,
        _ found: inout [(path: String, json: JSON)]
    ) {
        switch json {
        case .object(let object):
            for (key, value) in object.entries {
                visit(
                    value, path.isEmpty ? key : path + "." + key,
                    { changed in
                        var copy = object
                        copy[key] = changed
                        return wrap(.object(copy))
                    }, positions, &found)
            }
        case .array(let list):
            for (index, value) in list.enumerated() {
                visit(
                    value, path + ".\(index)",
                    { changed in
                        var copy = list
                        copy[index] = changed
                        return wrap(.array(copy))
                    }, positions, &found)
            }
        case .string(let text):
            for place in places(text.utf8.count, positions) {
                found.append((path, wrap(.string(changed(text, at: place)))))
            }
        default: break
        }
    }

    /// Spread over the text, its first and its last character among them.
    private static func places(_ count: Int, _ positions: Int) -> [Int] {
        guard count > 0 else { return [] }
        guard count > positions, positions > 1 else { return Array(0..<count) }
        return (0..<positions).map { $0 * (count - 1) / (positions - 1) }
    }

    private static func changed(_ text: String, at place: Int) -> String {
        var bytes = Array(text.utf8)
        switch bytes[place] {
        case UInt8(ascii: "0")...UInt8(ascii: "8"), UInt8(ascii: "a")...UInt8(ascii: "e"),
            UInt8(ascii: "A")...UInt8(ascii: "E"):
            bytes[place] += 1
        // Not to the same letter in lower case: addresses mean the same in both.
        case UInt8(ascii: "9"), UInt8(ascii: "F"): bytes[place] -= 1
        default: bytes[place] = UInt8(ascii: "a")
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
