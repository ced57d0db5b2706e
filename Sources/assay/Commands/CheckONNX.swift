internal import Arguments
internal import Codec
internal import Conformance
internal import Files
internal import Threads

/// One run over folders of ONNX backend cases: `model.onnx` and `test_data_set_N` in each.
struct ONNXCheck {
    let filter: String?
    let printsJSON: Bool
    let printsPasses: Bool
    let isFloatOnly: Bool
    let proves: Bool
    let workers: Int

    private struct Outcome: Sendable {
        let result: CaseResult
        let verdict: ONNXVerdict
        let operatorName: String
        var proofs = ONNXProofs()
    }

    /// The exit code. A run that found no case has failed; what is refused by name has not.
    func run(_ paths: [String]) throws -> Int32 {
        var progress = ProgressLine()
        let pool = ThreadPool(count: workers)
        var table = ONNXTable()
        var proofs = ONNXProofs()
        for path in paths {
            let folders = try folders(below: path)
            let (isFloatOnly, proves) = (isFloatOnly, proves)
            let outcomes = pool.map(
                folders,
                progress: { done in
                    if done % 16 == 0 { progress.show("check: \(done) of \(folders.count) cases") }
                }
            ) { folder in ONNXCheck.outcome(folder, isFloatOnly: isFloatOnly, proves: proves) }
            for outcome in outcomes {
                table.add(outcome.verdict, operator: outcome.operatorName)
                proofs += outcome.proofs
                guard printsJSON, printsPasses || !outcome.verdict.isPassed else { continue }
                Terminal.output.line(
                    String(decoding: outcome.result.json.serialized, as: UTF8.self))
            }
            progress.clear()
            if !printsJSON {
                for outcome in outcomes where outcome.verdict.isFailed {
                    Terminal.output.line(
                        "\(outcome.result.name): \(outcome.result.error ?? "failed")")
                }
            }
        }
        if !printsJSON { for line in table.lines { Terminal.output.line(line) } }
        let total = table.total
        let isGood = total.failed == 0 && total.passed > 0
        let terminal = Terminal.errors
        if proves { for line in proofs.lines { terminal.line(line) } }
        terminal.line(
            "\(terminal.mark(isGood)) \(total.passed) passed, \(total.refused) refused by name, "
                + "\(total.failed) failed")
        return isGood ? 0 : 1
    }

    /// The folders that hold a model, in order.
    private func folders(below path: String) throws -> [String] {
        guard Files.isFolder(path) else {
            throw UsageError(
                "\(path) is no folder", why: "a case is a folder with model.onnx and its data",
                remedy: "name a case's folder or one above it")
        }
        return try Files.all(below: path).filter { $0.hasSuffix("/model.onnx") }
            .map { String($0.dropLast("/model.onnx".count)) }
            .filter { folder in filter.map { folder.contains($0) } ?? true }
            .sorted { Array($0.utf8).lexicographicallyPrecedes(Array($1.utf8)) }
    }

    private static func outcome(_ folder: String, isFloatOnly: Bool, proves: Bool) -> Outcome {
        let name = folder.split(separator: "/").last.map(String.init) ?? folder
        do throws(FileError) {
            var files: [(path: String, bytes: [UInt8])] = []
            for path in try Files.all(below: folder) where path.hasSuffix(".pb") {
                files.append((path, try Files.read(path)))
            }
            let sample = ONNXCase(
                name: name, model: try Files.read("\(folder)/model.onnx"), files: files)
            var proofs = ONNXProofs()
            let verdict = sample.check(isFloatOnly: isFloatOnly) { run in
                proves ? proofs.add(run, of: name) : nil
            }
            return Outcome(
                result: sample.result(verdict, file: folder), verdict: verdict,
                operatorName: sample.operatorName, proofs: proofs)
        } catch {
            return Outcome(
                result: .broken(name, in: folder, "\(error)"), verdict: .failed("\(error)"),
                operatorName: "unreadable")
        }
    }
}
