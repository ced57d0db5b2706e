internal import Inference
internal import Primitives

/// A small model made from random numbers: one dense layer, sixteen inputs, ten results.
struct SyntheticModel {
    let graph: IntegerGraph

    static let inputs = 16
    static let outputs = 10

    init(_ random: inout SeededRandom) throws(GraphError) {
        var weights: [Int8] = []
        for _ in 0..<SyntheticModel.inputs * SyntheticModel.outputs {
            weights.append(Int8(truncatingIfNeeded: random.next() % 255) &- 127)
        }
        let bias = (0..<SyntheticModel.outputs).map { _ in
            Int32(truncatingIfNeeded: random.next() % 2048) - 1024
        }
        graph = try IntegerGraph(
            inputs: [
                TensorType(
                    name: "x", shape: [1, SyntheticModel.inputs], element: .unsigned8,
                    scaleExponent: 7)
            ], linears: [IntegerLinear(weights: weights, bias: bias)],
            nodes: [
                IntegerNode(
                    .dense(linear: 0), inputs: [0],
                    output: ElementFormat(element: .signed32, scaleExponent: 14),
                    requantisation: nil)
            ], results: [IntegerResult(name: "y", tensor: 1)])
    }

    static func input(_ random: inout SeededRandom) -> [Int32] {
        (0..<inputs).map { _ in Int32(truncatingIfNeeded: random.next() % 256) }
    }
}
