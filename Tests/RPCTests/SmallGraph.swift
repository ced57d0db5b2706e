import Inference

/// Graphs of one layer.
enum SmallGraph {
    /// `y = clamp((x · w + bias) >> 2)`, two numbers to two, or `count` with a lookup.
    static func dense(bias: Int32 = 5, count: Int = 2) throws(GraphError) -> IntegerGraph {
        let input = TensorType(
            name: "x", shape: [1, count], element: .unsigned8, scaleExponent: 7)
        if count > 2 {
            let node = IntegerNode(
                .lookup((0...255).map { Int16(($0 + Int(bias)) & 127) }), inputs: [0],
                output: ElementFormat(element: .signed8, scaleExponent: 2), requantisation: nil)
            return try IntegerGraph(
                inputs: [input], constants: [], nodes: [node],
                results: [IntegerResult(name: "y", tensor: 1)])
        }
        let node = IntegerNode(
            .dense(IntegerLinear(weights: [1, -2, 3, 4], bias: [bias, -6])), inputs: [0],
            output: ElementFormat(element: .unsigned8, scaleExponent: 3),
            requantisation: Requantisation(shifts: [2], low: 0, high: 255))
        return try IntegerGraph(
            inputs: [input], constants: [], nodes: [node],
            results: [IntegerResult(name: "y", tensor: 1)])
    }
}
