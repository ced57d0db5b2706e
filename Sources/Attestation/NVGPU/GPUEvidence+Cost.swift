extension GPUEvidence {
    /// The work of verifying it: a signature for each certificate below the root, and one.
    public var cost: EvidenceCost {
        EvidenceCost(certificates: certificates.count, p384Signatures: certificates.count)
    }
}
