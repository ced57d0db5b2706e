internal import Attestation
internal import Crypto
internal import EVM
internal import Payments
internal import Primitives
internal import Registry

/// Collateral in the chain's state: a record in slots, and the canonical bytes as the code of an
/// account.
enum CollateralStore {
    /// The collateral under a key; its windows are for the verifier to check.
    static func read(
        _ key: Hash, _ state: inout some EvidenceState
    ) throws(NativeFailure) -> Result<DCAPCollateral, NativeError> {
        let record = try state.structure(of: NativeAddress.trust) { read in
            CollateralRecord(key, from: read)
        }
        guard let record else { return .failure(.unknownCollateral(key)) }
        return try read(key, record, &state)
    }

    /// The collateral under a key whose record has been read.
    static func read(
        _ key: Hash, _ record: CollateralRecord, _ state: inout some EvidenceState
    ) throws(NativeFailure) -> Result<DCAPCollateral, NativeError> {
        try state.charge(
            NativeGas.coldAccount + EvidenceCost.decodingGas(bytes: Int(record.byteCount)))
        let code = try state.code(
            of: CollateralRecord.account(key, registry: NativeAddress.trust),
            hashing: record.codeHash)
        guard let collateral = decode(code) else { return .failure(.unknownCollateral(key)) }
        return .success(collateral)
    }

    /// What the code of an account holds behind its first byte.
    private static func decode(_ code: [UInt8]) -> DCAPCollateral? {
        guard code.first == 0 else { return nil }
        return try? DCAPCollateral(decoding: Array(code[1...]))
    }

    /// Puts verified collateral in the place of what is there.
    static func write(
        _ collateral: DCAPCollateral, _ call: inout NativeCall
    ) throws(NativeFailure) -> CollateralRecord {
        let key = collateral.key
        switch try read(key, &call) {
        case .success(let old):
            guard collateral.isNoOlder(than: old) else {
                throw NativeError.collateralRolledBack(key).failure
            }
        case .failure(.unknownCollateral): break
        case .failure(let error): throw error.failure
        }
        let code = [0] + collateral.encoded
        guard code.count <= NativeLimits.collateralCodeBytesMax else {
            throw NativeError.invalidAttestation(.size).failure
        }
        try call.charge(
            NativeGas.codeByte * UInt64(code.count) + NativeGas.keccak(bytes: code.count))
        let window = collateral.window
        let record = CollateralRecord(
            notBefore: window.start, notAfter: window.end,
            evaluation: UInt64(collateral.evaluationNumber), byteCount: UInt64(code.count),
            uploadedAt: call.block.timestamp, codeHash: Keccak.hash(code))
        try call.storeCode(
            code, of: CollateralRecord.account(key, registry: NativeAddress.trust))
        try call.write(record.writes(key))
        return record
    }
}
