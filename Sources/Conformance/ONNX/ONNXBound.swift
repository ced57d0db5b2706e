public import Inference

/// How far a quantised run may be from the published outputs, calibrated on the case's own inputs.
///
/// Integers and booleans are exact; only where a real number is rounded to an integer, one that
/// lies between two of them may go either way. The error of real outputs is the difference over
/// the largest magnitude of the output, of all but one element in a thousand: calibration itself
/// leaves out the largest in ten thousand. It depends on what the graph does to real numbers.
///
/// | | 16 bits | 8 bits | why |
/// |---|---|---|---|
/// | moves | 2⁻¹¹ | 2⁻⁶ | half a step of the scale, and the step of grace at the top; float16 |
/// | elements | 2⁻⁷ | 2⁻⁵ | steps of several operands, through functions that may be steep |
/// | layers | 2⁻⁴ | 2⁻³·⁵ | weights have eight bits: half a step of each, over a long sum |
///
/// - Source: reference on the choice of cases, ONNX 1.12 `onnx/backend/test/data`.
public enum ONNXBound {
    public static func error(
        _ arithmetic: FloatArithmetic, _ activations: QuantiseOptions.Activations
    ) -> Double {
        let isWide = activations == .sixteenBits
        switch arithmetic {
        case .moves: return isWide ? 0x1p-11 : 0x1p-6
        case .elements: return isWide ? 0x1p-7 : 0x1p-5
        case .layers: return isWide ? 0x1p-4 : 0.09
        }
    }
}

extension ONNXCase {
    /// Runs the model in floating point and, where something is left to run, at both widths.
    ///
    /// - Parameter attest: what else must hold of each quantised run; it says what does not. Runs
    ///   at both widths that are one and the same are passed to it once.
    public func check(
        isFloatOnly: Bool = false, attest: (ONNXQuantisedRun) -> String? = { _ in nil }
    ) -> ONNXVerdict {
        let verdict = run()
        guard verdict.isPassed, !isFloatOnly else { return verdict }
        var seen: [ONNXQuantisedRun] = []
        for activations in [QuantiseOptions.Activations.sixteenBits, .eightBits] {
            guard let result = runQuantised(QuantiseOptions(activations: activations)) else {
                continue
            }
            let width = activations == .sixteenBits ? "W8A16" : "W8A8"
            if let failure = result.failure { return .failed("\(width): \(failure)") }
            let bound = ONNXBound.error(result.arithmetic, activations)
            guard result.error <= bound else {
                return .failed("\(width): error \(result.error) above \(bound)")
            }
            for run in result.runs where !seen.contains(where: { $0 == run }) {
                if let failure = attest(run) { return .failed("\(width): \(failure)") }
                seen.append(run)
            }
        }
        return verdict
    }

    /// The model's operator, or `several` where it has more than one.
    public var operatorName: String {
        guard let operators = try? ONNX.operators(model), let first = operators.first else {
            return "unreadable"
        }
        return operators.allSatisfy { $0 == first } ? first : "several"
    }

    /// The verdict as one line of `assay check`.
    public func result(_ verdict: ONNXVerdict, file: String) -> CaseResult {
        switch verdict {
        case .passed(let binding):
            CaseResult(
                name: name, file: file, pass: true, got: "passed (\(binding.rawValue))",
                want: "passed")
        case .refused(let why):
            CaseResult(
                name: name, file: file, pass: false, got: "refused", want: "passed", error: why)
        case .failed(let why):
            CaseResult(
                name: name, file: file, pass: false, got: "failed", want: "passed", error: why)
        }
    }
}
