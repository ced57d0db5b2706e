/// `TensorProto`: a constant with its data checked against its shape.
public struct ONNXTensor: Sendable, Equatable {
    /// Row-major elements. Floats of all widths are kept in single precision.
    public enum Data: Sendable, Equatable {
        case reals([Float])
        case integers([Int64])
    }

    public var name: String
    public var shape: [Int]
    public var element: ONNXElement
    public var data: Data

    public init(name: String, shape: [Int], element: ONNXElement, data: Data) {
        self.name = name
        self.shape = shape
        self.element = element
        self.data = data
    }

    /// A tensor of its own, as the ONNX backend cases keep inputs and outputs.
    public init(
        _ bytes: [UInt8], limits: InferenceLimits = .standard
    ) throws(ONNXError) {
        guard bytes.count <= limits.bytesMax else {
            throw .tooLarge(bytes: bytes.count, max: limits.bytesMax)
        }
        try self.init(bytes[...], limits: limits)
    }

    init(_ bytes: ArraySlice<UInt8>, limits: InferenceLimits) throws(ONNXError) {
        var fields = Fields()
        try fields.read(bytes, limits: limits)
        name = fields.name
        guard !fields.isExternal else { throw .externalData(tensor: name) }
        guard let element = ONNXElement(rawValue: fields.elementType) else {
            throw .unsupportedElementType(fields.elementType, tensor: name)
        }
        self.element = element
        shape = []
        for dimension in fields.dimensions {
            guard dimension >= 0, let size = Int(exactly: dimension) else {
                throw .invalidDimension(dimension, tensor: name)
            }
            shape.append(size)
        }
        guard let count = Shape.elementCount(shape, max: limits.elementCountMax, allowsZero: true)
        else { throw .shapeTooLarge(tensor: name) }
        data = try fields.data(element, count: count)
    }

    /// All elements as floats.
    public var numbers: [Float] {
        switch data {
        case .reals(let elements): elements
        case .integers(let elements): elements.map { Float($0) }
        }
    }
}

extension ONNXTensor {
    /// The fields as they stand in the file.
    private struct Fields {
        var name = ""
        var elementType: Int64 = 0
        var dimensions: [Int64] = []
        var isExternal = false
        var raw: ArraySlice<UInt8>?
        var floats: [Float] = []
        var doubles: [Double] = []
        var int32s: [Int64] = []
        var int64s: [Int64] = []
        var uint64s: [Int64] = []

        mutating func read(
            _ bytes: ArraySlice<UInt8>, limits: InferenceLimits
        ) throws(ONNXError) {
            let listMax = limits.tensorListBytesMax
            var reader = MessageReader(bytes)
            while let field = try reader.next() {
                switch field.number {
                case 1:
                    dimensions += try field.integers()
                    guard dimensions.count <= limits.rankMax else {
                        throw .tooMany("dimensions", max: limits.rankMax)
                    }
                case 2: elementType = try field.integer()
                case 4: floats += try field.floats()
                case 5: int32s += try field.integers(bytesMax: listMax)
                case 7: int64s += try field.integers(bytesMax: listMax)
                case 8: name = try field.text(limits)
                case 9: raw = try field.bytes()
                case 10: doubles += try field.doubles()
                case 11: uint64s += try field.integers(bytesMax: listMax)
                case 13: isExternal = true
                case 14: isExternal = try field.integer() != 0 || isExternal
                default: break
                }
            }
        }

        func data(_ element: ONNXElement, count: Int) throws(ONNXError) -> ONNXTensor.Data {
            if let raw, !(raw.isEmpty && count != 0 && listCount(element) == count) {
                let wanted = count * element.byteCount
                guard raw.count == wanted else {
                    throw .dataSizeMismatch(tensor: name, wanted: wanted, got: raw.count)
                }
                return ONNXTensor.decode(raw, element)
            }
            let got = listCount(element)
            guard got == count else {
                throw .dataSizeMismatch(
                    tensor: name, wanted: count * element.byteCount,
                    got: got * element.byteCount)
            }
            switch element {
            case .float: return .reals(floats)
            case .double: return .reals(doubles.map { Float($0) })
            case .float16, .bfloat16:
                return .reals(int32s.map { element.float(bits: UInt64(bitPattern: $0)) })
            case .int64: return .integers(int64s)
            case .uint32, .uint64: return .integers(uint64s.map { element.wrapped($0) })
            default: return .integers(int32s.map { element.wrapped($0) })
            }
        }

        /// How many elements stand in the list that the element type uses.
        private func listCount(_ element: ONNXElement) -> Int {
            switch element {
            case .float: floats.count
            case .double: doubles.count
            case .int64: int64s.count
            case .uint32, .uint64: uint64s.count
            default: int32s.count
            }
        }
    }

    /// Little-endian elements, as `raw_data` holds them on every machine.
    private static func decode(_ raw: ArraySlice<UInt8>, _ element: ONNXElement) -> Data {
        let width = element.byteCount
        let words = stride(from: raw.startIndex, to: raw.endIndex, by: width).lazy.map { start in
            var word: UInt64 = 0
            for index in 0..<width { word |= UInt64(raw[start + index]) << UInt64(index * 8) }
            return word
        }
        return element.kind == .real
            ? .reals(words.map { element.float(bits: $0) })
            : .integers(words.map { element.integer(bits: $0) })
    }
}
