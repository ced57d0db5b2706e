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
            ], linears: [IntegerLinear(weights: weights, bias: bias)],
            nodes: [
                IntegerNode(
                    .dense(linear: 0), inputs: [0],
                    output: ElementFormat(element: element, scaleExponent: 3),
                    requantisation: element == .signed32
                        ? nil : Requantisation(shifts: shifts, low: low, high: high))
            ], results: [IntegerResult(name: "y", tensor: 1)])
    }

    /// Every operation once, the last ones on what the first ones give.
    static func everything() throws(GraphError) -> IntegerGraph {
        let format = ElementFormat(element: .signed8, scaleExponent: 2)
        let bit = ElementFormat(element: .unsigned8, scaleExponent: 0)
        let scale = Requantisation(shifts: [1], low: -128, high: 127)
        let window = Window(kernel: PlaneSize(height: 2, width: 2))
        func move(_ operation: IntegerOperation, _ inputs: [Int]) -> IntegerNode {
            IntegerNode(operation, inputs: inputs, output: nil, requantisation: nil)
        }
        func layer(
            _ operation: IntegerOperation, _ inputs: [Int], _ scale: Requantisation
        ) -> IntegerNode {
            IntegerNode(operation, inputs: inputs, output: format, requantisation: scale)
        }
        return try IntegerGraph(
            inputs: [
                TensorType(name: "x", shape: [1, 1, 4, 4], element: .signed8, scaleExponent: 2)
            ],
            constants: [
                IntegerConstant(
                    shape: [1, 2, 2], element: .signed8, scaleExponent: 3, values: [1, -2, 3, -4])
            ],
            tables: [
                IntegerTable(
                    input: .signed8, output: .signed8, values: (-128...127).map { $0 / 2 })
            ],
            linears: [
                IntegerLinear(weights: [1, 2, 3, 4], bias: [7]),
                IntegerLinear(weights: [2, 3], bias: [0, 1]),
                IntegerLinear(weights: [1, -1], bias: [3]),
            ],
            nodes: [
                layer(.convolution(linear: 0, window, groups: 1), [0], scale),  // 2: 1 1 3 3
                move(.maxPool(window), [2]),  // 3: 1 1 2 2
                move(.reshape([1, 2, 2]), [3]),
                move(.transpose([0, 2, 1]), [4]),
                layer(.matrixProduct, [5, 1], scale),  // 6
                layer(.sum(left: 1, right: -2), [6, 5], scale),
                layer(.product, [7, 6], scale),
                layer(
                    .affine(linear: 1, inner: 2), [8],
                    Requantisation(shifts: [1, 2], low: -5, high: 100)),
                IntegerNode(
                    .lookup(table: 0), inputs: [9], output: format, requantisation: nil),
                move(.concat(axis: 1), [10, 7, 10]),  // 11: 1 6 2
                move(.slice(starts: [0, 5, 0], steps: [1, -2, 1], counts: [1, 3, 1]), [11]),
                move(
                    .pad(before: [0, 1, 0], after: [0, 0, 1], interior: [0, 1, 0], value: -9),
                    [12]),  // 13: 1 6 2
                move(.extremum(isMinimum: false), [11, 13]),
                move(.reduceExtremum(axes: [1, 2], isMinimum: true), [14]),  // 15: 1 1 1
                move(.expand([1, 6, 2]), [15]),
                IntegerNode(
                    .sum(left: 1, right: -1), inputs: [14, 16], output: bit,
                    requantisation: Requantisation(shifts: [1], low: 0, high: 1)),
                move(.select, [17, 16, 14]),
                move(.gather(axis: 2, indices: [1, 1, 0]), [18]),  // 19: 1 6 3
                move(.argExtremum(axis: 1, isMinimum: true, takesLast: true), [19]),  // 1 1 3
                move(.take(axis: 1), [19, 20]),  // 21: 1 1 1 3 3
                layer(.reduceSum(axes: [0, 3], weight: 3), [21], scale),
                IntegerNode(
                    .dense(linear: 2), inputs: [10],
                    output: ElementFormat(element: .signed32, scaleExponent: 2),
                    requantisation: nil),  // 23: 1 2 1
            ],
            results: [
                IntegerResult(name: "y", tensor: 23), IntegerResult(name: "z", tensor: 10),
                IntegerResult(name: "r", tensor: 22), IntegerResult(name: "a", tensor: 20),
            ])
    }
}
