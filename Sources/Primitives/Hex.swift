/// Hexadecimal text of bytes.
public enum Hex {
    /// Lower-case digits without prefix.
    public static func encode(_ bytes: some Collection<UInt8>) -> String {
        var digits: [UInt8] = []
        digits.reserveCapacity(bytes.count * 2)
        for byte in bytes {
            digits.append(digit(byte >> 4))
            digits.append(digit(byte & 15))
        }
        return String(decoding: digits, as: UTF8.self)
    }

    /// Lower-case digits after `0x`.
    public static func encodePrefixed(_ bytes: some Collection<UInt8>) -> String {
        "0x" + encode(bytes)
    }

    /// Reads an even number of digits without prefix.
    public static func decode(_ text: some StringProtocol) throws(TextError) -> [UInt8] {
        try decode(digits: Array(String(text).utf8)[...])
    }

    /// Reads `0x` and an even number of digits.
    public static func decodePrefixed(_ text: some StringProtocol) throws(TextError) -> [UInt8] {
        let digits = Array(String(text).utf8)
        guard digits.count >= 2, digits[0] == UInt8(ascii: "0"), digits[1] == UInt8(ascii: "x")
        else { throw .missingPrefix }
        return try decode(digits: digits[2...])
    }

    static func decode(digits: ArraySlice<UInt8>) throws(TextError) -> [UInt8] {
        guard digits.count.isMultiple(of: 2) else { throw .oddLength(digits.count) }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(digits.count / 2)
        var index = digits.startIndex
        while index < digits.endIndex {
            guard let high = value(of: digits[index]) else {
                throw .invalidCharacter(digits[index], at: index)
            }
            guard let low = value(of: digits[index + 1]) else {
                throw .invalidCharacter(digits[index + 1], at: index + 1)
            }
            bytes.append(high << 4 | low)
            index += 2
        }
        return bytes
    }

    /// The value of one digit of either case.
    @inlinable
    public static func value(of digit: UInt8) -> UInt8? {
        switch digit {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): digit - UInt8(ascii: "A") + 10
        default: nil
        }
    }

    @inlinable
    static func digit(_ nibble: UInt8) -> UInt8 {
        nibble < 10 ? UInt8(ascii: "0") + nibble : UInt8(ascii: "a") + nibble - 10
    }
}
