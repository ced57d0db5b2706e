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
