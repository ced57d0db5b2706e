/// What checking evidence costs, counted from its outer structure before any curve work.
///
/// Gas follows from these counts alone, never from caches of what was checked before.
public struct EvidenceCost: Sendable, Equatable {
    public var bytes: Int
    /// Certificates that are decoded.
    public var certificates: Int
    public var p256Signatures: Int
    public var p384Signatures: Int
    public var rsaSignatures: Int

    public init(
        bytes: Int, certificates: Int = 0, p256Signatures: Int = 0, p384Signatures: Int = 0,
        rsaSignatures: Int = 0
    ) {
        self.bytes = bytes
        self.certificates = certificates
        self.p256Signatures = p256Signatures
        self.p384Signatures = p384Signatures
        self.rsaSignatures = rsaSignatures
    }

    public static let gasBase: UInt64 = 5_000
    public static let gasPerByte: UInt64 = 10
    public static let gasPerCertificate: UInt64 = 1_000
    /// EIP-7951's price.
    public static let gasPerP256: UInt64 = 6_900
    /// OpenSSL takes 0.46–0.55 ms: eleven times a P-256.
    public static let gasPerP384: UInt64 = 60_000
    public static let gasPerRSA: UInt64 = 6_000

    /// At most 2⁶³ for counts below 2⁴⁰.
    public var gas: UInt64 {
        EvidenceCost.gasBase + EvidenceCost.gasPerByte * UInt64(bytes)
            + EvidenceCost.gasPerCertificate * UInt64(certificates)
            + EvidenceCost.gasPerP256 * UInt64(p256Signatures)
            + EvidenceCost.gasPerP384 * UInt64(p384Signatures)
            + EvidenceCost.gasPerRSA * UInt64(rsaSignatures)
    }
}

extension NitroDocument {
    /// The work of ``NitroVerifier``: a signature for each certificate below the root, and one.
    public func cost(bytes: Int) -> EvidenceCost {
        EvidenceCost(
            bytes: bytes, certificates: bundle.count + 1, p384Signatures: bundle.count + 1)
    }
}
