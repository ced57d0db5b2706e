import HTTP
import Inference
import Ledger
import Node
import Payments
import Primitives
import Registry
import Store
import TestSupport
import Testing

@testable import RPC

@Suite struct ModelCatalogTests {
    /// What is registered, changed and revoked shows at once, though only what is new is indexed.
    @Test func followsTheRegistry() throws {
        let service = try TestService()
        let catalog = ModelCatalog(node: service.node)
        #expect(catalog.records == [])
        #expect(throws: GatewayError.unknownModel("m0")) { try catalog.find("m0") }
        for index in 0..<5 {
            let graph = try SmallGraph.dense(bias: Int32(index))
            try service.register("m\(index)", graph: graph.encoded)
            #expect(try catalog.find("m\(index)").graphHash == graph.hash)
            #expect(catalog.records.map(\.name) == (0...index).map { "m\($0)" })
        }
        let second = try catalog.find("m2@1.0")
        try service.transact(NativeCalldata.setPrice(model: second.id, 7))
        #expect(try catalog.find("m2").price(at: .max) == 7)
        #expect(catalog.records[2].price(at: .max) == 7)
        try service.transact(NativeCalldata.revoke(model: second.id, reason: "bad"))
        #expect(throws: GatewayError.revoked("m2", "1.0")) { try catalog.find("m2") }
        #expect(throws: GatewayError.revoked("m2", "1.0")) { try catalog.find("m2@1.0") }
        #expect(catalog.records[2].status == .revoked)
        #expect(throws: GatewayError.unknownModel("m1@2.0")) { try catalog.find("m1@2.0") }
        // Another catalog, which sees all at once, agrees.
        #expect(ModelCatalog(node: service.node).records == catalog.records)
        service.server.stop()
    }

    /// The newest version by number, not by order or text.
    @Test func aNameIsItsNewestVersionInUse() throws {
        let service = try TestService()
        let catalog = ModelCatalog(node: service.node)
        var ids: [Hash] = []
        for (index, version) in ["1.9", "2.0", "1.10"].enumerated() {
            let graph = try SmallGraph.dense(bias: Int32(index))
            try service.node.blobs.put(graph.encoded)
            var record = ModelRecordSample.record("m", graph: graph.hash)
            record.version = version
            ids.append(record.id)
            try service.transact(NativeCalldata.register(record))
        }
        #expect(try catalog.find("m").version == "2.0")
        try service.transact(NativeCalldata.revoke(model: ids[1], reason: "bad"))
        #expect(try catalog.find("m").version == "1.10")
        service.server.stop()
    }
}
