internal import Codec
internal import Crypto
internal import EVM
internal import Payments
internal import Primitives

/// OpenGradient's `InferenceHub`, which its SDK calls: passes requests on to the precompile at
/// `0x…F4` and logs the answer in its own name.
///
/// Native, since a contract would copy every tensor through EVM memory to do the same.
enum InferenceHubNative {
    static let runSignature = "run(string,uint8,\(InferenceNative.input))"
    static let event = ABISignature.topic("InferenceResult(\(InferenceNative.output))")

    static let precompile = NativePrecompile(
        NativeAddress.inferenceHub,
        functions: [NativeFunction(runSignature, run)] + InferenceNative.languageFunctions)

    private static let selector = ABISignature.selector(InferenceNative.runSignature)

    private static func run(
        _ call: inout NativeCall, _ input: inout ABIReader
    ) throws(NativeFailure) -> [UInt8] {
        let words = call.input.count / 32
        let request = try input.arguments { (reader) throws(ABIError) in
            let reference = try reader.readString(max: ModelInferenceRequest.referenceBytesMax)
            let mode = try reader.readUInt8()
            return ModelInferenceRequest(
                mode: mode, reference: reference,
                input: try ModelInputTensors(reading: &reader, wordsLeft: words))
        }
        // As a contract would: all but one 64th.
        let outcome = try call.call(
            to: NativeAddress.inference, input: selector + encoded { request.write(to: &$0) },
            gas: call.gasLeft - call.gasLeft / 64)
        switch outcome.status {
        case .success: break
        case .revert: throw .revert(outcome.output)
        case .halted: throw .revert([])
        }
        // One tuple is encoded alike as a return value and as an event's data.
        try call.log(topics: [event], data: outcome.output)
        return outcome.output
    }
}
