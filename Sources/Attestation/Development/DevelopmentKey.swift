internal import Codec
internal import Crypto
internal import Primitives

/// A key pair that follows from a seed and a label: nothing it signs is a secret's word.
struct DevelopmentKey: Sendable {
    enum Curve: Sendable { case p256, p384 }

    let curve: Curve
    let secret: [UInt8]
    /// x ‖ y.
    let point: [UInt8]

    /// HKDF of the seed; a number outside the group's order (chance below 2⁻³²) is passed over.
    init(_ curve: Curve, seed: [UInt8], label: String) {
        var number: UInt8 = 0
        while true {
            let width = curve == .p256 ? P256.width : P384.width
            let candidate = HKDF.expand(
                secret: seed, label: Array(label.utf8) + [0, number], count: width)
            let point =
                curve == .p256
                ? P256.publicKey(of: candidate) : P384.publicKey(of: candidate)
            if let point {
                (self.curve, secret, self.point) = (curve, candidate, point)
                return
            }
            number &+= 1
        }
    }

    /// r ‖ s over the hash of the curve, with the nonce of RFC 6979.
    func sign(_ message: [UInt8]) -> [UInt8] {
        let signature =
            curve == .p256
            ? P256.sign(digest: SHA256.hash(message), secret: secret)
            : P384.sign(digest: SHA384.hash(message), secret: secret)
        guard let signature else { preconditionFailure("a derived secret is in the order") }
        return signature
    }

    /// The SubjectPublicKeyInfo.
    var info: [UInt8] {
        let name = curve == .p256 ? PublicKey.prime256v1 : PublicKey.secp384r1
        return DERWriter.sequence([
            DERWriter.sequence([
                DERWriter.objectIdentifier(PublicKey.ellipticCurve),
                DERWriter.objectIdentifier(name),
            ]),
            DERWriter.bitString([4] + point),
        ])
    }

    /// The AlgorithmIdentifier of what it signs.
    var algorithm: [UInt8] {
        DERWriter.sequence([
            DERWriter.objectIdentifier(
                curve == .p256
                    ? SignatureAlgorithm.ecdsaWithSHA256 : SignatureAlgorithm.ecdsaWithSHA384)
        ])
    }

    /// 20 bytes that name the key (RFC 7093, section 2, method 1).
    var identifier: [UInt8] { Array(SHA256.hash([4] + point).bytes.prefix(20)) }
}
