/// What the elements of a value are. Integers and booleans are exact; a run keeps integers
/// within ±2¹⁵, and booleans are zero or one.
public enum FloatKind: Sendable, Equatable {
    case real
    case integer
    case boolean
}

/// A model with float weights: what ONNX means, before quantisation.
///
/// Nodes stand in topological order and give one value each; shapes are static. Of ONNX's many
/// ways to say a linear layer only the few operations below are left.
public struct FloatGraph: Sendable {
    public struct Value: Sendable {
        public let name: String
        public let shape: [Int]
        public let kind: FloatKind
        /// What the file's type lets an integer input be; nil where that is all that a run holds.
        var bounds: ClosedRange<Int>?
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
    public internal(set) var inputs: [Int]
    public internal(set) var outputs: [Int]

    public func elementCount(_ value: Int) -> Int { Shape.elementCount(values[value].shape) }

    /// Elements of all inputs together, in order: the length of one row.
    public var inputCount: Int { inputs.reduce(0) { $0 + elementCount($1) } }
    public var outputCount: Int { outputs.reduce(0) { $0 + elementCount($1) } }
}
