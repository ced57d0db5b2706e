/// What checking evidence costs: the one table of prices, and the counts that they apply to.
///
/// A chain charges for decoding before it decodes, and for certificates and signatures before it
/// checks the first: the counts are those that the bounded outer form declares. Gas never depends
/// on caches of what was checked before.
public struct EvidenceCost: Sendable, Equatable {
    /// Certificates that are decoded.
    public var certificates: Int
    public var p256Signatures: Int
    public var p384Signatures: Int
    public var rsaSignatures: Int

    public init(
        certificates: Int = 0, p256Signatures: Int = 0, p384Signatures: Int = 0,
        rsaSignatures: Int = 0
    ) {
        self.certificates = certificates
        self.p256Signatures = p256Signatures
        self.p384Signatures = p384Signatures
        self.rsaSignatures = rsaSignatures
    }

    public static let gasBase: UInt64 = 2_000
    /// Decoding, hashing and copies.
    public static let gasPerByte: UInt64 = 4
    /// Strict DER.
    public static let gasPerCertificate: UInt64 = 1_000
    /// EIP-7951's price.
    public static let gasPerP256: UInt64 = 6_900
    /// OpenSSL takes 0.46–0.55 ms: eleven times a P-256.
    public static let gasPerP384: UInt64 = 60_000
    /// RSA of 4,096 bits with exponent 65537: OpenSSL takes 0.05 ms.
    public static let gasPerRSA: UInt64 = 6_000

    /// Gas of reading evidence, or collateral that a chain keeps, of so many bytes.
    public static func decodingGas(bytes: Int) -> UInt64 {
        gasBase + gasPerByte * UInt64(bytes)
    }

    /// Gas of all that comes after decoding. At most 2⁶³ for counts below 2⁴⁰.
    public var checkingGas: UInt64 {
        EvidenceCost.gasPerCertificate * UInt64(certificates)
            + EvidenceCost.gasPerP256 * UInt64(p256Signatures)
            + EvidenceCost.gasPerP384 * UInt64(p384Signatures)
            + EvidenceCost.gasPerRSA * UInt64(rsaSignatures)
    }
}

extension NitroDocument {
    /// The work of ``NitroVerifier``: a signature for each certificate below the root, and one.
    public var cost: EvidenceCost {
        EvidenceCost(certificates: bundle.count + 1, p384Signatures: bundle.count + 1)
    }
}

// MARK: - Estimates

extension EvidenceCost {
    /// Evidence as real machines give it, for estimates.
    public struct Usual: Sendable, Equatable {
        public let bytes: Int
        public let cost: EvidenceCost
        /// Of the collateral that it is judged by, as a chain keeps it; zero where there is none.
        public let collateralBytes: Int

        /// All of the check, without what reading slots and code costs.
        public var gas: UInt64 {
            decodingGas(bytes: bytes) + cost.checkingGas
                + (collateralBytes == 0 ? 0 : decodingGas(bytes: collateralBytes))
        }
    }

    /// What evidence of a type usually is; a test compares it with documents of real machines.
    public static func usual(_ type: TEEType) -> Usual {
        switch type {
        case .nitro:
            Usual(
                bytes: 4_500, cost: EvidenceCost(certificates: 5, p384Signatures: 5),
                collateralBytes: 0)
        case .sgx: Usual(bytes: 4_700, cost: DCAPQuote.cost, collateralBytes: 2_000)
        case .tdx: Usual(bytes: 5_000, cost: DCAPQuote.cost, collateralBytes: 2_400)
        case .snp:
            Usual(
                bytes: 2_600,
                cost: EvidenceCost(certificates: 1, p384Signatures: 1, rsaSignatures: 1),
                collateralBytes: 0)
        case .nvgpu:
            Usual(
                bytes: 6_500, cost: EvidenceCost(certificates: 5, p384Signatures: 5),
                collateralBytes: 0)
        }
    }
}
