/// The state of a platform or an enclave, and the advisories behind it.
struct TCBState: Equatable {
    let status: TCBStatus
    let advisories: [String]

    /// What the parts need together, with the advisories of both.
    func merged(with other: TCBState) -> TCBState {
        TCBState(
            status: status.merged(with: other.status),
            advisories: advisories + other.advisories.filter { !advisories.contains($0) })
    }
}

extension TCBInfo {
    /// The state of a quote's platform: of the processor and, for TDX, of the module.
    ///
    /// A domain of TDX 1.5 names two modules, the one that started it and the one that runs: both
    /// count.
    func match(
        _ platform: PCKExtension, _ body: DCAPQuote.Body
    ) throws(AttestationError) -> TCBState {
        guard platform.fmspc == fmspc else {
            throw AttestationError(.fmspc, "TCB info of another platform family")
        }
        guard platform.pceID == pceID else {
            throw AttestationError(.pceID, "TCB info of another PCE")
        }
        switch body {
        case .sgx:
            return try level(platform, module: nil)
        case .tdx(let report):
            let started = try state(platform, report, module: report.securityVersions)
            guard let current = report.currentSecurityVersions else { return started }
            guard !current.elementsEqual(report.securityVersions) else { return started }
            return started.merged(with: try state(platform, report, module: current))
        }
    }

    private func state(
        _ platform: PCKExtension, _ report: TDReport, module: ArraySlice<UInt8>
    ) throws(AttestationError) -> TCBState {
        let platformState = try level(platform, module: module)
        guard let moduleState = try matchModule(report, module: module) else {
            return platformState
        }
        return platformState.merged(with: moduleState)
    }

    /// The highest level that the platform reaches in every component.
    private func level(
        _ platform: PCKExtension, module: ArraySlice<UInt8>?
    ) throws(AttestationError) -> TCBState {
        let found = levels.first { level in
            level.pceVersion <= platform.pceVersion
                && TCBInfo.reaches(platform.components[...], level.sgxComponents[...])
                && module.map { TCBInfo.moduleReaches($0, level.tdxComponents) } ?? true
        }
        guard let found else { throw AttestationError(.tcbLevel, "below every TCB level") }
        return TCBState(status: found.status, advisories: found.advisories)
    }

    private static func reaches(_ has: ArraySlice<UInt8>, _ wanted: ArraySlice<UInt8>) -> Bool {
        has.count == wanted.count && zip(has, wanted).allSatisfy { $0 >= $1 }
    }

    /// From a module's second generation on, versions 0 and 1 are matter of its identity.
    private static func moduleReaches(_ has: ArraySlice<UInt8>, _ wanted: [UInt8]) -> Bool {
        let skipped = has.byte(at: 1) > 0 ? 2 : 0
        return reaches(has.dropFirst(skipped), wanted.dropFirst(skipped))
    }

    /// Checks who signed the module; its state when Intel lists states of its generation.
    private func matchModule(
        _ report: TDReport, module versions: ArraySlice<UInt8>
    ) throws(AttestationError) -> TCBState? {
        guard let base = module else {
            throw AttestationError(.tdxModule, "TCB info without a TDX module")
        }
        let generation = versions.byte(at: 1)
        guard generation > 0 else {
            try base.check(report)
            return nil
        }
        guard let identity = moduleIdentities.first(where: { $0.generation == generation }) else {
            throw AttestationError(.tdxModule, "no TDX module of generation \(generation)")
        }
        try identity.module.check(report)
        let version = UInt16(versions.byte(at: 0))
        guard let level = identity.levels.first(where: { $0.version <= version }) else {
            throw AttestationError(.tdxModule, "TDX module of version \(version)")
        }
        return TCBState(status: level.status, advisories: level.advisories)
    }
}

extension TCBInfo.Module {
    /// Bits outside the mask must be zero.
    fileprivate func check(_ report: TDReport) throws(AttestationError) {
        guard report.seamSigner.elementsEqual(signer) else {
            throw AttestationError(.tdxModule, "a TDX module of another signer")
        }
        for (index, bits) in report.seamAttributes.enumerated() {
            guard bits == attributes[index] & attributesMask[index] else {
                throw AttestationError(.tdxModule, "attributes of the TDX module")
            }
        }
    }
}

extension QEIdentity {
    /// Checks that the report is of this enclave, and finds its state.
    func match(_ report: SGXReport) throws(AttestationError) -> TCBState {
        guard !report.isDebug else {
            throw AttestationError(.qeDebug, "a quoting enclave in debug mode")
        }
        guard report.signerMeasurement.elementsEqual(signer), report.productID == productID,
            QEIdentity.agrees(report.miscSelect, miscSelect, under: miscSelectMask),
            QEIdentity.agrees(report.attributes, attributes, under: attributesMask)
        else { throw AttestationError(.qeIdentity, "another enclave than Intel's QE") }
        guard let level = levels.first(where: { $0.version <= report.securityVersion }) else {
            throw AttestationError(.qeSVN, "QE of version \(report.securityVersion)")
        }
        return TCBState(status: level.status, advisories: level.advisories)
    }

    private static func agrees(
        _ bytes: ArraySlice<UInt8>, _ wanted: [UInt8], under mask: [UInt8]
    ) -> Bool {
        zip(bytes, zip(wanted, mask)).allSatisfy { $0 & $1.1 == $1.0 & $1.1 }
    }
}
