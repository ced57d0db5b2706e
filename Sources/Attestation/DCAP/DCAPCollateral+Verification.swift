internal import Codec
internal import Crypto
internal import Primitives

extension DCAPCollateral {
    /// Verifies raw parts: signatures down to a trusted root, windows at the time, and forms.
    ///
    /// Cost: seven checks on P-256, six when one certificate signs TCB info and QE identity.
    /// - Parameter tee: what a quote needs; nil takes what the TCB info is of.
    /// - Throws: by part, in the order root list, TCB info, QE identity, PCK authority and list:
    ///   `size`, `chain`, `crlTime`, `revoked`; `tcbInfoFormat`, `tcbInfoSignature`,
    ///   `tcbInfoSigner`, `chainTime`, `tcbInfoType`, `tcbInfoTime`; `qeIdentitySignature`,
    ///   `qeIdentityType`, `qeIdentityTime`.
    public init(
        verifying raw: RawDCAPCollateral, for tee: TEEType? = nil, anchors: TrustAnchors,
        at time: UInt64
    ) throws(AttestationError) {
        try self.init(verifying: raw, for: tee, anchors: anchors, at: time, isKept: true)
    }

    /// Collateral that is not kept is used once: nobody asks for the hash of its raw parts.
    init(
        verifying raw: RawDCAPCollateral, for tee: TEEType?, anchors: TrustAnchors,
        at time: UInt64, isKept: Bool
    ) throws(AttestationError) {
        try DCAPCollateral.checkSizes(raw)
        let tcbChain = try DCAPCollateral.readChain(raw.tcbInfoIssuerChain, most: 3)
        let root = try CollateralRoot(tcbChain, crl: raw.rootCACRL, anchors: anchors, at: time)

        let tcbSigner = try DCAPCollateral.readTCBInfoSigner(tcbChain, raw, root: root, at: time)
        let tcbInfo = try TCBInfo(tcbSigner.json)
        guard tee == nil || tee == tcbInfo.tee else {
            throw AttestationError(.tcbInfoType, "TCB info of \(tcbInfo.tee.name)")
        }
        guard tcbInfo.window.contains(time) else {
            throw AttestationError(.tcbInfoTime, "TCB info")
        }

        let qeSigner = try DCAPCollateral.readQEIdentitySigner(
            raw, like: tcbSigner.signer, root: root, at: time)
        let identity = try QEIdentity(qeSigner.json)
        guard identity.tee == tcbInfo.tee else {
            throw AttestationError(.qeIdentityType, "QE identity of \(identity.tee.name)")
        }
        guard identity.window.contains(time) else {
            throw AttestationError(.qeIdentityTime, "QE identity")
        }

        let (authority, revoked) = try DCAPCollateral.readAuthority(raw, root: root, at: time)
        self.init(
            root: root.fingerprint, rootKey: root.key, rawHash: isKept ? raw.hash : .zero,
            tcbInfo: tcbInfo, qeIdentity: identity, authority: authority, revokedPCKs: revoked,
            revokedByRoot: root.revoked,
            signers: root.window.intersection(tcbSigner.signer.validity)
                .intersection(qeSigner.signer.validity))
    }

    private static func checkSizes(_ raw: RawDCAPCollateral) throws(AttestationError) {
        let chains = [raw.pckCRLIssuerChain, raw.tcbInfoIssuerChain, raw.qeIdentityIssuerChain]
        guard chains.allSatisfy({ $0.count <= DCAPLimits.issuerChainBytesMax }),
            max(raw.rootCACRL.count, raw.pckCRL.count) <= DCAPLimits.crlBytesMax,
            max(raw.tcbInfo.count, raw.qeIdentity.count) <= DCAPLimits.documentBytesMax
        else { throw AttestationError(.size, "a part of the collateral") }
    }

    /// Certificates in PEM, none of them decoded yet.
    private static func readChain(
        _ text: [UInt8], most: Int
    ) throws(AttestationError) -> [[UInt8]] {
        guard let chain = try? PEM.decode(text[...], label: "CERTIFICATE", blocksMax: most),
            chain.count >= 2
        else { throw AttestationError(.chain, "an issuer chain of the collateral") }
        return chain
    }

    private static func readTCBInfoSigner(
        _ chain: [[UInt8]], _ raw: RawDCAPCollateral, root: CollateralRoot, at time: UInt64
    ) throws(AttestationError) -> (signer: Certificate, json: JSONOutline.Item) {
        guard let json = CollateralObject.parse(raw.tcbInfo) else {
            throw AttestationError(.tcbInfoFormat, "TCB info is no strict JSON")
        }
        let signer = try CollateralRoot.decode(chain[0])
        guard signs(signer, raw.tcbInfo, raw.tcbInfoSignature) else {
            throw AttestationError(.tcbInfoSignature, "not the signer's signature")
        }
        guard isDocumentSigner(signer) else {
            throw AttestationError(.tcbInfoSigner, "signed by another role's key")
        }
        try root.check(signer, in: chain, at: time)
        return (signer, json)
    }

    private static func readQEIdentitySigner(
        _ raw: RawDCAPCollateral, like known: Certificate, root: CollateralRoot, at time: UInt64
    ) throws(AttestationError) -> (signer: Certificate, json: JSONOutline.Item) {
        // Intel signs both with one key: its certificate is checked once.
        let isKnown = raw.qeIdentityIssuerChain == raw.tcbInfoIssuerChain
        let chain = isKnown ? [] : try readChain(raw.qeIdentityIssuerChain, most: 3)
        let signer = isKnown ? known : try CollateralRoot.decode(chain[0])
        guard signs(signer, raw.qeIdentity, raw.qeIdentitySignature), isDocumentSigner(signer)
        else { throw AttestationError(.qeIdentitySignature, "not a TCB signer's signature") }
        if !isKnown { try root.check(signer, in: chain, at: time) }
        guard let json = CollateralObject.parse(raw.qeIdentity) else {
            throw AttestationError(.qeIdentityType, "QE identity is no strict JSON")
        }
        return (signer, json)
    }

    private static func readAuthority(
        _ raw: RawDCAPCollateral, root: CollateralRoot, at time: UInt64
    ) throws(AttestationError) -> (Authority, RevokedSerials) {
        let chain = try readChain(raw.pckCRLIssuerChain, most: 2)
        let certificate = try CollateralRoot.decode(chain[0])
        guard PCKChain.isAuthority(certificate), case .p256(let key) = certificate.key else {
            throw AttestationError(.chain, "the revocation list's issuer is no PCK authority")
        }
        try root.check(certificate, in: chain, at: time)
        guard let list = try? RevocationList(raw.pckCRL),
            list.issuer.elementsEqual(certificate.subject.encoding),
            CollateralRoot.isSigned(list, by: certificate.key)
        else { throw AttestationError(.chain, "not the PCK authority's revocation list") }
        guard list.revoked.window.contains(time) else {
            throw AttestationError(.crlTime, "the PCK authority's revocation list")
        }
        let authority = Authority(
            fingerprint: certificate.fingerprint, name: SHA256.hash(certificate.subject.encoding),
            key: key, window: certificate.validity)
        return (authority, list.revoked)
    }

    private static func signs(
        _ signer: Certificate, _ document: [UInt8], _ signature: [UInt8]
    ) -> Bool {
        guard case .p256(let key) = signer.key else { return false }
        return IntelKeys.verify(
            digest: SHA256.hash(document), signature: signature[...], key: key)
    }

    /// Any key below the root could sign documents otherwise, those of platforms included.
    private static func isDocumentSigner(_ certificate: Certificate) -> Bool {
        certificate.subject.commonName?.hasSuffix("SGX TCB Signing") == true
    }
}

/// The root that all chains of one collateral end in, and its revocation list.
struct CollateralRoot {
    let fingerprint: Hash
    let key: [UInt8]
    let window: Window
    let revoked: RevokedSerials
    private let certificate: Certificate
    private let encoding: [UInt8]

    /// Finds the trusted root at the end of the chain and checks its list.
    init(
        _ chain: [[UInt8]], crl: [UInt8], anchors: TrustAnchors, at time: UInt64
    ) throws(AttestationError) {
        encoding = chain[chain.count - 1]
        fingerprint = SHA256.hash(encoding)
        guard anchors.anchor(.dcap, fingerprint) != nil else {
            throw AttestationError(.chain, "the collateral's root is not trusted")
        }
        certificate = try CollateralRoot.decode(encoding)
        guard case .p256(let key) = certificate.key else {
            throw AttestationError(.chain, "the root's key is not on P-256")
        }
        self.key = key
        window = certificate.validity
        guard let list = try? RevocationList(crl),
            list.issuer.elementsEqual(certificate.subject.encoding),
            CollateralRoot.isSigned(list, by: certificate.key)
        else { throw AttestationError(.chain, "not the root's revocation list") }
        revoked = list.revoked
        guard revoked.window.contains(time) else {
            throw AttestationError(.crlTime, "the root's revocation list")
        }
        guard window.contains(time) else { throw AttestationError(.chainTime, "the root") }
        guard !revoked.contains(certificate.serial) else {
            throw AttestationError(.revoked, "the root")
        }
    }

    static func decode(_ bytes: [UInt8]) throws(AttestationError) -> Certificate {
        guard let certificate = try? Certificate(bytes),
            certificate.unknownCriticalExtension == nil
        else { throw AttestationError(.chain, "a certificate of the collateral") }
        return certificate
    }

    static func isSigned(_ list: RevocationList, by key: PublicKey) -> Bool {
        list.algorithm == .ecdsa(.sha256)
            && (try? CertificateSignature.check(
                list.signature, by: key, algorithm: list.algorithm, over: list.signedPart)) != nil
    }

    /// Checks that the root issued the certificate, which is the first of a chain of two.
    func check(
        _ issued: Certificate, in chain: [[UInt8]], at time: UInt64
    ) throws(AttestationError) {
        guard chain.count == 2, chain[1] == encoding else {
            throw AttestationError(.chain, "the collateral's chains end in different roots")
        }
        let name = SHA256.hash(certificate.subject.encoding)
        try PCKChain.checkIssued(issued, by: .p256(key), named: name)
        guard issued.isValid(at: time) else {
            throw AttestationError(.chainTime, "a certificate of the collateral")
        }
        guard !revoked.contains(issued.serial) else {
            throw AttestationError(.revoked, "a certificate of the collateral")
        }
    }
}

extension Certificate {
    var validity: Window { Window(start: notBefore, end: notAfter) }
}
