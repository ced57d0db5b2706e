internal import Codec
internal import Crypto
internal import EVM

/// Why the inference precompile refuses a call, in the order checked: a custom error each.
public enum InferenceError: Error, Equatable, Sendable {
    /// No language model runs on this chain.
    case languageModelsUnsupported
    /// A mode whose evidence this chain cannot check: ZKML 1 and TEE 2. Never downgraded.
    case unsupportedMode(UInt8)
    /// No mode of the interface has this number.
    case unknownMode(UInt8)
    /// The text names no registered model.
    case unknownModelReference(String)
    /// Models take numbers; the tensor holds strings.
    case stringsUnsupported(String)
    case duplicateTensor(String)
    /// The model has no input of this name.
    case unknownTensor(String)
    /// The model has this input and the request does not.
    case missingTensor(String)
    /// The shape differs from the model's, both as `[1,28,28]`.
    case wrongShape(tensor: String, expected: String, got: String)
    /// More or fewer values than the shape says.
    case wrongValueCount(tensor: String, expected: Int, got: Int)
    /// Decimals below zero or above 2³² − 1.
    case invalidDecimals(tensor: String, index: Int)

    static let signatures = [
        "LanguageModelsUnsupported()", "UnsupportedMode(uint8)", "UnknownMode(uint8)",
        "UnknownModelReference(string)", "StringsUnsupported(string)", "DuplicateTensor(string)",
        "UnknownTensor(string)", "MissingTensor(string)", "WrongShape(string,string,string)",
        "WrongValueCount(string,uint256,uint256)", "InvalidDecimals(string,uint256)",
    ]

    private var parts: (index: Int, arguments: [ErrorArgument]) {
        switch self {
        case .languageModelsUnsupported: (0, [])
        case .unsupportedMode(let mode): (1, [.number(UInt64(mode))])
        case .unknownMode(let mode): (2, [.number(UInt64(mode))])
        case .unknownModelReference(let text): (3, [.text(text)])
        case .stringsUnsupported(let name): (4, [.text(name)])
        case .duplicateTensor(let name): (5, [.text(name)])
        case .unknownTensor(let name): (6, [.text(name)])
        case .missingTensor(let name): (7, [.text(name)])
        case .wrongShape(let name, let expected, let got):
            (8, [.text(name), .text(expected), .text(got)])
        case .wrongValueCount(let name, let expected, let got):
            (9, [.text(name), .number(UInt64(expected)), .number(UInt64(got))])
        case .invalidDecimals(let name, let index):
            (10, [.text(name), .number(UInt64(index))])
        }
    }

    /// Selector and ABI-encoded arguments.
    public var revertData: [UInt8] {
        let (index, arguments) = parts
        return NativeError.revertData(InferenceError.signatures[index], arguments)
    }

    var failure: NativeFailure { .revert(revertData) }
}
