import Conformance
import Files
import Inference
import TestSupport
import Testing

private enum ONNXFolder {
    static let path: String? = ModelFolder.existing(
        variable: "ASSAY_ONNX_TESTDATA", otherwise: "/usr/share/libonnx-testdata/data")
}

/// ONNX's own backend cases: one-operator models, small models and layers from PyTorch.
///
/// Origin: Debian package `libonnx-testdata` 1.12.0-2 (Apache-2.0). Skipped where it is not
/// installed; `ASSAY_ONNX_TESTDATA` names another folder.
@Suite(.enabled(if: ONNXFolder.path != nil, "libonnx-testdata is not installed"))
struct ONNXCaseTests {
    struct Family: CustomTestStringConvertible, Sendable {
        let name: String
        let passedMin: Int
        var testDescription: String { name }
    }

    /// Every case passes in floating point and quantised at both widths, or is refused by name.
    @Test(arguments: [
        Family(name: "node", passedMin: 820), Family(name: "simple", passedMin: 7),
        Family(name: "pytorch-converted", passedMin: 82),
        Family(name: "pytorch-operator", passedMin: 34),
    ])
    func passesOrIsRefusedByName(_ family: Family) throws {
        var table = ONNXTable()
        let root = "\(try #require(ONNXFolder.path))/\(family.name)"
        for name in try Files.names(in: root).sorted() {
            let sample = try read("\(root)/\(name)", name)
            let verdict = sample.check()
            table.add(verdict, operator: sample.operatorName)
            if case .failed(let why) = verdict { Issue.record("\(name): \(why)") }
        }
        Attachment.record(table.lines.joined(separator: "\n"), named: "onnx-\(family.name).txt")
        #expect(table.total.failed == 0)
        #expect(table.total.passed >= family.passedMin)
    }

    @Test func namesWhatItRefuses() throws {
        let root = "\(try #require(ONNXFolder.path))/node"
        let verdict = try read("\(root)/test_nonmaxsuppression_single_box", "nms").check()
        #expect(
            verdict
                == .refused(
                    "unsupportedOperator(op: \"NonMaxSuppression\", node: \"selected_indices\")"))
    }

    @Test func noticesAWrongOutput() throws {
        let path = "\(try #require(ONNXFolder.path))/node/test_relu"
        var files = try files("\(path)")
        let index = try #require(files.firstIndex { $0.path.hasSuffix("output_0.pb") })
        // The last byte is the exponent's of the last element.
        files[index].bytes[files[index].bytes.count - 1] ^= 0x40
        let sample = ONNXCase(
            name: "test_relu", model: try Files.read("\(path)/model.onnx"), files: files)
        #expect(sample.check().isFailed)
    }

    /// Runs are handed on, each once: numbers have two widths, booleans only one.
    @Test func handsQuantisedRunsOn() throws {
        let root = "\(try #require(ONNXFolder.path))/node"
        for (name, count) in [("test_sub_example", 2), ("test_not_2d", 1)] {
            var runs: [ONNXQuantisedRun] = []
            let sample = try read("\(root)/\(name)", name)
            let verdict = sample.check { run in
                runs.append(run)
                return nil
            }
            #expect(verdict.isPassed && runs.count == count, "\(name)")
            for run in runs {
                var engine = Engine(run.graph)
                #expect(try engine.run(run.input) == run.output)
            }
            #expect(sample.check { _ in "no proof" } == .failed("W8A16: no proof"))
        }
    }

    private func read(_ path: String, _ name: String) throws -> ONNXCase {
        ONNXCase(
            name: name, model: try Files.read("\(path)/model.onnx"), files: try files(path))
    }

    private func files(_ path: String) throws -> [(path: String, bytes: [UInt8])] {
        try Files.all(below: path).filter { $0.hasSuffix(".pb") }.map { file in
            (path: file, bytes: try Files.read(file))
        }
    }
}
