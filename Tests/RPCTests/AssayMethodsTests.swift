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
                nonce: 0, to: NativeAddress.registry, input: NativeCalldata.register(record)))
        let wanted: JSON = [
            "modelId": .of(record.id), "name": "lenet5", "version": "1.0", "owner": .of(me),
            "status": "active", "price": "2500", "policyFloor": .hex(record.policyFloor),
            "onnxHash": .of(Hash(1)), "graphHash": .of(graph.hash), "weightsRoot": .of(Hash.zero),
            "calibrationHash": .of(Hash(4)), "cid": "bafy", "macs": .string(String(graph.macs)),
            "registeredAt": .string(String(TestRPC.start)),
        ]
        #expect(try rpc.call("assay_models") == [wanted])
        #expect(try rpc.call("assay_model", .of(record.id)) == wanted)
        #expect(try rpc.call("assay_model", "lenet5", "1.0") == wanted)
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
            #expect(usage.members.count == EvidenceKind.allCases.count + 1)
        }
    }
}
