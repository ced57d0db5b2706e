internal import Crypto
public import Primitives

/// What the registry keeps of a name: whose it is, and the versions that go by it.
///
/// A *model name* has both; of system configs the *namespace* has an owner and each name in it
/// has versions. Who registers a name first owns it, but a name whose first part is an address,
/// `0x` and 40 lower-case digits, is that address's alone: nobody can be faster.
public struct NameRecord: Sendable, Equatable {
    /// Zero for a name that nobody has, and for names within a namespace.
    public var owner: Address
    /// Block timestamp of the first registration, in seconds.
    public var registeredAt: UInt64
    /// Whom the owner offers the name to; zero for nobody.
    public var pendingOwner: Address
    /// The block of the newest event about the name or anything under it; zero before the first.
    public var changedBlock: UInt64
    /// How many versions are registered.
    public var versions: UInt64
    public var newestMajor: UInt64
    /// The id of the version that was registered last.
    public var lastID: Hash

    public init() {
        owner = .zero
        registeredAt = 0
        pendingOwner = .zero
        changedBlock = 0
        versions = 0
        newestMajor = 0
        lastID = .zero
    }

    // MARK: Keys

    /// The key of a model's name, which is the name hash in events: its Keccak-256.
    public static func key(model name: String) -> Hash { Keccak.hash(Array(name.utf8)) }

    /// The key of a namespace. No name has a colon, so no two kinds share a key.
    public static func key(namespace: String) -> Hash {
        Keccak.hash(Array("namespace:\(namespace)".utf8))
    }

    /// The key of a system config.
    public static func key(system name: String, in namespace: String) -> Hash {
        Keccak.hash(Array("system:\(namespace)/\(name)".utf8))
    }

    /// The only address that may have a name: one that the name begins with; nil for any.
    public static func reservedOwner(of name: String) -> Address? {
        let part = name.utf8.prefix { $0 != UInt8(ascii: "/") }
        guard part.count == 42 else { return nil }
        return try? Address(hex: String(decoding: part, as: UTF8.self))
    }

    // MARK: Storage

    /// The mapping slot of names by key.
    public static let space: UInt256 = 5
    /// The mapping slot of version ids by the hash of key and index, in the order of registration.
    public static let versionSpace: UInt256 = 6
    /// The mapping slot, by the hash of key and major, of the newest minor plus one.
    public static let minorSpace: UInt256 = 7

    public static func base(_ key: Hash) -> UInt256 { SlotLayout.base(key.word, in: space) }

    public static func versionSlot(_ key: Hash, index: UInt64) -> UInt256 {
        SlotLayout.base(Keccak.hash(key.word, UInt256(index)).word, in: versionSpace)
    }

    public static func minorSlot(_ key: Hash, major: UInt64) -> UInt256 {
        SlotLayout.base(Keccak.hash(key.word, UInt256(major)).word, in: minorSpace)
    }

    /// The slot with the block of the newest event.
    public static func changeSlot(_ key: Hash) -> UInt256 { base(key) &+ 2 }

    public init(_ key: Hash, from read: SlotReader) {
        self.init()
        let base = NameRecord.base(key)
        let head = read(base)
        owner = Address(truncating: head)
        registeredAt = (head >> 160).limb0
        pendingOwner = Address(truncating: read(base &+ 1))
        let counts = read(base &+ 2)
        changedBlock = counts.limb0
        versions = counts.limb1
        newestMajor = counts.limb2
        lastID = Hash(read(base &+ 3))
    }

    /// The writes that turn `old` into this; what is equal is not written.
    public func writes(_ key: Hash, over old: NameRecord) -> [SlotWrite] {
        let base = NameRecord.base(key)
        return zip(words, old.words).enumerated().compactMap { index, pair in
            pair.0 == pair.1 ? nil : SlotWrite(base &+ UInt256(index), pair.0)
        }
    }

    private var words: [UInt256] {
        [
            owner.word | UInt256(registeredAt) << 160, pendingOwner.word,
            UInt256(changedBlock) | UInt256(versions) << 64 | UInt256(newestMajor) << 128,
            lastID.word,
        ]
    }
}

extension NameRecord {
    /// Whether a version may follow those there are, given the newest minor of its major plus one.
    ///
    /// Minors grow within a major, and majors open in rising order: 1.4 may follow 2.0 where 1.3 is
    /// the newest of 1, but nothing is put between or before what is there.
    public func takes(_ version: ModelVersion, minorsOfMajor end: UInt256) -> Bool {
        if versions == 0 || version.major > newestMajor { return true }
        return !end.isZero && UInt256(version.minor) >= end
    }
}
