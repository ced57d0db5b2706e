internal import Primitives

/// A key that a provider signs its statements with.
public struct ProviderKey: Sendable, Equatable {
    public enum Kind: UInt8, Sendable, CaseIterable {
        /// The key bytes are the 20-byte address of the public key.
        case secp256k1 = 1
        /// The key bytes are x ‖ y, 64 bytes.
        case p256 = 2
        /// The key bytes are the modulus, big-endian: 256, 384 or 512 bytes, its highest and its
        /// lowest bit set. The exponent is 65537.
        case rsaPSS = 3
    }

    public let kind: Kind
    public let bytes: [UInt8]

    /// The longest key.
    public static let bytesMax = 512

    /// The key, or nil when `bytes` are none of the kind's.
    public init?(kind: Kind, bytes: [UInt8]) {
        switch kind {
        case .secp256k1: guard bytes.count == Address.byteCount else { return nil }
        case .p256: guard bytes.count == 64 else { return nil }
        case .rsaPSS:
            guard [256, 384, 512].contains(bytes.count), bytes[0] >= 0x80,
                bytes[bytes.count - 1] & 1 == 1
            else { return nil }
        }
        self.kind = kind
        self.bytes = bytes
    }
}
