public import Primitives

/// Who governs trust on the chain, and what was taken out of it, in the trust registry's storage.
///
/// | slot or space | key | word |
/// |---|---|---|
/// | slot 0 | | the admin |
/// | slot 1 | | to whom the office is offered |
/// | slot 2 | | how long an attested key is good, in seconds |
/// | space 1 | family of roots | `TrustRoot` |
/// | space 2 | TEE type | since when evidence of the type is refused |
/// | space 3 | platform | since when evidence from that machine is refused |
/// | space 4 | list | its owner and how many entries it has |
/// | space 5 | hash of list and entry | since when the entry stands |
/// | space 6 | key id | `AttestedKey` |
/// | space 7 | collateral's key | `CollateralRecord` |
/// | space 8 | signer | `DisputeCount` |
/// | space 9 | hash of two statements | when their disagreement was reported |
/// | space 10 | identity of evidence | when a key was first registered by it |
/// | space 11 | product and processor | `SNPMinimum` |
///
/// Times are block times in seconds since 1970; zero says never.
public enum TrustSettings {
    public static let adminSlot: UInt256 = 0
    public static let pendingAdminSlot: UInt256 = 1
    public static let lifetimeSlot: UInt256 = 2

    /// How long a key is good after its attestation where nobody has set anything else.
    public static let lifetimeSecondsDefault: UInt64 = 86_400
    public static let lifetimeSecondsMin: UInt64 = 60
    public static let lifetimeSecondsMax: UInt64 = 90 * 86_400

    static let rootSpace: UInt256 = 1
    static let typeSpace: UInt256 = 2
    static let platformSpace: UInt256 = 3
    static let listSpace: UInt256 = 4
    static let entrySpace: UInt256 = 5
    static let keySpace: UInt256 = 6
    static let collateralSpace: UInt256 = 7
    static let disputeSpace: UInt256 = 8
    static let reportSpace: UInt256 = 9
    static let evidenceSpace: UInt256 = 10
    static let snpMinimumSpace: UInt256 = 11

    /// The slot with the time since when evidence of a TEE type is refused.
    public static func typeSlot(_ type: UInt8) -> UInt256 {
        SlotLayout.base(UInt256(UInt64(type)), in: typeSpace)
    }

    /// The slot with the time since when evidence from a machine is refused.
    ///
    /// - Parameter platform: SHA-256 of what the vendor identifies the machine by.
    public static func platformSlot(_ platform: Hash) -> UInt256 {
        SlotLayout.base(platform.word, in: platformSpace)
    }

    /// The slot with the time when evidence was first used to register a key.
    ///
    /// Quotes bear no date: who could show one again would renew a key that the machine has lost.
    public static func evidenceSlot(_ identity: Hash) -> UInt256 {
        SlotLayout.base(identity.word, in: evidenceSpace)
    }

    public static func admin(from read: SlotReader) -> Address {
        Address(truncating: read(adminSlot))
    }

    public static func lifetimeSeconds(from read: SlotReader) -> UInt64 {
        let stored = read(lifetimeSlot).limb0
        return stored == 0 ? lifetimeSecondsDefault : stored
    }
}
