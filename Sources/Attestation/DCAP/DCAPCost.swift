extension DCAPQuote {
    /// The work of ``verify(_:anchors:at:)``: four signatures and three certificates, whether or
    /// not the authority's is known from the collateral.
    public var cost: EvidenceCost {
        EvidenceCost(bytes: byteCount + paddingCount, certificates: 3, p256Signatures: 4)
    }
}

extension RawDCAPCollateral {
    /// The work of verifying it: six signatures, four certificates, and every byte of the lists.
    public var cost: EvidenceCost {
        EvidenceCost(
            bytes: parts.reduce(0) { $0 + $1.count }, certificates: 4, p256Signatures: 6)
    }
}
