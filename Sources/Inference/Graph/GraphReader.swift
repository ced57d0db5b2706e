/// Reads the parts of a graph; what they mean together is checked by `GraphAnalysis`.
///
/// Counts are compared with the bytes left before memory is taken. Numbers have fixed widths, and
/// nothing that follows from other parts is written, so that no graph has two encodings.
struct GraphReader {
    struct Parts {
        var inputs: [TensorType] = []
        var constants: [IntegerConstant] = []
        var nodes: [IntegerNode] = []
        var results: [IntegerResult] = []
    }

    private let bytes: [UInt8]
    private let limits: InferenceLimits
    private var position = 0

    init(_ bytes: [UInt8], limits: InferenceLimits) {
        self.bytes = bytes
        self.limits = limits
    }

    mutating func read() throws(GraphError) -> Parts {
        guard try take(4).elementsEqual(GraphWriter.magic) else { throw .wrongMagic }
        let version = UInt16(truncatingIfNeeded: try number(2))
        guard version == GraphWriter.version else { throw .unsupportedVersion(version) }
        var parts = Parts()
        for _ in 0..<(try count("inputs", max: limits.tensorCountMax)) {
            parts.inputs.append(try input())
        }
        for _ in 0..<(try count("constants", max: limits.tensorCountMax)) {
            parts.constants.append(try constant())
        }
        for _ in 0..<(try count("nodes", max: limits.nodeCountMax)) {
            parts.nodes.append(try node())
        }
        for _ in 0..<(try count("results", max: limits.tensorCountMax)) {
            let name = try text()
            parts.results.append(IntegerResult(name: name, tensor: try natural()))
        }
        guard position == bytes.count else { throw .trailingBytes(bytes.count - position) }
        return parts
    }

    private mutating func input() throws(GraphError) -> TensorType {
        let name = try text()
        let shape = try shape()
        let format = try format()
        let low = Int64(try signed())
        let high = Int64(try signed())
        guard low <= high else { throw .valueOutOfRange(high) }
        return TensorType(
            name: name, shape: shape, element: format.element,
            scaleExponent: format.scaleExponent, range: low...high)
    }

    private mutating func constant() throws(GraphError) -> IntegerConstant {
        let shape = try shape()
        let format = try format()
        guard format.element != .signed32 else { throw .unknownElementType(3) }
        guard let count = Shape.elementCount(shape, max: limits.elementCountMax) else {
            throw .invalidShape
        }
        let width = format.element.byteCount
        let raw = try take(count * width)
        let isUnsigned = format.element == .unsigned8
        let values = stride(from: raw.startIndex, to: raw.endIndex, by: width).map { index in
            if width == 2 {
                return Int16(bitPattern: UInt16(raw[index]) | UInt16(raw[index + 1]) << 8)
            }
            return isUnsigned ? Int16(raw[index]) : Int16(Int8(bitPattern: raw[index]))
        }
        return IntegerConstant(
            shape: shape, element: format.element, scaleExponent: format.scaleExponent,
            values: values)
    }

    private mutating func node() throws(GraphError) -> IntegerNode {
        let byte = try take(1).first ?? 0
        guard let code = OperationCode(rawValue: byte) else { throw .unknownOperation(byte) }
        var inputs: [Int] = []
        for _ in 0..<code.inputCount { inputs.append(try natural()) }
        let operation = try operation(code)
        let output = code.hasFormat ? try format() : nil
        var requantisation: Requantisation?
        if code.accumulates, let output, output.element != .signed32 {
            let shifts = try take(try natural())
            let low = try signed()
            requantisation = Requantisation(
                shifts: Array(shifts), low: low, high: try signed())
        }
        return IntegerNode(
            operation, inputs: inputs, output: output, requantisation: requantisation)
    }

    private mutating func operation(_ code: OperationCode) throws(GraphError) -> IntegerOperation {
        switch code {
        case .dense: return .dense(try linear())
        case .convolution:
            let linear = try linear()
            let window = try window()
            return .convolution(linear, window, groups: try natural())
        case .affine:
            let linear = try linear()
            return .affine(linear, inner: try natural())
        case .sum:
            let left = try signed()
            return .sum(left: left, right: try signed())
        case .product: return .product
        case .matrixProduct: return .matrixProduct
        case .maxPool: return .maxPool(try window())
        case .transpose:
            let rank = Int(try number(1))
            return .transpose(try take(rank).map { Int($0) })
        case .reshape: return .reshape(try shape())
        case .lookup:
            let raw = try take(try natural() * 2)
            return .lookup(
                stride(from: raw.startIndex, to: raw.endIndex, by: 2).map { index in
                    Int16(bitPattern: UInt16(raw[index]) | UInt16(raw[index + 1]) << 8)
                })
        }
    }

    private mutating func linear() throws(GraphError) -> IntegerLinear {
        let outputs = try natural()
        let inner = try natural()
        // Below 2⁶⁴: both factors come from 32 bits.
        let (count, overflow) = outputs.multipliedReportingOverflow(by: inner)
        guard !overflow else { throw .truncated(wanted: .max, left: bytes.count - position) }
        let weights = try take(count).map { Int8(bitPattern: $0) }
        let raw = try take(outputs * 4)
        let bias = stride(from: raw.startIndex, to: raw.endIndex, by: 4).map { index in
            Int32(
                bitPattern: (0..<4).reduce(0) { $0 | UInt32(raw[index + $1]) << UInt32($1 * 8) })
        }
        // Without outputs the inner size would say nothing, in many ways.
        guard outputs >= 1, inner >= 1 else { throw .invalidShape }
        return IntegerLinear(weights: weights, bias: bias)
    }

    private mutating func window() throws(GraphError) -> Window {
        var sizes: [PlaneSize] = []
        for _ in 0..<5 {
            let height = Int(try number(2))
            sizes.append(PlaneSize(height: height, width: Int(try number(2))))
        }
        return Window(
            kernel: sizes[0], strides: sizes[1], dilations: sizes[2], padsBefore: sizes[3],
            padsAfter: sizes[4])
    }

    private mutating func format() throws(GraphError) -> ElementFormat {
        let byte = UInt8(truncatingIfNeeded: try number(1))
        guard let element = ElementType(rawValue: byte) else { throw .unknownElementType(byte) }
        let exponent = Int16(truncatingIfNeeded: try number(2))
        return ElementFormat(element: element, scaleExponent: Int(exponent))
    }

    private mutating func shape() throws(GraphError) -> [Int] {
        let rank = Int(try number(1))
        guard rank <= limits.rankMax else { throw .invalidShape }
        var shape: [Int] = []
        for _ in 0..<rank { shape.append(try natural()) }
        return shape
    }

    private mutating func text() throws(GraphError) -> String {
        let count = Int(try number(2))
        guard count <= limits.nameBytesMax else {
            throw .tooMany("name bytes", max: limits.nameBytesMax)
        }
        guard let text = String(validating: try take(count), as: UTF8.self) else {
            throw .invalidText
        }
        return text
    }

    private mutating func count(_ what: String, max: Int) throws(GraphError) -> Int {
        let count = try natural()
        guard count <= max else { throw .tooMany(what, max: max) }
        return count
    }

    private mutating func natural() throws(GraphError) -> Int { Int(try number(4)) }

    private mutating func signed() throws(GraphError) -> Int32 {
        Int32(truncatingIfNeeded: try number(4))
    }

    private mutating func number(_ byteCount: Int) throws(GraphError) -> UInt64 {
        var number: UInt64 = 0
        for (index, byte) in try take(byteCount).enumerated() {
            number |= UInt64(byte) << UInt64(index * 8)
        }
        return number
    }

    private mutating func take(_ count: Int) throws(GraphError) -> ArraySlice<UInt8> {
        let left = bytes.count - position
        guard count <= left else { throw .truncated(wanted: count, left: left) }
        position += count
        return bytes[position - count..<position]
    }
}
