import Attestation
import Primitives
import Testing

/// A quote of the development platform and what it needs.
enum DCAPSample {
    static let time: UInt64 = 1_780_000_000
    static let platform = DevelopmentPlatform()
    static let domain = DevelopmentPlatform.Domain(
        measurement: [UInt8](repeating: 7, count: 48), reportData: [UInt8](0..<64))
    static let quote = platform.quote(domain)
    static let raw = platform.collateral(at: time)
}

@Suite struct DCAPQuoteTests {
    @Test func readsFields() throws {
        let quote = try DCAPQuote(decoding: DCAPSample.quote)
        #expect(quote.version == 4 && quote.attestationKeyType == 2 && quote.teeType == 0x81)
        #expect(quote.tee == .tdx && !quote.isDebug)
        #expect(quote.signedBytes.count == 632)
        #expect(quote.reportData.elementsEqual([UInt8](0..<64)))
        #expect(quote.qeAuthenticationData.elementsEqual([UInt8](0..<32)))
        #expect(quote.byteCount == DCAPSample.quote.count && quote.paddingCount == 0)
        guard case .tdx(let report) = quote.body else {
            Issue.record("not a trust domain's report")
            return
        }
        #expect(report.form == .td10 && report.serviceTD == nil)
        #expect(report.currentSecurityVersions == nil)
        #expect(report.measurement.elementsEqual(DCAPSample.domain.measurement))
        #expect(report.securityVersions.prefix(3).elementsEqual([5, 1, 3]))
    }

    struct Refusal {
        let reason: AttestationReason
        let at: Int
        let bytes: [UInt8]
    }

    @Test(arguments: [
        Refusal(reason: .version, at: 0, bytes: [2]), Refusal(reason: .version, at: 0, bytes: [6]),
        Refusal(reason: .teeType, at: 0, bytes: [3]), Refusal(reason: .keyType, at: 2, bytes: [3]),
        Refusal(reason: .teeType, at: 4, bytes: [0x82]),
        Refusal(reason: .version, at: 4, bytes: [0]),
        Refusal(reason: .qeVendor, at: 12, bytes: [0]),
        // Signature section: one byte less or more, none, more than there is.
        Refusal(reason: .format, at: 632, bytes: [0, 0, 0, 0]),
        Refusal(reason: .format, at: 632, bytes: [0xff, 0xff, 0xff, 0xff]),
        Refusal(reason: .certificationType, at: 764, bytes: [5]),
        Refusal(reason: .format, at: 766, bytes: [0, 0]),
        Refusal(reason: .qeAuthLength, at: 1218, bytes: [33]),
        Refusal(reason: .certificationType, at: 1252, bytes: [6]),
        Refusal(reason: .format, at: 1254, bytes: [0]),
        Refusal(reason: .format, at: 1254, bytes: [0xff, 0xff, 0xff, 0x7f]),
    ])
    func refuses(_ row: Refusal) throws {
        var bytes = DCAPSample.quote
        bytes.replaceSubrange(row.at..<row.at + row.bytes.count, with: row.bytes)
        let error = #expect(throws: AttestationError.self) { try DCAPQuote(decoding: bytes) }
        #expect(error?.reason == row.reason, "\(row)")
    }

    /// Zeros behind a quote are legal, and nothing else is.
    @Test func zerosMayFollow() throws {
        let quote = try DCAPQuote(decoding: DCAPSample.quote)
        let padded = try DCAPQuote(decoding: DCAPSample.quote + [0, 0, 0])
        #expect(padded == quote && padded.paddingCount == 3)
        let error = #expect(throws: AttestationError.self) {
            try DCAPQuote(decoding: DCAPSample.quote + [0, 1])
        }
        #expect(error?.reason == .trailing)
        let room = DCAPLimits.quoteBytesMax - DCAPSample.quote.count
        _ = try DCAPQuote(decoding: DCAPSample.quote + [UInt8](repeating: 0, count: room))
        let large = #expect(throws: AttestationError.self) {
            try DCAPQuote(decoding: DCAPSample.quote + [UInt8](repeating: 0, count: room + 1))
        }
        #expect(large?.reason == .size)
    }

    @Test func everyPrefixIsRefused() {
        for count in DCAPSample.quote.indices {
            #expect(throws: AttestationError.self) {
                try DCAPQuote(decoding: Array(DCAPSample.quote[..<count]))
            }
        }
    }

    /// Version 5 says which body follows: the type, the size and the two against each other.
    @Test func readsBodiesOfVersion5() throws {
        func quote(type: UInt8, size: Int, body: Int) -> [UInt8] {
            var bytes = DCAPSample.quote
            bytes[0] = 5
            let extra = [UInt8](repeating: 0, count: max(0, body - 584))
            bytes.insert(contentsOf: extra, at: 632)
            let head = [type, 0, UInt8(size & 0xff), UInt8(size >> 8), 0, 0]
            bytes.insert(contentsOf: head, at: 48)
            return bytes
        }
        for (type, form) in [(2, TDReport.Form.td10), (3, .td15), (4, .td15Extended)] {
            let read = try DCAPQuote(
                decoding: quote(type: UInt8(type), size: form.byteCount, body: form.byteCount))
            guard case .tdx(let report) = read.body else {
                Issue.record("not a trust domain's report")
                return
            }
            #expect(report.form == form)
            #expect((report.serviceTD == nil) == (form == .td10))
        }
        let refusals: [(UInt8, Int, AttestationReason)] = [
            (1, 384, .bodyType), (5, 584, .bodyType), (0, 584, .bodyType),
            (2, 585, .bodySize), (2, 0, .bodySize), (2, 648, .format), (3, 584, .format),
        ]
        for (type, size, reason) in refusals {
            let error = #expect(throws: AttestationError.self) {
                try DCAPQuote(decoding: quote(type: type, size: size, body: 584))
            }
            #expect(error?.reason == reason, "type \(type), size \(size)")
        }
    }
}
