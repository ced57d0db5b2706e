import Codec
import Crypto
import HTTP
import Inference
import Ledger
import Payments
import Primitives
import Proofs
import Registry
import TestSupport
import Testing

@testable import RPC

/// Paid inference whose evidence hides the input, from the request to the receipt.
@Suite(.timeLimit(.minutes(5))) struct HiddenGatewayTests {
    private func body(secret: Hash = Hash(77), input: String = "[0.5,0.25]") -> [UInt8] {
        Array(#"{"input":\#(input),"hidden":{"secret":"\#(secret.hex)"}}"#.utf8)
    }

    private func pay(
        _ service: TestService, _ body: [UInt8], policy: String = "zk"
    ) throws -> TestHTTPResponse {
        try service.ask(
            "small", policy: policy, body: body,
            payment: try service.payment("small", body: body, policy: policy))
    }

    private func receipt(_ service: TestService, _ answer: TestHTTPResponse) throws -> (
        ReceiptDocument, block: Hash
    ) {
        let receipt = try #require(answer.json?["receipt"], "\(answer.text)")
        let url = try #require(receipt["url"]?.string)
        let json = try #require(try service.client().request("GET", url).json)
        return (
            try ReceiptDocument(json: json),
            try Hash(hex: try #require(receipt["blockHash"]?.string))
        )
    }

    @Test(arguments: ["zk", "signed and zk", "signed or zk"])
    func paysAndPublishesTheCommitmentAlone(_ policy: String) throws {
        let service = try TestService()
        try service.register("small", hasProofs: true)
        let answer = try pay(service, body(), policy: policy)
        try #require(answer.status == 200, "\(answer.text)")
        let (document, block) = try receipt(service, answer)
        let findings = try document.verify(trusting: block)
        #expect(findings.isInputHidden)
        #expect(findings.evidence.contains(.zk))
        #expect(findings.evidence.contains(.signed) == (policy == "signed and zk"))
        // Who has input and secret finds the commitment, and so what was paid for.
        let key = try VerificationKey(file: document.proofKey)
        let graph = try SmallGraph.dense()
        let input = try graph.integers(from: [try number("0.5"), try number("0.25")])
        let commitment = try key.inputCommitment(input, secret: Hash(77))
        #expect(document.receipt.statement.inputHash == commitment)
        #expect(answer.json?["hidden"]?["commitment"]?.string == commitment.hex)
        #expect(
            answer.json?["hidden"]?["openingsLeft"]?.double
                == Double(key.hiddenOpeningsMax - 1))
        // Nothing else of the request is in what everybody sees.
        let bytes = try graph.inputBytes(input)
        let hash = try #require(answer.json?["receipt"]?["transaction"]?.string)
        let sent = try service.rpc.call("eth_getTransactionByHash", .string(hash))
        let calldata = try Hex.decodePrefixed(try #require(sent["input"]?.string))
        #expect(!calldata.contains(SHA256.hash(bytes).bytes))
        #expect(!calldata.contains(Hash(77).bytes))
        #expect(calldata.contains(commitment.bytes))
        #expect(try ProofEvidence(decoding: proof(of: document)).publicInput == nil)
        service.server.stop()
    }

    private func number(_ text: String) throws -> FixedPoint { try #require(FixedPoint(text)) }

    private func proof(of document: ReceiptDocument) throws -> [UInt8] {
        try #require(document.evidence.first { $0.kind == .zk }).data
    }

    @Test func receiptsWithAPublicInputSaySo() throws {
        let service = try TestService()
        try service.register("small", hasProofs: true)
        let answer = try pay(service, TestService.body)
        let (document, block) = try receipt(service, answer)
        #expect(try !document.verify(trusting: block).isInputHidden)
        #expect(answer.json?["hidden"] == nil)
        service.server.stop()
    }

    @Test func theOfferSaysThatTheInputWillBeHidden() throws {
        let service = try TestService()
        try service.register("small", hasProofs: true)
        for (body, isHidden) in [(body(), true), (TestService.body, false)] {
            let answer = try service.ask("small", policy: "zk", body: body)
            let required = try PaymentRequired(
                header: try #require(answer.header("PAYMENT-REQUIRED")))
            let offer = try #require(required.accepts.first?.extra["assay"])
            #expect(offer["inputHidden"] == (isHidden ? true : nil))
        }
        service.server.stop()
    }

    @Test func aReceiptWithAnotherCommitmentIsRefused() throws {
        let service = try TestService()
        try service.register("small", hasProofs: true)
        var (document, block) = try receipt(service, try pay(service, body()))
        let good = try ProofEvidence(decoding: proof(of: document))
        let other = ProofEvidence(
            keyDigest: good.keyDigest, context: good.context, input: .hidden(commitment: Hash(1)),
            output: good.output, proof: good.proof)
        document.evidence = [Evidence(kind: .zk, data: other.encoded)]
        #expect(throws: ReceiptRefusal.wrongEvidence(index: 0)) {
            try document.verify(trusting: block)
        }
        service.server.stop()
    }

    @Test func refusesWhereNothingWouldHideTheInput() throws {
        let service = try TestService()
        try service.register("small", hasProofs: true)
        for policy in [nil, "signed", "plain", "signed or tee"] {
            let answer = try service.ask("small", policy: policy, body: body())
            #expect(answer.status == 422)
            #expect(answer.json?["error"] == "hidden_needs_proof")
        }
        try service.register(
            "rootless", graph: try SmallGraph.dense(bias: 9).encoded)
        let rootless = try service.ask("rootless", policy: "zk", body: body())
        #expect(rootless.json?["error"] == "policy_not_offered")
        let either = try service.ask("rootless", policy: "signed or zk", body: body())
        #expect(either.json?["error"] == "policy_not_offered")
        try service.register(
            "floor", graph: try SmallGraph.dense(bias: 8).encoded, floor: .kind(.zk),
            hasProofs: true)
        #expect(try service.ask("floor", body: body()).status == 402)
        service.server.stop()
    }

    @Test func refusesModelsWhoseProofsHideNothing() throws {
        let service = try TestService()
        try service.register(
            "largest", graph: try SmallGraph.openOnly().encoded, hasProofs: true)
        let answer = try service.ask("largest", policy: "zk", body: body())
        #expect(answer.status == 422)
        #expect(answer.json?["error"] == "no_hidden_form")
        #expect(try service.ask("largest", policy: "zk").status == 402)
        service.server.stop()
    }

    @Test func aSecretThatWasUsedIsRefused() throws {
        let service = try TestService()
        try service.register("small", hasProofs: true)
        let openings = try VerificationKey(graph: SmallGraph.dense()).hiddenOpeningsMax
        let spare = try service.payment("small", body: body(), policy: "zk")
        for _ in 0..<openings { #expect(try pay(service, body()).status == 200) }
        // Before anything is paid, and for an offer that was made in time.
        for payment in [nil, spare] {
            let answer = try service.ask("small", policy: "zk", body: body(), payment: payment)
            #expect(answer.status == 409)
            #expect(answer.json?["error"] == "secret_spent")
        }
        let money = try service.tokens(of: service.payer.address)
        let first = body(secret: Hash(78))
        if openings > 1 {
            #expect(try pay(service, first).status == 200)
            let other = try pay(service, body(secret: Hash(78), input: "[0.5,0.5]"))
            #expect(other.status == 409)
            #expect(other.json?["error"] == "secret_used")
        }
        let paid = try service.tokens(of: service.payer.address)
        #expect(paid == money - (openings > 1 ? 2_500 : 0))
        service.server.stop()
    }

    @Test(arguments: [
        (#"7"#, "no object"), (#"null"#, "no object"), (#"{}"#, "no text secret"),
        (#"{"secret":7}"#, "no text secret"), (#"{"secret":"0x12"}"#, "wrongLength"),
        (#"{"secret":"\#(Hash.zero.hex)"}"#, "not random"),
        (#"{"secret":"\#(Hash(1).hex)","salt":1}"#, "unknown member salt"),
        (#"{"secrets":"\#(Hash(1).hex)"}"#, "unknown member secrets"),
    ])
    func refusesBadSecrets(_ hidden: String, _ why: String) throws {
        #expect {
            try ModelInput(body: Array(#"{"input":[1],"hidden":\#(hidden)}"#.utf8))
        } throws: { error in
            guard let error = error as? GatewayError else { return false }
            return error.status == 400 && error.code == "invalid_secret"
                && error.message.contains(why)
        }
    }

    @Test func readsInputAndSecret() throws {
        let hidden = try ModelInput(body: body())
        #expect(hidden.numbers == [try number("0.5"), try number("0.25")])
        #expect(hidden.secret == Hash(77))
        #expect(try ModelInput(body: TestService.body).secret == nil)
    }
}
