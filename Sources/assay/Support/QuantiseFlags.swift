internal import Arguments
internal import Codec
internal import Files
internal import Inference

/// How a model is imported and quantised, as options say it.
struct QuantiseFlags {
    static let options =
        modelOptions + [
            .value("test-set", "TEST", "measures how often both models choose alike")
        ]

    /// Those that decide which graph it becomes.
    static let modelOptions: [Option] = [
        .flag("wide", "16-bit activations, for small nets and wide ranges"),
        .flag("per-channel", "a scale of its own for each output channel's weights"),
        .value(
            "shape", "NAME=D,D", repeats: true, "the shape of an input that the file leaves open"),
    ]

    let importing: ONNXOptions
    let quantising: QuantiseOptions
    let testSet: TestSet?

    init(_ invocation: Invocation, hasTestSet: Bool = true) throws {
        var importing = ONNXOptions()
        for text in invocation.texts("shape") {
            let (name, shape) = try QuantiseFlags.shape(text)
            importing.shapes[name] = shape
        }
        self.importing = importing
        quantising = QuantiseOptions(
            activations: invocation.flag("wide") ? .sixteenBits : .eightBits,
            perChannel: invocation.flag("per-channel"))
        testSet =
            hasTestSet
            ? try invocation.text("test-set").map { try QuantiseFlags.testSet($0) } : nil
    }

    private static func shape(_ text: String) throws -> (String, [Int]) {
        let parts = text.split(separator: "=", maxSplits: 1)
        let sizes = parts.last?.split(separator: ",").map { Int($0) } ?? []
        guard parts.count == 2, !sizes.isEmpty, sizes.allSatisfy({ $0 ?? 0 >= 1 }) else {
            throw UsageError(
                "--shape \(text) is not valid", why: "it takes a name and sizes",
                remedy: "for example --shape input=1,3,48,192")
        }
        return (String(parts[0]), sizes.compactMap { $0 })
    }

    private static func testSet(_ file: String) throws -> TestSet {
        let json = try ModelFiles.json(Files.read(file), file)
        return TestSet(
            rows: try ModelFiles.rows(json, file),
            labels: json["labels"]?.array?.compactMap { $0.double.map { Int($0) } },
            references: try json["expected"].map { try ModelFiles.rows($0, file) })
    }
}
