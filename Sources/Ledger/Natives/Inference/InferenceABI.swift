internal import Codec
internal import Inference
internal import Primitives

/// `TensorLib.MultiDimensionalNumberTensor`: the words of its numbers, value then decimals.
struct NumberTensor: Equatable {
    var name: String
    /// Two words a number, each an `int128`.
    var words: [UInt256]
    var shape: [UInt32]

    var count: Int { words.count / 2 }

    func write(to writer: inout ABIWriter) {
        writer.writeTuple(isDynamic: true) { tuple in
            tuple.writeString(name)
            tuple.writeArray(count: count) { list, index in
                list.write(words[2 * index])
                list.write(words[2 * index + 1])
            }
            tuple.writeArray(count: shape.count) { list, index in
                list.write(UInt64(shape[index]))
            }
        }
    }
}

/// `ModelInput`. String tensors are kept by name only: none is ever accepted.
struct ModelInputTensors {
    var numbers: [NumberTensor]
    var stringTensorNames: [String]

    static let tensorsMax = 64
    static let rankMax = 16
    static let nameBytesMax = 512

    init(numbers: [NumberTensor], stringTensorNames: [String]) {
        self.numbers = numbers
        self.stringTensorNames = stringTensorNames
    }

    /// Reads the members of the tuple.
    ///
    /// Elements of arrays may point at the same bytes, so little calldata could stand for a lot.
    /// `wordsLeft` starts at the words of the calldata, which an encoding whose parts do not
    /// overlap never exceeds; what does is refused.
    init(reading reader: inout ABIReader, wordsLeft: Int) throws(ABIError) {
        var budget = wordsLeft
        var tuple = try reader.readTuple()
        var (count, elements) = try tuple.readArray(max: ModelInputTensors.tensorsMax)
        numbers = []
        for _ in 0..<count {
            numbers.append(try ModelInputTensors.tensor(&elements, &budget))
        }
        (count, elements) = try tuple.readArray(max: ModelInputTensors.tensorsMax)
        stringTensorNames = []
        for _ in 0..<count {
            var tensor = try elements.readTuple()
            stringTensorNames.append(
                try tensor.readString(max: ModelInputTensors.nameBytesMax))
        }
    }

    private static func tensor(
        _ elements: inout ABIReader, _ budget: inout Int
    ) throws(ABIError) -> NumberTensor {
        var tensor = try elements.readTuple()
        let name = try tensor.readString(max: nameBytesMax)
        var (count, list) = try tensor.readArray(max: max(0, budget) / 2)
        budget -= 2 * count
        var words: [UInt256] = []
        words.reserveCapacity(2 * count)
        for _ in 0..<2 * count { words.append(try list.readInt128Word()) }
        (count, list) = try tensor.readArray(max: rankMax)
        var shape: [UInt32] = []
        for _ in 0..<count {
            guard let dimension = UInt32(exactly: try list.readUInt64()) else {
                throw .dirtyPadding
            }
            shape.append(dimension)
        }
        return NumberTensor(name: name, words: words, shape: shape)
    }

    func write(to writer: inout ABIWriter) {
        writer.writeTuple(isDynamic: true) { tuple in
            tuple.writeArray(count: numbers.count) { list, index in
                numbers[index].write(to: &list)
            }
            tuple.writeArray(count: stringTensorNames.count) { list, index in
                list.writeTuple(isDynamic: true) { tensor in
                    tensor.writeString(stringTensorNames[index])
                    tensor.writeArray(count: 0) { _, _ in }
                }
            }
        }
    }
}

/// `ModelInferenceRequest`.
struct ModelInferenceRequest {
    let mode: UInt8
    let reference: String
    let input: ModelInputTensors

    /// The longest text that names a model: a CID.
    static let referenceBytesMax = 128

    init(mode: UInt8, reference: String, input: ModelInputTensors) {
        self.mode = mode
        self.reference = reference
        self.input = input
    }

    /// - Parameter wordsLeft: the words of the calldata.
    init(reading reader: inout ABIReader, wordsLeft: Int) throws(ABIError) {
        var tuple = try reader.readTuple()
        mode = try tuple.readUInt8()
        reference = try tuple.readString(max: ModelInferenceRequest.referenceBytesMax)
        input = try ModelInputTensors(reading: &tuple, wordsLeft: wordsLeft)
    }

    func write(to writer: inout ABIWriter) {
        writer.writeTuple(isDynamic: true) { tuple in
            tuple.write(UInt64(mode))
            tuple.writeString(reference)
            input.write(to: &tuple)
        }
    }
}

/// `ModelOutput`: number tensors alone. There is no model here that gives text or JSON.
struct ModelOutput {
    let numbers: [NumberTensor]
    let isSimulation: Bool

    /// The results of a run: every number exactly, as long as its digits fit in an `int128`.
    ///
    /// - Parameter values: as many integers as the graph's results have elements.
    init(_ graph: IntegerGraph, _ values: [Int32], isSimulation: Bool) {
        precondition(values.count == graph.outputCount, "a run gives all results")
        var tensors: [NumberTensor] = []
        var start = 0
        for output in graph.outputs {
            var words: [UInt256] = []
            words.reserveCapacity(2 * output.elementCount)
            for integer in values[start..<start + output.elementCount] {
                let decimal = output.number(of: integer).decimal
                words.append(UInt256(signed: decimal.value))
                words.append(UInt256(UInt64(decimal.decimals)))
            }
            tensors.append(
                NumberTensor(
                    name: output.name, words: words,
                    shape: output.shape.map { UInt32(truncatingIfNeeded: $0) }))
            start += output.elementCount
        }
        self.numbers = tensors
        self.isSimulation = isSimulation
    }

    func write(to writer: inout ABIWriter) {
        writer.writeTuple(isDynamic: true) { tuple in
            tuple.writeArray(count: numbers.count) { list, index in
                numbers[index].write(to: &list)
            }
            tuple.writeArray(count: 0) { _, _ in }
            tuple.writeArray(count: 0) { _, _ in }
            tuple.write(isSimulation)
        }
    }
}

extension ABIReader {
    /// The word of an `int128`; its upper half repeats the sign.
    mutating func readInt128Word() throws(ABIError) -> UInt256 {
        let word = try readUInt256()
        let isNegative = word.limb1 >> 63 == 1
        guard word.high128 == (isNegative ? .max : 0) else { throw .dirtyPadding }
        return word
    }
}

extension UInt256 {
    /// Two's complement.
    init(signed value: Int128) {
        self.init(low: UInt128(bitPattern: value), high: value < 0 ? .max : 0)
    }

    /// The lower half as a signed number.
    var int128: Int128 { Int128(bitPattern: low128) }
}
