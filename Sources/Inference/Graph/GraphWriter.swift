/// Writes the canonical bytes of a graph; `Inference.docc/IntegerGraph.md` specifies them.
struct GraphWriter {
    static let magic: [UInt8] = [0x41, 0x53, 0x59, 0x47]
    static let version: UInt16 = 1

    private(set) var bytes: [UInt8] = []

    mutating func write(
        inputs: [TensorType], constants: [IntegerConstant], nodes: [IntegerNode],
        results: [IntegerResult]
    ) {
        bytes += GraphWriter.magic
        append(GraphWriter.version)
        append(UInt32(inputs.count))
        for input in inputs {
            write(text: input.name)
            write(shape: input.shape)
            write(ElementFormat(element: input.element, scaleExponent: input.scaleExponent))
            append(Int32(input.range.lowerBound))
            append(Int32(input.range.upperBound))
        }
        append(UInt32(constants.count))
        for constant in constants {
            write(shape: constant.shape)
            write(
                ElementFormat(element: constant.element, scaleExponent: constant.scaleExponent))
            for value in constant.values {
                append(Int64(value), byteCount: constant.element.byteCount)
            }
        }
        append(UInt32(nodes.count))
        for node in nodes { write(node) }
        append(UInt32(results.count))
        for result in results {
            write(text: result.name)
            append(UInt32(result.tensor))
        }
    }

    private mutating func write(_ node: IntegerNode) {
        bytes.append(node.operation.code.rawValue)
        for input in node.inputs { append(UInt32(input)) }
        switch node.operation {
        case .dense(let linear): write(linear)
        case .convolution(let linear, let window, let groups):
            write(linear)
            write(window)
            append(UInt32(groups))
        case .affine(let linear, let inner):
            write(linear)
            append(UInt32(inner))
        case .sum(let left, let right):
            append(left)
            append(right)
        case .product, .matrixProduct: break
        case .maxPool(let window): write(window)
        case .transpose(let permutation):
            bytes.append(UInt8(permutation.count))
            bytes += permutation.map { UInt8($0) }
        case .reshape(let shape): write(shape: shape)
        case .lookup(let table):
            append(UInt32(table.count))
            for entry in table { append(entry) }
        }
        if let output = node.output { write(output) }
        if let requantisation = node.requantisation {
            append(UInt32(requantisation.shifts.count))
            bytes += requantisation.shifts
            append(requantisation.low)
            append(requantisation.high)
        }
    }

    private mutating func write(_ linear: IntegerLinear) {
        append(UInt32(linear.outputCount))
        append(UInt32(linear.innerCount))
        bytes.reserveCapacity(bytes.count + linear.weights.count + linear.bias.count * 4)
        for weight in linear.weights { bytes.append(UInt8(bitPattern: weight)) }
        for bias in linear.bias { append(bias) }
    }

    private mutating func write(_ window: Window) {
        for size in [
            window.kernel, window.strides, window.dilations, window.padsBefore, window.padsAfter,
        ] {
            append(UInt16(size.height))
            append(UInt16(size.width))
        }
    }

    private mutating func write(text: String) {
        append(UInt16(text.utf8.count))
        bytes += text.utf8
    }

    private mutating func write(shape: [Int]) {
        bytes.append(UInt8(shape.count))
        for dimension in shape { append(UInt32(dimension)) }
    }

    private mutating func write(_ format: ElementFormat) {
        bytes.append(format.element.rawValue)
        append(Int16(format.scaleExponent))
    }

    private mutating func append(_ number: some FixedWidthInteger) {
        append(Int64(number), byteCount: number.bitWidth / 8)
    }

    private mutating func append(_ number: Int64, byteCount: Int) {
        for index in 0..<byteCount {
            bytes.append(UInt8(truncatingIfNeeded: number >> Int64(index * 8)))
        }
    }
}

/// The byte that names an operation.
enum OperationCode: UInt8 {
    case dense = 1
    case convolution = 2
    case affine = 3
    case sum = 4
    case product = 5
    case matrixProduct = 6
    case maxPool = 7
    case transpose = 8
    case reshape = 9
    case lookup = 10

    var inputCount: Int {
        switch self {
        case .sum, .product, .matrixProduct: 2
        default: 1
        }
    }

    var hasFormat: Bool { self != .maxPool && self != .transpose && self != .reshape }

    var accumulates: Bool { hasFormat && self != .lookup }
}

extension IntegerOperation {
    var code: OperationCode {
        switch self {
        case .dense: .dense
        case .convolution: .convolution
        case .affine: .affine
        case .sum: .sum
        case .product: .product
        case .matrixProduct: .matrixProduct
        case .maxPool: .maxPool
        case .transpose: .transpose
        case .reshape: .reshape
        case .lookup: .lookup
        }
    }
}
