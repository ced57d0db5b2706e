internal import Codec
internal import Crypto
internal import Primitives

/// A vendor of nobody: issues evidence in the vendors' formats under a root of its own.
///
/// The bytes have the vendors' form to the last field, so what checks them is what checks the
/// real ones; only the root differs, and a chain must list it as one for development. Everything
/// follows from the seed and the arguments: the same call gives the same bytes.
public struct DevelopmentAuthority: Sendable {
    /// The seed that everybody knows.
    public static let knownSeed = SHA256.hash(Array("assay development seed v1".utf8)).bytes
    public static let seedBytes = 32

    let seed: [UInt8]
    let nitroRootKey: DevelopmentKey
    /// The root certificate of Nitro-format documents, DER.
    public let nitroRoot: [UInt8]

    /// The authority of a seed of 32 bytes.
    public init(seed: [UInt8] = DevelopmentAuthority.knownSeed) {
        precondition(seed.count == DevelopmentAuthority.seedBytes, "a seed has 32 bytes")
        self.seed = seed
        nitroRootKey = DevelopmentKey(.p384, seed: seed, label: "assay.dev.nitro/root")
        nitroRoot = DevelopmentAuthority.nitroRoot(nitroRootKey, seed: seed)
    }

    /// What a chain for development lists among its roots.
    public var anchors: TrustAnchors {
        TrustAnchors([
            TrustAnchors.Anchor(.nitro, SHA256.hash(nitroRoot), isDevelopment: true)
        ])
    }

    static let organisation = "Assay DEV ONLY"
    static let rootName: CertificateTemplate.Name = name("assay development root")

    static func name(_ commonName: String) -> CertificateTemplate.Name {
        [
            (CertificateTemplate.country, "ZZ"),
            (CertificateTemplate.organisation, organisation),
            (CertificateTemplate.commonName, commonName),
        ]
    }

    func key(_ label: String) -> DevelopmentKey {
        DevelopmentKey(.p384, seed: seed, label: "assay.dev.nitro/\(label)")
    }

    /// 16 bytes, positive and not zero.
    static func serial(_ label: String, seed: [UInt8]) -> [UInt8] {
        var bytes = HKDF.expand(
            secret: seed, label: Array("assay.dev.serial/\(label)".utf8), count: 16)
        bytes[0] = bytes[0] & 0x7f | 0x40
        return bytes
    }

    /// Thirty years from 2020, like AWS's from 2019.
    private static func nitroRoot(_ key: DevelopmentKey, seed: [UInt8]) -> [UInt8] {
        CertificateTemplate(
            serial: serial("nitro/root", seed: seed), issuer: rootName, subject: rootName,
            notBefore: 1_577_836_800, notAfter: 2_524_607_999,
            extensions: [
                .basicConstraints(isAuthority: true), .subjectKey(key),
                .keyUsage([.digitalSignature, .keyCertSign, .crlSign], isCritical: true),
            ]
        ).signed(for: key, by: key)
    }
}
