import Codec
import Conformance
import Files
import TestSupport
import Testing

/// A part of the official state tests; `assay check state` runs all of them.
@Suite struct StateTestTests {
    private static let archive = SharedData.folder.map { $0 + "/ethereum-tests/" }

    /// Folders of an archive, and how many cases they hold at least.
    struct Slice: Sendable, CustomTestStringConvertible {
        let archive: String
        let folders: [String]
        let casesMin: Int

        var testDescription: String { archive }
    }

    static let slices = [
        Slice(
            archive: "state-oldforks.tar.zst",
            folders: [
                "stSStoreTest", "stCreate2", "stRevertTest", "stRefundTest", "stTransactionTest",
                "stEIP1559", "stEIP2930", "stExtCodeHash", "stReturnDataTest", "stChainId",
                "stZeroCallsRevert", "stLogTests", "stShift", "stExample", "stEIP3607",
                "eest/state_tests/",
            ], casesMin: 9_000),
        Slice(
            archive: "state-eest.tar.zst",
            folders: [
                "/osaka/eip7951", "/osaka/eip7825", "/osaka/eip7939", "/osaka/eip7883",
                "/prague/eip7702", "/prague/eip7623", "/cancun/eip1153", "/cancun/eip5656",
                "/cancun/eip6780", "/cancun/eip7516", "/prague/eip2537", "/cancun/eip4844",
            ], casesMin: 3_600),
    ]

    @Test(
        .enabled(if: archive != nil, "set ASSAY_SHARED to the published test data"),
        arguments: slices)
    func everyCaseOfTheSlicePasses(_ slice: Slice) throws {
        let folder = try #require(StateTestTests.archive)
        var archive = try TarArchive(folder + slice.archive)
        var cases = 0
        var failed: [CaseResult] = []
        while let entry = try archive.next() {
            guard entry.name.hasSuffix(".json"), !entry.name.contains("/.meta/"),
                slice.folders.contains(where: { entry.name.contains($0) })
            else { continue }
            let results = StateTest.run(entry.bytes, file: entry.name)
            #expect(!results.isEmpty, "\(entry.name) has no case")
            cases += results.count
            failed += results.filter { !$0.pass }
        }
        #expect(cases >= slice.casesMin)
        #expect(failed.isEmpty, "\(failed.prefix(5).map(\.name))")
    }

    // MARK: The runner itself

    /// One transfer in Cancun, root from an official run of the same fields.
    private func fixture(hash: String, fork: String = "Cancun", exception: String = "") -> [UInt8] {
        let text = """
            {"t": {"env": {"currentCoinbase": "0x2adc25665018aa1fe0e6bc666dac8fc2697ff9ba",
            "currentGasLimit": "0x07270e00", "currentNumber": "0x01", "currentTimestamp": "0x03e8",
            "currentDifficulty": "0x020000", "currentBaseFee": "0x07",
            "currentRandom": "0x0000000000000000000000000000000000000000000000000000000000000000",
            "currentExcessBlobGas": "0x00"},
            "pre": {"0x21c193fff59c78ca3d27db3a50b9db12bd2cc2c8": {"nonce": "0x00",
            "balance": "0x3635c9adc5dea00000", "code": "0x", "storage": {}}},
            "transaction": {"nonce": "0x00", "gasPrice": "0x0a", "gasLimit": ["0x0186a0"],
            "to": "0x00000000000000000000000000000000000000aa", "value": ["0x01"], "data": ["0x"],
            "sender": "0x21c193fff59c78ca3d27db3a50b9db12bd2cc2c8",
            "secretKey": "0xb2af85765ac20260e5c5049eb8ad52861e26394fcf0dc9af11dc8a0d6d47641d"},
            "post": {"\(fork)": [{"hash": "\(hash)", "indexes": {"data": 0, "gas": 0, "value": 0}
            \(exception)}]}, "config": {"chainid": "0x01"}}}
            """
        return Array(text.utf8)
    }

    @Test func aWrongRootFails() throws {
        let zero = "0x" + String(repeating: "0", count: 64)
        let result = try #require(StateTest.run(fixture(hash: zero), file: "f").first)
        #expect(!result.pass)
        #expect(result.error == "state root")
        let root = try #require(result.got)
        #expect(try #require(StateTest.run(fixture(hash: root), file: "f").first).pass)
    }

    @Test func anExpectedExceptionThatDoesNotComeFails() throws {
        let bytes = fixture(hash: "0x", exception: ", \"expectException\": \"TR_NoFunds\"")
        let result = try #require(StateTest.run(bytes, file: "f").first)
        #expect(!result.pass)
        #expect(result.got == "accepted")
        #expect(result.want == "TR_NoFunds")
    }

    @Test func whatCannotBeReadIsAFailureNotASkip() throws {
        let files: [[UInt8]] = [
            [], Array("[]".utf8), Array("{\"t\": {}}".utf8), fixture(hash: "0x", fork: "Moon"),
        ]
        for bytes in files {
            let results = StateTest.run(bytes, file: "f")
            #expect(results.count == 1)
            #expect(results.allSatisfy { !$0.pass && $0.error != nil })
        }
    }
}
