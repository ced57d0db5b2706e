import Codec
import Crypto
import HTTP
import Inference
import Ledger
import Node
import Payments
import Primitives
import Store
import Registry
import Synchronization
import TestSupport
import Testing

@testable import RPC

/// Paid inference over real HTTP.
@Suite(.timeLimit(.minutes(5))) struct AssayServiceTests {
    private let provider = Address(
        truncating: UInt256(
            bigEndian: [
                0x19, 0xe7, 0xe3, 0x76, 0xe7, 0xc2, 0x13, 0xb7, 0xe7, 0xe7, 0xe4, 0x6c, 0xc7,
                0x0a, 0x5d, 0xd0, 0x86, 0xda, 0xff, 0x2a,
            ]))

    @Test func aPaymentBuysAnAnswerAndAReceipt() throws {
        let service = try TestService()
        let record = try service.register("small")
        let header = try service.payment("small")
        let before = try service.tokens(of: service.payer.address)
        let earned = try service.tokens(of: provider)
        let answer = try service.ask("small", payment: header)
        try #require(answer.status == 200, "\(answer.text)")
        let json = try #require(answer.json)
        // x = (64, 32): (64 - 64 + 5) >> 2 and (192 + 128 - 6) >> 2, rounded, at scale 8.
        #expect(json["output"]?.array?.compactMap(\.double) == [0.125, 9.875])
        #expect(json["shapes"] == [[1, 2]])
        #expect(json["model"]?["modelId"] == .of(record.id))
        let settled = try SettleResponse(
            header: try #require(answer.header("PAYMENT-RESPONSE")))
        #expect(settled.success)
        #expect(settled.transaction == json["receipt"]?["transaction"]?.string)
        #expect(settled.network == "eip155:31337")
        #expect(before - (try service.tokens(of: service.payer.address)) == 2_500)
        #expect(try service.tokens(of: provider) - earned == 2_500)
        let id = try #require(json["receipt"]?["receiptId"])
        let hash = try Hash(hex: try #require(json["receipt"]?["blockHash"]?.string))
        let shown = try service.client().request(
            "GET", try #require(json["receipt"]?["url"]?.string))
        let document = try ReceiptDocument(json: try #require(shown.json))
        let findings = try document.verify(trusting: hash)
        #expect(findings.isPayerSignatureChecked)
        #expect(findings.model.name == "small")
        let settlement = try service.rpc.call("assay_settlement", id)
        #expect(settlement["amount"] == "2500")
        #expect(settlement["payer"] == .of(service.payer.address))
        let usage = try service.rpc.call("assay_usage", ["model": .of(record.id)] as JSON)
        #expect(usage["all"] == ["settlements": "0x1", "value": "0x9c4"])
        service.server.stop()
    }

    @Test func aPaymentIsGoodForOneRequestOnly() throws {
        let service = try TestService()
        try service.register("small")
        try service.register("other", graph: try SmallGraph.dense(bias: 9).encoded)
        let header = try service.payment("small")
        // Another body, model or policy; then the right one; then again.
        let body = Array("{\"input\":[0.25,0.25]}".utf8)
        let wrong = "No matching payment requirements"
        let rows = [
            try service.ask("small", body: body, payment: header),
            try service.ask("other", payment: header),
            try service.ask("small", policy: "plain", payment: header),
            try service.ask("small", payment: header, header: "X-PAYMENT"),
        ]
        for (index, answer) in rows.enumerated() {
            #expect(answer.status == 402)
            if index < 3 { #expect(answer.json?["error"] == .string(wrong)) }
        }
        #expect(try service.ask("small", payment: header).status == 200)
        let paid = try service.tokens(of: service.payer.address)
        let again = try service.ask("small", payment: header)
        #expect(again.status == 402)
        #expect(again.json?["error"] == "invalid_exact_evm_nonce_already_used")
        #expect(try service.tokens(of: service.payer.address) == paid)
        service.server.stop()
    }

    /// Somebody takes the authorization out of a payment and sends it to the token first.
    @Test func servesAPaymentThatWasFrontRun() throws {
        let service = try TestService()
        try service.register("small")
        let header = try service.payment("small")
        let before = try service.tokens(of: service.payer.address)
        let earned = try service.tokens(of: provider)
        try service.frontRun(header)
        #expect(before - (try service.tokens(of: service.payer.address)) == 2_500)
        // The money is at this offer's escrow address: no other request gets it.
        let body = Array("{\"input\":[0.25,0.25]}".utf8)
        #expect(try service.ask("small", body: body, payment: header).status == 402)
        let answer = try service.ask("small", payment: header)
        try #require(answer.status == 200, "\(answer.text)")
        #expect(before - (try service.tokens(of: service.payer.address)) == 2_500)
        #expect(try service.tokens(of: provider) - earned == 2_500)
        let receipt = try #require(answer.json?["receipt"])
        let shown = try service.client().request("GET", try #require(receipt["url"]?.string))
        let document = try ReceiptDocument(json: try #require(shown.json))
        let block = try Hash(hex: try #require(receipt["blockHash"]?.string))
        #expect(try document.verify(trusting: block).isPayerSignatureChecked)
        let again = try service.ask("small", payment: header)
        #expect(again.status == 402)
        #expect(again.json?["error"] == "invalid_exact_evm_nonce_already_used")
        service.server.stop()
    }

    /// All of the payer's money was in the payment: what waits counts as the payer's.
    @Test func servesAFrontRunPaymentOfAPayerWithNothingLeft() throws {
        let service = try TestService()
        try service.register("small")
        let header = try service.payment("small")
        try service.frontRun(header)
        let rest = try service.tokens(of: service.payer.address)
        _ = try service.rpc.submit(
            service.rpc.transaction(
                nonce: 0, to: try service.rpc.token,
                input: TokenCall.transfer(rest, to: TestRPC.receiver)), key: 1)
        #expect(try service.tokens(of: service.payer.address) == 0)
        let answer = try service.ask("small", payment: header)
        #expect(answer.status == 200, "\(answer.text)")
        service.server.stop()
    }

    @Test func servesAContractWalletsPaymentThatWasFrontRun() throws {
        let service = try TestService()
        try service.register("small")
        // Answers the magic word of ERC-1271 to anything.
        let wallet = try service.rpc.deploy(
            [0x63, 0x16, 0x26, 0xba, 0x7e, 0x60, 0xe0, 0x1b, 0x5f, 0x52, 0x60, 0x20, 0x5f, 0xf3],
            nonce: 1)
        _ = try service.rpc.submit(
            service.rpc.transaction(
                nonce: 0, to: try service.rpc.token, input: TokenCall.transfer(5_000, to: wallet)),
            key: 1)
        let header = try service.payment("small", wallet: wallet)
        try service.frontRun(header)
        #expect(try service.tokens(of: wallet) == 2_500)
        let answer = try service.ask("small", payment: header)
        #expect(answer.status == 200, "\(answer.text)")
        let second = try service.payment("small", wallet: wallet)
        #expect(try service.ask("small", payment: second).status == 200)
        #expect(try service.tokens(of: wallet) == 0)
        #expect(try service.ask("small", payment: header).status == 402)
        service.server.stop()
    }

    /// The payer used the nonce for a transfer to an account of its own.
    @Test func refusesAPaymentWhoseMoneyWentElsewhere() throws {
        let service = try TestService()
        try service.register("small")
        let header = try service.payment("small")
        try service.frontRun(header, divertingTo: TestRPC.receiver)
        #expect(try service.tokens(of: TestRPC.receiver) == 2_500)
        let answer = try service.ask("small", payment: header)
        #expect(answer.status == 402)
        #expect(answer.json?["error"] == "invalid_exact_evm_nonce_already_used")
        service.server.stop()
    }

    @Test func oneChangedCharacterOfAPaymentIsNoPayment() throws {
        let service = try TestService()
        try service.register("small")
        let payment = try PaymentPayload(header: try service.payment("small"))
        let before = try service.tokens(of: service.payer.address)
        var checked = 0
        for (path, changed) in Mutation.all(of: payment.json, positions: 2) {
            let header = Base64.encode(changed.serialized)
            let answer = try service.ask("small", payment: header)
            #expect(answer.status == 402, "\(path): \(answer.text)")
            checked += 1
        }
        #expect(checked > 30)
        #expect(try service.tokens(of: service.payer.address) == before)
        service.server.stop()
    }

    @Test func refusesWithItsOwnWords() throws {
        let service = try TestService()
        try service.register("small")
        let gone = try service.register("gone", graph: try SmallGraph.dense(bias: 3).encoded)
        try service.transact(NativeCalldata.revoke(model: gone.id, reason: "broken"))
        let rows: [(TestHTTPResponse, Int, String)] = [
            (try service.ask("small", policy: "zk"), 422, "policy_not_offered"),
            (try service.ask("small", policy: "nonsense("), 400, "invalid_request"),
            (try service.ask("nothing"), 404, "unknown_model"),
            (try service.ask("small@9.9"), 404, "unknown_model"),
            (try service.ask("small@1.0@1.0"), 404, "unknown_model"),
            (try service.ask("gone"), 410, "model_revoked"),
            (try service.ask("gone@1.0"), 410, "model_revoked"),
            (try service.ask("small", body: []), 400, "invalid_request"),
            (try service.ask("small", body: Array("{}".utf8)), 400, "invalid_request"),
            (
                try service.ask("small", body: Array("{\"input\":[true]}".utf8)), 400,
                "invalid_input"
            ),
            (
                try service.ask("small", body: Array("{\"input\":[1e80,0]}".utf8)), 400,
                "invalid_input"
            ),
            // Found only by the run, so after the payment was checked and before it settles.
            (
                try paying(service, "small", Array("{\"input\":[1]}".utf8)), 400, "invalid_input"
            ),
        ]
        for (answer, status, code) in rows {
            #expect(answer.status == status, "\(answer.text)")
            #expect(answer.json?["error"] == .string(code))
            #expect(answer.json?["message"]?.string?.isEmpty == false)
        }
        #expect(try service.ask("small", payment: service.payment("small")).status == 200)
        service.server.stop()
    }

    /// A graph must be there before it is registered, and must be one.
    @Test func registersOnlyGraphsThatAreThere() throws {
        let service = try TestService()
        let graph = try SmallGraph.dense()
        let record = ModelRecordSample.record("m", graph: graph.hash)
        let registration = service.rpc.transaction(
            nonce: 0, to: NativeAddress.registry, input: NativeCalldata.register(record),
            gas: 5_000_000)
        let words =
            "this node lacks the bytes \(graph.hash) that the transaction needs: send them first "
            + "with PUT /v1/blobs/\(graph.hash)"
        let raw = registration.signed(with: service.owner).encoded
        let refused = try service.rpc.error("eth_sendRawTransaction", [.hex(raw)])
        #expect(refused["message"] == .string(words))
        let call: JSON = [
            "to": .of(NativeAddress.registry), "data": .hex(NativeCalldata.register(record)),
        ]
        #expect(try service.rpc.error("eth_call", [call])["message"] == .string(words))
        #expect(service.node.head.header.number == 0)
        try service.node.blobs.put(graph.encoded)
        let hash = try service.rpc.submit(registration)
        #expect(try service.rpc.call("eth_getTransactionReceipt", hash)["status"] == "0x1")
        for (name, bytes) in [("garbage", [7, 7, 7]), ("cut", graph.encoded.dropLast())] {
            let bytes = Array(bytes)
            try service.node.blobs.put(bytes)
            let bad = ModelRecordSample.record(name, graph: SHA256.hash(bytes))
            let call: JSON = [
                "to": .of(NativeAddress.registry), "data": .hex(NativeCalldata.register(bad)),
            ]
            let reason = NativeError.invalidRecord("the graph's bytes are no integer graph")
            #expect(
                try service.rpc.error("eth_call", [call])["data"] == .hex(reason.revertData))
        }
        service.server.stop()
    }

    private func paying(
        _ service: TestService, _ model: String, _ body: [UInt8]
    ) throws -> TestHTTPResponse {
        let before = try service.tokens(of: service.payer.address)
        let answer = try service.ask(
            model, body: body, payment: try service.payment(model, body: body))
        #expect(try service.tokens(of: service.payer.address) == before)
        return answer
    }

    @Test func servesOneOfTwoRequestsWithOnePayment() throws {
        let service = try TestService()
        try service.register("small")
        for _ in 0..<5 {
            let before = try service.tokens(of: service.payer.address)
            let statuses = try together(
                service, [String](repeating: try service.payment("small"), count: 4))
            #expect(statuses.sorted() == [200, 402, 402, 402])
            #expect(before - (try service.tokens(of: service.payer.address)) == 2_500)
        }
        service.server.stop()
    }

    /// Version 1 on a chain that has a name in it: the escrow alone binds the request.
    @Test func servesClientsOfVersionOne() throws {
        let service = try TestService(profile: "base-sepolia")
        try service.register("small")
        let header = try service.paymentV1("small", nonce: Hash(5))
        #expect(try service.ask("small", payment: header).status == 402)
        let answer = try service.ask("small", payment: header, header: "X-PAYMENT")
        try #require(answer.status == 200, "\(answer.text)")
        let settled = try SettleResponse(
            header: try #require(answer.header("X-PAYMENT-RESPONSE")))
        #expect(settled.network == "base-sepolia")
        let url = try #require(answer.json?["receipt"]?["url"]?.string)
        let block = try #require(answer.json?["receipt"]?["blockHash"]?.string)
        let document = try ReceiptDocument(
            json: try #require(try service.client().request("GET", url).json))
        #expect(document.receipt.binding == .recipient)
        #expect(try document.verify(trusting: Hash(hex: block)).isPayerSignatureChecked)
        let again = try service.ask("small", payment: header, header: "X-PAYMENT")
        #expect(again.status == 402)
        let other = Array("{\"input\":[0,0]}".utf8)
        let second = try service.paymentV1("small", nonce: Hash(6))
        let moved = try service.ask("small", body: other, payment: second, header: "X-PAYMENT")
        #expect(moved.status == 402)
        service.server.stop()
    }

    /// The first payments of a fresh node, which also has to register its key.
    @Test func servesManyPaymentsAtOnce() throws {
        let service = try TestService()
        try service.register("small")
        let before = try service.tokens(of: service.payer.address)
        let statuses = try together(
            service, try (0..<12).map { _ in try service.payment("small") })
        #expect(statuses == [Int](repeating: 200, count: 12))
        #expect(before - (try service.tokens(of: service.payer.address)) == 30_000)
        service.server.stop()
    }

    /// The statuses of requests that are sent at once.
    private func together(_ service: TestService, _ headers: [String]) throws -> [Int] {
        let port = service.server.port
        let statuses = Mutex<[Int]>([])
        onThreads(headers.count) { index in
            let answer = try? TestHTTPClient(port: port).request(
                "POST", TestService.path("small"),
                headers: [(name: "PAYMENT-SIGNATURE", value: headers[index])],
                body: TestService.body)
            statuses.withLock { $0.append(answer?.status ?? 0) }
        }
        return statuses.withLock { $0 }
    }

    /// A chain that seals on demand says that the settlement waits; it is not lost.
    @Test func saysWhenASettlementWaits() throws {
        let service = try TestService(sealing: .onDemand)
        let node = service.node
        let graph = try SmallGraph.dense()
        _ = try service.client().request("PUT", "/v1/blobs/\(graph.hash.hex)", body: graph.encoded)
        let record = ModelRecordSample.record("small", graph: graph.hash)
        _ = try service.rpc.submit(
            service.rpc.transaction(
                nonce: 0, to: NativeAddress.registry, input: NativeCalldata.register(record),
                gas: 5_000_000))
        node.mine()
        // The first attempt registers the provider's key, the second settles.
        for _ in 0..<2 {
            let answer = try service.ask("small", payment: try service.payment("small"))
            #expect(answer.status == 402)
            let settled = try SettleResponse(
                header: try #require(answer.header("PAYMENT-RESPONSE")))
            #expect(settled.errorReason == "settlement_pending")
            node.mine()
            let hash = JSON.string(settled.transaction)
            let receipt = try service.rpc.call("eth_getTransactionReceipt", hash)
            #expect(receipt["status"] == "0x1")
        }
        service.server.stop()
    }

    @Test func showsModelsAndHealth() throws {
        let service = try TestService()
        try service.register("small")
        let client = try service.client()
        let health = try client.request("GET", "/health")
        #expect(health.json?["status"] == "ok")
        #expect(health.json?["blockNumber"] == "1")
        #expect(health.json?["blockHash"] == .of(service.node.head.hash))
        let list = try client.request("GET", "/v1/models").json?["models"]
        #expect(list?.array?.count == 1)
        #expect(try client.request("GET", "/v1/models/small").json == list?[0])
        #expect(try client.request("GET", "/v1/models/small@1.0").json == list?[0])
        #expect(try client.request("GET", "/v1/models/none").status == 404)
        let supported = try client.request("GET", "/supported").json
        #expect(supported?["kinds"]?[0]?["network"] == "eip155:31337")
        #expect(try client.request("GET", "/").status == 200)
        let graph = try SmallGraph.dense()
        let blob = try client.request("GET", "/v1/blobs/\(graph.hash.hex)")
        #expect(blob.body == graph.encoded)
        service.server.stop()
    }

    /// The operator pays no gas for a transfer that must fail.
    @Test func theFacilitatorSettlesOncePerPayment() throws {
        let service = try TestService()
        try service.register("small")
        let port = service.server.port
        for _ in 0..<5 {
            let payment = try PaymentPayload(header: try service.payment("small"))
            let request: JSON = [
                "x402Version": 2, "paymentPayload": payment.json,
                "paymentRequirements": payment.accepted.json,
            ]
            let text = "\(request)"
            let first = service.node.head.header.number
            let answers = Mutex<[JSON?]>([])
            onThreads(4) { _ in
                let answer = try? TestHTTPClient(port: port).post("/settle", text)
                answers.withLock { $0.append(answer?.json) }
            }
            let all = answers.withLock { $0 }
            #expect(all.count { $0?["success"] == true } == 1)
            #expect(all.count { $0?["success"] == false } == 3)
            #expect(service.node.head.header.number == first + 1)
        }
        service.server.stop()
    }

    @Test func theFacilitatorVerifiesAndSettles() throws {
        let service = try TestService()
        try service.register("small")
        let payment = try PaymentPayload(header: try service.payment("small"))
        let request: JSON = [
            "x402Version": 2, "paymentPayload": payment.json,
            "paymentRequirements": payment.accepted.json,
        ]
        let client = try service.client()
        let text = "\(request)"
        let verified = try client.post("/verify", text)
        #expect(verified.json?["isValid"] == true)
        let settled = try client.post("/settle", text)
        #expect(settled.json?["success"] == true)
        let again = try client.post("/settle", text)
        #expect(again.json?["success"] == false)
        #expect(again.json?["errorReason"] == "invalid_exact_evm_nonce_already_used")
        for body in ["", "{}", "[]", "{\"x402Version\":2}", "{\"x402Version\":3}"] {
            for path in ["/verify", "/settle"] {
                #expect(try client.post(path, body).status == 400)
            }
        }
        service.server.stop()
    }
}
