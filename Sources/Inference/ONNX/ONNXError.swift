public import Codec

/// Why an ONNX file is refused, in the order checked.
public enum ONNXError: Error, Equatable, Sendable {
    case tooLarge(bytes: Int, max: Int)
    case malformed(ProtobufError)
    case tooMany(String, max: Int)
    case invalidText
    case missingGraph
    case missingOpset
    case unsupportedOpset(Int64)
    /// Weights in another file: only what is hashed with the model may be part of it.
    case externalData(tensor: String)
    case sparseTensor
    case unsupportedElementType(Int64, tensor: String)
    case invalidDimension(Int64, tensor: String)
    case shapeTooLarge(tensor: String)
    case dataSizeMismatch(tensor: String, wanted: Int, got: Int)
    case notFinite(tensor: String)
    case missingShape(tensor: String)
    case duplicateName(String)
    /// Covers cycles: ONNX demands that nodes stand in topological order.
    case usedBeforeDefined(value: String, node: String)
    case unsupportedOperator(op: String, node: String)
    case wrongInputCount(op: String, node: String, got: Int)
    case missingInput(op: String, node: String, index: Int)
    case duplicateAttribute(String, node: String)
    case invalidAttribute(String, op: String, node: String)
    case shapeMismatch(op: String, node: String)
    /// A supported operator in a form that is not.
    case unsupportedForm(op: String, node: String, why: String)
    case noInputs
    case noOutputs
}
