public import Primitives

/// The roots that evidence may rest on, each named by the SHA-256 of its DER.
///
/// A root is matched by all its bytes: its name or its key alone would let a look-alike in.
public struct TrustAnchors: Sendable, Equatable {
    /// Whose hardware a root vouches for. Numbers are part of the chain's interface.
    public enum Family: UInt8, CaseIterable, Sendable {
        case nitro = 1
        case dcap = 2
        case snp = 3
        case nvgpu = 4
    }

    public struct Anchor: Sendable, Equatable {
        public let family: Family
        /// SHA-256 of the root certificate's DER.
        public let hash: Hash
        /// Whether its key is known: what rests on it is for development only.
        public let isDevelopment: Bool

        public init(_ family: Family, _ hash: Hash, isDevelopment: Bool) {
            self.family = family
            self.hash = hash
            self.isDevelopment = isDevelopment
        }
    }

    public let anchors: [Anchor]

    public init(_ anchors: [Anchor]) { self.anchors = anchors }

    /// The anchor of the family with this hash; nil when it is not trusted.
    public func anchor(_ family: Family, _ hash: Hash) -> Anchor? {
        anchors.first { $0.family == family && $0.hash == hash }
    }

    /// The vendors' own roots and no other.
    public static let production = TrustAnchors([
        // CN=aws.nitro-enclaves, 2019–2049. Not the ZIP's hash, which is often copied.
        pinned(
            .nitro, 0x641a_0321_a3e2_44ef, 0xe456_4631_95d6_0631, 0x7ed7_cdcc_3c17_56e0,
            0x9893_f3c6_8f79_bb5b),
        // CN=Intel SGX Root CA, 2018–2049.
        pinned(
            .dcap, 0x44a0_196b_2b99_f889, 0xb8e1_49e9_5b80_7a35, 0x0e74_2496_4399_e885,
            0xa7cb_b8cc_fab6_74d3),
        // CN=ARK-Milan, ARK-Genoa, ARK-Turin.
        pinned(
            .snp, 0x69d0_63b4_5344_d26a, 0x2e94_e1f4_210d_e49e, 0xf555_3082_87d4_c174,
            0x445c_9563_9a54_0bcd),
        pinned(
            .snp, 0x4c65_98d1_9c18_719c, 0x5dfd_4a7d_335f_674e, 0x5bfe_1d8f_800c_ea2c,
            0xf270_c10d_103d_b2f1),
        pinned(
            .snp, 0x1f08_4161_a44b_b6d9, 0x3778_a904_877d_4819, 0xcafa_5d05_ef41_93b2,
            0xded9_dd9c_73dd_3f6a),
        // CN=NVIDIA Device Identity CA, 2021–9999.
        pinned(
            .nvgpu, 0x102b_f659_d541_9614, 0xc9d8_e6ae_cebc_8045, 0x4eb2_6b1d_f6a7_69ac,
            0x720b_9a69_0b16_7b48),
    ])

    /// The limbs are big-endian, highest first.
    private static func pinned(
        _ family: Family, _ a: UInt64, _ b: UInt64, _ c: UInt64, _ d: UInt64
    ) -> Anchor {
        Anchor(family, Hash(UInt256(limbs: d, c, b, a)), isDevelopment: false)
    }
}
