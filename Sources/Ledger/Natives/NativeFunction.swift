internal import Codec
internal import Crypto
internal import EVM
internal import Primitives

/// One function of a native precompile: its canonical signature and what it does.
struct NativeFunction: Sendable {
    typealias Body =
        @Sendable (inout NativeCall, inout ABIReader) throws(NativeFailure) -> [UInt8]

    let selector: [UInt8]
    let isView: Bool
    let body: Body

    /// A function that changes state.
    init(_ signature: String, _ body: @escaping Body) {
        selector = ABISignature.selector(signature)
        isView = false
        self.body = body
    }

    /// A function that only reads.
    init(view signature: String, _ body: @escaping Body) {
        selector = ABISignature.selector(signature)
        isView = true
        self.body = body
    }
}

extension NativePrecompile {
    /// A precompile that answers to functions by selector. None takes ether.
    init(_ address: Address, functions: [NativeFunction]) {
        self.init(address: address) { (call) throws(NativeFailure) in
            try call.charge(NativeGas.input(bytes: call.input.count))
            let selector = Array(call.input.prefix(4))
            guard let function = functions.first(where: { $0.selector == selector }) else {
                throw NativeError.unknownFunction(selector).failure
            }
            guard call.value.isZero else { throw NativeError.notPayable.failure }
            if call.isStatic, !function.isView { throw .halt(.staticViolation) }
            var reader = ABIReader(call.input, from: 4)
            return try function.body(&call, &reader)
        }
    }
}

extension ABIReader {
    /// Reads arguments; what cannot be read is refused as the caller's mistake.
    mutating func arguments<Value>(
        _ body: (inout ABIReader) throws(ABIError) -> Value
    ) throws(NativeFailure) -> Value {
        do {
            return try body(&self)
        } catch {
            throw NativeError.invalidCalldata(error.reason).failure
        }
    }
}

extension ABIError {
    fileprivate var reason: String {
        switch self {
        case .truncated(let wanted, let left): "truncated: \(wanted) bytes wanted, \(left) left"
        case .offsetOutOfRange: "an offset points outside the data"
        case .dirtyPadding: "unused bits of a word are not zero"
        case .tooLong(let count, let max): "\(count) long, at most \(max) allowed"
        case .invalidText: "text is not UTF-8"
        }
    }
}

/// Return values.
func encoded(_ body: (inout ABIWriter) -> Void) -> [UInt8] {
    var writer = ABIWriter()
    body(&writer)
    return writer.encoded
}
