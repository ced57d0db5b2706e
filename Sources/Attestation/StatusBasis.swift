public import Primitives

/// What a status was found from, for those who find it again by later statements.
public enum StatusBasis: Sendable, Equatable {
    /// A quote's; statements of Intel's are kept under the key `collateral`.
    case quote(QuoteClaims, collateral: Hash)
    case report(SNPClaims)
}
