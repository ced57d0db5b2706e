internal import Inference

/// A model to measure and how it is quantised.
struct BenchModel {
    let name: String
    let onnx: String
    let rows: String
    let activations: QuantiseOptions.Activations
    /// Of the input that the file leaves open.
    var shapes: [String: [Int]] = [:]

    /// Those with shared data, then those that `tools/check-models` leaves behind.
    static var all: [BenchModel] { shared + checked }

    static var shared: [BenchModel] {
        let names = [
            "mlp_tiny", "mlp_784_128_10", "mlp_784_512_512_10", "lenet5", "transformer_block",
        ]
        return names.map { name in
            let folder = "\(BenchOptions.sharedFolder)/models/\(name)"
            return BenchModel(
                name: name, onnx: "\(folder)/model.onnx", rows: "\(folder)/input.json",
                activations: name == "transformer_block" ? .sixteenBits : .eightBits)
        }
    }

    private static var checked: [BenchModel] {
        let shapes = [
            "magika": [:], "silero-vad": ["input": [16, 576]],
            "rapidocr-cls": ["x": [1, 3, 48, 192]],
        ]
        return ["magika", "silero-vad", "rapidocr-cls"].map { name in
            BenchModel(
                name: name, onnx: ".build/models/\(name)/model.onnx",
                rows: ".build/models/\(name)/calibration.json", activations: .sixteenBits,
                shapes: shapes[name] ?? [:])
        }
    }
}
