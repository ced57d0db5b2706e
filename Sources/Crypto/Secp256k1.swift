internal import CSecp256k1
public import Primitives

/// Why bytes are no key or no signature.
public enum KeyError: Error, Equatable, Sendable {
    case wrongLength(wanted: Int, got: Int)
    /// Zero, or not below the group order.
    case outOfRange
    /// The last byte of a signature is none of 0, 1, 27 and 28.
    case invalidRecoveryByte(UInt8)
}

/// An ECDSA signature over secp256k1 with what is needed to recover the key.
public struct Signature: Sendable, Equatable {
    public let r: UInt256
    public let s: UInt256
    /// 0 or 1: the parity of the nonce point's y.
    public let yParity: UInt8

    public static let byteCount = 65

    public init(r: UInt256, s: UInt256, yParity: UInt8) {
        self.r = r
        self.s = s
        self.yParity = yParity
    }

    /// Reads r ‖ s ‖ v with v of 0, 1, 27 or 28.
    public init(bytes65 bytes: [UInt8]) throws(KeyError) {
        guard bytes.count == Signature.byteCount else {
            throw .wrongLength(wanted: Signature.byteCount, got: bytes.count)
        }
        let v = bytes[64]
        guard v == 0 || v == 1 || v == 27 || v == 28 else { throw .invalidRecoveryByte(v) }
        self.init(
            r: UInt256(bigEndian: bytes[0..<32]), s: UInt256(bigEndian: bytes[32..<64]),
            yParity: v >= 27 ? v - 27 : v)
    }

    /// r ‖ s ‖ v with v = 27 + parity.
    public var bytes: [UInt8] { r.bigEndianBytes + s.bigEndianBytes + [27 + yParity] }

    /// Whether s is in the lower half of the group (EIP-2): the other half is malleable.
    public var isLowS: Bool { s <= Secp256k1.halfOrder }
}

/// A secp256k1 private key.
public struct PrivateKey: Sendable, Equatable {
    /// 32 bytes, checked to be in range.
    private let secret: [UInt8]
    public let address: Address

    public static let byteCount = 32

    public init(_ bytes: [UInt8]) throws(KeyError) {
        guard bytes.count == PrivateKey.byteCount else {
            throw .wrongLength(wanted: PrivateKey.byteCount, got: bytes.count)
        }
        guard let publicKey = Secp256k1.publicKey(of: bytes) else { throw .outOfRange }
        secret = bytes
        address = Address(publicKey: publicKey)
    }

    public var bytes: [UInt8] { secret }

    /// Signs with the deterministic nonce of RFC 6979; s is in the lower half.
    public func sign(_ digest: Hash) -> Signature { Secp256k1.sign(digest, with: secret) }
}

/// Printing or dumping a key shows its address and never its secret.
extension PrivateKey: CustomStringConvertible, CustomReflectable {
    public var description: String { "PrivateKey(\(address))" }
    public var customMirror: Mirror { Mirror(self, children: ["address": address]) }
}

extension Address {
    /// The low 160 bits of the Keccak-256 of an uncompressed public key, 64 bytes without prefix.
    public init(publicKey: [UInt8]) {
        precondition(publicKey.count == 64, "an uncompressed public key has 64 bytes")
        self.init(truncating: Keccak.hash(publicKey).word)
    }
}

/// ECDSA over secp256k1, by libsecp256k1.
public enum Secp256k1 {
    /// The group order.
    public static let order = UInt256(
        limbs: 0xbfd2_5e8c_d036_4141, 0xbaae_dce6_af48_a03b, 0xffff_ffff_ffff_fffe,
        0xffff_ffff_ffff_ffff)

    static let halfOrder = order >> 1

    /// The library's tables: made once, read by every thread, never freed.
    @safe
    private struct Context: @unchecked Sendable {
        let pointer: OpaquePointer

        init() {
            let flags = UInt32(SECP256K1_CONTEXT_SIGN | SECP256K1_CONTEXT_VERIFY)
            guard let made = unsafe secp256k1_context_create(flags) else {
                fatalError("libsecp256k1 gives no context")
            }
            unsafe pointer = made
        }
    }

    private static let context = Context()

    static func publicKey(of secret: [UInt8]) -> [UInt8]? {
        var key = secp256k1_pubkey()
        let isValid = unsafe secp256k1_ec_pubkey_create(context.pointer, &key, secret)
        return isValid == 1 ? serialize(&key) : nil
    }

    /// The sum of two secrets modulo the group order; nil when `tweak` is not below the order or
    /// the sum is zero (BIP-32).
    static func add(_ tweak: [UInt8], to secret: [UInt8]) -> [UInt8]? {
        precondition(tweak.count == 32, "a tweak has 32 bytes")
        var sum = secret
        let isValid = unsafe secp256k1_ec_seckey_tweak_add(context.pointer, &sum, tweak)
        return isValid == 1 ? sum : nil
    }

    private static func serialize(_ key: inout secp256k1_pubkey) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: 65)
        var count = 65
        _ = unsafe secp256k1_ec_pubkey_serialize(
            context.pointer, &bytes, &count, &key, UInt32(SECP256K1_EC_UNCOMPRESSED))
        return Array(bytes[1...])
    }

    static func sign(_ digest: Hash, with secret: [UInt8]) -> Signature {
        var signature = secp256k1_ecdsa_recoverable_signature()
        let isSigned = unsafe secp256k1_ecdsa_sign_recoverable(
            context.pointer, &signature, digest.bytes, secret, nil, nil)
        precondition(isSigned == 1, "a checked key signs every digest")
        var bytes = [UInt8](repeating: 0, count: 64)
        var parity: Int32 = 0
        _ = unsafe secp256k1_ecdsa_recoverable_signature_serialize_compact(
            context.pointer, &bytes, &parity, &signature)
        return Signature(
            r: UInt256(bigEndian: bytes[0..<32]), s: UInt256(bigEndian: bytes[32..<64]),
            yParity: UInt8(truncatingIfNeeded: parity & 1))
    }

    /// The public key, 64 bytes x ‖ y, whose owner signed; nil when there is none.
    ///
    /// High s is accepted, as `ECRECOVER` does: callers that must refuse it ask `isLowS`.
    public static func recoverPublicKey(digest: Hash, signature: Signature) -> [UInt8]? {
        guard signature.yParity <= 1 else { return nil }
        var parsed = secp256k1_ecdsa_recoverable_signature()
        let compact = signature.r.bigEndianBytes + signature.s.bigEndianBytes
        let isParsed = unsafe secp256k1_ecdsa_recoverable_signature_parse_compact(
            context.pointer, &parsed, compact, Int32(signature.yParity))
        guard isParsed == 1, !signature.r.isZero, !signature.s.isZero else { return nil }
        var key = secp256k1_pubkey()
        let isRecovered = unsafe secp256k1_ecdsa_recover(
            context.pointer, &key, &parsed, digest.bytes)
        return isRecovered == 1 ? serialize(&key) : nil
    }

    /// The address whose key signed; nil when the signature recovers to none.
    public static func recoverAddress(digest: Hash, signature: Signature) -> Address? {
        recoverPublicKey(digest: digest, signature: signature).map { Address(publicKey: $0) }
    }
}
