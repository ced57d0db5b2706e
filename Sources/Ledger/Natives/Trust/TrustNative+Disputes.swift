internal import Codec
internal import EVM
internal import Primitives
internal import Registry

// Whose word was contradicted.

extension TrustNative {
    var disputes: [NativeFunction] {
        [
            NativeFunction(view: "disputes(address)") { (call, input) throws(NativeFailure) in
                let signer = try input.arguments { (reader) throws(ABIError) in
                    try reader.readAddress()
                }
                let count = DisputeCount(try call.read(DisputeCount.slot(signer)))
                return encoded { writer in
                    writer.write(count.disagreements)
                    writer.write(count.foundRight)
                    writer.write(count.foundWrong)
                }
            }
        ]
    }
}
