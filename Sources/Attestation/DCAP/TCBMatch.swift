/// The state of a platform or an enclave, and the advisories behind it.
struct TCBState: Equatable {
    let status: TCBStatus
    let advisories: [String]

    /// The state of both together, with the advisories of both.
    func merged(with other: TCBState) -> TCBState {
        TCBState(
            status: status.joined(with: other.status),
            advisories: advisories + other.advisories.filter { !advisories.contains($0) })
    }
}

extension TCBInfo {
    /// The state of a quote's platform: of the processor and, for TDX, of the module.
    ///
    /// A domain of TDX 1.5 names two modules, the one that started it and the one that runs: both
    /// count.
    func match(_ claims: QuoteClaims) throws(AttestationError) -> TCBState {
        guard claims.fmspc.elementsEqual(fmspc) else {
            throw AttestationError(.fmspc, "TCB info of another platform family")
        }
        guard claims.pceID.elementsEqual(pceID) else {
            throw AttestationError(.pceID, "TCB info of another PCE")
        }
        guard let module = claims.module else { return try level(claims, versions: nil) }
        var state: TCBState?
        for versions in module.versions {
            let next = try self.state(claims, module, versions: versions)
            state = state?.merged(with: next) ?? next
        }
        guard let state else { throw AttestationError(.tdxModule, "a quote without a TDX module") }
        return state
    }

    private func state(
        _ claims: QuoteClaims, _ module: QuoteClaims.Module, versions: ArraySlice<UInt8>
    ) throws(AttestationError) -> TCBState {
        let platformState = try level(claims, versions: versions)
        guard let moduleState = try match(module, versions: versions) else {
            return platformState
        }
        return platformState.merged(with: moduleState)
    }

    /// The highest level that the platform reaches in every component.
    ///
    /// - Parameter versions: the TDX module's.
    private func level(
        _ claims: QuoteClaims, versions: ArraySlice<UInt8>?
    ) throws(AttestationError) -> TCBState {
        let found = levels.first { level in
            level.pceVersion <= claims.pceVersion
                && TCBInfo.reaches(claims.components, level.sgxComponents[...])
                && versions.map { TCBInfo.moduleReaches($0, level.tdxComponents) } ?? true
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
    private func match(
        _ running: QuoteClaims.Module, versions: ArraySlice<UInt8>
    ) throws(AttestationError) -> TCBState? {
        guard let base = module else {
            throw AttestationError(.tdxModule, "TCB info without a TDX module")
        }
        let generation = versions.byte(at: 1)
        guard generation > 0 else {
            try base.check(running)
            return nil
        }
        guard let identity = moduleIdentities.first(where: { $0.generation == generation }) else {
            throw AttestationError(.tdxModule, "no TDX module of generation \(generation)")
        }
        try identity.module.check(running)
        let version = UInt16(versions.byte(at: 0))
        guard let level = identity.levels.first(where: { $0.version <= version }) else {
            throw AttestationError(.tdxModule, "TDX module of version \(version)")
        }
        return TCBState(status: level.status, advisories: level.advisories)
    }
}

extension TCBInfo.Module {
    /// Bits outside the mask must be zero.
    fileprivate func check(_ running: QuoteClaims.Module) throws(AttestationError) {
        guard running.signer.elementsEqual(signer) else {
            throw AttestationError(.tdxModule, "a TDX module of another signer")
        }
        for (index, bits) in running.attributes.enumerated() {
            guard bits == attributes[index] & attributesMask[index] else {
                throw AttestationError(.tdxModule, "attributes of the TDX module")
            }
        }
    }
}

extension QEIdentity {
    /// Checks that the enclave is this one, and finds its state.
    func match(_ enclave: QuoteClaims.Enclave) throws(AttestationError) -> TCBState {
        guard !enclave.isDebug else {
            throw AttestationError(.qeDebug, "a quoting enclave in debug mode")
        }
        guard enclave.signer.elementsEqual(signer), enclave.productID == productID,
            QEIdentity.agrees(enclave.miscSelect, miscSelect, under: miscSelectMask),
            QEIdentity.agrees(enclave.attributes, attributes, under: attributesMask)
        else { throw AttestationError(.qeIdentity, "another enclave than Intel's QE") }
        guard let level = levels.first(where: { $0.version <= enclave.version }) else {
            throw AttestationError(.qeSVN, "QE of version \(enclave.version)")
        }
        return TCBState(status: level.status, advisories: level.advisories)
    }

    private static func agrees(
        _ bytes: ArraySlice<UInt8>, _ wanted: [UInt8], under mask: [UInt8]
    ) -> Bool {
        zip(bytes, zip(wanted, mask)).allSatisfy { $0 & $1.1 == $1.0 & $1.1 }
    }
}
