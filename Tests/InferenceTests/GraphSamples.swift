import Inference

/// Small graphs for tests.
enum GraphSamples {
    static func dense(
        weights: [Int8] = [1, -2, 3, 4], bias: [Int32] = [5, -6], shifts: [UInt8] = [2],
        low: Int32 = 0, high: Int32 = 255, element: ElementType = .unsigned8
    ) throws(GraphError) -> IntegerGraph {
        try IntegerGraph(
            inputs: [
                TensorType(name: "x", shape: [1, 2], element: .unsigned8, scaleExponent: 7)
            ], constants: [],
            nodes: [
                IntegerNode(
                    .dense(IntegerLinear(weights: weights, bias: bias)), inputs: [0],
                    output: ElementFormat(element: element, scaleExponent: 3),
                    requantisation: element == .signed32
                        ? nil : Requantisation(shifts: shifts, low: low, high: high))
            ], results: [IntegerResult(name: "y", tensor: 1)])
    }

    /// Every operation once.
    static func everything() throws(GraphError) -> IntegerGraph {
        let format = ElementFormat(element: .signed8, scaleExponent: 2)
        let scale = Requantisation(shifts: [1], low: -128, high: 127)
        let window = Window(kernel: PlaneSize(height: 2, width: 2))
        let one = IntegerLinear(weights: [1, 2, 3, 4], bias: [7])
        return try IntegerGraph(
            inputs: [
                TensorType(name: "x", shape: [1, 1, 4, 4], element: .signed8, scaleExponent: 2)
            ],
            constants: [
                IntegerConstant(
                    shape: [1, 2, 2], element: .signed8, scaleExponent: 3, values: [1, -2, 3, -4])
            ],
            nodes: [
                IntegerNode(
                    .convolution(one, window, groups: 1), inputs: [0], output: format,
                    requantisation: scale),
                IntegerNode(.maxPool(window), inputs: [2], output: nil, requantisation: nil),
                IntegerNode(
                    .reshape([1, 2, 2]), inputs: [3], output: nil, requantisation: nil),
                IntegerNode(
                    .transpose([0, 2, 1]), inputs: [4], output: nil, requantisation: nil),
                IntegerNode(
                    .matrixProduct, inputs: [5, 1], output: format, requantisation: scale),
                IntegerNode(
                    .sum(left: 1, right: -2), inputs: [6, 5], output: format,
                    requantisation: scale),
                IntegerNode(.product, inputs: [7, 6], output: format, requantisation: scale),
                IntegerNode(
                    .affine(IntegerLinear(weights: [2, 3], bias: [0, 1]), inner: 2), inputs: [8],
                    output: format,
                    requantisation: Requantisation(shifts: [1, 2], low: -5, high: 100)),
                IntegerNode(
                    .lookup((-128...127).map { Int16($0 / 2) }), inputs: [9], output: format,
                    requantisation: nil),
                IntegerNode(
                    .dense(IntegerLinear(weights: [1, -1], bias: [3])), inputs: [10],
                    output: ElementFormat(element: .signed32, scaleExponent: 2),
                    requantisation: nil),
            ],
            results: [
                IntegerResult(name: "y", tensor: 11), IntegerResult(name: "z", tensor: 10),
            ])
    }
}
