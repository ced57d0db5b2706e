import Attestation
import Codec
import Files
import TestSupport
import Testing

@Suite struct QuoteClaimsTests {
    private func collateral(_ raw: RawDCAPCollateral) throws -> DCAPCollateral {
        try DCAPCollateral(
            verifying: raw, anchors: DCAPSample.platform.anchors, at: DCAPSample.time)
    }

    private func claims() throws -> QuoteClaims {
        try claims(
            DCAPSample.quote, collateral(DCAPSample.raw), DCAPSample.platform.anchors,
            at: DCAPSample.time)
    }

    private func claims(
        _ quote: [UInt8], _ collateral: DCAPCollateral, _ anchors: TrustAnchors, at time: UInt64
    ) throws -> QuoteClaims {
        let found = try DCAPQuote(decoding: quote).verify(collateral, anchors: anchors, at: time)
        guard case .quote(let claims, let key)? = found.attestation.basis else {
            throw AttestationError(.format, "no claims")
        }
        #expect(key == collateral.key)
        return claims
    }

    @Test func encodingReadsBack() throws {
        let claims = try claims()
        let bytes = claims.encoded
        #expect(try QuoteClaims(decoding: bytes) == claims)
        #expect(bytes.count < QuoteClaims.bytesMax)
        for count in bytes.indices {
            #expect(throws: AttestationError.self) {
                try QuoteClaims(decoding: Array(bytes[..<count]))
            }
        }
        #expect(throws: AttestationError.self) { try QuoteClaims(decoding: bytes + [0]) }
        for type: UInt8 in [0, 1, 2, 4, 5, 6] {
            #expect(throws: AttestationError.self) {
                try QuoteClaims(decoding: [type] + bytes.dropFirst())
            }
        }
    }

    /// Other bytes are refused, or are the one encoding of something else.
    @Test func encodingIsCanonical() throws {
        let bytes = try claims().encoded
        for bit in 0..<8 * bytes.count {
            var changed = bytes
            changed[bit / 8] ^= 1 << UInt8(bit % 8)
            guard let other = try? QuoteClaims(decoding: changed) else { continue }
            #expect(other.encoded == changed)
        }
    }

    @Test func laterStatementsJudgeTheMachineAgain() throws {
        let claims = try claims()
        for status in TCBStatus.allCases where status != .revoked {
            let later = try collateral(
                DCAPSample.platform.collateral(
                    at: DCAPSample.time, status: status, evaluationNumber: 2))
            #expect(try claims.status(under: later) == status)
        }
        let platform = DCAPSample.platform
        for (raw, reason) in [
            (platform.collateral(at: DCAPSample.time, isRevoked: true), .revoked),
            (platform.collateral(at: DCAPSample.time, status: .revoked), .tcbRevoked),
        ] as [(RawDCAPCollateral, AttestationReason)] {
            let later = try collateral(raw)
            let error = #expect(throws: AttestationError.self) {
                try claims.status(under: later)
            }
            #expect(error?.reason == reason)
        }
    }

    /// Real quotes, each judged by its own collateral, and then by all of its family: what their
    /// claims say is what the quote would be told.
    @Test(.enabled(if: SharedData.folder != nil, "no shared data"))
    func claimsOfRealQuotesSayWhatTheQuotesWould() throws {
        let folder = try #require(SharedData.folder) + "/attestation/dcap/"
        let quotes: [(name: String, collateral: String, time: UInt64)] = [
            ("tdx4-automata@2025-06", "2025-06-00806F050000-platform", 1_750_852_800),
            ("tdx4-automata@2025-07", "2025-07-00806F050000-platform", 1_753_056_000),
            ("tdx4-automata@2025-10", "2025-10-00806F050000-platform", 1_761_523_200),
            ("sgx3-hello@2025-06", "2025-06-00A067110000-processor", 1_750_852_800),
            ("sgx3-automata@2025-08", "2025-08-00606A000000-platform", 1_756_684_800),
            ("tdx5-gcp@2026-02", "2026-02-90C06F000000-platform", 1_772_323_200),
        ]
        let loaded = try quotes.map { row in
            let json = try JSON(
                parsing: try Files.read(folder + "collateral/s-\(row.collateral).json"))
            return (
                quote: try Files.read(folder + "real/\(row.name).bin"),
                collateral: try DCAPCollateral(
                    verifying: try RawDCAPCollateral(json: json), anchors: .production,
                    at: row.time),
                time: row.time
            )
        }
        var compared = 0
        for row in loaded {
            let claims = try claims(row.quote, row.collateral, .production, at: row.time)
            #expect(try QuoteClaims(decoding: claims.encoded) == claims)
            for other in loaded where other.collateral.key == row.collateral.key {
                let quote = try DCAPQuote(decoding: row.quote)
                let told = try quote.verify(
                    other.collateral, anchors: .production, at: other.time)
                #expect(try claims.status(under: other.collateral) == told.attestation.status)
                compared += 1
            }
            for other in loaded where other.collateral.tcbInfo.fmspc != row.collateral.tcbInfo.fmspc
            {
                let error = #expect(throws: AttestationError.self) {
                    try claims.status(under: other.collateral)
                }
                #expect(error != nil)
            }
        }
        #expect(compared == 12)
    }
}
