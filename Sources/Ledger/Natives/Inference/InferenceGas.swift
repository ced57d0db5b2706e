internal import Inference

/// What one run of a model costs, from its graph alone.
///
/// gas = 5,000 + multiplications / 12 + comparisons / 6 + activations / 3 + weights / 32
///
/// A unit of gas buys about 10 ns, as it does in EVM code. The divisors are what the plain Swift
/// kernels, the slowest ones, do in that time: see `assay bench models`. Faster kernels finish
/// sooner for the same gas, so a price never depends on the machine. Each rule counts what the
/// analysis counts: multiplications of dense, convolution, sum, product and affine nodes;
/// comparisons of pools; elements of all tensors, for memory, moves, look-ups and rescaling; and
/// weights, for bringing a graph from the disk. It is stored when a model is registered, so that a
/// later change of the formula prices no model anew.
enum InferenceGas {
    static let base: UInt64 = 5_000
    static let multiplicationsEach: UInt64 = 12
    static let comparisonsEach: UInt64 = 6
    static let activationsEach: UInt64 = 3
    static let weightsEach: UInt64 = 32

    static func cost(of analysis: GraphAnalysis) -> UInt64 {
        base + analysis.multiplyCount / multiplicationsEach
            + analysis.compareCount / comparisonsEach
            + analysis.activationCount / activationsEach
            + analysis.weightCount / weightsEach
    }

    /// What a registration pays for reading, hashing, decoding and analysing the graph.
    static func registration(bytes: Int) -> UInt64 { 20_000 + UInt64(bytes) / 4 }
}
