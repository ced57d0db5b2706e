internal import Crypto
public import Primitives

/// A list of words that its owner vouches for: measurements, executors, auditors.
///
/// Entries hold at once when they are added and no longer when they are removed; the entry's slot
/// has the time of its addition.
public struct TrustList: Sendable, Equatable {
    public var owner: Address
    public var entryCount: UInt64
    /// When it was made, in seconds.
    public var createdAt: UInt64

    public init(owner: Address, entryCount: UInt64 = 0, createdAt: UInt64) {
        self.owner = owner
        self.entryCount = entryCount
        self.createdAt = createdAt
    }

    /// The longest name.
    public static let nameBytesMax = 64
    /// Entries that one call adds or removes.
    public static let entriesEachMax = 64

    /// The admin's list of measurements: `keccak256("assay.list.measurements")`.
    public static let measurements = Keccak.hash(Array("assay.list.measurements".utf8))
    /// The admin's list of executors: `keccak256("assay.list.executors")`.
    public static let executors = Keccak.hash(Array("assay.list.executors".utf8))

    /// `keccak256(owner ‖ name)`, 20 bytes and the name's.
    public static func id(owner: Address, name: String) -> Hash {
        Keccak.hash(owner.bytes + Array(name.utf8))
    }

    /// Whether it is one of the lists that are there from the start and are the admin's.
    public static func isDefault(_ id: Hash) -> Bool { id == measurements || id == executors }

    public static func slot(_ id: Hash) -> UInt256 {
        SlotLayout.base(id.word, in: TrustSettings.listSpace)
    }

    /// The slot with the time since when the entry stands; zero when it does not.
    public static func entrySlot(_ id: Hash, _ entry: UInt256) -> UInt256 {
        SlotLayout.base(Keccak.hash(id.word, entry).word, in: TrustSettings.entrySpace)
    }

    /// `created at ‖ entries ‖ owner`, 64, 32 and 160 bits.
    public func write(_ id: Hash) -> SlotWrite {
        SlotWrite(
            TrustList.slot(id),
            owner.word | UInt256(entryCount & 0xffff_ffff) << 160 | UInt256(createdAt) << 192)
    }

    /// The list with an id, or nil when nobody made it. A default list is always there, its owner
    /// whoever is the admin.
    public init?(_ id: Hash, from read: SlotReader) {
        let word = read(TrustList.slot(id))
        let isDefault = TrustList.isDefault(id)
        guard isDefault || !word.isZero else { return nil }
        owner = isDefault ? TrustSettings.admin(from: read) : Address(truncating: word)
        entryCount = (word >> 160).limb0 & 0xffff_ffff
        createdAt = (word >> 192).limb0
    }
}
