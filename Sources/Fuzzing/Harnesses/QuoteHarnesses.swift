internal import Attestation
internal import Crypto
internal import Primitives

/// Quotes: one that is read judges the same with zeros behind it, and only the seed holds.
func fuzzDCAP(_ bytes: [UInt8]) throws(FuzzFailure) -> FuzzOutcome {
    try .of {
        let quote = try reading { () throws(AttestationError) in try DCAPQuote(decoding: bytes) }
        try FuzzFailure.require(
            quote.byteCount + quote.paddingCount == bytes.count, "a quote leaves bytes unread")
        let longer = bytes + [0]
        if longer.count <= DCAPLimits.quoteBytesMax {
            try FuzzFailure.require(
                (try? DCAPQuote(decoding: longer)) == quote, "a zero behind a quote changes it")
        }
        let sample = QuoteSample.shared
        guard let collateral = sample.collateral,
            let verified = try? quote.verify(
                collateral, anchors: sample.platform.anchors, at: QuoteSample.time)
        else { return }
        try FuzzFailure.require(
            verified.attestation.identity == SHA256.hash(sample.quote[..<632]),
            "a changed quote holds")
    }
}

func dcapSeeds() -> [[UInt8]] { [QuoteSample.shared.quote] }

/// The first byte chooses what is read: kept collateral, TCB info, QE identity, a list, or claims.
func fuzzCollateral(_ bytes: [UInt8]) throws(FuzzFailure) -> FuzzOutcome {
    try .of {
        guard let kind = bytes.first else { throw QuoteRefusal.empty }
        let rest = Array(bytes.dropFirst())
        switch kind & 7 {
        case 0:
            let collateral = try reading { () throws(AttestationError) in
                try DCAPCollateral(decoding: rest)
            }
            try FuzzFailure.require(collateral.encoded == rest, "collateral has two encodings")
            _ = try? DCAPQuote(decoding: QuoteSample.shared.quote).verify(
                collateral, anchors: QuoteSample.shared.platform.anchors, at: QuoteSample.time)
        case 1:
            let info = try reading { () throws(AttestationError) in try TCBInfo(parsing: rest) }
            try FuzzFailure.require(
                info.levels.allSatisfy { $0.sgxComponents.count == 16 },
                "a TCB level has not 16 components")
        case 2:
            let identity = try reading { () throws(AttestationError) in
                try QEIdentity(parsing: rest)
            }
            try FuzzFailure.require(
                zip(identity.levels, identity.levels.dropFirst()).allSatisfy {
                    $0.version >= $1.version
                }, "levels of an enclave are not sorted")
        case 4:
            let claims = try reading { () throws(AttestationError) in
                try QuoteClaims(decoding: rest)
            }
            try FuzzFailure.require(claims.encoded == rest, "a quote's claims have two encodings")
            if let collateral = QuoteSample.shared.collateral {
                _ = try? claims.status(under: collateral)
            }
        case 5:
            let claims = try reading { () throws(AttestationError) in
                try SNPClaims(decoding: rest)
            }
            try FuzzFailure.require(claims.encoded == rest, "a report's claims have two encodings")
        default:
            let revoked = try RevocationList(rest).revoked
            try FuzzFailure.require(
                revoked.serials.allSatisfy { revoked.contains($0[...]) },
                "a list does not contain its own serial number")
        }
    }
}

func collateralSeeds() -> [[UInt8]] {
    let sample = QuoteSample.shared
    let raw = sample.platform.collateral(at: QuoteSample.time)
    return [
        [0] + (sample.collateral?.encoded ?? []), [1] + raw.tcbInfo, [2] + raw.qeIdentity,
        [3] + raw.pckCRL, [4] + sample.claims, [5, 1, 0x19, 1, 1, 3, 0, 8, 0x73, 0],
    ]
}

/// Reports with certificates: one encoding each, and none holds that nobody signed.
func fuzzSNP(_ bytes: [UInt8]) throws(FuzzFailure) -> FuzzOutcome {
    try .of {
        let evidence = try reading { () throws(AttestationError) in
            try SNPEvidence(decoding: bytes)
        }
        try FuzzFailure.require(evidence.encoded == bytes, "a report has two encodings")
        try FuzzFailure.require(
            (try? evidence.verify(anchors: .production, at: QuoteSample.time)) == nil,
            "an unsigned report holds")
    }
}

func snpSeeds() -> [[UInt8]] {
    var report = [UInt8](repeating: 0, count: SNPReport.byteCount)
    (report[0], report[0x0a], report[0x34]) = (3, 2, 1)
    (report[0x188], report[0x189]) = (0x19, 1)
    return SNPProduct.allCases.flatMap { product in
        let authorities = product.authorities(.vcek)
        return [
            report + certificates([authorities.signer]),
            report + certificates([authorities.signer, authorities.signer, authorities.root]),
        ]
    }
}

/// Measurements with a chain: one encoding each, and none holds that nobody signed.
func fuzzSPDM(_ bytes: [UInt8]) throws(FuzzFailure) -> FuzzOutcome {
    try .of {
        let evidence = try reading { () throws(AttestationError) in
            try GPUEvidence(decoding: bytes)
        }
        try FuzzFailure.require(evidence.encoded == bytes, "measurements have two encodings")
        // The chain's own root, so that what is behind the root's check is reached.
        let anchors = TrustAnchors(
            (evidence.certificates.last.map { [SHA256.hash($0)] } ?? []).map {
                TrustAnchors.Anchor(.nvgpu, $0, isDevelopment: true)
            })
        try FuzzFailure.require(
            (try? evidence.verify(anchors: anchors, at: QuoteSample.time)) == nil,
            "unsigned measurements hold")
    }
}

func spdmSeeds() -> [[UInt8]] {
    var bytes: [UInt8] = [0x11, 0xe0, 0x01, 0xff] + [UInt8](repeating: 3, count: 33)
    bytes += [0x11, 0x60, 0, 0, 2, 110, 0, 0]
    for index: UInt8 in 1...2 {
        bytes += [index, 1, 51, 0, 1, 48, 0] + [UInt8](repeating: index, count: 48)
    }
    bytes += [UInt8](repeating: 4, count: 32) + [7, 0, 6, 0, 3, 0, 9, 9, 9]
    bytes += [UInt8](repeating: 5, count: 96)
    let head = [UInt8(bytes.count & 0xff), UInt8(bytes.count >> 8)]
    let authority = DevelopmentAuthority().nitroRoot
    return [head + bytes + certificates([authority]), head + bytes + certificates([[1], [2]])]
}

private func certificates(_ list: [[UInt8]]) -> [UInt8] {
    list.reduce(into: [UInt8(list.count)]) { bytes, certificate in
        bytes += [UInt8(certificate.count & 0xff), UInt8(certificate.count >> 8)] + certificate
    }
}

/// Runs a reader and turns its refusal into one of a name.
private func reading<Value>(
    _ body: () throws(AttestationError) -> Value
) throws -> Value {
    do { return try body() } catch { throw QuoteRefusal.of(error.reason) }
}

private enum QuoteRefusal: Error, CustomStringConvertible {
    case empty
    case of(AttestationReason)

    var description: String {
        switch self {
        case .empty: "empty"
        case .of(let reason): reason.code
        }
    }
}

/// A development platform, its quote and the collateral that both need.
private struct QuoteSample: Sendable {
    static let time: UInt64 = 1_780_000_000
    static let shared = QuoteSample()

    let platform = DevelopmentPlatform()
    let quote: [UInt8]
    let collateral: DCAPCollateral?

    private init() {
        quote = platform.quote(
            DevelopmentPlatform.Domain(
                measurement: [UInt8](repeating: 7, count: 48),
                reportData: [UInt8](repeating: 9, count: 64)))
        collateral = try? DCAPCollateral(
            verifying: platform.collateral(at: QuoteSample.time), anchors: platform.anchors,
            at: QuoteSample.time)
    }

    /// What a chain keeps of the quote.
    var claims: [UInt8] {
        guard let collateral, let quote = try? DCAPQuote(decoding: quote),
            let verified = try? quote.verify(
                collateral, anchors: platform.anchors, at: QuoteSample.time),
            case .quote(let claims, _)? = verified.attestation.basis
        else { return [] }
        return claims.encoded
    }
}
