import Inference
import TestSupport
import Testing

/// Accuracy over the held-out rows; skipped where the shared data is not at hand.
@Suite(.enabled(if: SharedData.folder != nil, "shared data is missing"))
struct AccuracyTests {
    struct Goal: CustomTestStringConvertible {
        let model: String
        let inputs: Int
        let accuracy: Double
        let agreement: Double
        var options = QuantiseOptions.standard
        var testDescription: String { "\(model) \(options)" }
    }

    /// Calibration takes every fifth row; accuracy is over all of them, as the reference has it.
    @Test(arguments: [
        Goal(model: "mlp_tiny", inputs: 4, accuracy: 95.0, agreement: 97.5),
        Goal(model: "mlp_784_128_10", inputs: 784, accuracy: 94.21, agreement: 99.5),
        Goal(model: "mlp_784_512_512_10", inputs: 784, accuracy: 96.73, agreement: 99.5),
        Goal(model: "lenet5", inputs: 784, accuracy: 96.22, agreement: 99.5),
        Goal(
            model: "mlp_tiny", inputs: 4, accuracy: 97.5, agreement: 100,
            options: QuantiseOptions(activations: .sixteenBits)),
        Goal(
            model: "mlp_784_128_10", inputs: 784, accuracy: 94.21, agreement: 99.5,
            options: QuantiseOptions(activations: .sixteenBits)),
        Goal(
            model: "lenet5", inputs: 784, accuracy: 96.22, agreement: 99.5,
            options: QuantiseOptions(activations: .sixteenBits)),
        Goal(
            model: "lenet5", inputs: 784, accuracy: 96.22, agreement: 99.5,
            options: QuantiseOptions(perChannel: true)),
    ])
    func quantisedModelKeepsItsAccuracy(_ goal: Goal) throws {
        let folder = try #require(ModelFolder(shared: goal.model))
        let graph = try ONNX.importModel(try #require(folder.onnx))
        let (rows, labels) = try #require(folder.testSet(rowLength: goal.inputs))
        let calibration = rows.enumerated().filter { $0.offset.isMultiple(of: 5) }.map(\.element)
        let (integers, report) = try Quantiser.quantise(
            graph, calibration: calibration, options: goal.options)
        var engine = Engine(integers)
        let runner = ReferenceRunner(graph)
        var correct = 0
        var agreeing = 0
        for (row, label) in zip(rows, labels) {
            let answer = argmax(try engine.run(try integers.integers(from: row)))
            correct += answer == label ? 1 : 0
            agreeing += answer == argmax(try runner.run(row)) ? 1 : 0
        }
        let accuracy = Double(correct) * 100 / Double(rows.count)
        let agreement = Double(agreeing) * 100 / Double(rows.count)
        let seen: Comment =
            "\(goal.model): accuracy \(accuracy), agreement \(agreement); \(report)"
        Attachment.record("\(seen)\n", named: "accuracy.txt")
        #expect(accuracy >= goal.accuracy - 0.3, seen)
        #expect(agreement >= goal.agreement, seen)
    }

    /// Attention, layer normalisation and a softmax: sixteen positions of sixty-four numbers.
    @Test(arguments: [
        (QuantiseOptions.Activations.eightBits, Float(0.06)), (.sixteenBits, 0.02),
    ])
    func transformerBlockStaysNear(_ goal: (QuantiseOptions.Activations, Float)) throws {
        let folder = try #require(ModelFolder(shared: "transformer_block"))
        let graph = try ONNX.importModel(try #require(folder.onnx))
        let input = try #require(folder.rows("input.json", key: "input_data")).flatMap { $0 }
        let calibration = [input, input.map { $0 * 0.7 }, input.reversed()]
        let (integers, report) = try Quantiser.quantise(
            graph, calibration: calibration,
            options: QuantiseOptions(activations: goal.0),
            testSet: TestSet(rows: calibration))
        var engine = Engine(integers)
        let got = try integers.numbers(
            from: try engine.run(try integers.integers(from: input))
        ).map(\.approximation)
        let wanted = try ReferenceRunner(graph).run(input)
        let size = wanted.map(\.magnitude).max() ?? 0
        let error = zip(got, wanted).map { ($0 - $1).magnitude }.max() ?? .infinity
        #expect(error <= goal.1 * size, "\(error) of \(size)")
        #expect(report.agreement?.rowCount == 3)
    }
}
