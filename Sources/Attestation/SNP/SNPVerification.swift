internal import Codec
internal import Crypto
public import Primitives

/// A report that holds, with the parts of its verdict that only SNP has.
public struct VerifiedSNPReport: Sendable, Equatable {
    public let attestation: VerifiedAttestation
    public let product: SNPProduct
    /// As the key's certificate has it: `Milan-B0`.
    public let productName: String?
    /// What the key was made for, which is what the report says it runs.
    public let versions: SNPVersions
    /// What least versions are compared with.
    public let claims: SNPClaims
    /// Whose key it is, when it is a cloud's.
    public let cloudID: String?
    /// When all certificates are valid.
    public let window: Window
}

extension SNPEvidence {
    /// Verifies the report down to a trusted root.
    ///
    /// Two signatures: RSA-4096 of the versioned key's signer, and P-384 of the report. AMD's own
    /// authorities are constants; others cost two more of RSA.
    /// - Parameters:
    ///   - product: what the caller takes the processor for; nil goes by the report, or by the
    ///     certificate where the report does not say.
    ///   - allowsDebug: whether a debug guest is reported rather than refused.
    /// - Throws: `product`, `certificate`, `chainTime`, `chainName`, `chainExtension`,
    ///   `chainAlgorithm`, `chainAuthority`, `root`, `chainSignature`, `tcb`, `chipID`,
    ///   `signature`, `debug`, in that order.
    public func verify(
        as product: SNPProduct? = nil, anchors: TrustAnchors, at time: UInt64,
        allowsDebug: Bool = true
    ) throws(AttestationError) -> VerifiedSNPReport {
        if let product, let said = report.product, said != product {
            throw AttestationError(.product, "the report is of \(said.rawValue)")
        }
        let key = try VersionedKey(vek)
        guard let product = product ?? report.product ?? key.product else {
            throw AttestationError(.product, "the processor is not known")
        }
        let authorities = try SNPAuthorities(ask: ask, ark: ark, of: product, kind: report.signer)
        let anchor = try checkChain(key, authorities, product, anchors: anchors, at: time)
        guard key.product == product else {
            throw AttestationError(.product, "the key is of another product")
        }
        guard let tcb = key.reportedTCB(on: product), tcb == report.reportedTCB else {
            throw AttestationError(.tcb, "the key is of other versions")
        }
        let platform = try checkChip(key, product)
        guard case .p384(let point) = key.certificate.key,
            P384.verify(
                digest: SHA384.hash(report.signedBytes), signature: report.signature[...],
                key: point[...])
        else { throw AttestationError(.signature, "not the versioned key's signature") }
        guard allowsDebug || !report.isDebug else {
            throw AttestationError(.debug, "a guest that its host may read")
        }
        let window = key.certificate.validity.intersection(authorities.signer.validity)
            .intersection(authorities.root.validity)
        let claims = SNPClaims(report, of: product)
        return VerifiedSNPReport(
            attestation: VerifiedAttestation(
                type: .snp, measurement: report.combinedMeasurement, isDebug: report.isDebug,
                reportData: Array(report.reportData), identity: SHA256.hash(report.signedBytes),
                notAfter: window.end, basis: .report(claims),
                platform: SHA256.hash(platform), isDevelopment: anchor.isDevelopment),
            product: product, productName: key.productName, versions: product.versions(tcb),
            claims: claims,
            cloudID: report.signer == .vlek ? key.cloudID : nil, window: window)
    }

    private func checkChain(
        _ key: VersionedKey, _ authorities: SNPAuthorities, _ product: SNPProduct,
        anchors: TrustAnchors, at time: UInt64
    ) throws(AttestationError) -> TrustAnchors.Anchor {
        let chain = [key.certificate, authorities.signer, authorities.root]
        for certificate in chain {
            guard certificate.isValid(at: time) else {
                throw AttestationError(.chainTime, "\(certificate.subject)")
            }
        }
        let isChip = report.signer == .vcek
        let names = [
            isChip ? "SEV-VCEK" : "SEV-VLEK", isChip ? "SEV-" : "SEV-VLEK-", "ARK-",
        ]
        for (index, certificate) in chain.enumerated() {
            let wanted = names[index] + (index == 0 ? "" : product.rawValue)
            let parent = chain[min(index + 1, 2)]
            guard certificate.subject.commonName == wanted,
                certificate.issuer.encoding == parent.subject.encoding
            else { throw AttestationError(.chainName, "\(wanted) is \(certificate.subject)") }
        }
        try checkForms(chain)
        guard let anchor = anchors.anchor(.snp, authorities.root.fingerprint) else {
            throw AttestationError(.root, "the root is not trusted")
        }
        if !authorities.isKnown {
            try authorities.root.checkSignature(by: authorities.root.key)
            try authorities.signer.checkSignature(by: authorities.root.key)
        }
        try key.certificate.checkSignature(by: authorities.signer.key)
        return anchor
    }

    /// Checks extensions, keys and algorithms: all three are signed with RSA-PSS over SHA-384.
    private func checkForms(_ chain: [Certificate]) throws(AttestationError) {
        for (index, certificate) in chain.enumerated() {
            guard certificate.unknownCriticalExtension == nil else {
                throw AttestationError(.chainExtension, "\(certificate.subject)")
            }
            let isKeyRight =
                switch certificate.key {
                case .p384: index == 0
                case .rsa: index > 0
                default: false
                }
            guard isKeyRight, certificate.algorithm == .rsaPSS(.sha384, saltBytes: 48) else {
                throw AttestationError(.chainAlgorithm, "\(certificate.subject)")
            }
            let isAuthority = certificate.basicConstraints?.isAuthority == true
            guard isAuthority == (index > 0),
                index == 0 || certificate.keyUsage?.contains(.keyCertSign) == true
            else { throw AttestationError(.chainAuthority, "\(certificate.subject)") }
        }
    }

    /// What identifies the platform: the chip, or the cloud where the chip does not show.
    private func checkChip(
        _ key: VersionedKey, _ product: SNPProduct
    ) throws(AttestationError) -> [UInt8] {
        if report.isChipMasked, !report.chipID.isZero {
            throw AttestationError(.chipID, "a chip that is masked and named")
        }
        switch report.signer {
        case .vcek:
            guard let chipID = key.chipID, chipID.count == product.chipIDByteCount else {
                throw AttestationError(.chipID, "the key names no chip")
            }
            guard
                report.isChipMasked
                    || (report.chipID.starts(with: chipID)
                        && report.chipID.dropFirst(chipID.count).isZero)
            else { throw AttestationError(.chipID, "the key is of another chip") }
            return Array(chipID)
        case .vlek:
            guard let cloudID = key.cloudID else {
                throw AttestationError(.chipID, "the key names no cloud")
            }
            return report.chipID.isZero ? Array(cloudID.utf8) : Array(report.chipID)
        }
    }
}

extension SNPReport {
    /// What runs, as one word: Keccak-256 of `assay.snp.v1` ‖ measurement ‖ host data.
    public var combinedMeasurement: Hash {
        var bytes = Array("assay.snp.v1".utf8)
        bytes += measurement
        bytes += hostData
        return Keccak.hash(bytes)
    }
}
