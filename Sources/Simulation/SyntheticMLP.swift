public import Inference
public import Primitives

/// Small nets of dense layers made from random numbers: as many different models as one likes,
/// the same ones for a seed on every machine.
public enum SyntheticMLP {
    /// A net with 8-bit activations and a ReLU after each layer but the last, whose accumulators
    /// are the results.
    ///
    /// - Parameter sizes: of the input and of each layer's output; at least two, each at most 4096.
    public static func graph(
        _ random: inout SeededRandom, sizes: [Int]
    ) throws(GraphError) -> IntegerGraph {
        precondition(sizes.count >= 2, "a net has a layer at least")
        precondition(sizes.allSatisfy { (1...4096).contains($0) }, "sums stay below 2²⁹")
        var linears: [IntegerLinear] = []
        var nodes: [IntegerNode] = []
        for layer in 1..<sizes.count {
            let isLast = layer == sizes.count - 1
            linears.append(linear(&random, inner: sizes[layer - 1], outputs: sizes[layer]))
            nodes.append(
                IntegerNode(
                    .dense(linear: layer - 1), inputs: [layer - 1],
                    output: ElementFormat(
                        element: isLast ? .signed32 : .unsigned8, scaleExponent: isLast ? 14 : 7),
                    requantisation: isLast
                        ? nil : Requantisation(shifts: [9], low: 0, high: 255)))
        }
        return try IntegerGraph(
            inputs: [
                TensorType(
                    name: "x", shape: [1, sizes[0]], element: .unsigned8, scaleExponent: 7)
            ], linears: linears, nodes: nodes,
            results: [IntegerResult(name: "y", tensor: nodes.count)])
    }

    private static func linear(
        _ random: inout SeededRandom, inner: Int, outputs: Int
    ) -> IntegerLinear {
        let weights = (0..<inner * outputs).map { _ in
            Int8(truncatingIfNeeded: random.next() % 255) &- 127
        }
        let bias = (0..<outputs).map { _ in Int32(truncatingIfNeeded: random.next() % 2048) - 1024 }
        return IntegerLinear(weights: weights, bias: bias)
    }
}
