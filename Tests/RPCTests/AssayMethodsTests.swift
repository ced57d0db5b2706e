import Codec
import Crypto
import Inference
import Ledger
import Payments
import Node
import Primitives
import Registry
import Store
import TestSupport
import Testing

@testable import RPC

@Suite struct AssayMethodsTests {
    private func record(_ graph: IntegerGraph) -> ModelRecord {
        ModelRecord(
            owner: .zero, name: "lenet5", version: "1.0", onnxHash: Hash(1), graphHash: graph.hash,
            weightsRoot: .zero, cid: "bafy", policyFloor: Policy.kind(.signed).encoded,
            price: 2_500, calibrationHash: Hash(4), macs: graph.macs, status: .active,
            registeredAt: 0)
    }

    @Test func showsModels() throws {
        let rpc = try TestRPC()
        #expect(try rpc.call("assay_models") == [])
        let graph = try SmallGraph.dense()
        try rpc.node.blobs.put(graph.encoded)
        let record = record(graph)
        let me = rpc.keys[0].address
        _ = try rpc.submit(
            rpc.transaction(
                nonce: 0, to: NativeAddress.registry, input: NativeCalldata.register(record),
                gas: 1_000_000))
        let wanted: JSON = [
            "modelId": .of(record.id), "name": "lenet5", "version": "1.0", "owner": .of(me),
            "status": "active", "price": "2500", "policyFloor": .hex(record.policyFloor),
            "onnxHash": .of(Hash(1)), "graphHash": .of(graph.hash), "weightsRoot": .of(Hash.zero),
            "calibrationHash": .of(Hash(4)), "cid": "bafy", "macs": .string(String(graph.macs)),
            "registeredAt": .string(String(TestRPC.start)),
            "computationId": .of(record.computationID),
        ]
        #expect(try rpc.call("assay_models") == [wanted])
        var members = try #require(wanted.object)
        let gas = InferenceGas.cost(of: graph.analysis)
        members["costs"] = ["runGas": .string("0x" + String(gas, radix: 16))]
        #expect(try rpc.call("assay_model", .of(record.id)) == .object(members))
        #expect(try rpc.call("assay_model", "lenet5", "1.0") == .object(members))
        #expect(try rpc.call("assay_model", "lenet5", "1.1") == .null)
        #expect(try rpc.call("assay_model", .of(Hash(9))) == .null)
        #expect(try rpc.call("assay_model", .of(record.id), nil, "0x0") == .null)
    }

    @Test func showsNothingBeforeAnythingIsSettled() throws {
        let rpc = try TestRPC()
        #expect(try rpc.call("assay_settlement", .of(Hash(1))) == .null)
        let none: JSON = ["settlements": "0x0", "value": "0x0"]
        let lists: [[JSON]] = [
            [], [["model": .of(Hash(1))]], [["provider": .of(TestRPC.receiver)]],
            [["epoch": "0x1"]],
        ]
        for parameters in lists {
            let request: JSON = ["method": "assay_usage", "params": .array(parameters)]
            let usage = try #require(try rpc.answer("\(request)")["result"])
            #expect(usage["all"] == none)
            #expect(usage["signed"] == none)
            #expect(usage["couldBeStronger"] == none)
            // Without a filter also gas, delays and refusals.
            let more = parameters.isEmpty ? 3 : 0
            #expect(usage.members.count == EvidenceKind.allCases.count + 2 + more)
        }
        #expect(try rpc.call("assay_usageHistory") == [])
        #expect(try rpc.call("assay_usageModels") == [])
    }

    /// Who changed what when, in the order it happened, though only the blocks in which it happened
    /// are read.
    @Test func tellsTheHistoryOfAName() throws {
        let rpc = try TestRPC()
        let graph = try SmallGraph.dense()
        try rpc.node.blobs.put(graph.encoded)
        let record = record(graph)
        let me = rpc.keys[0].address
        var nonce: UInt64 = 0
        func change(_ input: [UInt8]) throws {
            _ = try rpc.submit(
                rpc.transaction(
                    nonce: nonce, to: NativeAddress.registry, input: input, gas: 1_000_000))
            nonce += 1
        }
        #expect(try rpc.call("assay_modelHistory", "lenet5") == [])
        try change(NativeCalldata.register(record))
        var other = record
        other.name = "other"
        try change(NativeCalldata.register(other))
        try change(
            NativeCalldata.announcePrice(
                model: record.id, 3_000, from: TestRPC.start + 900, reason: "costs"))
        try change(NativeCalldata.setFloor(model: record.id, [], from: 0, reason: "demo"))
        try change(NativeCalldata.deprecate(model: record.id, successor: other.id, reason: "old"))
        try change(NativeCalldata.offerName("lenet5", to: TestRPC.receiver))
        try change(NativeCalldata.revoke(model: record.id, reason: "bad"))
        let history = try #require(try rpc.call("assay_modelHistory", "lenet5").array)
        let expected: [(event: String, block: UInt64, old: JSON, new: JSON, reason: String)] = [
            ("registered", 1, .null, "lenet5@1.0", ""),
            ("price", 3, "2500", "3000", "costs"),
            ("floor weakened", 4, "signed", .null, "demo"),
            ("status", 5, "active", "deprecated", "old"),
            ("name offered", 6, .of(me), .of(TestRPC.receiver), ""),
            ("status", 7, "deprecated", "revoked", "bad"),
        ]
        #expect(history.count == expected.count)
        for (entry, wanted) in zip(history, expected) {
            #expect(entry["event"] == .string(wanted.event))
            #expect(entry["blockNumber"] == .string("0x\(wanted.block)"))
            #expect(entry["old"] == wanted.old)
            #expect(entry["new"] == wanted.new)
            #expect(entry["reason"] == .string(wanted.reason))
            #expect(entry["by"] == .of(me))
        }
        #expect(history.last?["successor"] == .of(other.id))
        // From the end of one answer to the next.
        let blocks = history.map { $0["previousBlock"] }
        #expect(blocks == ["0x0", "0x1", "0x3", "0x4", "0x5", "0x6"])
        #expect(
            try rpc.call("assay_modelHistory", "lenet5", "0x4") == .array(Array(history[..<3])))
        #expect(try rpc.call("assay_modelHistory", "lenet5", "0x99") == .array(history))
        let stray: JSON = [
            "id": 1, "method": "assay_modelHistory", "params": ["lenet5", "0x2"],
        ]
        #expect(try rpc.answer("\(stray)")["error"]?["code"] == -32602)
        let shown = try rpc.call("assay_model", .of(record.id))
        #expect(shown["nextPrice"] == "3000")
        #expect(shown["price"] == "2500")
        #expect(shown["policyFloor"] == "0x")
        #expect(shown["status"] == "revoked")
        #expect(shown["successor"] == .of(other.id))
        #expect(try rpc.call("assay_modelHistory", "other").array?.count == 1)
    }

    @Test func showsSystemsAndTheirHistory() throws {
        let rpc = try TestRPC()
        var records: [SystemRecord] = []
        for (index, text) in ["You are kind.", "You are brief."].enumerated() {
            let record = SystemRecord(
                owner: rpc.keys[0].address, namespace: "acme", name: "support",
                version: "1.\(index)", textHash: SHA256.hash(Array(text.utf8)), previousID: .zero,
                registeredAt: 0)
            records.append(record)
            _ = try rpc.submit(
                rpc.transaction(
                    nonce: UInt64(index), to: NativeAddress.registry,
                    input: NativeCalldata.registerSystem(record, reason: "change \(index)"),
                    gas: 1_000_000))
        }
        let newest = try rpc.call("assay_system", "acme", "support")
        #expect(newest["version"] == "1.1")
        #expect(newest["textHash"] == .of(records[1].textHash))
        #expect(newest["previousId"] == .of(records[0].id))
        #expect(try rpc.call("assay_system", .of(records[1].id)) == newest)
        #expect(try rpc.call("assay_system", "acme", "support", "1.1") == newest)
        #expect(try rpc.call("assay_system", "acme", "support", "1.2") == .null)
        #expect(try rpc.call("assay_system", "acme", "none") == .null)
        let history = try rpc.call("assay_systemHistory", "acme", "support")
        #expect(history.array?.count == 2)
        #expect(history[0]?["old"] == .null)
        #expect(history[1]?["old"] == .of(records[0].textHash))
        #expect(history[1]?["new"] == .of(records[1].textHash))
        #expect(history[1]?["reason"] == "change 1")
    }
}
