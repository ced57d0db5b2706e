extension DCAPQuote {
    /// The work of ``verify(_:anchors:at:)`` and of finding the collateral: four signatures, and
    /// four certificates, one of them twice. One price, whether or not the authority's certificate
    /// is known from the collateral.
    public static let cost = EvidenceCost(certificates: 4, p256Signatures: 4)
}

extension RawDCAPCollateral {
    /// The work of verifying it: a certificate and its signature more where TCB info and QE
    /// identity come with different chains.
    public var cost: EvidenceCost {
        let isOneChain = qeIdentityIssuerChain == tcbInfoIssuerChain
        return EvidenceCost(
            certificates: isOneChain ? 3 : 4, p256Signatures: isOneChain ? 6 : 7)
    }
}
