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
        NativeFunction(view: "collateral(bytes32)", collateral)
    ]

    private static func collateral(
        _ call: inout NativeCall, _ input: inout ABIReader
    ) throws(NativeFailure) -> [UInt8] {
        let key = try hash(&input)
        let record = try call.structure { read in CollateralRecord(key, from: read) }
        return encoded { writer in
            for time in [
                record?.notBefore, record?.notAfter, record?.evaluation, record?.issuedAt,
                record?.uploadedAt,
            ] { writer.write(time ?? 0) }
            writer.write(
                record == nil
                    ? .zero : CollateralRecord.account(key, registry: NativeAddress.trust))
            writer.write(record?.codeHash ?? .zero)
        }
    }
}
