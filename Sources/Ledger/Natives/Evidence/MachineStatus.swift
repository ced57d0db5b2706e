internal import Attestation
internal import EVM
internal import Payments
internal import Primitives
internal import Registry

/// How up to date a machine is by what the chain holds now: Intel's statements, and the least
/// versions of AMD's firmware that the admin has set.
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

    /// The status of a registered key's machine: the worse of what it was when the key was
    /// registered and what it would be now. Refused is what would not be registered at all now.
    static func of(
        _ record: AttestedKey, _ id: Hash, _ state: inout some EvidenceState
    ) throws(NativeFailure) -> Result<TCBStatus, NativeError> {
        guard let type = TEEType(rawValue: record.type),
            let registered = TCBStatus(rawValue: record.status)
        else { return .failure(.unknownAttestedKey(id)) }
        switch type {
        case .nitro, .nvgpu: return .success(registered)
        case .sgx, .tdx:
            return try status(ofQuotesKey: id, &state).map { max(registered, $0) }
        case .snp:
            let claims = try claims(of: id, &state).flatMap { try? SNPClaims(decoding: $0) }
            guard let claims else { return .success(max(registered, .outOfDate)) }
            return .success(max(registered, try of(claims, &state)))
        }
    }

    /// By statements of Intel's that have taken the place of those that the quote was judged by.
    private static func status(
        ofQuotesKey id: Hash, _ state: inout some EvidenceState
    ) throws(NativeFailure) -> Result<TCBStatus, NativeError> {
        let (key, codeHash) = try state.structure(of: NativeAddress.trust) { read in
            AttestedBasis.collateral(of: id, from: read)
        }
        let record = try state.structure(of: NativeAddress.trust) { read in
            CollateralRecord(key, from: read)
        }
        if let record, record.codeHash == codeHash { return .success(.upToDate) }
        guard let record,
            let claims = try claims(of: id, &state).flatMap({ try? QuoteClaims(decoding: $0) })
        else { return .success(.outOfDate) }
        switch try CollateralStore.read(key, record, &state) {
        case .failure(let error): return .failure(error)
        case .success(let collateral):
            do { return .success(try claims.status(under: collateral)) } catch {
                return .failure(.invalidAttestation(error.reason))
            }
        }
    }

    private static func claims(
        of id: Hash, _ state: inout some EvidenceState
    ) throws(NativeFailure) -> [UInt8]? {
        try state.structure(of: NativeAddress.trust) { read in
            AttestedBasis.claims(of: id, from: read)
        }
    }
}

extension SNPVersions {
    init(_ least: SNPMinimum) {
        self.init(
            bootLoader: least.bootLoader, tee: least.tee, snp: least.snp,
            microcode: least.microcode, fmc: least.fmc)
    }
}
