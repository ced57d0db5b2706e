public import Inference

/// Graphs of one layer.
public enum SmallGraph {
    /// `y = clamp((x · w + bias) >> 2)`, two numbers `x` to two numbers `y`; 4 multiplications.
    public static func dense(bias: Int32 = 5, name: String = "x") throws(GraphError)
        -> IntegerGraph
    {
        let node = IntegerNode(
            .dense(linear: 0), inputs: [0],
            output: ElementFormat(element: .unsigned8, scaleExponent: 3),
            requantisation: Requantisation(shifts: [2], low: 0, high: 255))
        let linear = IntegerLinear(weights: [1, -2, 3, 4], bias: [bias, -6])
        return try graph(node, linear, count: 2, name: name)
    }

    /// `y = x · w + bias` for each of `count` numbers: few bytes, large tensors.
    public static func wide(count: Int, bias: Int32 = 0) throws(GraphError) -> IntegerGraph {
        let node = IntegerNode(
            .affine(linear: 0, inner: count), inputs: [0],
            output: ElementFormat(element: .unsigned8, scaleExponent: 7),
            requantisation: Requantisation(shifts: [1], low: 0, high: 255))
        let linear = IntegerLinear(weights: [1], bias: [bias])
        return try graph(node, linear, count: count, name: "x")
    }

    /// The place of the larger of two 32-bit numbers. Gaps between them wrap around the field of
    /// proofs, so that only the open form proves it.
    public static func openOnly() throws(GraphError) -> IntegerGraph {
        try IntegerGraph(
            inputs: [
                TensorType(name: "x", shape: [1, 2], element: .unsigned8, scaleExponent: 7)
            ],
            linears: [
                IntegerLinear(weights: [1, 2, 3, 4], bias: [500_000_000, -500_000_000])
            ],
            nodes: [
                IntegerNode(
                    .dense(linear: 0), inputs: [0],
                    output: ElementFormat(element: .signed32, scaleExponent: 7),
                    requantisation: nil),
                IntegerNode(
                    .argExtremum(axis: 1, isMinimum: false, takesLast: false), inputs: [1],
                    output: nil, requantisation: nil),
            ], results: [IntegerResult(name: "y", tensor: 2)])
    }

    private static func graph(
        _ node: IntegerNode, _ linear: IntegerLinear, count: Int, name: String
    ) throws(GraphError) -> IntegerGraph {
        try IntegerGraph(
            inputs: [
                TensorType(name: name, shape: [1, count], element: .unsigned8, scaleExponent: 7)
            ], linears: [linear], nodes: [node], results: [IntegerResult(name: "y", tensor: 1)])
    }
}
