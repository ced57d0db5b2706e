internal import Codec
internal import Crypto
internal import EVM
internal import Inference
internal import Payments
internal import Primitives
internal import Proofs

/// Inference in the middle of a transaction: OpenGradient's precompile at `0x…F4`, to the letter.
///
/// Interface in `contracts/interfaces/IInference.sol`. Mode VANILLA means here that the chain
/// itself runs the model: every node that runs the block computes the result again, so it needs no
/// other evidence. ZKML and TEE are refused until the chain can check them. The record's policy
/// floor and price are about claims of providers, settled elsewhere; here only gas is paid.
///
/// Input tensors are matched by name, in any order, each exactly once; shapes are the model's. A
/// number `value / 10^decimals` becomes the integer `floor(x · 2^scaleExponent + 1/2)`, kept within
/// the input's range. Results are exact decimals. All of it is integer arithmetic.
///
/// Gas: calldata by the word; the model's record by the slot; one run by `InferenceGas`, fixed when
/// the model was registered and charged before it runs; the event by the byte, like any log.
struct InferenceNative: Sendable {
    let models: any ModelSource

    static let tensor = "(string,(int128,int128)[],uint32[])"
    static let input = "(\(tensor)[],(string,string[])[])"
    static let output = "(\(tensor)[],(string,string[])[],(string,string)[],bool)"
    static let request = "(uint8,string,\(input))"
    static let runSignature = "runModelInference(\(request))"

    private static let message =
        "(string,string,string,string,(string,string,string)[])"
    /// Functions about language models: known, and refused as such.
    static let languageSignatures = [
        "runLLMChat((uint8,string,\(message)[],(string,string,string)[],string,uint32,string[],"
            + "uint32))",
        "runLLMCompletion((uint8,string,string,uint32,string[],uint32))",
        "runLLMInference((uint8,string,string,uint32,string[],uint32))",
    ]

    static let event = ABISignature.topic("ModelInferenceEvent(string,\(request),\(output))")

    func precompile() -> NativePrecompile {
        let run = NativeFunction(InferenceNative.runSignature, self.run)
        return NativePrecompile(
            NativeAddress.inference, functions: [run] + InferenceNative.languageFunctions)
    }

    static let languageFunctions = languageSignatures.map { signature in
        NativeFunction(signature) { (_, _) throws(NativeFailure) in
            throw InferenceError.languageModelsUnsupported.failure
        }
    }

    private func run(
        _ call: inout NativeCall, _ input: inout ABIReader
    ) throws(NativeFailure) -> [UInt8] {
        let words = call.input.count / 32
        let request = try input.arguments { (reader) throws(ABIError) in
            try ModelInferenceRequest(reading: &reader, wordsLeft: words)
        }
        try InferenceNative.checkMode(request.mode)
        let entry = try ModelDirectory.find(request.reference, &call)
        try call.charge(entry.gas)
        let graph: IntegerGraph
        do { graph = try models.graph(entry.graphHash) } catch { throw error.failure }
        // What the numbers of the event take at least, so that nobody builds one unpaid.
        let least =
            NativeGas.logByte * 64 * UInt64(graph.inputCount + graph.outputCount)
        try call.charge(least)
        let integers = try graph.integers(of: request.input)
        let values: [Int32]
        do { values = try models.output(of: graph, for: integers) } catch { throw error.failure }
        let output = ModelOutput(graph, values, isSimulation: call.isSimulation)
        let id = InferenceNative.identify(entry, integers, call)
        try call.log(
            topics: [InferenceNative.event], paid: least,
            data: encoded { data in
                data.writeString(id.hex)
                request.write(to: &data)
                output.write(to: &data)
            })
        return encoded { output.write(to: &$0) }
    }

    private static func checkMode(_ mode: UInt8) throws(NativeFailure) {
        switch mode {
        case 0: return
        case 1, 2: throw InferenceError.unsupportedMode(mode).failure
        default: throw InferenceError.unknownMode(mode).failure
        }
    }

    /// The inference's id: unlike that of any other on any chain, and the same on every node.
    ///
    /// A sender uses a nonce once, and logs that stand have different positions.
    private static func identify(
        _ entry: ModelDirectory.Entry, _ integers: [Int32], _ call: NativeCall
    ) -> Hash {
        var bytes = Array("assay.inference.v1".utf8)
        bytes += UInt256(call.block.chainID).bigEndianBytes
        bytes += call.origin.word.bigEndianBytes
        bytes += UInt256(call.nonce(of: call.origin)).bigEndianBytes
        bytes += UInt256(call.logCount).bigEndianBytes
        bytes += entry.id.bytes
        for integer in integers {
            for shift in [24, 16, 8, 0] as [Int32] {
                bytes.append(UInt8(truncatingIfNeeded: integer >> shift))
            }
        }
        return Keccak.hash(bytes)
    }

}

extension ModelSourceError {
    /// What the native that met it does: a graph that does not decode is the registrant's mistake.
    var failure: NativeFailure {
        switch self {
        case .missing(let hash): .missing(hash)
        case .notAGraph:
            NativeError.invalidRecord("the graph's bytes are no integer graph").failure
        case .notProvable(let error): NativeError.notProvable(error.reason).failure
        }
    }
}

extension NativeCall {
    /// Logs and pays what is not paid already.
    fileprivate mutating func log(
        topics: [Hash], paid: UInt64, data: [UInt8]
    ) throws(NativeFailure) {
        let cost =
            NativeGas.log + NativeGas.logTopic * UInt64(topics.count)
            + NativeGas.logByte * UInt64(data.count)
        try charge(cost - min(cost, paid))
        try emit(topics: topics, data: data)
    }
}

extension IntegerGraph {
    /// The integers that a request's tensors stand for, in the order of the graph's inputs.
    fileprivate func integers(of input: ModelInputTensors) throws(NativeFailure) -> [Int32] {
        if let name = input.stringTensorNames.first {
            throw InferenceError.stringsUnsupported(name).failure
        }
        for (index, tensor) in input.numbers.enumerated() {
            guard inputs.contains(where: { $0.name == tensor.name }) else {
                throw InferenceError.unknownTensor(tensor.name).failure
            }
            guard !input.numbers[..<index].contains(where: { $0.name == tensor.name }) else {
                throw InferenceError.duplicateTensor(tensor.name).failure
            }
        }
        var integers: [Int32] = []
        integers.reserveCapacity(inputCount)
        for type in inputs {
            guard let tensor = input.numbers.first(where: { $0.name == type.name }) else {
                throw InferenceError.missingTensor(type.name).failure
            }
            try type.append(tensor, to: &integers)
        }
        return integers
    }
}

extension TensorType {
    fileprivate func append(
        _ tensor: NumberTensor, to integers: inout [Int32]
    ) throws(NativeFailure) {
        guard shape.elementsEqual(tensor.shape, by: { $0 == Int($1) }) else {
            throw InferenceError.wrongShape(
                tensor: name, expected: TensorType.text(shape),
                got: TensorType.text(tensor.shape.map { Int($0) })
            ).failure
        }
        guard tensor.count == elementCount else {
            throw InferenceError.wrongValueCount(
                tensor: name, expected: elementCount, got: tensor.count
            ).failure
        }
        for index in 0..<tensor.count {
            guard let decimals = UInt32(exactly: tensor.words[2 * index + 1].int128) else {
                throw InferenceError.invalidDecimals(tensor: name, index: index).failure
            }
            integers.append(
                integer(
                    from: FixedPoint(
                        value: tensor.words[2 * index].int128, decimals: decimals)))
        }
    }

    private static func text(_ shape: [Int]) -> String {
        "[" + shape.map { String($0) }.joined(separator: ",") + "]"
    }
}
