internal import Codec
internal import Crypto
internal import Primitives

/// The certificates inside a quote: a platform's PCK, its authority's and the root's.
struct PCKChain {
    let leaf: Certificate
    let leafKey: [UInt8]
    let platform: PCKExtension
    /// When the platform's certificate and its authority's are valid.
    let window: Window

    /// Verifies the chain of a quote: two checks on P-256, one when the authority's certificate is
    /// the one that the collateral was verified with.
    ///
    /// - Throws: `chain`, `root`, `chainTime`, `revoked`, `chainName`, `pckExtension`, in that
    ///   order.
    init(
        _ text: ArraySlice<UInt8>, collateral: DCAPCollateral, at time: UInt64
    ) throws(AttestationError) {
        guard let chain = try? PEM.decode(text, label: "CERTIFICATE", blocksMax: 3),
            chain.count == 3
        else { throw AttestationError(.chain, "not three certificates in PEM") }
        let authority = collateral.authority
        if SHA256.hash(chain[1]) != authority.fingerprint {
            try PCKChain.checkAuthority(chain[1], collateral: collateral, at: time)
        }
        guard let leaf = try? Certificate(chain[0]), leaf.unknownCriticalExtension == nil,
            case .p256(let key) = leaf.key
        else { throw AttestationError(.chain, "the PCK certificate") }
        try PCKChain.checkIssued(leaf, by: .p256(authority.key), named: authority.name)
        guard SHA256.hash(chain[2]) == collateral.root else {
            throw AttestationError(.root, "the quote's root is not the collateral's")
        }
        guard leaf.isValid(at: time) else {
            throw AttestationError(.chainTime, "the PCK certificate")
        }
        guard !collateral.revokedPCKs.contains(leaf.serial) else {
            throw AttestationError(.revoked, "the PCK certificate")
        }
        guard leaf.subject.commonName?.hasSuffix("SGX PCK Certificate") == true,
            leaf.basicConstraints?.isAuthority != true
        else { throw AttestationError(.chainName, "the leaf is no PCK certificate") }
        guard let value = leaf.value(of: PCKExtension.type),
            let platform = try? PCKExtension(value)
        else { throw AttestationError(.pckExtension, "Intel's extension") }
        self.leaf = leaf
        leafKey = key
        self.platform = platform
        window = leaf.validity.intersection(authority.window)
    }

    /// Checks another certificate of the authority: its key and name must be those of the list.
    private static func checkAuthority(
        _ encoding: [UInt8], collateral: DCAPCollateral, at time: UInt64
    ) throws(AttestationError) {
        let authority = collateral.authority
        guard let certificate = try? Certificate(encoding), isAuthority(certificate),
            certificate.unknownCriticalExtension == nil,
            certificate.key == .p256(authority.key),
            SHA256.hash(certificate.subject.encoding) == authority.name
        else { throw AttestationError(.chain, "the PCK is not of the revocation list's issuer") }
        try checkSignature(certificate, by: .p256(collateral.rootKey))
        guard certificate.isValid(at: time) else {
            throw AttestationError(.chainTime, "the PCK authority's certificate")
        }
        guard !collateral.revokedByRoot.contains(certificate.serial) else {
            throw AttestationError(.revoked, "the PCK authority's certificate")
        }
    }

    static func isAuthority(_ certificate: Certificate) -> Bool {
        guard let name = certificate.subject.commonName,
            let constraints = certificate.basicConstraints, let usage = certificate.keyUsage
        else { return false }
        return (name.hasSuffix("SGX PCK Platform CA") || name.hasSuffix("SGX PCK Processor CA"))
            && constraints.isAuthority && usage.contains([.keyCertSign, .crlSign])
    }

    /// Checks the issuer's name and signature.
    static func checkIssued(
        _ certificate: Certificate, by key: PublicKey, named name: Hash
    ) throws(AttestationError) {
        guard SHA256.hash(certificate.issuer.encoding) == name else {
            throw AttestationError(.chain, "issued under another name")
        }
        try checkSignature(certificate, by: key)
    }

    private static func checkSignature(
        _ certificate: Certificate, by key: PublicKey
    ) throws(AttestationError) {
        guard certificate.algorithm == .ecdsa(.sha256),
            (try? certificate.checkSignature(by: key)) != nil
        else { throw AttestationError(.chain, "not the issuer's signature") }
    }
}
