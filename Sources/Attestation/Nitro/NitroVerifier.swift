internal import Crypto
internal import Primitives

/// Verifies AWS Nitro attestation documents at a given time.
///
/// Order: size, CBOR, COSE, fields, root, certificates, path, freshness, debug; P-384 work comes
/// last, one signature for each certificate below the root and one for the document.
public enum NitroVerifier {
    /// How old a document may be.
    public struct Freshness: Sendable, Equatable {
        /// Seconds since its timestamp, at most.
        public var ageMax: UInt64
        /// Seconds that its timestamp may be ahead.
        public var skew: UInt64

        public init(ageMax: UInt64, skew: UInt64) {
            self.ageMax = ageMax
            self.skew = skew
        }
    }

    /// What the document says when it holds at `time`, in seconds since 1970.
    ///
    /// Nil for `freshness` leaves the leaf's validity, about three hours, as the bound. A document
    /// of debug mode is verified and marked unless `allowsDebug` is false.
    public static func verify(
        _ bytes: [UInt8], at time: UInt64, anchors: TrustAnchors, freshness: Freshness? = nil,
        allowsDebug: Bool = true
    ) throws(AttestationError) -> VerifiedAttestation {
        try verify(
            NitroDocument(bytes), at: time, anchors: anchors, freshness: freshness,
            allowsDebug: allowsDebug)
    }

    /// What a document that was read says when it holds at `time`.
    public static func verify(
        _ document: NitroDocument, at time: UInt64, anchors: TrustAnchors,
        freshness: Freshness? = nil, allowsDebug: Bool = true
    ) throws(AttestationError) -> VerifiedAttestation {
        let anchor = try anchor(of: document, in: anchors)
        let path = try CertificatePath(document.bundle + [document.certificate])
        try path.check(at: time) { certificate in
            if case .p384 = certificate.key {
                certificate.algorithm == .ecdsa(.sha384)
            } else {
                false
            }
        }
        let issuedAt = document.timestamp / 1000
        if let freshness { try check(freshness, issuedAt: issuedAt, at: time) }
        guard allowsDebug || !document.isDebug else {
            throw AttestationError(.debug, "PCR0 to PCR2 are zero")
        }
        try path.checkSignatures()
        let signedPart = document.signedPart
        try checkSignature(document, signedPart, by: path.leaf.key)
        return VerifiedAttestation(
            type: .nitro, measurement: document.measurement, isDebug: document.isDebug,
            reportData: document.userData ?? [], publicKey: document.publicKey,
            nonce: document.nonce, identity: SHA256.hash(signedPart), issuedAt: issuedAt,
            notAfter: path.notAfter, platform: SHA256.hash(Array(document.moduleID.utf8)),
            isDevelopment: anchor.isDevelopment)
    }

    /// The root is trusted by all its bytes, before any of them is read.
    private static func anchor(
        of document: NitroDocument, in anchors: TrustAnchors
    ) throws(AttestationError) -> TrustAnchors.Anchor {
        guard let root = document.bundle.first,
            let anchor = anchors.anchor(.nitro, SHA256.hash(root))
        else { throw AttestationError(.root, "the first certificate is no trusted root") }
        return anchor
    }

    private static func check(
        _ freshness: Freshness, issuedAt: UInt64, at time: UInt64
    ) throws(AttestationError) {
        guard issuedAt <= time else {
            guard issuedAt - time <= freshness.skew else {
                throw AttestationError(
                    .fresh, "\(issuedAt - time) s ahead, at most \(freshness.skew)")
            }
            return
        }
        guard time - issuedAt <= freshness.ageMax else {
            throw AttestationError(.fresh, "\(time - issuedAt) s old, at most \(freshness.ageMax)")
        }
    }

    private static func checkSignature(
        _ document: NitroDocument, _ signedPart: [UInt8], by key: PublicKey
    ) throws(AttestationError) {
        guard case .p384(let point) = key,
            P384.verify(
                digest: SHA384.hash(signedPart), signature: document.signature, key: point[...])
        else { throw AttestationError(.signature, "not the leaf's signature") }
    }
}
