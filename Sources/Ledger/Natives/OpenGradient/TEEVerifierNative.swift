internal import Attestation
internal import Codec
internal import Crypto
internal import EVM
internal import Payments
internal import Primitives

/// OpenGradient's attestation precompile at `0x…0900`: what og-evm answers, nothing stricter.
///
/// Interface in `contracts/modules/ITEEVerifier.vyi`, rules in `OpenGradientAttestation`. What
/// cannot be verified gives false, never a revert; unknown functions and arguments that are no
/// ABI encoding fail the call and take its gas. Prices are flat, whatever the size.
enum TEEVerifierNative {
    static let attestationGas: UInt64 = 500_000
    static let rsaPSSGas: UInt64 = 20_000

    static let precompile = NativePrecompile(address: NativeAddress.teeVerifier) {
        (call) throws(NativeFailure) in
        switch Array(call.input.prefix(4)) {
        case attestationSelector:
            try call.charge(attestationGas)
            return try verifyAttestation(call)
        case rsaPSSSelector:
            try call.charge(rsaPSSGas)
            return try verifyRSAPSS(call)
        default: throw .halt(.precompileFailed)
        }
    }

    private static let attestationSelector = ABISignature.selector(
        "verifyAttestation(bytes,bytes,bytes,bytes)")
    private static let rsaPSSSelector = ABISignature.selector("verifyRSAPSS(bytes,bytes32,bytes)")

    private static func verifyAttestation(_ call: NativeCall) throws(NativeFailure) -> [UInt8] {
        let inputs = try arguments(call) { (reader) throws(ABIError) in
            var inputs: [[UInt8]] = []
            for _ in 0..<4 { inputs.append(try reader.readBytes(max: call.input.count)) }
            return inputs
        }
        let measurement = OpenGradientAttestation.measurement(
            of: inputs[0], signingKey: inputs[1], certificate: inputs[2], root: inputs[3],
            time: call.block.timestamp)
        return encoded { writer in
            writer.write(measurement != nil)
            writer.write(measurement ?? .zero)
        }
    }

    private static func verifyRSAPSS(_ call: NativeCall) throws(NativeFailure) -> [UInt8] {
        let (key, message, signature) = try arguments(call) { (reader) throws(ABIError) in
            let key = try reader.readBytes(max: call.input.count)
            let message = try reader.readHash()
            return (key, message, try reader.readBytes(max: call.input.count))
        }
        let verdict = OpenGradientAttestation.isSigned(message, signature: signature, key: key)
        return encoded { $0.write(verdict) }
    }

    private static func arguments<Value>(
        _ call: NativeCall, _ body: (inout ABIReader) throws(ABIError) -> Value
    ) throws(NativeFailure) -> Value {
        var reader = ABIReader(call.input, from: 4)
        do {
            return try body(&reader)
        } catch {
            throw .halt(.precompileFailed)
        }
    }
}
