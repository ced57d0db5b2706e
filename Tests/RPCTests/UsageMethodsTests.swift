import Codec
import Crypto
import HTTP
import Ledger
import Node
import Payments
import Primitives
import Registry
import TestSupport
import Testing

@testable import RPC

/// What the usage methods say after settlements, and after refusals.
@Suite(.timeLimit(.minutes(2))) struct UsageMethodsTests {
    private func settle(_ service: TestService, _ policy: String) throws {
        let payment = try service.payment("small", policy: policy)
        let answer = try service.ask("small", policy: policy, payment: payment)
        try #require(answer.status == 200, "\(answer.text)")
    }

    @Test func splitsSettlementsByModeDayAndModel() throws {
        let service = try TestService()
        let model = try service.register("small", hasProofs: true)
        for policy in ["signed", "signed", "zk", "signed and zk"] { try settle(service, policy) }
        let price = model.price(at: service.node.nextTimestamp)
        func counter(_ count: UInt64) -> JSON {
            ["settlements": .quantity(count), "value": .quantity(price &* UInt256(count))]
        }
        let wanted: [(String, UInt64)] = [
            ("plain", 0), ("signed", 3), ("tee", 0), ("reexecuted", 0), ("zk", 2), ("all", 4),
            ("couldBeStronger", 2),
        ]
        let totals = try service.rpc.call("assay_usage")
        let history = try #require(try service.rpc.call("assay_usageHistory").array)
        let models = try #require(try service.rpc.call("assay_usageModels").array)
        try #require(history.count == 1 && models.count == 1)
        let ofModel = try service.rpc.call("assay_usage", ["model": .hash(model.id)])
        for (kind, count) in wanted {
            for answer in [totals, history[0], models[0], ofModel] {
                #expect(answer[kind] == counter(count), "\(kind)")
            }
        }
        let epoch = service.node.head.header.timestamp / UsageCounter.secondsPerEpoch
        #expect(history[0]["epoch"] == .quantity(epoch))
        #expect(models[0]["name"] == "small" && models[0]["strongest"] == "zk")
        for kind in ["signed", "zk"] {
            #expect(totals["evidenceGas"]?[kind]?.string != "0x0")
        }
        let delays = try #require(totals["delays"]?.array)
        #expect(delays[0]["settlements"] == "0x4")
        // Days before the first and after the newest hold nothing.
        #expect(try service.rpc.call("assay_usageHistory", "0x0", .quantity(epoch - 1)) == [])
        #expect(try service.rpc.call("assay_usageHistory", .quantity(epoch + 1)) == [])
        service.server.stop()
    }

    @Test func countsRefusedDowngrades() throws {
        let service = try TestService()
        let model = try service.register("small")
        func refused(_ place: String) throws -> (JSON?, missing: JSON?) {
            let answer = try service.rpc.call("assay_usage")["refused"]?[place]
            return (answer?["refusals"], answer?["missing"])
        }
        for place in ["requests", "dryRuns", "transactions"] {
            #expect(try refused(place) == ("0x0", .object(JSONObject([]))))
        }
        // The provider has no proofs of the model.
        _ = try service.ask("small", policy: "zk")
        #expect(try refused("requests") == ("0x1", ["zk": "0x1"]))
        // Nothing backs the statement, and its policy asks for a signature or a proof.
        let policy = try Policy(text: "signed or zk")
        let now = service.node.nextTimestamp
        let terms = Terms(
            modelID: model.id, requestHash: Hash(1), policyHash: policy.hash,
            provider: service.owner.address, salt: Hash(2))
        let calldata = NativeCalldata.settle(
            terms: terms,
            payment: Payment(
                asset: try #require(service.node.config.token), payer: service.payer.address,
                amount: 1_000_000, validAfter: .zero, validBefore: UInt256(now + 100),
                nonce: Hash(3), signature: []),
            statement: Statement(
                modelID: model.id, systemHash: .zero, requestHash: Hash(1), inputHash: Hash(4),
                outputHash: Hash(5), policyHash: policy.hash, provider: service.owner.address,
                notBefore: now, notAfter: now + 100),
            policy: policy.encoded, evidence: [])
        let call: JSON = [
            "to": .address(NativeAddress.settlement), "data": .data(calldata),
        ]
        _ = try service.rpc.error("eth_call", [call, "latest"])
        #expect(try refused("dryRuns") == ("0x1", ["signed": "0x1", "zk": "0x1"]))
        _ = try service.rpc.submit(
            service.rpc.transaction(
                nonce: 1, to: NativeAddress.settlement, input: calldata, gas: 1_000_000))
        #expect(try refused("transactions") == ("0x1", ["signed": "0x1", "zk": "0x1"]))
        // A refusal for another reason is none of these.
        let wrong: JSON = ["to": .address(NativeAddress.settlement), "data": "0x12345678"]
        _ = try service.rpc.error("eth_call", [wrong, "latest"])
        #expect(try refused("dryRuns") == ("0x1", ["signed": "0x1", "zk": "0x1"]))
        service.server.stop()
    }
}
