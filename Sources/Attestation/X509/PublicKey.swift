public import Codec
internal import Crypto

/// A key as a certificate holds it.
public enum PublicKey: Sendable, Equatable {
    /// x ‖ y, 64 bytes; not yet known to be on the curve.
    case p256([UInt8])
    /// x ‖ y, 96 bytes; not yet known to be on the curve.
    case p384([UInt8])
    /// The modulus, big-endian, of a key with exponent 65537 and 2048 to 4096 bits.
    case rsa(modulus: [UInt8])
    /// A key of another kind or size, by its algorithm.
    case other(OID)

    /// Reads a SubjectPublicKeyInfo (RFC 5280, section 4.1.2.7; RFC 5480; RFC 8017, A.1.1).
    public init(reading reader: inout DERReader) throws(DERError) {
        var info = try reader.descend()
        var algorithm = try info.descend()
        let type = try algorithm.readObjectIdentifier()
        let bits = try info.readBytesOfBitString()
        try info.finish()
        switch type {
        case PublicKey.ellipticCurve:
            // Parameters other than a curve's name are legal DER and no key of ours.
            guard algorithm.nextTag == DERTag.objectIdentifier else {
                self = .other(type)
                try algorithm.finishParameters()
                return
            }
            let curve = try algorithm.readObjectIdentifier()
            try algorithm.finish()
            self = PublicKey.point(bits, on: curve) ?? .other(type)
        case PublicKey.rsaEncryption:
            try algorithm.readNull()
            try algorithm.finish()
            var key = DERReader(bits)
            var numbers = try key.descend()
            try key.finish()
            let modulus = try numbers.readNatural()
            let exponent = try numbers.readNatural()
            try numbers.finish()
            let isUsable = RSAPSS.isModulus(modulus) && exponent.elementsEqual([1, 0, 1])
            self = isUsable ? .rsa(modulus: Array(modulus)) : .other(type)
        default:
            self = .other(type)
            try algorithm.finishParameters()
        }
    }

    static let ellipticCurve = OID(1, 2, 840, 10045, 2, 1)
    static let prime256v1 = OID(1, 2, 840, 10045, 3, 1, 7)
    static let secp384r1 = OID(1, 3, 132, 0, 34)
    static let rsaEncryption = OID(1, 2, 840, 113549, 1, 1, 1)

    /// Uncompressed points only.
    private static func point(_ bits: ArraySlice<UInt8>, on curve: OID) -> PublicKey? {
        guard bits.first == 4 else { return nil }
        switch (curve, bits.count) {
        case (prime256v1, 65): return .p256(Array(bits.dropFirst()))
        case (secp384r1, 97): return .p384(Array(bits.dropFirst()))
        default: return nil
        }
    }
}
