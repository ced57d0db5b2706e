/// Prices that do not depend on the revision. Source: Yellow Paper appendix G and the named EIPs.
public enum Gas {
    public static let word: Int64 = 3
    public static let copyWord: Int64 = 3
    public static let hashWord: Int64 = 6
    /// The memory price grows by words² / 512.
    public static let memorySquareDivisor: Int64 = 512
    public static let logTopic: Int64 = 375
    public static let logByte: Int64 = 8
    public static let create: Int64 = 32_000
    public static let codeByte: Int64 = 200
    /// EIP-3860.
    public static let initcodeWord: Int64 = 2
    public static let callValue: Int64 = 9_000
    public static let callStipend: Int64 = 2_300
    public static let newAccount: Int64 = 25_000
    /// EIP-2200: `SSTORE` fails with this much gas or less.
    public static let storeSentry: Int64 = 2_300
    public static let selfdestructRefund: Int64 = 24_000
    /// EIP-2929.
    public static let coldAccount: Int64 = 2_600
    public static let coldSlot: Int64 = 2_100
    public static let warmAccess: Int64 = 100

    /// What `count` bytes of memory cost in all.
    @inlinable
    static func memory(words: Int64) -> Int64 {
        words &* word &+ words &* words / memorySquareDivisor
    }

    /// 32-byte words that hold `bytes`.
    @inlinable
    static func words(_ bytes: Int) -> Int64 { Int64((bytes &+ 31) >> 5) }
}

/// Prices that changed with the revision but are no opcode's fixed cost.
struct GasSchedule: Sendable {
    /// A byte of `EXP`'s exponent (EIP-160).
    let exponentByte: Int64
    /// `SSTORE` that changes nothing, or a slot changed before in the transaction.
    let storeNoop: Int64
    let storeSet: Int64
    let storeReset: Int64
    let storeClearRefund: Int64
    /// Whether `SSTORE` looks at the value before the transaction (EIP-1283, 2200, 2929).
    let isNetMetered: Bool
    let hasStoreSentry: Bool
    /// Whether access is priced by warmth (EIP-2929).
    let hasWarmth: Bool

    init(_ revision: Revision) {
        exponentByte = revision >= .spuriousDragon ? 50 : 10
        isNetMetered = revision == .constantinople || revision >= .istanbul
        hasStoreSentry = revision >= .istanbul
        hasWarmth = revision >= .berlin
        storeSet = 20_000
        storeReset = revision >= .berlin ? 5_000 - Gas.coldSlot : 5_000
        storeClearRefund = revision >= .london ? 4_800 : 15_000
        storeNoop =
            revision >= .berlin ? Gas.warmAccess : (revision >= .istanbul ? 800 : 200)
    }
}
