internal import Crypto
public import Primitives

/// A key that a machine holds, as the evidence said that was checked when it was registered.
///
/// Storage, from `base(id)` on:
/// 0. `attested at ‖ flags ‖ status ‖ scheme ‖ type ‖ owner`, 64, 8, 8, 8, 8 and 160 bits
/// 1. `revoked at ‖ registered at ‖ not after`, 64 bits each
/// 2. measurement, 3. platform, 4. identity of the evidence, 5. the key as a byte string
/// 6. to 8. `AttestedBasis`, where the machine's type has one
public struct AttestedKey: Sendable, Equatable {
    /// Who registered it, and may revoke it.
    public var owner: Address
    /// The number of its TEE type.
    public var type: UInt8
    /// Of the key; numbers as `ProviderKey.Kind`.
    public var scheme: UInt8
    public var key: [UInt8]
    public var measurement: Hash
    /// SHA-256 of what the vendor identifies the machine by.
    public var platform: Hash
    /// SHA-256 over the signed part of the evidence.
    public var identity: Hash
    /// The number of the TCB status that its evidence had when it was registered.
    public var status: UInt8
    /// Whether the evidence rests on a development root.
    public var isDevelopment: Bool
    /// Of the block that checked the evidence last, in seconds.
    public var attestedAt: UInt64
    /// Of the block that registered it first.
    public var registeredAt: UInt64
    /// The last second at which it counts.
    public var notAfter: UInt64
    /// Zero while it is not revoked.
    public var revokedAt: UInt64

    public init(
        owner: Address, type: UInt8, scheme: UInt8, key: [UInt8], measurement: Hash,
        platform: Hash, identity: Hash, status: UInt8, isDevelopment: Bool, attestedAt: UInt64,
        registeredAt: UInt64, notAfter: UInt64, revokedAt: UInt64 = 0
    ) {
        self.owner = owner
        self.type = type
        self.scheme = scheme
        self.key = key
        self.measurement = measurement
        self.platform = platform
        self.identity = identity
        self.status = status
        self.isDevelopment = isDevelopment
        self.attestedAt = attestedAt
        self.registeredAt = registeredAt
        self.notAfter = notAfter
        self.revokedAt = revokedAt
    }

    /// The longest key: an RSA modulus of 4,096 bits.
    public static let keyBytesMax = 512

    /// `keccak256(scheme ‖ key)`.
    public static func id(scheme: UInt8, key: [UInt8]) -> Hash { Keccak.hash([scheme] + key) }

    /// What evidence must carry to speak for a key: the first 32 bytes of its free field, all the
    /// others zero.
    ///
    /// `SHA-256("assay.attested-key.v1" ‖ chain id ‖ registry ‖ owner ‖ scheme ‖ key)`, the chain
    /// id in 32 bytes, addresses in 20.
    public static func binding(
        chainID: UInt64, registry: Address, owner: Address, scheme: UInt8, key: [UInt8]
    ) -> Hash {
        SHA256.hash(
            Array("assay.attested-key.v1".utf8) + UInt256(chainID).bigEndianBytes
                + registry.bytes + owner.bytes + [scheme] + key)
    }

    public static func base(_ id: Hash) -> UInt256 {
        SlotLayout.base(id.word, in: TrustSettings.keySpace)
    }

    /// The writes that place the record over the one that may be there.
    public func writes(_ id: Hash) -> [SlotWrite] {
        let base = AttestedKey.base(id)
        let head =
            owner.word | UInt256(UInt64(type)) << 160 | UInt256(UInt64(scheme)) << 168
            | UInt256(UInt64(status)) << 176 | UInt256(isDevelopment) << 184
            | UInt256(attestedAt) << 192
        // The id follows from the key, so the key over an old one is the same key.
        return [
            SlotWrite(base, head),
            SlotWrite(
                base &+ 1,
                UInt256(notAfter) | UInt256(registeredAt) << 64 | UInt256(revokedAt) << 128),
            SlotWrite(base &+ 2, measurement.word), SlotWrite(base &+ 3, platform.word),
            SlotWrite(base &+ 4, identity.word),
        ] + SlotLayout.write(key, at: base &+ 5)
    }

    /// The record with an id in the trust registry's storage, or nil when there is none.
    public init?(_ id: Hash, from read: SlotReader) {
        let base = AttestedKey.base(id)
        let head = read(base)
        guard !head.isZero,
            let key = SlotLayout.readBytes(
                at: base &+ 5, bytesMax: AttestedKey.keyBytesMax, from: read)
        else { return nil }
        let times = read(base &+ 1)
        self.init(
            owner: Address(truncating: head),
            type: UInt8(truncatingIfNeeded: (head >> 160).limb0),
            scheme: UInt8(truncatingIfNeeded: (head >> 168).limb0), key: key,
            measurement: Hash(read(base &+ 2)), platform: Hash(read(base &+ 3)),
            identity: Hash(read(base &+ 4)),
            status: UInt8(truncatingIfNeeded: (head >> 176).limb0),
            isDevelopment: (head >> 184).limb0 & 1 == 1, attestedAt: head.limb3,
            registeredAt: times.limb1, notAfter: times.limb0, revokedAt: times.limb2)
    }
}
