internal import Primitives

extension Hash {
    /// Keccak-256 of no bytes, as a constant: it is compared at every call.
    @inline(__always)
    static var emptyCode: Hash {
        Hash(
            UInt256(
                limbs: 0x7bfa_d804_5d85_a470, 0xe500_b653_ca82_273b, 0x927e_7db2_dcc7_03c0,
                0xc5d2_4601_86f7_233c))
    }
}

/// What the journal knows of one account. Epochs name the transaction that set a mark, so that
/// nothing needs clearing between transactions.
struct AccountEntry: TableEntry {
    let key: Address
    var balance: UInt256 = .zero
    var codeHash: Hash = Hash.emptyCode
    var nonce: UInt64 = 0
    /// The number of its code in the journal; −1 until first asked for.
    var code: Int32 = -1
    /// Changes when the storage is wiped: slots of an older incarnation are out of sight.
    var incarnation: UInt32 = 0
    var warmEpoch: UInt32 = 0
    var touchedEpoch: UInt32 = 0
    var createdEpoch: UInt32 = 0
    var destroyedEpoch: UInt32 = 0
    var exists = false
    /// Whether the source was asked; marks can be set before.
    var isLoaded = false
    /// Facts that something was decided by, through any transaction of the journal. Whether the
    /// account exists and what code it has always count.
    var observed: Observed = []

    var baseExists = false
    var baseNonce: UInt64 = 0
    var baseBalance: UInt256 = .zero
    var baseCodeHash: Hash = Hash.emptyCode

    init(key: Address) { self.key = key }

    @inline(__always)
    static func hash(_ key: Address) -> UInt64 { KeyMix.hash(key.word, 0) }

    @inline(__always)
    var isEmpty: Bool { nonce == 0 && balance.isZero && codeHash == Hash.emptyCode }
}

/// Facts of an account that decided something.
struct Observed: OptionSet, BitwiseCopyable, Sendable {
    let rawValue: UInt8

    static let balance = Observed(rawValue: 1)
    static let nonce = Observed(rawValue: 2)
    static let emptiness = Observed(rawValue: 4)
    /// Whether it had storage from before, and the answer.
    static let storage = Observed(rawValue: 8)
    static let hadStorage = Observed(rawValue: 16)
}

struct SlotKey: Equatable, BitwiseCopyable {
    /// The account's number above its incarnation.
    let owner: UInt64
    let slot: UInt256

    @inline(__always)
    init(account: Int, incarnation: UInt32, slot: UInt256) {
        owner = UInt64(truncatingIfNeeded: account) << 32 | UInt64(incarnation)
        self.slot = slot
    }

    @inline(__always)
    static func == (left: SlotKey, right: SlotKey) -> Bool {
        left.owner == right.owner && left.slot == right.slot
    }
}

struct SlotEntry: TableEntry {
    let key: SlotKey
    var value: UInt256
    /// The value before the transaction named by `originalEpoch`; `value` itself for any other.
    var original: UInt256
    /// The value before the journal.
    let base: UInt256
    var warmEpoch: UInt32 = 0
    var originalEpoch: UInt32 = 0

    init(key: SlotKey, base: UInt256) {
        self.key = key
        self.base = base
        value = base
        original = base
    }

    @inline(__always)
    static func hash(_ key: SlotKey) -> UInt64 { KeyMix.hash(key.slot, key.owner) }
}

struct TransientEntry: TableEntry {
    let key: SlotKey
    var value: UInt256

    @inline(__always)
    static func hash(_ key: SlotKey) -> UInt64 { KeyMix.hash(key.slot, key.owner) }
}

/// An old value to go back to.
struct UndoEntry: BitwiseCopyable {
    enum Kind: UInt8, BitwiseCopyable {
        case balance, nonce, code, exists, incarnation
        case accountWarm, touched, created, destroyed
        case slot, slotWarm, transient, refund, log
    }

    let kind: Kind
    /// The number of the account, slot or transient slot.
    let number: UInt32
    /// The old value when it fits in 64 bits.
    let small: UInt64
    let word: UInt256

    @inline(__always)
    init(_ kind: Kind, _ number: Int, small: UInt64 = 0, word: UInt256 = .zero) {
        self.kind = kind
        self.number = UInt32(truncatingIfNeeded: number)
        self.small = small
        self.word = word
    }
}
