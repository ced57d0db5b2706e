/// `TensorProto.DataType`, those that we read. Source: `onnx.proto`, ONNX 1.17.
public enum ONNXElement: Int64, Sendable, Equatable {
    case float = 1
    case uint8 = 2
    case int8 = 3
    case uint16 = 4
    case int16 = 5
    case int32 = 6
    case int64 = 7
    case boolean = 9
    case float16 = 10
    case double = 11
    case uint32 = 12
    case uint64 = 13
    case bfloat16 = 16

    public var kind: FloatKind {
        switch self {
        case .float, .float16, .double, .bfloat16: .real
        case .boolean: .boolean
        default: .integer
        }
    }

    var byteCount: Int {
        switch self {
        case .uint8, .int8, .boolean: 1
        case .uint16, .int16, .float16, .bfloat16: 2
        case .float, .int32, .uint32: 4
        case .int64, .double, .uint64: 8
        }
    }

    var isUnsigned: Bool {
        switch self {
        case .uint8, .uint16, .uint32, .uint64, .boolean: true
        default: false
        }
    }

    /// The integers of a type of one byte.
    var byteBounds: ClosedRange<Int>? {
        switch self {
        case .uint8: 0...255
        case .int8: -128...127
        default: nil
        }
    }

    /// The integer modulo the type's width, as C converts. Unsigned 64-bit numbers keep their bits.
    func wrapped(_ integer: Int64) -> Int64 {
        switch self {
        case .uint8: Int64(UInt8(truncatingIfNeeded: integer))
        case .int8: Int64(Int8(truncatingIfNeeded: integer))
        case .uint16: Int64(UInt16(truncatingIfNeeded: integer))
        case .int16: Int64(Int16(truncatingIfNeeded: integer))
        case .int32: Int64(Int32(truncatingIfNeeded: integer))
        case .uint32: Int64(UInt32(truncatingIfNeeded: integer))
        case .boolean: integer == 0 ? 0 : 1
        default: integer
        }
    }

    /// The float of a real type's bits.
    func float(bits: UInt64) -> Float {
        switch self {
        case .float: Float(bitPattern: UInt32(truncatingIfNeeded: bits))
        case .double: Float(Double(bitPattern: bits))
        case .bfloat16: Float(bitPattern: UInt32(truncatingIfNeeded: bits) << 16)
        default: ONNXElement.halfFloat(UInt16(truncatingIfNeeded: bits))
        }
    }

    /// The integer of an integer type's little-endian bytes.
    func integer(bits: UInt64) -> Int64 { wrapped(Int64(bitPattern: bits)) }

    /// The nearest number that a real type can hold.
    func rounded(_ number: Float) -> Float {
        switch self {
        case .bfloat16 where number.isFinite:
            let bits = number.bitPattern
            let half = UInt32(0x7fff) + (bits >> 16 & 1)
            return Float(bitPattern: (bits &+ half) & 0xffff_0000)
        case .float16: return ONNXElement.roundedToHalf(number)
        default: return number
        }
    }

    /// IEEE 754 binary16, which is no type of its own on every machine.
    private static func halfFloat(_ bits: UInt16) -> Float {
        let fraction = Float(bits & 0x3ff)
        let magnitude: Float
        switch bits >> 10 & 0x1f {
        case 0: magnitude = fraction * 0x1p-24
        case 31: magnitude = fraction == 0 ? .infinity : .nan
        case let exponent:
            magnitude =
                (1024 + fraction) * Float(sign: .plus, exponent: Int(exponent) - 25, significand: 1)
        }
        return bits >> 15 == 0 ? magnitude : -magnitude
    }

    private static func roundedToHalf(_ number: Float) -> Float {
        guard number.isFinite, number != 0 else { return number }
        let unit = Float(sign: .plus, exponent: max(Int(number.exponent), -14) - 10, significand: 1)
        let rounded = (number / unit).rounded(.toNearestOrEven) * unit
        return rounded.magnitude < 65520 ? rounded : rounded < 0 ? -.infinity : .infinity
    }
}
