/// ONNX files as float graphs.
///
/// Everything in the file is hostile: sizes are bounded before memory is taken, shapes are checked
/// at every node, and what is not understood is refused by name, never skipped. A symbolic
/// dimension counts as one, which makes a batch a single row.
/// - Source: ONNX IR specification, version 10; operators as cited where they are imported.
public enum ONNX {
    /// Operator set versions whose operators mean here what they mean there.
    public static let opsets: ClosedRange<Int64> = 1...24

    /// The graph of the file's bytes, with constants folded and scales merged.
    public static func importModel(
        _ bytes: [UInt8], limits: InferenceLimits = .standard
    ) throws(ONNXError) -> FloatGraph {
        let model = try ONNXModel(bytes, limits: limits)
        guard opsets.contains(model.opset) else { throw .unsupportedOpset(model.opset) }
        var builder = GraphBuilder(opset: model.opset, limits: limits)
        try builder.build(model.graph)
        return try builder.finish(model.graph)
    }
}
