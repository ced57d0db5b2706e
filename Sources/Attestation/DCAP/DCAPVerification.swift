internal import Crypto
public import Primitives

/// A quote that holds, with the parts of its verdict that only DCAP has.
public struct VerifiedDCAPQuote: Sendable, Equatable {
    public let attestation: VerifiedAttestation
    /// Of the platform, with a trust domain's module.
    public let platformStatus: TCBStatus
    public let qeStatus: TCBStatus
    public let platform: PCKExtension
    /// When all that it rests on holds.
    public let window: Window
}

extension DCAPQuote {
    /// Verifies the quote against collateral that was verified before.
    ///
    /// Three checks on P-256: PCK certificate, report of the quoting enclave, quote; a fourth when
    /// the quote brings another certificate of its authority than the collateral did. Debug is
    /// always refused: the keys of debug enclaves have leaked before.
    /// - Throws: `root`, the reasons of `DCAPCollateral.checkWindows`, of the PCK chain, then
    ///   `tcbInfoType`, `qeSignature`, `qeHash`, `qeDebug`, `qeIdentity`, `qeSVN`,
    ///   `quoteSignature`, `fmspc`, `pceID`, `tcbLevel`, `tdxModule`, `tcbRevoked`, `debug`,
    ///   `tdAttributes`, `serviceTD`.
    public func verify(
        _ collateral: DCAPCollateral, anchors: TrustAnchors, at time: UInt64
    ) throws(AttestationError) -> VerifiedDCAPQuote {
        guard let anchor = anchors.anchor(.dcap, collateral.root) else {
            throw AttestationError(.root, "the collateral's root is not trusted")
        }
        try collateral.checkWindows(at: time)
        guard collateral.tee == tee else {
            throw AttestationError(.tcbInfoType, "collateral is of \(collateral.tee.name)")
        }
        let chain = try PCKChain(certificates, collateral: collateral, at: time)
        try checkQuotingEnclave(chain)
        let claims = QuoteClaims(self, chain)
        let qeState = try collateral.qeIdentity.match(claims.enclave)
        guard
            P256.verify(
                digest: SHA256.hash(signedBytes), signature: signature, key: attestationKey)
        else { throw AttestationError(.quoteSignature, "not the attestation key's signature") }
        let platformState = try collateral.tcbInfo.match(claims)
        let state = platformState.merged(with: qeState)
        guard state.status != .revoked else {
            throw AttestationError(.tcbRevoked, "the TCB level is revoked")
        }
        try body.checkAttributes()
        let window = chain.window.intersection(collateral.window)
        return VerifiedDCAPQuote(
            attestation: VerifiedAttestation(
                type: tee, measurement: measurement, isDebug: isDebug,
                reportData: Array(reportData), identity: SHA256.hash(signedBytes),
                notAfter: window.end, status: state.status,
                basis: .quote(claims, collateral: collateral.key),
                advisories: state.advisories.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) },
                platform: SHA256.hash(chain.platform.ppid), isDevelopment: anchor.isDevelopment),
            platformStatus: platformState.status, qeStatus: qeState.status,
            platform: chain.platform, window: window)
    }

    /// Verifies a quote with collateral that comes with it.
    public static func verify(
        _ bytes: [UInt8], _ raw: RawDCAPCollateral, anchors: TrustAnchors, at time: UInt64
    ) throws(AttestationError) -> VerifiedDCAPQuote {
        let quote = try DCAPQuote(decoding: bytes)
        let collateral = try DCAPCollateral(
            verifying: raw, for: quote.tee, anchors: anchors, at: time, isKept: false)
        return try quote.verify(collateral, anchors: anchors, at: time)
    }

    /// The platform signs the quoting enclave's report, which names the attestation key.
    private func checkQuotingEnclave(_ chain: PCKChain) throws(AttestationError) {
        guard
            P256.verify(
                digest: SHA256.hash(qeReport.bytes), signature: qeReportSignature,
                key: chain.leafKey[...])
        else { throw AttestationError(.qeSignature, "not the PCK's signature") }
        let named = SHA256.hash(attestationKey + qeAuthenticationData)
        guard qeReport.reportData.prefix(32).elementsEqual(named.bytes),
            qeReport.reportData.suffix(32).isZero
        else {
            throw AttestationError(.qeHash, "the QE report does not name the attestation key")
        }
    }

    /// What runs, as one word.
    ///
    /// SGX: Keccak-256 of `assay.sgx.v1` ‖ MRENCLAVE ‖ MRSIGNER ‖ product ‖ version. TDX:
    /// Keccak-256 of `assay.tdx.v1` ‖ MRTD ‖ RTMR0…3 ‖ MRCONFIGID.
    public var measurement: Hash {
        switch body {
        case .sgx(let report):
            var bytes = Array("assay.sgx.v1".utf8)
            bytes += report.enclaveMeasurement
            bytes += report.signerMeasurement
            bytes += report.bytes.field(at: 256, count: 4)
            return Keccak.hash(bytes)
        case .tdx(let report):
            var bytes = Array("assay.tdx.v1".utf8)
            bytes += report.measurement
            for index in 0..<4 { bytes += report.runtimeMeasurement(index) }
            bytes += report.configID
            return Keccak.hash(bytes)
        }
    }
}

extension DCAPQuote.Body {
    /// Refuses what lets someone else look into the enclave or domain, or change it.
    func checkAttributes() throws(AttestationError) {
        switch self {
        case .sgx(let report):
            guard !report.isDebug else { throw AttestationError(.debug, "a debug enclave") }
        case .tdx(let report):
            try report.checkAttributes()
        }
    }
}

extension TDReport {
    /// Bits 0–7 put a domain under debug; of the others only PKS (30), KL (31) and PERFMON (63)
    /// are free, and SEPT_VE_DISABLE (28) must be set.
    fileprivate func checkAttributes() throws(AttestationError) {
        let bits = attributeBits
        guard bits & 1 == 0 else { throw AttestationError(.debug, "a trust domain under debug") }
        let free: UInt64 = 1 << 30 | 1 << 31 | 1 << 63
        guard bits & ~free == 1 << 28 else {
            throw AttestationError(.tdAttributes, "attributes \(bits)")
        }
        guard serviceTD?.isZero != false else {
            throw AttestationError(.serviceTD, "a service domain may see this one")
        }
    }
}
