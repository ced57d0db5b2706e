import Inference
import TestSupport
import Testing

@Suite struct ReferenceRunnerTests {
    @Test(arguments: ["lenet5", "mlp_tiny"])
    func reproducesThePublishedOutput(_ name: String) throws {
        try expectPublishedOutput(ModelFolder(fixture: name))
    }

    @Test(
        .enabled(if: SharedData.folder != nil, "shared data is missing"),
        arguments: ["mlp_784_128_10", "mlp_784_512_512_10", "transformer_block"])
    func reproducesTheSharedOutput(_ name: String) throws {
        try expectPublishedOutput(try #require(ModelFolder(shared: name)))
    }

    private func expectPublishedOutput(_ folder: ModelFolder) throws {
        let graph = try ONNX.importModel(try #require(folder.onnx))
        // One input and its output, in as many brackets as they have axes.
        let input = try #require(folder.rows("input.json", key: "input_data")).flatMap { $0 }
        let wanted = try #require(folder.rows("expected.json", key: "output")).flatMap { $0 }
        let got = try ReferenceRunner(graph).run(input)
        #expect(got.count == wanted.count)
        let size = wanted.map(\.magnitude).max() ?? 0
        for (got, wanted) in zip(got, wanted) {
            #expect((got - wanted).magnitude <= 1e-4 * size, "\(got) against \(wanted)")
        }
    }

    @Test func refusesAShortRow() throws {
        let graph = try ONNX.importModel(
            try #require(ModelFolder(fixture: "mlp_tiny").onnx))
        #expect(throws: RunError.wrongInputCount(wanted: 4, got: 3)) {
            try ReferenceRunner(graph).run([1, 2, 3])
        }
    }
}
