import Codec
import Conformance
import EVM
import Files
import TestSupport
import Testing

@Suite struct EVMWorkloadTests {
    @Test(.enabled(if: SharedData.folder != nil, "no shared data"))
    func everyWorkloadCostsAndAnswersAsPublished() throws {
        let folder = try #require(SharedData.folder) + "/evm-bench/"
        let expected = try JSON(parsing: Files.read(folder + EVMWorkload.expectedFile))
        let names = EVMWorkload.names(expected: expected)
        #expect(names.count == 54)
        let codes = CodeCache()
        for name in names {
            let workload = try EVMWorkload(
                name: name, file: Files.read(folder + name + ".json"), expected: expected)
            let outcome = workload.run(codes)
            #expect(throws: Never.self) { try workload.check(outcome) }
        }
    }

    @Test func refusesFilesThatAreNoWorkload() {
        let expected: JSON = ["x": ["execGas": 1, "outputSha256_64bit": "e3b0c44298fc1c14"]]
        for text in ["", "[]", "{}", #"{"pre": {}}"#, #"{"pre": {}, "env": {"chainId": 1}}"#] {
            #expect(throws: WorkloadError.self) {
                try EVMWorkload(name: "x", file: Array(text.utf8), expected: expected)
            }
        }
        #expect(throws: WorkloadError("y: no member y")) {
            try EVMWorkload(name: "y", file: Array("{}".utf8), expected: expected)
        }
    }
}
