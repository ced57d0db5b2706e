import Codec
import Conformance
import Files
import TestSupport
import Testing

@Suite struct BlockWorkloadTests {
    /// A file of the published benchmarks.
    private func file(_ name: String) throws -> [UInt8] {
        let folder = try #require(SharedData.folder)
        var archive = try TarArchive("\(folder)/ethereum-tests/bench-compute.tar.zst")
        while let entry = try archive.next() {
            if entry.name.hasSuffix("/" + name) { return entry.bytes }
        }
        throw WorkloadError("no file \(name)")
    }

    @Test(.enabled(if: SharedData.folder != nil, "no shared data"))
    func importsTheLastBlock() throws {
        let bytes = try file("storage_access_warm.json")
        let workloads = try BlockWorkload.all(bytes) {
            $0.contains("SLOAD-benchmark-gas-value_1M]")
        }
        let workload = try #require(workloads.first)
        #expect(workloads.count == 1)
        #expect(workload.name == "storage_access_warm SLOAD 1M")
        #expect(workload.gasUsed > 900_000)
        // A first block makes the contract.
        #expect(workload.calls == nil)
        // Again and again, from the same state.
        for _ in 0..<3 { #expect(throws: Never.self) { try workload.run() } }
    }

    @Test(.enabled(if: SharedData.folder != nil, "no shared data"))
    func givesTheCallsOfTheBlock() throws {
        let workloads = try BlockWorkload.all(try file("not_op.json")) { $0.contains("value_1M]") }
        let workload = try #require(workloads.first)
        let calls = try #require(workload.calls)
        #expect(calls["skip"] == 0)
        #expect(calls["calls"]?.array?.count == 1)
        #expect(calls["calls"]?[0]?["gas"] == "0xf4240")
        #expect(calls["env"]?["chainId"] == "0x1")
        #expect(calls["pre"]?.object?.entries.isEmpty == false)
    }

    @Test(.enabled(if: SharedData.folder != nil, "no shared data"))
    func refusesABlockThatDiffers() throws {
        let text = String(decoding: try file("not_op.json"), as: UTF8.self)
        let json = try JSON(parsing: Array(text.utf8))
        let name = try #require(json.object?.entries.map(\.key).first { $0.contains("value_1M]") })
        var test = try #require(json[name]?.object)
        test["lastblockhash"] = .string("0x" + String(repeating: "1", count: 64))
        let changed = JSON.object(JSONObject([(name, .object(test))])).serialized
        let workload = try #require(try BlockWorkload.all(changed) { _ in true }.first)
        #expect(throws: WorkloadError.self) { try workload.run() }
    }

    @Test func refusesFilesThatAreNone() {
        for text in ["", "{\"t\": 5}", "{\"t\": {}}", "{\"t\": {\"network\": \"Osaka\"}}"] {
            #expect(throws: WorkloadError.self) {
                try BlockWorkload.all(Array(text.utf8)) { _ in true }
            }
        }
    }
}
