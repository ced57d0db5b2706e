public import Primitives

/// What the status of an attested key was found from, so that it can be found again; beside
/// `AttestedKey`, for keys that a quote or an SEV-SNP report registered.
///
/// Storage, from `AttestedKey.base(id) + 6` on:
/// 0. the collateral's key, 1. Keccak-256 of the code that keeps it; both for quotes only
/// 2. the canonical bytes of the claims, as a byte string
public struct AttestedBasis: Sendable, Equatable {
    /// Where Intel's statements are kept; zero for an SEV-SNP report.
    public var collateral: Hash
    /// Of the code with those statements that the quote was judged by when it registered the key.
    public var codeHash: Hash
    /// `QuoteClaims.encoded` or `SNPClaims.encoded`.
    public var claims: [UInt8]

    public init(collateral: Hash = .zero, codeHash: Hash = .zero, claims: [UInt8]) {
        self.collateral = collateral
        self.codeHash = codeHash
        self.claims = claims
    }

    public static let claimsBytesMax = 256

    private static func base(_ id: Hash) -> UInt256 { AttestedKey.base(id) &+ 6 }

    public func writes(_ id: Hash) -> [SlotWrite] {
        let base = AttestedBasis.base(id)
        let head =
            collateral == .zero
            ? []
            : [SlotWrite(base, collateral.word), SlotWrite(base &+ 1, codeHash.word)]
        return head + SlotLayout.write(claims, at: base &+ 2)
    }

    /// What a quote was judged by: as long as it is there still, nothing has to be found again.
    public static func collateral(
        of id: Hash, from read: SlotReader
    ) -> (key: Hash, codeHash: Hash) {
        (Hash(read(base(id))), Hash(read(base(id) &+ 1)))
    }

    /// The claims; nil where there are none.
    public static func claims(of id: Hash, from read: SlotReader) -> [UInt8]? {
        let bytes = SlotLayout.readBytes(
            at: base(id) &+ 2, bytesMax: claimsBytesMax, from: read)
        return bytes?.isEmpty == true ? nil : bytes
    }
}
