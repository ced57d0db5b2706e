internal import Attestation
internal import EVM
internal import Payments
internal import Primitives
internal import Registry

/// Checks evidence of any format by the roots, the collateral and the refusals in a state, at the
/// time of its block.
///
/// Whether debug evidence counts is for the caller to say: nowhere does it count for a payment.
enum AttestationCheck {
    static func run(
        _ number: UInt8, _ evidence: [UInt8], _ state: inout some EvidenceState
    ) throws(NativeFailure) -> Result<VerifiedAttestation, NativeError> {
        guard let type = TEEType(rawValue: number) else {
            return .failure(.unknownTEEType(number))
        }
        if let refusal = try refusal(of: type, &state) { return .failure(refusal) }
        let anchors = try anchors(type.family, &state)
        switch try AttestationFormat.verify(evidence, type, anchors, &state) {
        case .failure(let error): return .failure(error)
        case .success(let found):
            if let refusal = try refusal(ofPlatform: found.platform, &state) {
                return .failure(refusal)
            }
            return .success(found)
        }
    }

    /// Whether the admin has stopped all evidence of a type.
    static func refusal(
        of type: TEEType, _ state: inout some EvidenceState
    ) throws(NativeFailure) -> NativeError? {
        let since = try state.structure(of: NativeAddress.trust) { read in
            read(TrustSettings.typeSlot(type.rawValue)).limb0
        }
        return since == 0 ? nil : .teeTypeRefused(type.rawValue, since: since)
    }

    /// Whether the admin has stopped all evidence from a machine.
    static func refusal(
        ofPlatform platform: Hash, _ state: inout some EvidenceState
    ) throws(NativeFailure) -> NativeError? {
        let since = try state.structure(of: NativeAddress.trust) { read in
            read(TrustSettings.platformSlot(platform)).limb0
        }
        return since == 0 ? nil : .platformRefused(platform, since: since)
    }

    /// The roots of a family that are trusted now.
    static func anchors(
        _ family: TrustAnchors.Family, _ state: inout some EvidenceState
    ) throws(NativeFailure) -> TrustAnchors {
        let roots = try state.structure(of: NativeAddress.trust) { read in
            TrustRoot.all(family: family.rawValue, from: read)
        }
        return TrustAnchors(
            roots.filter { $0.disabledAt == 0 }.map {
                TrustAnchors.Anchor(family, $0.hash, isDevelopment: $0.isDevelopment)
            })
    }

    /// What is wrong with a free field that must begin with `wanted` and be zero behind it.
    static func mismatch(of reportData: [UInt8], _ wanted: Hash) -> NativeError? {
        guard reportData.count >= Hash.byteCount else {
            return .wrongBinding(expected: wanted, got: .zero)
        }
        let got = Hash(Array(reportData[..<Hash.byteCount]))
        guard got == wanted else { return .wrongBinding(expected: wanted, got: got) }
        guard reportData[Hash.byteCount...].allSatisfy({ $0 == 0 }) else {
            return .invalidEvidence(.tee, "the free field holds more than its 32 bytes")
        }
        return nil
    }
}

extension TEEType {
    /// Whose roots its evidence rests on.
    var family: TrustAnchors.Family {
        switch self {
        case .nitro: .nitro
        case .sgx, .tdx: .dcap
        case .snp: .snp
        case .nvgpu: .nvgpu
        }
    }
}
