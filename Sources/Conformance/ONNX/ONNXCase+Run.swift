public import Inference

extension ONNXCase {
    /// Imports the model and runs it in floating point on every data set.
    public func run() -> ONNXVerdict {
        if let flaw { return .refused(flaw) }
        guard !sets.isEmpty else { return .failed("no data") }
        var verdict = ONNXVerdict.failed("no data")
        for set in sets {
            verdict = run(set)
            guard verdict.isPassed else { return verdict }
        }
        return verdict
    }

    private func run(_ set: DataSet) -> ONNXVerdict {
        var set = set
        let bound: (graph: FloatGraph, binding: ONNXBinding, row: [Float])
        do throws(ONNXError) {
            let ports = try ONNX.signature(model)
            set.inputs = ONNXCase.typed(set.inputs, as: ports.inputs)
            set.outputs = ONNXCase.typed(set.outputs, as: ports.outputs)
            bound = try graph(for: set)
        } catch {
            return .refused("\(error)")
        }
        do throws(RunError) {
            let got = try ReferenceRunner(bound.graph).run(bound.row)
            if let why = difference(bound.graph, got, set.outputs) { return .failed(why) }
            return .passed(bound.binding)
        } catch {
            return .failed("\(error)")
        }
    }

    /// The files keep bfloat16 as 16-bit integers; the model says what they are.
    static func typed(_ tensors: [ONNXTensor], as ports: [ONNXPort]) -> [ONNXTensor] {
        zip(tensors, ports).map { tensor, port in
            guard port.element == .bfloat16, case .integers(let bits) = tensor.data else {
                return tensor
            }
            var result = tensor
            result.element = .bfloat16
            result.data = .reals(
                bits.map { Float(bitPattern: UInt32(truncatingIfNeeded: $0) << 16) })
            return result
        } + tensors.dropFirst(ports.count)
    }

    /// The graph under the first binding that imports, and the row of its inputs.
    public func graph(
        for set: DataSet
    ) throws(ONNXError) -> (graph: FloatGraph, binding: ONNXBinding, row: [Float]) {
        let ports = try ONNX.signature(model).inputs
        let inputs = Array(zip(ports.map(\.name), set.inputs)).map { (name: $0, tensor: $1) }
        var first: ONNXError?
        for binding in ONNXBinding.allCases {
            let constants = binding.constants(inputs)
            let free = inputs.filter { constants[$0.name] == nil }
            var options = ONNXOptions(constants: constants, allowsNoInputs: true)
            for input in free { options.shapes[input.name] = input.tensor.shape }
            do throws(ONNXError) {
                let graph = try ONNX.importModel(model, options: options)
                return (graph, binding, free.flatMap(\.tensor.numbers))
            } catch {
                // The refusal with most left to the run says most about the operator.
                first = first ?? error
                if case .unsupportedOperator = error { break }
            }
        }
        throw first ?? .noInputs
    }

    /// What differs from the published outputs under the tolerance of ONNX's own runner, or nil.
    private func difference(
        _ graph: FloatGraph, _ got: [Float], _ wanted: [ONNXTensor]
    ) -> String? {
        guard graph.outputs.count == wanted.count else {
            return "\(graph.outputs.count) outputs instead of \(wanted.count)"
        }
        var start = 0
        for (output, tensor) in zip(graph.outputs, wanted) {
            let value = graph.values[output]
            guard value.shape == tensor.shape else {
                return "\(value.name): shape \(value.shape) instead of \(tensor.shape)"
            }
            guard value.kind == tensor.element.kind else {
                return "\(value.name): \(value.kind) instead of \(tensor.element.kind)"
            }
            let numbers = tensor.numbers
            for (index, number) in numbers.enumerated() {
                let mine = got[start + index]
                if !ONNXTolerance.agree(mine, number, tensor.element) {
                    return "\(value.name)[\(index)]: \(mine) instead of \(number)"
                }
            }
            start += numbers.count
        }
        return nil
    }
}

/// How near a real number must be. Source: `onnx/backend/test/runner`: 1e-3 of the number and
/// 1e-7; integers and booleans are exact. Types of few bits may differ by their last one.
enum ONNXTolerance {
    static func agree(_ got: Float, _ wanted: Float, _ element: ONNXElement) -> Bool {
        if got == wanted || (got.isNaN && wanted.isNaN) { return true }
        guard element.kind == .real, got.isFinite, wanted.isFinite else { return false }
        let relative = element == .bfloat16 ? 0x1p-7 : 1e-3
        return Double((got - wanted).magnitude) <= 1e-7 + relative * Double(wanted.magnitude)
    }
}
