// Bytes and text of a word.

/// Why a text is no number or no bytes.
public enum TextError: Error, Equatable, Sendable {
    case empty
    case missingPrefix
    case oddLength(Int)
    case wrongLength(wanted: Int, got: Int)
    case invalidCharacter(UInt8, at: Int)
    case leadingZero
    case tooLarge
}

extension UInt256 {
    /// Reads 32 bytes or fewer, most significant first.
    @inlinable
    public init(bigEndian bytes: some Collection<UInt8>) {
        precondition(bytes.count <= 32, "a word has at most 32 bytes")
        var word: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)
        var left = bytes.count
        for byte in bytes {
            left -= 1
            let part = UInt64(byte) << UInt64((left & 7) * 8)
            switch left >> 3 {
            case 0: word.0 |= part
            case 1: word.1 |= part
            case 2: word.2 |= part
            default: word.3 |= part
            }
        }
        self.init(limbs: word.0, word.1, word.2, word.3)
    }

    /// All 32 bytes, most significant first.
    public var bigEndianBytes: [UInt8] {
        var bytes = [UInt8](repeating: 0, count: 32)
        for index in 0..<32 { bytes[index] = byte(index) }
        return bytes
    }

    /// The bytes without leading zeros; none for zero.
    public var minimalBytes: [UInt8] {
        let width = byteWidth
        var bytes = [UInt8](repeating: 0, count: width)
        for index in 0..<width { bytes[index] = byte(32 - width + index) }
        return bytes
    }

    /// Byte `index`, counted from the most significant.
    @inlinable
    public func byte(_ index: Int) -> UInt8 {
        precondition(index >= 0 && index < 32, "byte index out of range")
        let limb = index < 16 ? (index < 8 ? limb3 : limb2) : (index < 24 ? limb1 : limb0)
        return UInt8(truncatingIfNeeded: limb >> UInt64((7 - (index & 7)) * 8))
    }

    /// The value in base ten.
    public var decimal: String {
        if let small = asUInt64 { return String(small) }
        let chunk = UInt256(10_000_000_000_000_000_000 as UInt64)
        var parts: [UInt64] = []
        var rest = self
        while !rest.isZero {
            let (quotient, remainder) = rest.quotientAndRemainder(dividingBy: chunk)
            parts.append(remainder.limb0)
            rest = quotient
        }
        var text = String(parts.removeLast())
        for part in parts.reversed() {
            let digits = String(part)
            text += String(repeating: "0", count: 19 - digits.utf8.count) + digits
        }
        return text
    }

    /// `0x` and the digits without leading zeros, as JSON-RPC writes quantities; zero is `0x0`.
    public var hexQuantity: String {
        if isZero { return "0x0" }
        let digits = Hex.encode(minimalBytes)
        return "0x" + (digits.utf8.first == UInt8(ascii: "0") ? String(digits.dropFirst()) : digits)
    }

    /// Reads decimal digits; a leading zero is refused but for "0" itself.
    public init(decimal text: some StringProtocol) throws(TextError) {
        let digits = text.utf8
        guard let first = digits.first else { throw .empty }
        guard digits.count == 1 || first != UInt8(ascii: "0") else { throw .leadingZero }
        var value = UInt256.zero
        for (index, digit) in digits.enumerated() {
            guard digit >= UInt8(ascii: "0"), digit <= UInt8(ascii: "9") else {
                throw .invalidCharacter(digit, at: index)
            }
            let (product, overflow1) = value.multipliedReportingOverflow(by: 10)
            let (sum, overflow2) =
                product.addingReportingOverflow(UInt256(UInt64(digit - UInt8(ascii: "0"))))
            guard !overflow1, !overflow2 else { throw .tooLarge }
            value = sum
        }
        self = value
    }

    /// Reads `0x` and hex digits. Leading zeros are allowed (genesis files and tests have them).
    public init(hex text: some StringProtocol) throws(TextError) {
        try self.init(hexDigits: Array(String(text).utf8))
    }

    /// Of bytes, because loops over a generic text are slow.
    private init(hexDigits digits: [UInt8]) throws(TextError) {
        guard digits.count >= 2, digits[0] == UInt8(ascii: "0"), digits[1] == UInt8(ascii: "x")
        else { throw .missingPrefix }
        guard digits.count > 2 else { throw .empty }
        var value = UInt256.zero
        for index in 2..<digits.count {
            guard let nibble = Hex.value(of: digits[index]) else {
                throw .invalidCharacter(digits[index], at: index)
            }
            guard value.limb3 >> 60 == 0 else { throw .tooLarge }
            value = value << 4 | UInt256(UInt64(nibble))
        }
        self = value
    }
}

extension UInt256: CustomStringConvertible {
    public var description: String { decimal }
}
