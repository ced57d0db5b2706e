internal import Codec
internal import Crypto
internal import Primitives

/// The certificates above a report's key: AMD's of one product, or others that a test or a
/// development chain brings.
struct SNPAuthorities {
    let root: Certificate
    let signer: Certificate
    /// Whether both are AMD's, whose signatures never need to be checked again.
    let isKnown: Bool

    /// Reads those that evidence brings; what it leaves out is AMD's.
    ///
    /// - Throws: `certificate`.
    init(
        ask: [UInt8]?, ark: [UInt8]?, of product: SNPProduct, kind: SNPReport.Signer
    ) throws(AttestationError) {
        let known = SNPAuthorities.known(product, kind)
        root = try SNPAuthorities.read(ark, or: known.root)
        signer = try SNPAuthorities.read(ask, or: known.signer)
        isKnown = root.encoding == known.root.encoding && signer.encoding == known.signer.encoding
    }

    private static func read(
        _ bytes: [UInt8]?, or known: Certificate
    ) throws(AttestationError) -> Certificate {
        guard let bytes, !known.encoding.elementsEqual(bytes) else { return known }
        guard let certificate = try? Certificate(bytes) else {
            throw AttestationError(.certificate, "an authority's certificate")
        }
        return certificate
    }

    struct Known: Sendable {
        let root: Certificate
        let signer: Certificate
    }

    static func known(_ product: SNPProduct, _ kind: SNPReport.Signer) -> Known {
        switch (product, kind) {
        case (.milan, .vcek): milanChips
        case (.milan, .vlek): milanClouds
        case (.genoa, .vcek): genoaChips
        case (.genoa, .vlek): genoaClouds
        case (.turin, .vcek): turinChips
        case (.turin, .vlek): turinClouds
        }
    }

    private static let milanChips = constant(SNPMilanCertificates.ark, SNPMilanCertificates.ask)
    private static let milanClouds = constant(SNPMilanCertificates.ark, SNPMilanCertificates.asvk)
    private static let genoaChips = constant(SNPGenoaCertificates.ark, SNPGenoaCertificates.ask)
    private static let genoaClouds = constant(SNPGenoaCertificates.ark, SNPGenoaCertificates.asvk)
    private static let turinChips = constant(SNPTurinCertificates.ark, SNPTurinCertificates.ask)
    private static let turinClouds = constant(SNPTurinCertificates.ark, SNPTurinCertificates.asvk)

    private static func constant(_ root: String, _ signer: String) -> Known {
        func decode(_ text: String) -> Certificate {
            guard let bytes = try? Base64.decode(text), let certificate = try? Certificate(bytes)
            else { fatalError("a constant certificate is damaged") }
            return certificate
        }
        return Known(root: decode(root), signer: decode(signer))
    }
}

extension SNPProduct {
    /// AMD's certificates of the product, in DER: the root, and the signer of chips' or of clouds'
    /// keys.
    public func authorities(_ kind: SNPReport.Signer) -> (root: [UInt8], signer: [UInt8]) {
        let known = SNPAuthorities.known(self, kind)
        return (Array(known.root.encoding), Array(known.signer.encoding))
    }
}
