/// What least versions are compared with: which processor a report is of, and what it runs.
///
/// A chain keeps it beside a key that a report has registered, so that versions that are asked for
/// later judge the machine again.
public struct SNPClaims: Sendable, Equatable {
    public let product: SNPProduct
    /// Family, model and stepping, a byte each, family highest; zero where the report does not say.
    public let processor: UInt32
    /// Of each part the least that the report says was there at launch, is committed to, and is
    /// reported.
    public let versions: SNPVersions

    /// - Parameter product: what the versioned key's certificate says.
    public init(_ report: SNPReport, of product: SNPProduct) {
        self.product = product
        processor = (report.processor ?? []).reduce(0) { $0 << 8 | UInt32($1) }
        versions = [report.committedTCB, report.launchTCB].reduce(
            product.versions(report.reportedTCB)
        ) { $0.least(product.versions($1)) }
    }

    /// `product ‖ family, model, stepping ‖ boot loader, TEE, SNP, microcode, FMC`, 9 bytes.
    public var encoded: [UInt8] {
        [product.number]
            + [16, 8, 0].map { UInt8(truncatingIfNeeded: processor >> $0) }
            + [
                versions.bootLoader, versions.tee, versions.snp, versions.microcode,
                versions.fmc ?? 0,
            ]
    }

    /// Reads what `encoded` wrote, and nothing else.
    ///
    /// - Throws: `format`.
    public init(decoding bytes: [UInt8]) throws(AttestationError) {
        guard bytes.count == 9, let product = SNPProduct(number: bytes[0]),
            product == .turin || bytes[8] == 0
        else { throw AttestationError(.format, "no claims of a report") }
        self.product = product
        processor = bytes[1..<4].reduce(0) { $0 << 8 | UInt32($1) }
        versions = SNPVersions(
            bootLoader: bytes[4], tee: bytes[5], snp: bytes[6], microcode: bytes[7],
            fmc: product == .turin ? bytes[8] : nil)
    }
}

extension SNPVersions {
    /// The lesser of each part.
    func least(_ other: SNPVersions) -> SNPVersions {
        SNPVersions(
            bootLoader: min(bootLoader, other.bootLoader), tee: min(tee, other.tee),
            snp: min(snp, other.snp), microcode: min(microcode, other.microcode),
            fmc: fmc.map { min($0, other.fmc ?? 0) })
    }

    /// Whether no part is of a lower version; where there is no FMC, its version is zero.
    public func reaches(_ least: SNPVersions) -> Bool {
        bootLoader >= least.bootLoader && tee >= least.tee && snp >= least.snp
            && microcode >= least.microcode && fmc ?? 0 >= least.fmc ?? 0
    }
}
