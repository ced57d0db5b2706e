/// Why bytes are no tensors of the given types.
public enum TensorBytesError: Error, Equatable, Sendable {
    case wrongByteCount(wanted: Int, got: Int)
    case outOfRange(index: Int, value: Int64)

    /// In words. They are part of revert data: every node must give the same.
    public var reason: String {
        switch self {
        case .wrongByteCount(let wanted, let got): "\(got) bytes, \(wanted) wanted"
        case .outOfRange(let index, let value): "integer \(index) is \(value), out of range"
        }
    }
}

extension TensorType {
    /// The bytes of tensors of these types, one after another.
    public static func byteCount(of types: [TensorType]) -> Int {
        types.reduce(0) { $0 + $1.elementCount * $1.element.byteCount }
    }

    /// Integers as canonical bytes: little-endian, each as wide as its type, one after another.
    public static func bytes(
        of integers: [Int32], as types: [TensorType]
    ) throws(RunError) -> [UInt8] {
        let wanted = types.reduce(0) { $0 + $1.elementCount }
        guard integers.count == wanted else {
            throw .wrongInputCount(wanted: wanted, got: integers.count)
        }
        var bytes: [UInt8] = []
        var index = 0
        for type in types {
            let bounds = type.range
            for _ in 0..<type.elementCount {
                let value = integers[index]
                guard bounds.contains(Int64(value)) else {
                    throw .inputOutOfRange(index: index, value: Int64(value))
                }
                for byte in 0..<type.element.byteCount {
                    bytes.append(UInt8(truncatingIfNeeded: value >> Int32(byte * 8)))
                }
                index += 1
            }
        }
        return bytes
    }

    /// The integers that canonical bytes of tensors stand for: the inverse of
    /// `IntegerGraph.inputBytes` and `outputBytes`.
    ///
    /// Each element is little-endian, as wide as its type, and lies within its range.
    public static func integers(
        of bytes: [UInt8], as types: [TensorType]
    ) throws(TensorBytesError) -> [Int32] {
        let wanted = byteCount(of: types)
        guard bytes.count == wanted else {
            throw .wrongByteCount(wanted: wanted, got: bytes.count)
        }
        var integers: [Int32] = []
        integers.reserveCapacity(types.reduce(0) { $0 + $1.elementCount })
        var position = 0
        for type in types {
            let width = type.element.byteCount
            let bounds = type.range
            for _ in 0..<type.elementCount {
                var bits: UInt32 = 0
                for byte in 0..<width {
                    bits |= UInt32(bytes[position + byte]) << UInt32(8 * byte)
                }
                position += width
                let value = type.element.integer(ofBits: bits)
                guard bounds.contains(Int64(value)) else {
                    throw .outOfRange(index: integers.count, value: Int64(value))
                }
                integers.append(value)
            }
        }
        return integers
    }
}

extension ElementType {
    /// The element whose lowest bits are these.
    fileprivate func integer(ofBits bits: UInt32) -> Int32 {
        switch self {
        case .unsigned8: Int32(UInt8(truncatingIfNeeded: bits))
        case .signed8: Int32(Int8(truncatingIfNeeded: bits))
        case .signed16: Int32(Int16(truncatingIfNeeded: bits))
        case .signed32: Int32(truncatingIfNeeded: bits)
        }
    }
}
