/// `TensorProto`: a constant with its data checked against its shape.
struct ONNXTensor {
    enum Data {
        case floats([Float])
        case integers([Int64])
    }

    /// `TensorProto.DataType`, those that we read.
    enum ElementType: Int64 {
        case float = 1
        case int32 = 6
        case int64 = 7
        case double = 11

        var byteCount: Int {
            switch self {
            case .float, .int32: 4
            case .int64, .double: 8
            }
        }
    }

    var name = ""
    var shape: [Int] = []
    var data: Data

    init(name: String, shape: [Int], data: Data) {
        self.name = name
        self.shape = shape
        self.data = data
    }

    init(_ bytes: ArraySlice<UInt8>, limits: InferenceLimits) throws(ONNXError) {
        var fields = Fields()
        try fields.read(bytes, limits: limits)
        name = fields.name
        guard !fields.isExternal else { throw .externalData(tensor: name) }
        guard let type = ElementType(rawValue: fields.elementType) else {
            throw .unsupportedElementType(fields.elementType, tensor: name)
        }
        for dimension in fields.dimensions {
            // Zero-sized tensors occur in files, as absent optional operands; none has a use here.
            guard dimension >= 1, let size = Int(exactly: dimension) else {
                throw .invalidDimension(dimension, tensor: name)
            }
            shape.append(size)
        }
        guard let count = Shape.elementCount(shape, max: limits.elementCountMax) else {
            throw .shapeTooLarge(tensor: name)
        }
        data = try fields.data(type, count: count)
        if case .floats(let values) = data {
            guard values.allSatisfy(\.isFinite) else { throw .notFinite(tensor: name) }
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

        mutating func read(
            _ bytes: ArraySlice<UInt8>, limits: InferenceLimits
        ) throws(ONNXError) {
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
                case 5: int32s += try field.integers()
                case 7: int64s += try field.integers()
                case 8: name = try field.text(limits)
                case 9: raw = try field.bytes()
                case 10: doubles += try field.doubles()
                case 13: isExternal = true
                case 14: isExternal = try field.integer() != 0 || isExternal
                default: break
                }
            }
        }

        func data(_ type: ElementType, count: Int) throws(ONNXError) -> ONNXTensor.Data {
            if let raw {
                let wanted = count * type.byteCount
                guard raw.count == wanted else {
                    throw .dataSizeMismatch(tensor: name, wanted: wanted, got: raw.count)
                }
                return ONNXTensor.decode(raw, type)
            }
            let got: Int
            let data: ONNXTensor.Data
            switch type {
            case .float: (got, data) = (floats.count, .floats(floats))
            case .double: (got, data) = (doubles.count, .floats(doubles.map { Float($0) }))
            case .int32:
                let narrow = int32s.map { Int64(Int32(truncatingIfNeeded: $0)) }
                (got, data) = (int32s.count, .integers(narrow))
            case .int64: (got, data) = (int64s.count, .integers(int64s))
            }
            guard got == count else {
                throw .dataSizeMismatch(
                    tensor: name, wanted: count * type.byteCount, got: got * type.byteCount)
            }
            return data
        }
    }

    /// Little-endian elements, as `raw_data` holds them on every machine.
    private static func decode(_ raw: ArraySlice<UInt8>, _ type: ElementType) -> Data {
        func words(_ width: Int) -> [UInt64] {
            stride(from: raw.startIndex, to: raw.endIndex, by: width).map { start in
                var word: UInt64 = 0
                for index in 0..<width {
                    word |= UInt64(raw[start + index]) << UInt64(index * 8)
                }
                return word
            }
        }
        switch type {
        case .float:
            return .floats(words(4).map { Float(bitPattern: UInt32(truncatingIfNeeded: $0)) })
        case .double: return .floats(words(8).map { Float(Double(bitPattern: $0)) })
        case .int32: return .integers(words(4).map { Int64(Int32(truncatingIfNeeded: $0)) })
        case .int64: return .integers(words(8).map { Int64(bitPattern: $0) })
        }
    }
}
