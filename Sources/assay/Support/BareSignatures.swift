internal import Attestation
internal import Codec
internal import Crypto
internal import Primitives

/// The signatures in a piece of evidence, each ready to be checked by OpenSSL and nothing else.
///
/// They are the evidence's own: one and the same, checked again and again, is up to a sixth faster
/// on P-384, since the processor has learnt its branches by heart.
struct BareSignatures {
    private var checks: [() -> Bool] = []

    var count: Int { checks.count }

    /// Whether all hold.
    func check() -> Bool { checks.allSatisfy { $0() } }

    /// A signature r ‖ s by a key on P-256 or P-384, over the bytes.
    mutating func append(
        _ signature: ArraySlice<UInt8>, by key: PublicKey, over signed: ArraySlice<UInt8>
    ) throws {
        let pair = Array(signature)
        switch key {
        case .p256(let point):
            let digest = SHA256.hash(signed)
            checks.append {
                P256.verify(digest: digest, signature: pair[...], key: point[...])
            }
        case .p384(let point):
            let digest = SHA384.hash(signed)
            checks.append {
                P384.verify(digest: digest, signature: pair[...], key: point[...])
            }
        case .rsa, .other:
            throw AttestationError(.chainAlgorithm, "a key on P-256 or P-384 is wanted")
        }
    }

    /// A certificate's signature by its parent.
    mutating func append(_ certificate: Certificate, by parent: Certificate) throws {
        try append(
            BareSignatures.pair(certificate.signature, by: parent.key), by: parent.key,
            over: certificate.signedPart)
    }

    /// A revocation list's.
    mutating func append(list: [UInt8], by parent: Certificate) throws {
        var reader = DERReader(list)
        var fields = try reader.descend()
        let signed = try fields.readElement().encoding
        try fields.skip(DERTag.sequence)
        try append(
            BareSignatures.pair(try fields.readBytesOfBitString(), by: parent.key),
            by: parent.key, over: signed)
    }

    /// r ‖ s of the form that certificates and lists have.
    private static func pair(
        _ signature: ArraySlice<UInt8>, by key: PublicKey
    ) throws -> ArraySlice<UInt8> {
        let width = if case .p384 = key { P384.width } else { P256.width }
        var reader = DERReader(signature)
        var pair = try reader.descend()
        return (try pair.readNatural(width: width) + pair.readNatural(width: width))[...]
    }
}

extension BareSignatures {
    /// Of a document: one a certificate below the root, and the leaf's.
    init(of document: NitroDocument) throws {
        let path = try CertificatePath(document.bundle + [document.certificate]).certificates
        for (parent, certificate) in zip(path, path.dropFirst()) {
            try append(certificate, by: parent)
        }
        try append(document.signature, by: path[path.count - 1].key, over: document.signedPart[...])
    }

    /// Of a quote: PCK certificate, report of the quoting enclave, quote; and, where the collateral
    /// is given, its root's list, signer, TCB info, QE identity, authority and authority's list.
    init(of quote: DCAPQuote, with collateral: RawDCAPCollateral?) throws {
        func chain(_ text: ArraySlice<UInt8>) throws -> [Certificate] {
            try PEM.decode(text, label: "CERTIFICATE", blocksMax: 3).map { try Certificate($0) }
        }
        let path = try chain(quote.certificates)
        try append(path[0], by: path[1])
        try append(quote.qeReportSignature, by: path[0].key, over: quote.qeReport.bytes)
        try append(quote.signature, by: .p256(Array(quote.attestationKey)), over: quote.signedBytes)
        guard let collateral else { return }
        let signers = try chain(collateral.tcbInfoIssuerChain[...])
        try append(list: collateral.rootCACRL, by: signers[1])
        try append(signers[0], by: signers[1])
        try append(
            collateral.tcbInfoSignature[...], by: signers[0].key, over: collateral.tcbInfo[...])
        try append(
            collateral.qeIdentitySignature[...], by: signers[0].key,
            over: collateral.qeIdentity[...])
        let authorities = try chain(collateral.pckCRLIssuerChain[...])
        try append(authorities[0], by: authorities[1])
        try append(list: collateral.pckCRL, by: authorities[0])
    }
}
