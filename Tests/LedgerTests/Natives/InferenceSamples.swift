import Codec
import Crypto
import EVM
import Inference
import Ledger
import Payments
import Primitives
import Registry
import TestSupport
import Testing

/// Requests to the inference precompile, written as clients write them, and answers read back.
enum InferenceSamples {
    static let tensor = "(string,(int128,int128)[],uint32[])"
    static let request = "(uint8,string,(\(tensor)[],(string,string[])[]))"

    struct Tensor: Equatable {
        var name: String
        var values: [(Int128, Int128)]
        var shape: [UInt64]

        static func == (left: Tensor, right: Tensor) -> Bool {
            left.name == right.name && left.shape == right.shape
                && left.values.elementsEqual(right.values, by: { $0 == $1 })
        }
    }

    /// `x = [0.5, 0.25]`, as the SDK writes it.
    static let half = Tensor(name: "x", values: [(5, 1), (25, 2)], shape: [1, 2])

    static func call(
        _ model: String, mode: UInt64 = 0, _ tensors: [Tensor] = [half], strings: [String] = []
    ) -> [UInt8] {
        var writer = ABIWriter()
        writer.writeTuple(isDynamic: true) { request in
            request.write(mode)
            request.writeString(model)
            write(tensors, strings, to: &request)
        }
        return ABISignature.selector("runModelInference(\(request))") + writer.encoded
    }

    static func hubCall(_ model: String, mode: UInt64 = 0, _ tensors: [Tensor] = [half]) -> [UInt8]
    {
        var writer = ABIWriter()
        writer.writeString(model)
        writer.write(mode)
        write(tensors, [], to: &writer)
        return ABISignature.selector("run(string,uint8,(\(tensor)[],(string,string[])[]))")
            + writer.encoded
    }

    private static func write(
        _ tensors: [Tensor], _ strings: [String], to writer: inout ABIWriter
    ) {
        writer.writeTuple(isDynamic: true) { input in
            input.writeArray(count: tensors.count) { list, index in
                list.writeTuple(isDynamic: true) { tensor in
                    tensor.writeString(tensors[index].name)
                    tensor.writeArray(count: tensors[index].values.count) { numbers, place in
                        numbers.write(word(tensors[index].values[place].0))
                        numbers.write(word(tensors[index].values[place].1))
                    }
                    tensor.writeArray(count: tensors[index].shape.count) { shape, place in
                        shape.write(tensors[index].shape[place])
                    }
                }
            }
            input.writeArray(count: strings.count) { list, index in
                list.writeTuple(isDynamic: true) { tensor in
                    tensor.writeString(strings[index])
                    tensor.writeArray(count: 1) { $0.writeString("\($1)") }
                }
            }
        }
    }

    static func word(_ value: Int128) -> UInt256 {
        UInt256(low: UInt128(bitPattern: value), high: value < 0 ? .max : 0)
    }

    /// The tensors of a `ModelOutput` and whether it is a simulation's.
    static func output(_ bytes: [UInt8]) throws -> (tensors: [Tensor], isSimulation: Bool) {
        var reader = ABIReader(bytes)
        var tuple = try reader.readTuple()
        var (count, list) = try tuple.readArray(max: 100)
        var tensors: [Tensor] = []
        for _ in 0..<count {
            var tensor = try list.readTuple()
            let name = try tensor.readString(max: 100)
            var (numbers, values) = try tensor.readArray(max: 10_000)
            var pairs: [(Int128, Int128)] = []
            for _ in 0..<numbers {
                let value = try values.readUInt256()
                let decimals = try values.readUInt256()
                pairs.append((Int128(bitPattern: value.low128), Int128(decimals.limb0)))
            }
            (numbers, values) = try tensor.readArray(max: 100)
            let shape = try (0..<numbers).map { _ in try values.readUInt64() }
            tensors.append(Tensor(name: name, values: pairs, shape: shape))
        }
        for _ in 0..<2 {
            (count, list) = try tuple.readArray(max: 1)
            #expect(count == 0)
        }
        return (tensors, try tuple.readBool())
    }

    /// What `Bargain.graph(number)` gives for 0.5 and 0.25, by the engine and in decimals.
    static func wanted(_ number: UInt8 = 7) throws -> Tensor {
        let graph = try Bargain.graph(number)
        var engine = Engine(graph)
        let integers = try graph.integers(from: [
            FixedPoint(value: 5, decimals: 1), FixedPoint(value: 25, decimals: 2),
        ])
        let numbers = try graph.numbers(from: engine.run(integers))
        return Tensor(
            name: "y",
            values: numbers.map { ($0.decimal.value, Int128($0.decimal.decimals)) },
            shape: [1, 2])
    }
}
