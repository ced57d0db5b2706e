internal import Codec
internal import Crypto

/// A public key as Go's x509 reads it.
enum LooseKey: Equatable {
    /// The modulus without leading zeros, and a positive exponent.
    case rsa(modulus: [UInt8], exponent: Int)
    /// An uncompressed point, which OpenSSL holds to its curve when it is used.
    case curve(OID, point: [UInt8])
    case ed25519([UInt8])
    /// A kind that signs nothing here.
    case other

    /// Reads a SubjectPublicKeyInfo and nothing behind it; nil for what Go's `ParsePKIXPublicKey`
    /// refuses and for kinds that it does not know.
    static func whole(_ bytes: [UInt8]) -> LooseKey? {
        var reader = DERReader(bytes)
        guard let key = try? LooseKey(reading: &reader), reader.isAtEnd, key != .other else {
            return nil
        }
        return key
    }

    init(reading reader: inout DERReader) throws(DERError) {
        var info = try reader.descend()
        var algorithm = try info.descend()
        let type = try algorithm.readObjectIdentifier()
        let (bits, unused) = try info.readBitString()
        switch type {
        case LooseKey.rsaEncryption:
            guard algorithm.rest.elementsEqual([0x05, 0x00]), unused == 0 else {
                throw .invalidNull
            }
            self = try LooseKey.rsa(bits)
        case LooseKey.ellipticCurve:
            let curve = try algorithm.readObjectIdentifier()
            guard let width = LooseKey.widths[curve], bits.first == 4,
                bits.count == 1 + 2 * width
            else { throw .invalidBitString }
            self = .curve(curve, point: Array(bits))
        case LooseKey.edwards:
            guard algorithm.isAtEnd, bits.count == 32 else { throw .invalidBitString }
            self = .ed25519(Array(bits))
        default: self = .other
        }
    }

    private static func rsa(_ bits: ArraySlice<UInt8>) throws(DERError) -> LooseKey {
        var key = DERReader(bits)
        var numbers = try key.descend()
        let modulus = try numbers.readNatural()
        let exponent = try numbers.readInt()
        guard !modulus.isEmpty, exponent > 0 else { throw .invalidInteger }
        return .rsa(modulus: Array(modulus), exponent: exponent)
    }

    static let secp384r1 = OID(1, 3, 132, 0, 34)
    private static let rsaEncryption = OID(1, 2, 840, 113549, 1, 1, 1)
    private static let ellipticCurve = OID(1, 2, 840, 10045, 2, 1)
    private static let edwards = OID(1, 3, 101, 112)
    /// Bytes of a coordinate.
    private static let widths: [OID: Int] = [
        OID(1, 3, 132, 0, 33): 28, OID(1, 2, 840, 10045, 3, 1, 7): 32, secp384r1: 48,
        OID(1, 3, 132, 0, 35): 66,
    ]

    /// x ‖ y of a key on P-384.
    var p384: ArraySlice<UInt8>? {
        guard case .curve(LooseKey.secp384r1, let point) = self else { return nil }
        return point.dropFirst()
    }

    /// Whether the signature signs the message; false for schemes that are not the key's.
    func verifies(_ signature: [UInt8], over message: [UInt8], by scheme: EncodedKey.Scheme) -> Bool
    {
        if case .rsa(let modulus, let exponent) = self {
            // Go's crypto/rsa: exponents are odd and below 2³¹, signatures as long as the modulus.
            guard exponent > 1, exponent < 1 << 31, exponent & 1 == 1,
                signature.count == modulus.count
            else { return false }
        }
        guard let encoding else { return false }
        return EncodedKey.verify(message, signature: signature, by: scheme, key: encoding)
    }

    /// The SubjectPublicKeyInfo in DER without anything that Go passed over.
    private var encoding: [UInt8]? {
        let algorithm: [[UInt8]]
        let bits: [UInt8]
        switch self {
        case .rsa(let modulus, let exponent):
            algorithm = [DERWriter.objectIdentifier(LooseKey.rsaEncryption), [0x05, 0x00]]
            bits = DERWriter.sequence([
                DERWriter.natural(modulus), DERWriter.natural(UInt64(exponent)),
            ])
        case .curve(let curve, let point):
            algorithm = [LooseKey.ellipticCurve, curve].map(DERWriter.objectIdentifier)
            bits = point
        case .ed25519(let key):
            algorithm = [DERWriter.objectIdentifier(LooseKey.edwards)]
            bits = key
        case .other: return nil
        }
        return DERWriter.sequence([DERWriter.sequence(algorithm), DERWriter.bitString(bits)])
    }
}
