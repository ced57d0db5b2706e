internal import Attestation
internal import EVM
internal import Payments
internal import Primitives
internal import Registry

/// The formats of evidence: pay for the bytes, decode, pay for what the form declares, verify.
///
/// `EvidenceCost` has the prices, and says for each format what there is to pay.
enum AttestationFormat {
    typealias Answer = Result<VerifiedAttestation, NativeError>

    static func verify(
        _ evidence: [UInt8], _ type: TEEType, _ anchors: TrustAnchors,
        _ state: inout some EvidenceState
    ) throws(NativeFailure) -> Answer {
        try state.charge(EvidenceCost.decodingGas(bytes: evidence.count))
        switch type {
        case .nitro: return try nitro(evidence, anchors, &state)
        case .sgx, .tdx: return try quote(evidence, type, anchors, &state)
        case .snp: return try report(evidence, anchors, &state)
        case .nvgpu: return try device(evidence, anchors, &state)
        }
    }

    private static func answer(
        _ body: () throws(AttestationError) -> VerifiedAttestation
    ) -> Answer {
        do throws(AttestationError) { return .success(try body()) } catch {
            return .failure(.invalidAttestation(error.reason))
        }
    }

    /// A document's own end is its leaf's, and how old it may be is the policy's to say. A
    /// machine's clock may be so far ahead of the chain's.
    private static let freshness = NitroVerifier.Freshness(ageMax: .max, skew: 300)

    private static func nitro(
        _ evidence: [UInt8], _ anchors: TrustAnchors, _ state: inout some EvidenceState
    ) throws(NativeFailure) -> Answer {
        let document: NitroDocument
        do { document = try NitroDocument(evidence) } catch {
            return .failure(.invalidAttestation(error.reason))
        }
        try state.charge(document.cost.checkingGas)
        let time = state.timestamp
        return answer { () throws(AttestationError) in
            try NitroVerifier.verify(document, at: time, anchors: anchors, freshness: freshness)
        }
    }

    /// A quote by collateral of the chain's, which its own certificates name.
    private static func quote(
        _ evidence: [UInt8], _ type: TEEType, _ anchors: TrustAnchors,
        _ state: inout some EvidenceState
    ) throws(NativeFailure) -> Answer {
        try state.charge(DCAPQuote.cost.checkingGas)
        let quote: DCAPQuote
        let key: Hash
        do throws(AttestationError) {
            quote = try DCAPQuote(decoding: evidence)
            guard quote.tee == type else {
                throw AttestationError(.teeType, "a quote of \(quote.tee.name)")
            }
            key = try quote.collateralKey()
        } catch {
            return .failure(.invalidAttestation(error.reason))
        }
        switch try CollateralStore.read(key, &state) {
        case .failure(let error): return .failure(error)
        case .success(let collateral):
            let time = state.timestamp
            return answer { () throws(AttestationError) in
                try quote.verify(collateral, anchors: anchors, at: time).attestation
            }
        }
    }

    /// A report speaks for its guest only from VMPL 0: less privileged code asks for reports with
    /// the same measurement.
    private static func report(
        _ evidence: [UInt8], _ anchors: TrustAnchors, _ state: inout some EvidenceState
    ) throws(NativeFailure) -> Answer {
        let decoded: SNPEvidence
        do { decoded = try SNPEvidence(decoding: evidence) } catch {
            return .failure(.invalidAttestation(error.reason))
        }
        try state.charge(decoded.cost.checkingGas)
        let verified: VerifiedSNPReport
        do throws(AttestationError) {
            verified = try decoded.verify(anchors: anchors, at: state.timestamp)
            guard decoded.report.vmpl == 0, !decoded.report.isMigratable else {
                throw AttestationError(.guestPolicy, "others may speak for the guest")
            }
        } catch {
            return .failure(.invalidAttestation(error.reason))
        }
        var found = verified.attestation
        found.status = try MachineStatus.of(verified.claims, &state)
        return .success(found)
    }

    private static func device(
        _ evidence: [UInt8], _ anchors: TrustAnchors, _ state: inout some EvidenceState
    ) throws(NativeFailure) -> Answer {
        let decoded: GPUEvidence
        do { decoded = try GPUEvidence(decoding: evidence) } catch {
            return .failure(.invalidAttestation(error.reason))
        }
        try state.charge(decoded.cost.checkingGas)
        let time = state.timestamp
        return answer { () throws(AttestationError) in
            try decoded.verify(anchors: anchors, at: time)
        }
    }
}
