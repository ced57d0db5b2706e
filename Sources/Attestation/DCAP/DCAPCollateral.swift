internal import Codec
internal import Crypto
public import Primitives

/// Intel's signed statements that a quote of one family of platforms is judged by, once verified.
///
/// Anyone may bring the raw parts, since Intel has signed each. What is left here is what matching
/// needs, with the windows in which it holds: a chain verifies the parts when they are uploaded,
/// keeps this, and checks the windows again at each use.
public struct DCAPCollateral: Sendable, Equatable {
    /// The authority that issues the PCK certificates, and the key that its list is signed with.
    public struct Authority: Sendable, Equatable {
        /// SHA-256 of its certificate.
        public let fingerprint: Hash
        /// SHA-256 of its subject's name.
        public let name: Hash
        /// x ‖ y on P-256.
        public let key: [UInt8]
        public let window: Window
    }

    /// SHA-256 of the root certificate.
    public let root: Hash
    /// x ‖ y on P-256.
    public let rootKey: [UInt8]
    /// SHA-256 of the raw parts, each with its length.
    public let rawHash: Hash
    public let tcbInfo: TCBInfo
    public let qeIdentity: QEIdentity
    public let authority: Authority
    /// PCK certificates that the authority has revoked.
    public let revokedPCKs: RevokedSerials
    /// Certificates that the root has revoked; none of those above is among them.
    public let revokedByRoot: RevokedSerials
    /// When the root and the certificates that sign TCB info and QE identity are valid.
    public let signers: Window

    /// `sgx` or `tdx`.
    public var tee: TEEType { tcbInfo.tee }

    /// Which of several is newer: the lesser of Intel's two evaluation numbers.
    public var evaluationNumber: UInt32 {
        min(tcbInfo.evaluationNumber, qeIdentity.evaluationNumber)
    }

    /// The moments at which all of it holds.
    public var window: Window {
        signers.intersection(tcbInfo.window).intersection(qeIdentity.window)
            .intersection(revokedPCKs.window).intersection(revokedByRoot.window)
            .intersection(authority.window)
    }

    /// Checks that each part holds at the time.
    ///
    /// - Throws: `chainTime`, `crlTime`, `tcbInfoTime`, `qeIdentityTime`, in that order.
    public func checkWindows(at time: UInt64) throws(AttestationError) {
        guard signers.contains(time), authority.window.contains(time) else {
            throw AttestationError(.chainTime, "a certificate of the collateral")
        }
        guard revokedByRoot.window.contains(time) else {
            throw AttestationError(.crlTime, "the root's revocation list")
        }
        guard revokedPCKs.window.contains(time) else {
            throw AttestationError(.crlTime, "the PCK authority's revocation list")
        }
        guard tcbInfo.window.contains(time) else {
            throw AttestationError(.tcbInfoTime, "TCB info")
        }
        guard qeIdentity.window.contains(time) else {
            throw AttestationError(.qeIdentityTime, "QE identity")
        }
    }
}

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
