internal import Attestation
internal import Codec
internal import EVM
internal import Primitives

// What evidence says, for anybody who asks.

extension TrustNative {
    static let evidence = [
        NativeFunction(view: "verify(uint8,bytes)", verify)
    ]

    private static func verify(
        _ call: inout NativeCall, _ input: inout ABIReader
    ) throws(NativeFailure) -> [UInt8] {
        let (type, bytes) = try input.arguments { (reader) throws(ABIError) in
            (
                try reader.readUInt8(),
                try reader.readBytes(max: NativeLimits.attestationBytesMax)
            )
        }
        switch try AttestationCheck.run(type, bytes, &call) {
        case .success(let found):
            return encoded { writer in
                writer.write(true)
                writer.write(0 as UInt64)
                writer.writeString("")
                writer.writeTuple(isDynamic: true) { found.write(to: &$0) }
            }
        case .failure(.invalidAttestation(let reason)):
            return encoded { writer in
                writer.write(false)
                writer.write(UInt64(reason.rawValue))
                writer.writeString(reason.code)
                writer.writeTuple(isDynamic: true) { VerifiedAttestation.none.write(to: &$0) }
            }
        case .failure(let error): throw error.failure
        }
    }
}

// MARK: ABI

extension VerifiedAttestation {
    /// What the answer holds in place of a report where there is none.
    fileprivate static let none = VerifiedAttestation(
        type: .nitro, measurement: .zero, isDebug: false, reportData: [], identity: .zero,
        notAfter: 0, platform: .zero, isDevelopment: false)

    /// The members of `Report`.
    fileprivate func write(to writer: inout ABIWriter) {
        writer.write(self == .none ? 0 : UInt64(type.rawValue))
        for hash in [measurement, platform, identity] { writer.write(hash) }
        writer.write(issuedAt ?? 0)
        writer.write(notAfter)
        writer.write(UInt64(status.rawValue))
        writer.write(isDebug)
        writer.write(isDevelopment)
        writer.writeBytes(reportData)
        writer.writeBytes(publicKey ?? [])
        writer.writeBytes(nonce ?? [])
        writer.writeString(advisories.joined(separator: ","))
    }
}
