internal import Attestation
internal import Codec
internal import Crypto
internal import EVM
internal import Payments
internal import Primitives
internal import Registry

// Keys that attested machines hold.

extension TrustNative {
    static let keys = [
        NativeFunction("register(uint8,bytes,uint8,bytes)", register),
        NativeFunction("revoke(bytes32,string)", revoke),
        NativeFunction(view: "registrationData(address,uint8,bytes)", registrationData),
        NativeFunction(view: "attestedKey(bytes32)") { (call, input) throws(NativeFailure) in
            let id = try hash(&input)
            var key = try key(id, &call)
            key.status = try currentStatus(of: key, id, &call).rawValue
            return encoded { writer in
                writer.writeTuple(isDynamic: true) { key.write(to: &$0) }
            }
        },
    ]

    /// The record of a key, revoked or not.
    static func key(_ id: Hash, _ call: inout NativeCall) throws(NativeFailure) -> AttestedKey {
        let key = try call.structure(of: NativeAddress.trust) { read in
            AttestedKey(id, from: read)
        }
        guard let key else { throw NativeError.unknownAttestedKey(id).failure }
        return key
    }

    /// The status that counts now; `revoked` where the key would not be registered now at all.
    private static func currentStatus(
        of key: AttestedKey, _ id: Hash, _ call: inout NativeCall
    ) throws(NativeFailure) -> TCBStatus {
        switch try MachineStatus.of(key, id, &call) {
        case .success(let status): status
        case .failure: .revoked
        }
    }

    private static func registrationData(
        _ call: inout NativeCall, _ input: inout ABIReader
    ) throws(NativeFailure) -> [UInt8] {
        let (owner, scheme, key) = try input.arguments { (reader) throws(ABIError) in
            (
                try reader.readAddress(), try reader.readUInt8(),
                try reader.readBytes(max: AttestedKey.keyBytesMax)
            )
        }
        return try binding(of: owner, scheme, key, &call).bytes
    }

    private static func binding(
        of owner: Address, _ scheme: UInt8, _ key: [UInt8], _ call: inout NativeCall
    ) throws(NativeFailure) -> Hash {
        try call.charge(NativeGas.sha256(bytes: 94 + key.count))
        return AttestedKey.binding(
            chainID: call.block.chainID, registry: NativeAddress.trust, owner: owner,
            scheme: scheme, key: key)
    }

    private static func register(
        _ call: inout NativeCall, _ input: inout ABIReader
    ) throws(NativeFailure) -> [UInt8] {
        let (type, bytes, scheme, keyBytes) = try input.arguments { (reader) throws(ABIError) in
            (
                try reader.readUInt8(),
                try reader.readBytes(max: NativeLimits.attestationBytesMax),
                try reader.readUInt8(), try reader.readBytes(max: AttestedKey.keyBytesMax)
            )
        }
        guard let kind = ProviderKey.Kind(rawValue: scheme),
            ProviderKey(kind: kind, bytes: keyBytes) != nil
        else { throw NativeError.invalidProviderKey.failure }
        let owner = call.caller
        try call.charge(NativeGas.keccak(bytes: 1 + keyBytes.count))
        let id = AttestedKey.id(scheme: scheme, key: keyBytes)
        let old = try call.structure { read in AttestedKey(id, from: read) }
        try checkRenewal(of: old, id, by: owner, at: call.block.timestamp)
        let found: VerifiedAttestation
        switch try AttestationCheck.run(type, bytes, &call) {
        case .success(let attestation): found = attestation
        case .failure(let error): throw error.failure
        }
        guard !found.isDebug else { throw NativeError.debugEvidence.failure }
        let wanted = try binding(of: owner, scheme, keyBytes, &call)
        if let mismatch = AttestationCheck.mismatch(of: found.reportData, wanted) {
            throw mismatch.failure
        }
        let used = TrustSettings.evidenceSlot(found.identity)
        guard try call.read(used).isZero else {
            throw NativeError.evidenceUsed(found.identity).failure
        }
        try call.write(used, UInt256(call.block.timestamp))
        let record = try record(found, of: owner, scheme, keyBytes, old, &call)
        try call.write(record.writes(id))
        if let basis = try basis(of: found, &call) { try call.write(basis.writes(id)) }
        try log(record, id, &call)
        return id.bytes
    }

    /// Who may register a key that is known: its owner, or anybody once it no longer counts.
    ///
    /// Evidence for a key proves that a machine named it, not that it holds it: so nobody's key can
    /// be taken over by evidence of another machine while it counts. What is revoked stays so.
    private static func checkRenewal(
        of old: AttestedKey?, _ id: Hash, by owner: Address, at now: UInt64
    ) throws(NativeFailure) {
        guard let old else { return }
        guard old.revokedAt == 0 else {
            throw NativeError.attestedKeyRevoked(id, at: old.revokedAt).failure
        }
        guard old.owner == owner || now > old.notAfter else {
            throw NativeError.notOwner(old.owner).failure
        }
    }

    private static func record(
        _ found: VerifiedAttestation, of owner: Address, _ scheme: UInt8, _ key: [UInt8],
        _ old: AttestedKey?, _ call: inout NativeCall
    ) throws(NativeFailure) -> AttestedKey {
        let now = call.block.timestamp
        let lifetime = try call.structure { read in TrustSettings.lifetimeSeconds(from: read) }
        let attestedAt = min(now, found.issuedAt ?? now)
        let (end, overflow) = attestedAt.addingReportingOverflow(lifetime)
        var notAfter = overflow ? UInt64.max : end
        // A Nitro certificate lives for three hours, since Amazon issues new ones all the time:
        // its end says nothing about the machine. Others end with what they rest on.
        if found.type != .nitro { notAfter = min(notAfter, found.notAfter) }
        return AttestedKey(
            owner: owner, type: found.type.rawValue, scheme: scheme, key: key,
            measurement: found.measurement, platform: found.platform, identity: found.identity,
            status: found.status.rawValue, isDevelopment: found.isDevelopment,
            attestedAt: attestedAt, registeredAt: old?.registeredAt ?? now, notAfter: notAfter)
    }

    /// What the status is found again from when the key is used.
    private static func basis(
        of found: VerifiedAttestation, _ call: inout NativeCall
    ) throws(NativeFailure) -> AttestedBasis? {
        switch found.basis {
        case nil: return nil
        case .report(let claims): return AttestedBasis(claims: claims.encoded)
        case .quote(let claims, let collateral):
            let record = try call.structure { read in CollateralRecord(collateral, from: read) }
            guard let record else { throw NativeError.unknownCollateral(collateral).failure }
            return AttestedBasis(
                collateral: collateral, codeHash: record.codeHash, claims: claims.encoded)
        }
    }

    private static func log(
        _ key: AttestedKey, _ id: Hash, _ call: inout NativeCall
    ) throws(NativeFailure) {
        try call.log(
            topics: [TrustEvent.keyAttested, id, Hash(key.owner.word), key.measurement],
            data: encoded { data in
                for number in [key.type, key.scheme, key.status] { data.write(UInt64(number)) }
                data.write(key.isDevelopment)
                data.write(key.attestedAt)
                data.write(key.notAfter)
            })
    }

    private static func revoke(
        _ call: inout NativeCall, _ input: inout ABIReader
    ) throws(NativeFailure) -> [UInt8] {
        let (id, reason) = try input.arguments { (reader) throws(ABIError) in
            (try reader.readHash(), try reader.readReason())
        }
        var key = try key(id, &call)
        if call.caller != key.owner {
            let admin = Address(truncating: try call.read(TrustSettings.adminSlot))
            guard call.caller == admin else { throw NativeError.notOwner(key.owner).failure }
        }
        guard key.revokedAt == 0 else {
            throw NativeError.attestedKeyRevoked(id, at: key.revokedAt).failure
        }
        key.revokedAt = call.block.timestamp
        try call.write(key.writes(id))
        try call.log(
            topics: [TrustEvent.keyRevoked, id, Hash(call.caller.word)],
            data: encoded { $0.writeString(reason) })
        return []
    }
}

// MARK: ABI

extension AttestedKey {
    /// The members of `AttestedKey`.
    fileprivate func write(to writer: inout ABIWriter) {
        writer.write(owner)
        writer.write(UInt64(type))
        writer.write(UInt64(scheme))
        writer.writeBytes(key)
        writer.write(measurement)
        writer.write(platform)
        writer.write(UInt64(status))
        writer.write(isDevelopment)
        for time in [attestedAt, registeredAt, notAfter, revokedAt] { writer.write(time) }
    }
}
