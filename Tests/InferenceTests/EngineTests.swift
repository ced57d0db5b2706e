import Inference
import Primitives
import TestSupport
import Testing

@Suite struct EngineTests {
    /// A graph with one layer of random weights, small enough for a naive second opinion.
    private func randomLayer(
        _ random: inout SeededRandom, element: ElementType
    ) throws -> IntegerGraph {
        func pick(_ range: ClosedRange<Int>) -> Int {
            range.lowerBound + Int(random.next() % UInt64(range.count))
        }
        let groups = pick(1...2)
        let channels = groups * pick(1...3)
        let window = Window(
            kernel: PlaneSize(height: pick(1...3), width: pick(1...3)),
            strides: PlaneSize(height: pick(1...2), width: pick(1...3)),
            dilations: PlaneSize(height: pick(1...2), width: pick(1...2)),
            padsBefore: PlaneSize(height: pick(0...2), width: pick(0...1)),
            padsAfter: PlaneSize(height: pick(0...1), width: pick(0...2)))
        let outputs = groups * pick(1...5)
        let inner = channels / groups * window.kernel.height * window.kernel.width
        let weights = random.bytes(outputs * inner).map { Int8(bitPattern: $0) }
        let bias = (0..<outputs).map { _ in Int32(truncatingIfNeeded: random.next()) >> 12 }
        let shifts = (0..<(outputs > 1 ? outputs : 1)).map { UInt8(3 + $0 % 4) }
        return try IntegerGraph(
            inputs: [
                TensorType(
                    name: "x", shape: [2, channels, pick(5...8), pick(5...9)], element: element,
                    scaleExponent: 4)
            ], linears: [IntegerLinear(weights: weights, bias: bias)],
            nodes: [
                IntegerNode(
                    .convolution(linear: 0, window, groups: groups),
                    inputs: [0], output: ElementFormat(element: .signed16, scaleExponent: 3),
                    requantisation: Requantisation(shifts: shifts, low: -20_000, high: 32_767))
            ], results: [IntegerResult(name: "y", tensor: 1)])
    }

    private func randomInput(_ graph: IntegerGraph, _ random: inout SeededRandom) -> [Int32] {
        let bounds = graph.inputs[0].element.bounds
        return (0..<graph.inputCount).map { _ in
            Int32(bounds.lowerBound) + Int32(random.next() % UInt64(bounds.count))
        }
    }

    /// The definition of a convolution, written from the formula with 64-bit sums.
    private func naive(_ graph: IntegerGraph, _ input: [Int32]) throws -> [Int32] {
        let node = graph.nodes[0]
        guard case .convolution(_, let window, let groups) = node.operation,
            let linear = graph.linear(of: node)
        else {
            return []
        }
        let requantisation = try #require(node.requantisation)
        let shape = graph.inputs[0].shape
        let output = graph.outputs[0].shape
        var result: [Int32] = []
        for item in 0..<output[0] {
            for channel in 0..<output[1] {
                for row in 0..<output[2] {
                    for column in 0..<output[3] {
                        var sum = Int64(linear.bias[channel])
                        var weight = channel * linear.innerCount
                        let perGroup = shape[1] / groups
                        let first = channel / (output[1] / groups) * perGroup
                        for source in first..<first + perGroup {
                            for ky in 0..<window.kernel.height {
                                for kx in 0..<window.kernel.width {
                                    let y =
                                        row * window.strides.height
                                        + ky * window.dilations.height
                                        - window.padsBefore.height
                                    let x =
                                        column * window.strides.width
                                        + kx * window.dilations.width - window.padsBefore.width
                                    if (0..<shape[2]).contains(y), (0..<shape[3]).contains(x) {
                                        let index =
                                            ((item * shape[1] + source) * shape[2] + y) * shape[3]
                                            + x
                                        sum += Int64(linear.weights[weight]) * Int64(input[index])
                                    }
                                    weight += 1
                                }
                            }
                        }
                        let shifts = requantisation.shifts
                        let step = Int64(1) << Int64(shifts[shifts.count == 1 ? 0 : channel])
                        // floor((sum + step / 2) / step) without shifts of negative numbers.
                        let raised = sum + step / 2
                        let quotient = raised >= 0 ? raised / step : -((-raised + step - 1) / step)
                        result.append(
                            Int32(
                                min(
                                    max(quotient, Int64(requantisation.low)),
                                    Int64(requantisation.high))))
                    }
                }
            }
        }
        return result
    }

    @Test(arguments: [ElementType.unsigned8, .signed8, .signed16])
    func everyLevelEqualsTheFormula(_ element: ElementType) throws {
        var random = SeededRandom(seed: UInt64(element.rawValue) + 5)
        var tested = 0
        while tested < 60 {
            guard let graph = try? randomLayer(&random, element: element) else { continue }
            let input = randomInput(graph, &random)
            let wanted = try naive(graph, input)
            for level in KernelLevel.allCases where level.isAvailable {
                var engine = Engine(graph, level: level)
                #expect(try engine.run(input) == wanted, "\(level)")
            }
            tested += 1
        }
    }

    @Test func everyLevelEqualsTheOthersAtEveryLength() throws {
        var random = SeededRandom(seed: 21)
        for element in [ElementType.unsigned8, .signed16] {
            for inner in Array(1...130) + [255, 256, 257, 1000] {
                let graph = try IntegerGraph(
                    inputs: [
                        TensorType(
                            name: "x", shape: [1, inner], element: element, scaleExponent: 0)
                    ],
                    linears: [
                        IntegerLinear(
                            weights: random.bytes(inner * 7).map {
                                Int8(bitPattern: $0) >> 3
                            }, bias: [0, 1, -1, 5, 6, 7, 8])
                    ],
                    nodes: [
                        IntegerNode(
                            .dense(linear: 0),
                            inputs: [0],
                            output: ElementFormat(element: .signed32, scaleExponent: 0),
                            requantisation: nil)
                    ], results: [IntegerResult(name: "y", tensor: 1)])
                let input = randomInput(graph, &random)
                var plain = Engine(graph, level: .swift)
                let wanted = try plain.run(input)
                for level in KernelLevel.allCases where level.isAvailable {
                    var engine = Engine(graph, level: level)
                    #expect(try engine.run(input) == wanted, "\(level) at \(inner)")
                }
            }
        }
    }

    @Test func refusesWrongInputs() throws {
        let graph = try GraphSamples.dense()
        var engine = Engine(graph)
        #expect(throws: RunError.wrongInputCount(wanted: 2, got: 1)) { try engine.run([1]) }
        #expect(throws: RunError.inputOutOfRange(index: 1, value: 256)) {
            try engine.run([0, 256])
        }
        #expect(throws: RunError.inputOutOfRange(index: 0, value: -1)) { try engine.run([-1, 0]) }
        #expect(throws: Never.self) { try engine.run([255, 0]) }
    }

    @Test(arguments: [
        // (acc + 2) >> 2 with ties upward, then clamped to -3...3.
        (accumulator: Int32(5), shifted: Int32(1)), (6, 2), (-5, -1), (-6, -1), (-7, -2),
        (100, 3), (-100, -3), (0, 0),
    ])
    func roundsHalfUp(_ row: (accumulator: Int32, shifted: Int32)) {
        #expect(
            Requantisation.apply(row.accumulator, shift: 2, low: -3, high: 3) == row.shifted)
    }

    @Test func repeatsItselfAndForgetsEarlierRuns() throws {
        let folder = ModelFolder(fixture: "mlp_tiny")
        let graph = try ONNX.importModel(try #require(folder.onnx))
        let rows = try #require(folder.rows("calibration.json", key: "input_data"))
        let (integers, _) = try Quantiser.quantise(graph, calibration: rows)
        var engine = Engine(integers)
        let first = try rows.map { try engine.run(try integers.integers(from: $0)) }
        let again = try rows.map { row in
            var fresh = Engine(integers)
            return try fresh.run(try integers.integers(from: row))
        }
        #expect(first == again)
    }
}
