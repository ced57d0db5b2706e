extension SNPEvidence {
    /// The work of verifying it: the report's signature, its key's and, where evidence brings
    /// authorities, theirs.
    public var cost: EvidenceCost {
        let brought = (ask == nil ? 0 : 1) + (ark == nil ? 0 : 1)
        return EvidenceCost(
            certificates: 1 + brought, p384Signatures: 1, rsaSignatures: brought == 0 ? 1 : 3)
    }
}
