import Attestation
import Codec
import Crypto
import Files
import Primitives
import TestSupport
import Testing

@Suite struct DCAPVerificationTests {
    private func reason(_ body: () throws -> Void) -> AttestationReason? {
        do {
            try body()
            return nil
        } catch let error as AttestationError {
            return error.reason
        } catch {
            return .format
        }
    }

    @Test func verifiesADevelopmentQuote() throws {
        let platform = DCAPSample.platform
        let verified = try DCAPQuote.verify(
            DCAPSample.quote, DCAPSample.raw, anchors: platform.anchors, at: DCAPSample.time)
        let attestation = verified.attestation
        #expect(attestation.type == .tdx && attestation.status == .upToDate)
        #expect(attestation.isDevelopment && !attestation.isDebug)
        #expect(attestation.reportData == [UInt8](0..<64))
        #expect(attestation.notAfter == DCAPSample.time + 30 * 86_400)
        var words = Array("assay.tdx.v1".utf8) + DCAPSample.domain.measurement
        words += [UInt8](repeating: 0, count: 5 * 48)
        #expect(attestation.measurement == Keccak.hash(words))
        #expect(attestation.identity == SHA256.hash(DCAPSample.quote[..<632]))
        #expect(verified.platform.fmspc == [0, 0xde, 0, 0, 0, 1])
        #expect(DCAPSample.platform.quote(DCAPSample.domain) == DCAPSample.quote)
    }

    /// Neither root vouches for the other's quotes.
    @Test func rootsAreKeptApart() throws {
        let refused = reason {
            _ = try DCAPQuote.verify(
                DCAPSample.quote, DCAPSample.raw, anchors: .production, at: DCAPSample.time)
        }
        #expect(refused == .chain)
        let kept = try DCAPCollateral(
            verifying: DCAPSample.raw, anchors: DCAPSample.platform.anchors, at: DCAPSample.time)
        let quote = try DCAPQuote(decoding: DCAPSample.quote)
        #expect(
            reason { _ = try quote.verify(kept, anchors: .production, at: DCAPSample.time) }
                == .root)
        let other = DevelopmentPlatform(seed: [UInt8](repeating: 1, count: 32))
        #expect(
            reason {
                _ = try DCAPQuote.verify(
                    DCAPSample.quote, other.collateral(at: DCAPSample.time),
                    anchors: TrustAnchors(
                        other.anchors.anchors + DCAPSample.platform.anchors.anchors),
                    at: DCAPSample.time)
            } == .chain)
    }

    @Test func debugIsRefused() {
        var domain = DCAPSample.domain
        domain.isDebug = true
        let quote = DCAPSample.platform.quote(domain)
        #expect(
            reason {
                _ = try DCAPQuote.verify(
                    quote, DCAPSample.raw, anchors: DCAPSample.platform.anchors,
                    at: DCAPSample.time)
            } == .debug)
    }

    /// A status is told, and only a revoked one refuses.
    @Test(arguments: TCBStatus.allCases)
    func tellsTheStatus(_ status: TCBStatus) throws {
        let platform = DCAPSample.platform
        let raw = platform.collateral(at: DCAPSample.time, status: status)
        if status == .revoked {
            #expect(
                reason {
                    _ = try DCAPQuote.verify(
                        DCAPSample.quote, raw, anchors: platform.anchors, at: DCAPSample.time)
                } == .tcbRevoked)
        } else {
            let verified = try DCAPQuote.verify(
                DCAPSample.quote, raw, anchors: platform.anchors, at: DCAPSample.time)
            #expect(verified.attestation.status == status)
            #expect(verified.qeStatus == .upToDate)
        }
    }

    /// Each byte of the quote that no length depends on is bound by some signature or hash.
    @Test func everyFlipOfADevelopmentQuoteIsRefused() async throws {
        let anchors = DCAPSample.platform.anchors
        let kept = try DCAPCollateral(
            verifying: DCAPSample.raw, anchors: anchors, at: DCAPSample.time)
        let flips = try await Sweep.flips(
            of: DCAPSample.quote, every: Sweep.isWhole ? 1 : 5
        ) { bytes in
            try DCAPQuote(decoding: bytes).verify(kept, anchors: anchors, at: DCAPSample.time)
        }
        #expect(flips.different == [])
    }

    /// A real quote under Intel's root means nothing to a chain that trusts another.
    @Test(
        .enabled(if: SharedData.folder != nil, "no shared data"),
        arguments: RealDocument.all.filter { $0.family == .dcap })
    func realQuotesNeedIntelsRoot(_ document: RealDocument) throws {
        let (quote, raw, time) = try document.loadQuote()
        _ = try DCAPQuote.verify(quote, raw, anchors: .production, at: time)
        #expect(throws: AttestationError.self) {
            try DCAPQuote.verify(quote, raw, anchors: DCAPSample.platform.anchors, at: time)
        }
    }
}
