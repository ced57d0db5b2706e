public import Primitives

/// The keys of a provider: the one it signs with, and the one that it replaced.
///
/// A replaced key stays good for work that began before, as prices do; a revoked one is good for
/// nothing from the call on that revokes it.
///
/// Storage, from `base(provider)` on: the kinds of both keys and the two times in one word,
/// `revokedAt ‖ replacedAt ‖ … ‖ previous kind ‖ kind` in fields of 64, 64, 48, 8 and 8 bits; then
/// the bytes of the current key and of the previous one. A provider that never changed its key has
/// its kind alone in the first word.
public struct ProviderKeys: Sendable, Equatable {
    public let current: ProviderKey
    /// The key before it; nil where there was none, or where it can matter no more.
    public let previous: ProviderKey?
    /// Block time, in seconds, at which `current` took its place; zero without a previous key.
    public let replacedAt: UInt64
    /// Block time of the revocation; zero while there is none.
    public let revokedAt: UInt64

    private init(
        _ current: ProviderKey, previous: ProviderKey?, replacedAt: UInt64, revokedAt: UInt64
    ) {
        self.current = current
        self.previous = previous
        self.replacedAt = replacedAt
        self.revokedAt = revokedAt
    }

    /// The keys of a provider that registers its first one.
    public init(first key: ProviderKey) {
        self.init(key, previous: nil, replacedAt: 0, revokedAt: 0)
    }

    public var isRevoked: Bool { revokedAt != 0 }

    // MARK: Changes

    /// The keys once `key` takes the current one's place. The same key again changes nothing; a
    /// new key after a revocation stands alone.
    public func replaced(by key: ProviderKey, at time: UInt64) -> ProviderKeys {
        if isRevoked { return ProviderKeys(first: key) }
        if key == current { return self }
        return ProviderKeys(key, previous: current, replacedAt: time, revokedAt: 0)
    }

    /// The keys once they are good for nothing. They stay in storage: receipts from before, the
    /// same block's among them, are still checked with them.
    public func revoked(at time: UInt64) -> ProviderKeys {
        if isRevoked { return self }
        return ProviderKeys(
            current, previous: previous, replacedAt: replacedAt, revokedAt: max(1, time))
    }

    // MARK: Use

    /// The keys that may sign for work that began at that time, the current one first; none once
    /// they are revoked.
    ///
    /// - Parameter settled: the block time of a settlement that the chain is known to have made. A
    ///   revocation in that block or later came after it.
    public func keys(forWorkBegun began: UInt64, settled: UInt64? = nil) -> [ProviderKey] {
        guard !isRevoked || revokedAt >= settled ?? .max else { return [] }
        // A settlement may have gone before the replacement in its block.
        guard let previous, began <= replacedAt else { return [current] }
        return [current, previous]
    }

    // MARK: Storage

    /// The mapping slot of keys by provider.
    public static let space: UInt256 = 3

    public static func base(_ provider: Address) -> UInt256 {
        SlotLayout.base(provider.word, in: space)
    }

    /// The writes that store these keys where `old` ones are stored.
    public func writes(for provider: Address, over old: ProviderKeys?) -> [SlotWrite] {
        let base = ProviderKeys.base(provider)
        let head =
            UInt256(UInt64(current.kind.rawValue))
            | UInt256(UInt64(previous?.kind.rawValue ?? 0)) << 8
            | UInt256(replacedAt) << 64 | UInt256(revokedAt) << 128
        var writes = [SlotWrite(base, head)]
        writes += SlotLayout.write(current.bytes, at: base &+ 1, over: old?.current.bytes ?? [])
        if previous != nil || old?.previous != nil {
            writes += SlotLayout.write(
                previous?.bytes ?? [], at: base &+ 2, over: old?.previous?.bytes ?? [])
        }
        return writes
    }

    /// The provider's keys in the registry's storage, or nil when it never had one.
    ///
    /// - Parameter began: leaves out a previous key that is of no use for work that began then, so
    ///   that its slots need not be read. Zero, for whoever writes over them, reads all.
    public init?(of provider: Address, forWorkBegun began: UInt64 = 0, from read: SlotReader) {
        let base = ProviderKeys.base(provider)
        let head = read(base)
        guard let current = ProviderKeys.key(UInt8(truncatingIfNeeded: head.limb0), base, 1, read)
        else { return nil }
        let previousKind = UInt8(truncatingIfNeeded: head.limb0 >> 8)
        let isOfUse = previousKind != 0 && began <= head.limb1
        self.init(
            current,
            previous: isOfUse ? ProviderKeys.key(previousKind, base, 2, read) : nil,
            replacedAt: isOfUse ? head.limb1 : 0, revokedAt: head.limb2)
    }

    private static func key(
        _ kind: UInt8, _ base: UInt256, _ offset: UInt256, _ read: SlotReader
    ) -> ProviderKey? {
        guard let kind = ProviderKey.Kind(rawValue: kind),
            let bytes = SlotLayout.readBytes(
                at: base &+ offset, bytesMax: ProviderKey.bytesMax, from: read)
        else { return nil }
        return ProviderKey(kind: kind, bytes: bytes)
    }
}

extension ProviderKey {
    /// The key that the provider signs with now, or nil when it has none or has revoked it.
    public init?(of provider: Address, from read: SlotReader) {
        guard let keys = ProviderKeys(of: provider, forWorkBegun: .max, from: read),
            !keys.isRevoked
        else { return nil }
        self = keys.current
    }
}
