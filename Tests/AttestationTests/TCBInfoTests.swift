import Attestation
import Testing

@Suite struct TCBInfoTests {
    private static func components(_ version: Int, count: Int = 16) -> String {
        "[" + Array(repeating: #"{"svn":\#(version)}"#, count: count).joined(separator: ",") + "]"
    }

    private static func level(
        _ version: Int, count: Int = 16, status: String = "UpToDate", date: String = "2026-01-01"
    ) -> String {
        #"{"tcb":{"sgxtcbcomponents":\#(components(version, count: count)),"pcesvn":13},"#
            + #""tcbDate":"\#(date)T00:00:00Z","tcbStatus":"\#(status)","#
            + #""advisoryIDs":["SA-\#(version)"]}"#
    }

    private static func document(_ levels: [String], _ change: (String, String) = ("", ""))
        -> [UInt8]
    {
        let text =
            #"{"id":"SGX","version":3,"issueDate":"2026-05-27T20:26:40Z","#
            + #""nextUpdate":"2026-06-26T20:26:40Z","fmspc":"00DE00000001","pceId":"0000","#
            + #""tcbType":0,"tcbEvaluationDataNumber":18,"tcbLevels":["#
            + levels.joined(separator: ",") + "]}"
        guard !change.0.isEmpty else { return Array(text.utf8) }
        let pieces = text.split(separator: change.0, maxSplits: 1)
        guard pieces.count == 2 else { return [] }
        return Array((pieces[0] + change.1 + pieces[1]).utf8)
    }

    @Test func readsLevelsHighestFirst() throws {
        let info = try TCBInfo(
            parsing: Self.document([Self.level(2), Self.level(9, status: "Revoked")]))
        #expect(info.tee == .sgx && info.fmspc == [0, 0xde, 0, 0, 0, 1] && info.pceID == [0, 0])
        #expect(info.evaluationNumber == 18)
        #expect(info.window == Window(start: 1_779_913_600, end: 1_782_505_600))
        #expect(info.levels.map(\.sgxComponents.first) == [9, 2])
        #expect(info.levels.map(\.status) == [.revoked, .upToDate])
        #expect(info.levels.map(\.advisories) == [["SA-9"], ["SA-2"]])
    }

    @Test func refuses() throws {
        let good = Self.level(2)
        _ = try TCBInfo(parsing: Self.document([good]))
        let bad: [(String, [UInt8], AttestationReason)] = [
            ("another version", Self.document([good], (#":3,"#, ":2,")), .tcbInfoType),
            ("another kind", Self.document([good], ("SGX", "QVE")), .tcbInfoType),
            (
                "another type", Self.document([good], (#""tcbType":0"#, #""tcbType":1"#)),
                .tcbInfoType
            ),
            ("15 components", Self.document([Self.level(2, count: 15)]), .tcbInfoFormat),
            ("17 components", Self.document([Self.level(2, count: 17)]), .tcbInfoFormat),
            ("a component of 256", Self.document([Self.level(256)]), .tcbInfoFormat),
            ("a status", Self.document([Self.level(2, status: "Fine")]), .tcbInfoFormat),
            ("February 30", Self.document([Self.level(2, date: "2026-02-30")]), .tcbInfoFormat),
            (
                "a duplicate",
                Self.document([good], (#""tcbType":0"#, #""tcbType":0,"tcbType":0"#)),
                .tcbInfoFormat
            ),
            ("a fraction", Self.document([good], (":18", ":18.0")), .tcbInfoFormat),
            ("a zone", Self.document([good], (":40Z", ":40+00:00")), .tcbInfoFormat),
            ("a short family", Self.document([good], ("00DE", "DE")), .tcbInfoFormat),
            ("65 levels", Self.document(Array(repeating: good, count: 65)), .tcbInfoFormat),
            ("no levels", Self.document([good], ("tcbLevels", "levels")), .tcbInfoFormat),
            ("trailing bytes", Self.document([good]) + [0x7d], .tcbInfoFormat),
            ("nothing", [], .tcbInfoFormat),
        ]
        for (name, bytes, reason) in bad {
            let error = #expect(throws: AttestationError.self) { try TCBInfo(parsing: bytes) }
            #expect(error?.reason == reason, "\(name)")
        }
    }

    /// Modules and quoting enclaves have fewer states than platforms.
    @Test(arguments: TCBStatus.allCases)
    func statesBelongToWhatHasThem(_ status: TCBStatus) {
        let levels =
            #""tcbLevels":[{"tcb":{"isvsvn":1},"tcbDate":"2026-01-01T00:00:00Z","#
            + #""tcbStatus":"\#(status.name)"}]"#
        let zeros = String(repeating: "00", count: 48)
        let module =
            #"{"id":"TDX_01","mrsigner":"\#(zeros)","attributes":"0000000000000000","#
            + #""attributesMask":"FFFFFFFFFFFFFFFF",\#(levels)}"#
        let info = Self.document(
            [], (#""tcbType":0"#, #""tcbType":0,"tdxModuleIdentities":[\#(module)]"#))
        let ofModules: [TCBStatus] = [.upToDate, .outOfDate, .revoked]
        #expect(((try? TCBInfo(parsing: info)) != nil) == ofModules.contains(status))
        let identity =
            #"{"id":"QE","version":2,"issueDate":"2026-05-27T20:26:40Z","#
            + #""nextUpdate":"2026-06-26T20:26:40Z","tcbEvaluationDataNumber":18,"#
            + #""miscselect":"00000000","miscselectMask":"FFFFFFFF","#
            + #""attributes":"\#(zeros.prefix(32))","attributesMask":"\#(zeros.prefix(32))","#
            + #""mrsigner":"\#(zeros.prefix(64))","isvprodid":1,\#(levels)}"#
        let ofEnclaves = ofModules + [.configurationNeeded, .outOfDateConfigurationNeeded]
        #expect(
            ((try? QEIdentity(parsing: Array(identity.utf8))) != nil)
                == ofEnclaves.contains(status))
    }
}
