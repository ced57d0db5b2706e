public import Codec
internal import Crypto
internal import Primitives

/// The parts of collateral as Intel's service gives them.
public struct RawDCAPCollateral: Sendable, Equatable {
    /// Certificates in PEM: an authority's or signer's, then the root's.
    public var pckCRLIssuerChain: [UInt8]
    /// DER.
    public var rootCACRL: [UInt8]
    public var pckCRL: [UInt8]
    public var tcbInfoIssuerChain: [UInt8]
    /// The value of `tcbInfo`, byte for byte: that is what is signed.
    public var tcbInfo: [UInt8]
    /// r ‖ s, 64 bytes.
    public var tcbInfoSignature: [UInt8]
    public var qeIdentityIssuerChain: [UInt8]
    /// The value of `enclaveIdentity`, byte for byte.
    public var qeIdentity: [UInt8]
    public var qeIdentitySignature: [UInt8]

    public init(
        pckCRLIssuerChain: [UInt8], rootCACRL: [UInt8], pckCRL: [UInt8],
        tcbInfoIssuerChain: [UInt8], tcbInfo: [UInt8], tcbInfoSignature: [UInt8],
        qeIdentityIssuerChain: [UInt8], qeIdentity: [UInt8], qeIdentitySignature: [UInt8]
    ) {
        self.pckCRLIssuerChain = pckCRLIssuerChain
        self.rootCACRL = rootCACRL
        self.pckCRL = pckCRL
        self.tcbInfoIssuerChain = tcbInfoIssuerChain
        self.tcbInfo = tcbInfo
        self.tcbInfoSignature = tcbInfoSignature
        self.qeIdentityIssuerChain = qeIdentityIssuerChain
        self.qeIdentity = qeIdentity
        self.qeIdentitySignature = qeIdentitySignature
    }

    /// In the order of the initialiser.
    public var parts: [[UInt8]] {
        [
            pckCRLIssuerChain, rootCACRL, pckCRL, tcbInfoIssuerChain, tcbInfo, tcbInfoSignature,
            qeIdentityIssuerChain, qeIdentity, qeIdentitySignature,
        ]
    }

    var hash: Hash {
        var stream = SHA256Stream()
        for part in parts {
            let count = UInt32(truncatingIfNeeded: part.count)
            let head = (0..<4).map { UInt8(truncatingIfNeeded: count >> UInt32(24 - 8 * $0)) }
            stream.update(head[...])
            stream.update(part[...])
        }
        return stream.hash
    }
}

extension RawDCAPCollateral {
    /// Reads the form in which verifiers hand collateral around: texts as they are, signatures and
    /// lists in hexadecimal.
    ///
    /// - Throws: `collateral` when a member is missing or has another form.
    public init(json: JSON) throws(AttestationError) {
        func text(_ name: String) throws(AttestationError) -> [UInt8] {
            guard let text = json[name]?.string else {
                throw AttestationError(.collateral, "no member \(name)")
            }
            return Array(text.utf8)
        }
        func digits(_ name: String) throws(AttestationError) -> [UInt8] {
            guard let text = json[name]?.string, let bytes = try? Hex.decode(text) else {
                throw AttestationError(.collateral, "\(name) is no hexadecimal")
            }
            return bytes
        }
        self.init(
            pckCRLIssuerChain: try text("pck_crl_issuer_chain"),
            rootCACRL: try digits("root_ca_crl"), pckCRL: try digits("pck_crl"),
            tcbInfoIssuerChain: try text("tcb_info_issuer_chain"), tcbInfo: try text("tcb_info"),
            tcbInfoSignature: try digits("tcb_info_signature"),
            qeIdentityIssuerChain: try text("qe_identity_issuer_chain"),
            qeIdentity: try text("qe_identity"),
            qeIdentitySignature: try digits("qe_identity_signature"))
    }
}
