internal import Attestation
internal import Codec
internal import Crypto
internal import EVM
internal import Payments
internal import Primitives
internal import Registry

// Collateral of vendors: what they say about their platforms, checked when it is uploaded.

extension TrustNative {
    static let collateral = [
        NativeFunction("uploadCollateral(bytes[])", upload),
        NativeFunction(view: "collateral(bytes32)", collateral),
    ]

    /// Verifies Intel's parts and keeps what matching needs: anybody may, since Intel has signed
    /// each.
    private static func upload(
        _ call: inout NativeCall, _ input: inout ABIReader
    ) throws(NativeFailure) -> [UInt8] {
        let parts = try input.arguments { (reader) throws(ABIError) in
            var (count, elements) = try reader.readArray(max: 9)
            var parts: [[UInt8]] = []
            for _ in 0..<count {
                parts.append(try elements.readBytes(max: NativeLimits.collateralBytesMax))
            }
            return parts
        }
        guard parts.count == 9 else {
            throw NativeError.invalidCalldata("\(parts.count) parts, 9 wanted").failure
        }
        let bytes = parts.reduce(0) { $0 + $1.count }
        guard bytes <= NativeLimits.collateralBytesMax else {
            throw NativeError.invalidAttestation(.size).failure
        }
        let raw = RawDCAPCollateral(
            pckCRLIssuerChain: parts[0], rootCACRL: parts[1], pckCRL: parts[2],
            tcbInfoIssuerChain: parts[3], tcbInfo: parts[4], tcbInfoSignature: parts[5],
            qeIdentityIssuerChain: parts[6], qeIdentity: parts[7], qeIdentitySignature: parts[8])
        try call.charge(EvidenceCost.decodingGas(bytes: bytes) + raw.cost.checkingGas)
        let anchors = try AttestationCheck.anchors(.dcap, &call)
        let collateral: DCAPCollateral
        do {
            collateral = try DCAPCollateral(
                verifying: raw, anchors: anchors, at: call.block.timestamp)
        } catch {
            throw NativeError.invalidAttestation(error.reason).failure
        }
        let key = collateral.key
        let record = try CollateralStore.write(collateral, &call)
        try call.log(
            topics: [TrustEvent.collateralUploaded, key],
            data: encoded { data in
                for number in [record.notBefore, record.notAfter, record.evaluation] {
                    data.write(number)
                }
                data.write(collateral.rawHash)
                data.write(record.codeHash)
            })
        return key.bytes
    }

    private static func collateral(
        _ call: inout NativeCall, _ input: inout ABIReader
    ) throws(NativeFailure) -> [UInt8] {
        let key = try hash(&input)
        let record = try call.structure { read in CollateralRecord(key, from: read) }
        return encoded { writer in
            for number in [
                record?.notBefore, record?.notAfter, record?.evaluation, record?.uploadedAt,
            ] { writer.write(number ?? 0) }
            writer.write(
                record == nil
                    ? .zero : CollateralRecord.account(key, registry: NativeAddress.trust))
            writer.write(record?.codeHash ?? .zero)
        }
    }
}
