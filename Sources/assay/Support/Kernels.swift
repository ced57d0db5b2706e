internal import Arguments
internal import Inference

/// The instructions that models run on, as `--kernel` names them.
enum Kernels {
    static let summary = "swift, scalar, avx2 or avx512 for models; the best there is"

    static func level(_ invocation: Invocation) throws -> KernelLevel {
        guard let name = invocation.text("kernel") else { return .best }
        guard let level = KernelLevel.allCases.first(where: { "\($0)" == name }) else {
            throw UsageError(
                "--kernel \(name) is not valid",
                why: "there is \(KernelLevel.allCases.map { "\($0)" }.joined(separator: ", "))",
                remedy: "choose one of them")
        }
        guard level.isAvailable else {
            throw UsageError(
                "--kernel \(name) cannot run", why: "this processor has not got the instructions",
                remedy: "leave it out to take the best")
        }
        return level
    }
}
