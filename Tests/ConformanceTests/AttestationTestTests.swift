import Codec
import Conformance
import Files
import TestSupport
import Testing

@Suite struct AttestationTestTests {
    static let folder = SharedData.folder.map { $0 + "/attestation/" }

    static func results(_ kind: String, in folder: String) throws -> [CaseResult] {
        let file = folder + kind + "/vectors.json"
        return AttestationTest.cases(try Files.read(file), file: file) { try? Files.read($0) }
            .flatMap { $0() }
    }

    /// Published vectors, and each real document at the ends of its validity.
    @Test(
        .enabled(if: folder != nil, "no shared data"),
        arguments: [("nitro", 411), ("dcap", 454), ("snp", 218), ("nvgpu", 40)])
    func agreesWithEveryVector(_ kind: String, _ count: Int) throws {
        let results = try Self.results(kind, in: try #require(Self.folder))
        #expect(results.count == count)
        for result in results where !result.pass {
            Issue.record("\(result.name): got \(result.got ?? ""), \(result.error ?? "")")
        }
    }

    @Test func brokenFilesAreVerdicts() {
        for text in ["", "{}", #"{"kind":"nitro"}"#, #"{"kind":"other","vectors":[{}]}"#] {
            let results = AttestationTest.cases(Array(text.utf8), file: "x") { _ in nil }
                .flatMap { $0() }
            #expect(results.count == 1 && !results[0].pass && results[0].error != nil)
        }
        let missing = #"{"kind":"nitro","vectors":[{"id":"a","time":1,"doc":"b"}]}"#
        let results = AttestationTest.cases(Array(missing.utf8), file: "c/x.json") { _ in nil }
            .flatMap { $0() }
        #expect(results.map(\.error) == ["no file c/b"])
    }

    /// A vector that wants another verdict, reason or field fails and says which.
    @Test(.enabled(if: folder != nil, "no shared data"))
    func wrongExpectationsFail() throws {
        let folder = try #require(Self.folder) + "nitro/"
        let text = String(decoding: try Files.read(folder + "vectors.json"), as: UTF8.self)
        let changes = [
            (#""verdict": "accept""#, #""verdict": "reject""#),
            (#""reason": "E_ROOT""#, #""reason": "E_SIG""#),
            (#""digest": "SHA384""#, #""digest": "SHA256""#),
            (#""debug_mode": false"#, #""debug_mode": true"#),
        ]
        for (from, to) in changes {
            try #require(text.contains(from))
            let pieces = text.split(separator: from, maxSplits: 1)
            let bytes = Array((pieces[0] + to + pieces[1]).utf8)
            let results = AttestationTest.cases(bytes, file: folder + "vectors.json") {
                try? Files.read($0)
            }.flatMap { $0() }
            #expect(results.count { !$0.pass } == 1, "\(from)")
        }
    }

    /// Roots go by any name that the file gives them.
    @Test(.enabled(if: folder != nil, "no shared data"), arguments: ["nitro", "dcap"])
    func rootsAreWhereTheFileSays(_ kind: String) throws {
        let folder = try #require(Self.folder) + kind + "/"
        let text = String(decoding: try Files.read(folder + "vectors.json"), as: UTF8.self)
        let name = kind == "nitro" ? "\"dev-a\"" : "\"dev-dcap\""
        try #require(text.contains(name))
        let renamed = text.replacing(name, with: "\"another\"")
        for (vectors, isPassed) in [
            (renamed, true), (renamed.replacing("\"roots\"", with: "\"others\""), false),
        ] {
            let results = AttestationTest.cases(Array(vectors.utf8), file: folder + "vectors.json")
            {
                try? Files.read($0)
            }.flatMap { $0() }
            #expect(results.allSatisfy(\.pass) == isPassed)
        }
    }
}
