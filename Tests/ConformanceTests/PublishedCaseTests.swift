import Conformance
import Files
import TestSupport
import Testing

/// Whole published sets that are short enough for every run.
@Suite(.enabled(if: SharedData.folder != nil, "set ASSAY_SHARED to the published test data"))
struct PublishedCaseTests {
    struct Set: Sendable, CustomTestStringConvertible {
        let archive: String
        let folder: String
        let cases: Int
        let run: @Sendable ([UInt8], String) -> [CaseResult]

        var testDescription: String { folder }
    }

    static let sets = [
        Set(archive: "basic", folder: "/TransactionTests/", cases: 2299) {
            TransactionTest.run($0, file: $1)
        },
        Set(archive: "basic", folder: "/RLPTests/", cases: 45) { RLPTest.run($0, file: $1) },
        Set(archive: "basic", folder: "/TrieTests/", cases: 24) { TrieTest.run($0, file: $1) },
        Set(archive: "precompiles", folder: "/", cases: 4018) {
            PrecompileTest.run($0, file: $1)
        },
        Set(archive: "blockchain-ethereum-tests", folder: "/", cases: 506) {
            BlockTest.run($0, file: $1)
        },
    ]

    @Test(arguments: sets)
    func everyCasePasses(_ set: Set) throws {
        let folder = try #require(SharedData.folder)
        var archive = try TarArchive("\(folder)/ethereum-tests/\(set.archive).tar.zst")
        var results: [CaseResult] = []
        while let entry = try archive.next() {
            guard entry.name.hasSuffix(".json") || entry.name.hasSuffix(".yaml"),
                entry.name.contains(set.folder)
            else { continue }
            results += set.run(entry.bytes, entry.name)
        }
        #expect(results.count == set.cases)
        let failed = results.filter { !$0.pass }
        #expect(failed.isEmpty, "\(failed.prefix(5))")
    }

    /// 54 blocks from Homestead to the second blob-parameter fork, proof of work before the merge.
    @Test func theClientChainImports() throws {
        let folder = try #require(SharedData.folder)
        var archive = try TarArchive("\(folder)/ethereum-tests/rpc-compat.tar.zst")
        var chain = ChainFile()
        while let entry = try archive.next() {
            if entry.name.hasPrefix("tests/") { _ = chain.take(entry.bytes, file: entry.name) }
        }
        let results = chain.run()
        #expect(results.count == 55)
        #expect(results.filter { !$0.pass }.isEmpty)
    }

    /// Bytes that hold no tests are failures, whatever the kind.
    @Test(arguments: sets)
    func whatCannotBeReadIsAFailure(_ set: Set) {
        for bytes in [[], Array("[]".utf8), Array("{\"t\": 5}".utf8), [0xff]] as [[UInt8]] {
            let results = set.run(bytes, "f")
            #expect(results.count == 1)
            #expect(results.allSatisfy { !$0.pass })
        }
    }
}
