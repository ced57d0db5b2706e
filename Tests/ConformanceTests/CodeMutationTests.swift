import Codec
import Primitives
import Testing

@testable import Conformance

@Suite struct CodeMutationTests {
    private static let target = Address(truncating: 0xabcd)

    @Test func mutationsAreTheSameForOneSeedAndDifferAmongSeeds() {
        let code: [UInt8] = [0x60, 0x01, 0x61, 0x02, 0x03, 0x55, 0x00]
        func mutated(_ seed: UInt64) -> [UInt8] {
            var draw = Draw(seed: seed)
            return CodeMutation.apply(
                to: code, donor: [0x5b, 0x5f], targets: [CodeMutationTests.target], &draw)
        }
        #expect((1...50).allSatisfy { mutated($0) == mutated($0) })
        #expect(Set((1...50).map { mutated($0) }).count > 25)
        // Some seeds leave the code whole: real code is a case too.
        #expect((1...50).contains { mutated($0) == code })
    }

    @Test func codeEndsWithinAPushAndIsCutAtTheLargest() {
        for seed in 1...200 as ClosedRange<UInt64> {
            var draw = Draw(seed: seed)
            let short = CodeMutation.apply(
                to: [0x7f, 0x01], donor: [0x7f], targets: [CodeMutationTests.target], &draw)
            #expect(short.count <= 200)
            let long = CodeMutation.apply(
                to: [UInt8](repeating: 0x73, count: 30_000), donor: [0x00],
                targets: [CodeMutationTests.target], &draw)
            #expect(long.count <= 24_576)
        }
    }

    @Test func addressesInForeignCodeGetToLeadSomewhere() {
        let code = [0x73] + [UInt8](repeating: 0xee, count: 20) + [0x31]
        let found = (1...50 as ClosedRange<UInt64>).contains { seed in
            var draw = Draw(seed: seed)
            let mutated = CodeMutation.apply(
                to: code, donor: code, targets: [CodeMutationTests.target], &draw)
            return mutated == [0x73] + CodeMutationTests.target.bytes + [0x31]
        }
        #expect(found)
    }

    // MARK: The corpus

    @Test func theCorpusTakesEachCodeOnce() {
        var corpus = CodeCorpus()
        corpus.addTests([
            "a": ["pre": ["0x1": ["code": "0x6001600255"], "0x2": ["code": "0x6001600255"]]],
            "b": ["pre": ["0x1": ["code": "0x6001"], "0x3": ["code": "no hex"], "0x4": [:]]],
            "c": ["pre": []], "d": [],
        ])
        #expect(corpus.codes == [[0x60, 0x01, 0x60, 0x02, 0x55]])
        corpus.addArtifact(["deployedBytecode": "0x60016000f3"])
        corpus.addArtifact(["abi": []])
        #expect(corpus.count == 2)
    }

    @Test func theProtocolsContractsAreCodesAndAccounts() {
        var corpus = CodeCorpus()
        corpus.addSystem([
            "code": [
                "0x0000000000000000000000000000000000000002": "0x60016000f3",
                "0x0000000000000000000000000000000000000001": "0x60026000f3", "short": "0x00",
            ]
        ])
        #expect(corpus.system.map(\.address) == [Address(truncating: 1), Address(truncating: 2)])
        #expect(corpus.count == 2)
    }
}
