internal import Attestation
internal import EVM
internal import Payments
internal import Primitives
internal import Registry

/// How up to date a machine is by what the chain holds now.
enum MachineStatus {
    /// AMD signs no list of current versions: a machine is out of date unless the admin has said
    /// which versions are not, and it reaches them.
    static func of(
        _ report: SNPClaims, _ state: inout some EvidenceState
    ) throws(NativeFailure) -> TCBStatus {
        let least = try state.structure(of: NativeAddress.trust) { read in
            SNPMinimum(product: report.product.number, processor: report.processor, from: read)
        }
        guard let least else { return .outOfDate }
        return report.versions.reaches(SNPVersions(least)) ? .upToDate : .outOfDate
    }
}

extension SNPVersions {
    init(_ least: SNPMinimum) {
        self.init(
            bootLoader: least.bootLoader, tee: least.tee, snp: least.snp,
            microcode: least.microcode, fmc: least.fmc)
    }
}
