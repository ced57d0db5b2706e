internal import Codec
internal import Crypto
internal import Primitives

extension Certificate {
    /// Checks that the parent's key signed this certificate.
    ///
    /// - Throws: `chainAlgorithm` when key and algorithm are no pair that is checked here,
    ///   `chainSignature` when the signature is not the key's.
    public func checkSignature(by parent: PublicKey) throws(AttestationError) {
        try CertificateSignature.check(
            signature, by: parent, algorithm: algorithm, over: signedPart)
    }
}

/// Signatures in the form that certificates and revocation lists have.
public enum CertificateSignature {
    /// Checks a signature over the bytes: P-256 with SHA-256, P-384 with SHA-384, or RSASSA-PSS
    /// with SHA-256 or SHA-384 and a salt as long as the hash.
    ///
    /// - Throws: `chainAlgorithm` for other pairs, `chainSignature` when it is not the key's.
    public static func check(
        _ signature: ArraySlice<UInt8>, by key: PublicKey, algorithm: SignatureAlgorithm,
        over signed: ArraySlice<UInt8>
    ) throws(AttestationError) {
        let isValid: Bool
        switch (key, algorithm) {
        case (.p256(let point), .ecdsa(.sha256)):
            guard let pair = scalars(signature, width: P256.width) else { throw malformed }
            isValid = IntelKeys.verify(
                digest: SHA256.hash(signed), signature: pair[...], key: point)
        case (.p384(let point), .ecdsa(.sha384)):
            guard let pair = scalars(signature, width: P384.width) else { throw malformed }
            isValid = P384.verify(
                digest: SHA384.hash(signed), signature: pair[...], key: point[...])
        case (.rsa(let modulus), .rsaPSS(.sha256, saltBytes: 32)):
            isValid = RSAPSS.verify(
                digest: SHA256.hash(signed).bytes, by: .sha256, signature: signature,
                modulus: modulus[...])
        case (.rsa(let modulus), .rsaPSS(.sha384, saltBytes: 48)):
            isValid = RSAPSS.verify(
                digest: SHA384.hash(signed), by: .sha384, signature: signature,
                modulus: modulus[...])
        default: throw AttestationError(.chainAlgorithm, "key and signature algorithm do not fit")
        }
        guard isValid else { throw AttestationError(.chainSignature, "not the issuer's signature") }
    }

    private static let malformed = AttestationError(
        .chainSignature, "no ECDSA signature of two numbers")

    /// r ‖ s of an ECDSA-Sig-Value (RFC 3279, section 2.2.3).
    static func scalars(_ signature: ArraySlice<UInt8>, width: Int) -> [UInt8]? {
        var reader = DERReader(signature)
        guard var pair = try? reader.descend(), (try? reader.finish()) != nil,
            let r = try? pair.readNatural(width: width),
            let s = try? pair.readNatural(width: width),
            (try? pair.finish()) != nil
        else { return nil }
        return r + s
    }
}
