internal import Attestation
internal import EVM
internal import Primitives
internal import Registry

enum AttestationFormat {
    static func verify(
        _ evidence: [UInt8], _ type: TEEType, _ anchors: TrustAnchors,
        _ state: inout some EvidenceState
    ) throws(NativeFailure) -> Result<VerifiedAttestation, NativeError> {
        .failure(.invalidAttestation(.format))
    }
}
