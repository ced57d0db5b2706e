internal import Codec

/// A chain of certificates whose order is given: root first, leaf last.
///
/// The path is walked, not searched: each certificate is issued by the one before it. Everything
/// that costs no curve work is checked for all before the first signature is.
/// Source: RFC 5280, section 6.1; times are inclusive at both ends.
public struct CertificatePath: Sendable, Equatable {
    /// At least one; the first is the root.
    public let certificates: [Certificate]

    public var root: Certificate { certificates[0] }
    public var leaf: Certificate { certificates[certificates.count - 1] }

    /// The last second at which every certificate is valid.
    public var notAfter: UInt64 { certificates.map(\.notAfter).min() ?? 0 }
    /// The first such second.
    public var notBefore: UInt64 { certificates.map(\.notBefore).max() ?? 0 }

    /// Reads the certificates. One that occurs twice is refused.
    ///
    /// - Throws: `certificate` with its place, `chain` when there is none, `chainDuplicate`.
    public init(
        _ encodings: [ArraySlice<UInt8>]
    ) throws(AttestationError) {
        guard !encodings.isEmpty else { throw AttestationError(.chain, "no certificate") }
        var certificates: [Certificate] = []
        for bytes in encodings {
            let place = certificates.count
            do throws(DERError) {
                certificates.append(try Certificate(bytes))
            } catch {
                throw AttestationError(.certificate, "certificate \(place): \(error)")
            }
        }
        for (place, certificate) in certificates.enumerated() {
            let isNew = certificates[..<place].allSatisfy {
                !$0.encoding.elementsEqual(certificate.encoding)
            }
            guard isNew else {
                throw AttestationError(.chainDuplicate, "certificate \(place) occurs twice")
            }
        }
        self.certificates = certificates
    }

    /// Checks all but signatures: algorithms, times, extensions, roles and names.
    ///
    /// `accepts` says whether a certificate has the format's key and algorithm. Authorities have
    /// basicConstraints, keyCertSign and a path length that suffices; the leaf is no authority
    /// and, where `leafSigns`, has digitalSignature.
    public func check(
        at time: UInt64, leafSigns: Bool = true, accepts: (Certificate) -> Bool
    ) throws(AttestationError) {
        for (place, certificate) in certificates.enumerated() {
            guard accepts(certificate) else {
                throw AttestationError(
                    .chainAlgorithm, "certificate \(place): another key or algorithm")
            }
            guard certificate.isValid(at: time) else {
                let window = "\(certificate.notBefore) to \(certificate.notAfter)"
                throw AttestationError(
                    .chainTime, "certificate \(place): valid from \(window), not at \(time)")
            }
            if let type = certificate.unknownCriticalExtension {
                throw AttestationError(
                    .chainExtension, "certificate \(place): critical extension \(type)")
            }
            try checkRole(place, leafSigns: leafSigns)
            guard place == 0 || certificate.issuer == certificates[place - 1].subject else {
                throw AttestationError(
                    .chainName, "certificate \(place): issuer is not the parent's subject")
            }
        }
    }

    /// Checks that each certificate's key signed the next; the root's own signature says nothing.
    public func checkSignatures() throws(AttestationError) {
        for place in certificates.indices.dropFirst() {
            do throws(AttestationError) {
                try certificates[place].checkSignature(by: certificates[place - 1].key)
            } catch {
                throw AttestationError(error.reason, "certificate \(place): \(error.detail)")
            }
        }
    }

    private func checkRole(_ place: Int, leafSigns: Bool) throws(AttestationError) {
        let certificate = certificates[place]
        let isLeaf = place == certificates.count - 1
        let isAuthority = certificate.basicConstraints?.isAuthority ?? false
        let usage = certificate.keyUsage ?? []
        guard isAuthority != isLeaf else {
            let what = isLeaf ? "the leaf is an authority" : "is no authority"
            throw AttestationError(.chainAuthority, "certificate \(place): \(what)")
        }
        if isLeaf {
            guard !leafSigns || usage.contains(.digitalSignature) else {
                throw AttestationError(.chainAuthority, "certificate \(place): may not sign data")
            }
            return
        }
        guard usage.contains(.keyCertSign) else {
            throw AttestationError(
                .chainAuthority, "certificate \(place): may not sign certificates")
        }
        let between = certificates.count - 2 - place
        if let pathLength = certificate.basicConstraints?.pathLength, pathLength < between {
            throw AttestationError(
                .chainAuthority,
                "certificate \(place): path of \(between) authorities, at most \(pathLength)")
        }
    }
}
