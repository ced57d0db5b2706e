import Fuzzing
import Testing

/// The corpora beside this file.
private let corpora = String(
    #filePath[..<(#filePath.lastIndex(of: "/") ?? #filePath.startIndex)] + "/Corpora")

@Suite struct FuzzTests {
    /// Replays the corpus, then runs 2,000 mutations with a fixed seed.
    @Test(arguments: FuzzHarness.all.map(\.name))
    func holdsForCorpusAndMutations(_ name: String) throws {
        let harness = try #require(FuzzHarness.named(name))
        let corpus = try FuzzCorpus.inputs(of: harness, in: corpora)
        #expect(!corpus.isEmpty, "add an input to Corpora/\(name)")
        var report = FuzzReport()
        for input in corpus { report.run(harness, input.name, input.bytes) }
        let mutator = Mutator(corpus: corpus.map(\.bytes), seed: 20_261_121)
        for number in 0..<2_000 as Range<UInt64> {
            report.run(harness, "case \(number)", mutator.input(case: number))
        }
        let failures = report.failures.map { "\($0.input): \($0.failure.message)" }
        #expect(failures == [])
        #expect(report.caseCount == corpus.count + 2_000)
        #expect(report.reachedAccept, "no input was accepted: the corpus needs a good one")
        #expect(report.reachedRefusal, "no input was refused")
    }

    @Test func harnessNamesAreUnique() {
        let names = FuzzHarness.all.map(\.name)
        #expect(Set(names).count == names.count)
    }

    @Test func mutationsRepeat() {
        let mutator = Mutator(corpus: [[1, 2, 3], Array("hello".utf8)], seed: 7)
        let same = Mutator(corpus: [[1, 2, 3], Array("hello".utf8)], seed: 7)
        let other = Mutator(corpus: [[1, 2, 3], Array("hello".utf8)], seed: 8)
        let inputs = (0..<200).map { mutator.input(case: $0) }
        #expect(inputs == (0..<200).map { same.input(case: $0) })
        #expect(inputs != (0..<200).map { other.input(case: $0) })
        #expect(Set(inputs).count > 100)
        #expect(inputs.allSatisfy { $0.count <= Mutator.bytesMax })
    }

    @Test func reportsBrokenLaws() throws {
        let outcome = try FuzzOutcome.of { throw FuzzRefusal.tooBig(3) }
        #expect(outcome == .refused("tooBig"))
        #expect(outcome.label == "refused: tooBig")
        #expect(throws: FuzzFailure("broken")) {
            try FuzzOutcome.of { throw FuzzFailure("broken") }
        }
    }
}

private enum FuzzRefusal: Error {
    case tooBig(Int)
}
