extension GPUEvidence {
    /// The work of verifying it: a signature for each certificate below the root, and one.
    public var cost: EvidenceCost {
        let bytes = certificates.reduce(spdm.signedBytes.count) { $0 + $1.count }
        return EvidenceCost(
            bytes: bytes, certificates: certificates.count, p384Signatures: certificates.count)
    }
}
