public import Inference

/// One case of the ONNX backend tests: a model, and inputs with the outputs they must give.
///
/// Source: ONNX, `onnx/backend/test/data`, a folder a case: `model.onnx` and
/// `test_data_set_N/{input,output}_M.pb`.
public struct ONNXCase: Sendable {
    public struct DataSet: Sendable {
        public var inputs: [ONNXTensor] = []
        public var outputs: [ONNXTensor] = []
    }

    public let name: String
    public let model: [UInt8]
    public let sets: [DataSet]
    /// Why the data cannot be read: element types that no operator here takes, mostly.
    public let flaw: String?

    /// - Parameter files: the paths below the case's folder, and their bytes.
    public init(name: String, model: [UInt8], files: [(path: String, bytes: [UInt8])]) {
        self.name = name
        self.model = model
        var sets: [String: DataSet] = [:]
        var flaw: String?
        // In order of the number behind the file's name: input_2 stands before input_10.
        let ordered = files.compactMap { file in
            ONNXCase.place(file.path).map { (place: $0, bytes: file.bytes) }
        }.sorted { ($0.place.folder, $0.place.index) < ($1.place.folder, $1.place.index) }
        for (place, bytes) in ordered {
            do throws(ONNXError) {
                let tensor = try ONNXTensor(bytes)
                if place.isInput {
                    sets[place.folder, default: DataSet()].inputs.append(tensor)
                } else {
                    sets[place.folder, default: DataSet()].outputs.append(tensor)
                }
            } catch {
                flaw = flaw ?? "\(error)"
            }
        }
        self.sets = sets.sorted { $0.key < $1.key }.map(\.value)
        self.flaw = flaw
    }

    private struct Place {
        let folder: String
        let isInput: Bool
        let index: Int
    }

    /// Where `test_data_set_0/input_1.pb` belongs.
    private static func place(_ path: String) -> Place? {
        let parts = path.split(separator: "/")
        guard parts.count >= 2, let file = parts.last, file.hasSuffix(".pb") else { return nil }
        let name = file.dropLast(3)
        let words = name.split(separator: "_")
        guard words.count == 2, let index = Int(words[1]),
            words[0] == "input" || words[0] == "output"
        else { return nil }
        return Place(
            folder: String(parts[parts.count - 2]), isInput: words[0] == "input", index: index)
    }
}

/// What became of a case.
public enum ONNXVerdict: Sendable, Equatable {
    /// The outputs agree. `inputs` says which of them were left to the run.
    case passed(ONNXBinding)
    /// Refused with operator and node, before anything ran.
    case refused(String)
    case failed(String)

    public var isPassed: Bool { if case .passed = self { true } else { false } }
    public var isFailed: Bool { if case .failed = self { true } else { false } }
}

/// Which of a model's inputs become part of it. The cases give shapes, axes and weights as inputs
/// where models have them as constants; the first binding that imports is taken.
public enum ONNXBinding: String, Sendable, CaseIterable {
    /// All inputs are left to the run.
    case free
    /// Integers and booleans behind the first input become constants.
    case integersBound
    /// All inputs but the first become constants.
    case firstFree
    /// Every input is a constant: the outputs are folded.
    case folded

    func constants(_ inputs: [(name: String, tensor: ONNXTensor)]) -> [String: ONNXTensor] {
        var constants: [String: ONNXTensor] = [:]
        for (index, input) in inputs.enumerated() {
            let isBound: Bool
            switch self {
            case .free: isBound = false
            case .integersBound: isBound = index > 0 && input.tensor.element.kind != .real
            case .firstFree: isBound = index > 0
            case .folded: isBound = true
            }
            if isBound { constants[input.name] = input.tensor }
        }
        return constants
    }
}
