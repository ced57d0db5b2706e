public import Inference

/// What one run of a model costs, from its graph alone.
///
/// gas = 5,000 + multiplications / 12 + comparisons / 6 + activations / 3 + weights / 2
///
/// A unit of gas buys at most about 10 ns. `assay bench models` measures it: a warm run by the
/// plain Swift kernels, the slowest ones, takes 0.1 to 4.4 ns for each unit of the first four
/// terms (convolutions the most); a weight that comes from the disk, is hashed, decoded and
/// analysed takes 5.5 ns, and since a price cannot depend on what a node happens to hold in memory,
/// every run pays for that. Faster kernels finish sooner for the same gas.
///
/// Each rule counts what the analysis counts: multiplications of dense, convolution, sum, product
/// and affine nodes; comparisons of pools; elements of all tensors, for memory, moves, look-ups and
/// rescaling; weights, biases, constants and table entries. The price is stored when a model is
/// registered: a later change of the formula prices no model anew.
public enum InferenceGas {
    static let base: UInt64 = 5_000
    static let multiplicationsEach: UInt64 = 12
    static let comparisonsEach: UInt64 = 6
    static let activationsEach: UInt64 = 3
    static let weightsEach: UInt64 = 2

    public static func cost(of analysis: GraphAnalysis) -> UInt64 {
        base + analysis.multiplyCount / multiplicationsEach
            + analysis.compareCount / comparisonsEach
            + analysis.activationCount / activationsEach
            + analysis.weightCount / weightsEach
    }

    /// What a registration pays for reading, hashing, decoding and analysing the graph.
    static func registration(bytes: Int) -> UInt64 { 20_000 + UInt64(bytes) / 2 }
}
