import Codec
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

/// Paid inference whose evidence is a proof, from the request to the receipt.
@Suite(.timeLimit(.minutes(5))) struct ProofGatewayTests {
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

    @Test(arguments: ["zk", "signed and zk"])
    func paysForAProofAndKeepsAReceipt(_ policy: String) throws {
        let service = try TestService()
        let model = try service.register("small", hasProofs: true)
        let payment = try service.payment("small", policy: policy)
        let answer = try service.ask("small", policy: policy, payment: payment)
        try #require(answer.status == 200, "\(answer.text)")
        let (document, block) = try receipt(service, answer)
        let findings = try document.verify(trusting: block)
        #expect(findings.policy == (try Policy(text: policy)))
        #expect(findings.evidence.contains(.zk))
        #expect(findings.evidence.contains(.signed) == (policy != "zk"))
        #expect(findings.proofSecurityBits ?? 0 >= 100)
        #expect(findings.model.weightsRoot == model.weightsRoot)
        // The node keeps the key under its digest, for those whose receipt lacks it.
        let key = try service.client().request("GET", "/v1/blobs/\(model.weightsRoot.hex)")
        #expect(key.status == 200)
        #expect(key.body == document.proofKey)
        service.server.stop()
    }

    @Test func receiptWithoutItsKeySaysWhichOneItNeeds() throws {
        let service = try TestService()
        let model = try service.register("small", hasProofs: true)
        let other = try service.register(
            "other", graph: try SmallGraph.dense(bias: 9).encoded, hasProofs: true)
        let answer = try service.ask(
            "small", policy: "zk", payment: try service.payment("small", policy: "zk"))
        var (document, block) = try receipt(service, answer)
        let key = document.proofKey
        document.proofKey = []
        #expect(throws: ReceiptRefusal.missingKey(model.weightsRoot)) {
            try document.verify(trusting: block)
        }
        try document.verify(trusting: block, proofKey: key)
        let otherKey = try service.client().request("GET", "/v1/blobs/\(other.weightsRoot.hex)")
        #expect(
            throws: ReceiptRefusal.wrongKey(
                expected: model.weightsRoot, got: other.weightsRoot)
        ) { try document.verify(trusting: block, proofKey: otherKey.body) }
        #expect(throws: ReceiptRefusal.self) {
            try document.verify(trusting: block, proofKey: [255])
        }
        // Every byte of the evidence is hashed into the receipt.
        let piece = document.evidence[0]
        var data = piece.data
        data[data.count - 1] ^= 1
        document.evidence = [Evidence(kind: .zk, data: data)]
        #expect(throws: ReceiptRefusal.wrongEvidence(index: 0)) {
            try document.verify(trusting: block, proofKey: key)
        }
        service.server.stop()
    }

    @Test func proofsAreMadeOnlyWhereNothingElseWillDo() throws {
        let service = try TestService()
        try service.register("small", hasProofs: true)
        for policy in ["signed", "signed or zk", "plain"] {
            let answer = try service.ask(
                "small", policy: policy, payment: try service.payment("small", policy: policy))
            let (document, _) = try receipt(service, answer)
            #expect(document.evidence.map(\.kind) == [.signed])
        }
        service.server.stop()
    }

    @Test func theModelsFloorAsksForAProofToo() throws {
        let service = try TestService()
        try service.register("small", floor: .kind(.zk), hasProofs: true)
        let answer = try service.ask("small", payment: try service.payment("small"))
        let (document, block) = try receipt(service, answer)
        #expect(document.evidence.map(\.kind) == [.signed, .zk])
        try document.verify(trusting: block)
        service.server.stop()
    }

    @Test func saysWhatItHasForAModelWithoutARoot() throws {
        let service = try TestService()
        try service.register("small")
        let answer = try service.ask("small", policy: "zk")
        #expect(answer.status == 422)
        let message = try #require(answer.json?["message"]?.string)
        #expect(message.contains("plain, signed, tee and reexecuted evidence"))
        #expect(message.contains("weights root"))
        try service.register(
            "proven", graph: try SmallGraph.dense(bias: 9).encoded, hasProofs: true)
        // The machine of a local gateway is attested under the development root.
        let tee = try service.ask("proven", policy: "tee(production) and zk")
        #expect(tee.status == 422)
        let text = try #require(tee.json?["message"]?.string)
        #expect(text.contains("plain, signed, tee, reexecuted and zk evidence"))
        #expect(text.contains("needs tee: attested under a development root"))
        service.server.stop()
    }

    @Test func usageCountsProofs() throws {
        let service = try TestService()
        try service.register("small", hasProofs: true)
        let answer = try service.ask(
            "small", policy: "zk", payment: try service.payment("small", policy: "zk"))
        try #require(answer.status == 200, "\(answer.text)")
        let usage = try service.rpc.call("assay_usage", [:])
        #expect(usage["zk"]?["settlements"] == "0x1")
        #expect(usage["signed"]?["settlements"] == "0x0")
        service.server.stop()
    }
}
