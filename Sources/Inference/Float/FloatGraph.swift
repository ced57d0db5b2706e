/// A model with float weights: what ONNX means, before quantisation.
///
/// Nodes stand in topological order and give one value each; shapes are static. Of ONNX's many
/// ways to say a linear layer only the few operations below are left.
public struct FloatGraph: Sendable {
    public struct Value: Sendable {
        public let name: String
        public let shape: [Int]
        /// Row-major elements where the value is known before the run.
        var constant: [Float]?
    }

    public struct Node: Sendable {
        public let name: String
        let operation: FloatOperation
        let inputs: [Int]
        var output: Int
    }

    public internal(set) var values: [Value]
    public internal(set) var nodes: [Node]
    /// Indices of values.
    public let inputs: [Int]
    public internal(set) var outputs: [Int]

    public func elementCount(_ value: Int) -> Int { Shape.elementCount(values[value].shape) }

    /// Elements of all inputs together, in order: the length of one row.
    public var inputCount: Int { inputs.reduce(0) { $0 + elementCount($1) } }
    public var outputCount: Int { outputs.reduce(0) { $0 + elementCount($1) } }
}

/// What a node computes. Tensors are row-major.
enum FloatOperation: Sendable {
    /// `y[r, o] = Σ x[r, i] · weights[o, i] + bias[o]` over the last axis.
    case dense(FloatLinear)
    /// Two-dimensional, `N × C × H × W`; weights are `O × C/groups × kernel`.
    case convolution(FloatLinear, Window, groups: Int)
    /// `y[i] = x[i] · multipliers[c] + offsets[c]` with `c = (i / inner) mod count`.
    case affine(multipliers: [Float], offsets: [Float], inner: Int)
    /// `y = x₀ + sign · x₁`, equal shapes.
    case sum(isDifference: Bool)
    /// `y = x₀ · x₁`, equal shapes.
    case product
    /// `batch × rows × inner` by `batch × inner × columns`; a batch of one repeats.
    case matrixProduct
    case clamp(low: Float?, high: Float?)
    /// `y = x < 0 ? slope · x : x`.
    case leakyRelu(slope: Float)
    /// Over `N × C × H × W`; padding never wins.
    case maxPool(Window)
    case transpose([Int])
    /// The same elements under another shape.
    case reshape
}

/// The weights of a linear layer: `outputs × inputs` and one bias for each output.
struct FloatLinear: Sendable {
    var weights: [Float]
    var bias: [Float]

    var outputCount: Int { bias.count }
    var innerCount: Int { weights.count / bias.count }
}
