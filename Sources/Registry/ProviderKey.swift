public import Primitives

/// The key that a provider signs its statements with.
public struct ProviderKey: Sendable, Equatable {
    public enum Kind: UInt8, Sendable, CaseIterable {
        /// The key bytes are the 20-byte address of the public key.
        case secp256k1 = 1
        /// The key bytes are x ‖ y, 64 bytes.
        case p256 = 2
    }

    public var kind: Kind
    public var bytes: [UInt8]

    public static func byteCount(_ kind: Kind) -> Int {
        switch kind {
        case .secp256k1: Address.byteCount
        case .p256: 64
        }
    }

    /// The key, or nil when `bytes` have another length than the kind's.
    public init?(kind: Kind, bytes: [UInt8]) {
        guard bytes.count == ProviderKey.byteCount(kind) else { return nil }
        self.kind = kind
        self.bytes = bytes
    }

    /// The mapping slot of keys by provider.
    public static let space: UInt256 = 3

    public static func base(_ provider: Address) -> UInt256 {
        SlotLayout.base(provider.word, in: space)
    }

    public func writes(for provider: Address, over old: ProviderKey?) -> [SlotWrite] {
        let base = ProviderKey.base(provider)
        return [SlotWrite(base, UInt256(UInt64(kind.rawValue)))]
            + SlotLayout.write(bytes, at: base &+ 1, over: old?.bytes ?? [])
    }

    /// The provider's key in the registry's storage, or nil when it has none.
    public init?(of provider: Address, from read: SlotReader) {
        let base = ProviderKey.base(provider)
        guard let kind = Kind(rawValue: UInt8(truncatingIfNeeded: read(base).limb0)),
            let bytes = SlotLayout.readBytes(at: base &+ 1, bytesMax: 64, from: read)
        else { return nil }
        self.init(kind: kind, bytes: bytes)
    }
}
