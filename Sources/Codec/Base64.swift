/// Why a text is no base64.
public enum Base64Error: Error, Equatable, Sendable {
    /// The length is no multiple of four.
    case wrongLength(Int)
    case invalidCharacter(UInt8, at: Int)
    /// Padding elsewhere than at the end, or more than two signs of it.
    case invalidPadding
    /// Bits that no byte holds are not zero: another text means the same bytes.
    case nonCanonical
}

/// Base64 in the standard alphabet with padding, one text for each sequence of bytes.
///
/// Source: RFC 4648, sections 3.5 and 4.
public enum Base64 {
    private static let alphabet = Array(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    private static let padding = UInt8(ascii: "=")

    public static func encode(_ bytes: [UInt8]) -> String {
        var text: [UInt8] = []
        text.reserveCapacity((bytes.count + 2) / 3 * 4)
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let count = min(3, bytes.count - start)
            var group: UInt32 = 0
            for index in 0..<3 {
                group = group << 8 | (index < count ? UInt32(bytes[start + index]) : 0)
            }
            for index in 0..<4 {
                let sextet = Int(group >> UInt32(18 - 6 * index) & 63)
                text.append(index <= count ? alphabet[sextet] : padding)
            }
        }
        return String(decoding: text, as: UTF8.self)
    }

    public static func decode(_ text: some StringProtocol) throws(Base64Error) -> [UInt8] {
        try decode(digits: Array(text.utf8))
    }

    /// Reads the digits, given as ASCII.
    public static func decode(digits: [UInt8]) throws(Base64Error) -> [UInt8] {
        guard digits.count.isMultiple(of: 4) else { throw .wrongLength(digits.count) }
        let filled = digits.firstIndex(of: padding) ?? digits.count
        guard digits.count - filled <= 2, digits[filled...].allSatisfy({ $0 == padding }) else {
            throw .invalidPadding
        }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(digits.count / 4 * 3)
        var group: UInt32 = 0
        for index in 0..<filled {
            guard let sextet = value(of: digits[index]) else {
                throw .invalidCharacter(digits[index], at: index)
            }
            group = group << 6 | sextet
            if index & 3 == 3 {
                bytes.append(UInt8(truncatingIfNeeded: group >> 16))
                bytes.append(UInt8(truncatingIfNeeded: group >> 8))
                bytes.append(UInt8(truncatingIfNeeded: group))
                group = 0
            }
        }
        switch filled & 3 {
        case 2:
            guard group & 0xf == 0 else { throw .nonCanonical }
            bytes.append(UInt8(truncatingIfNeeded: group >> 4))
        case 3:
            guard group & 0x3 == 0 else { throw .nonCanonical }
            bytes.append(UInt8(truncatingIfNeeded: group >> 10))
            bytes.append(UInt8(truncatingIfNeeded: group >> 2))
        default: break
        }
        return bytes
    }

    private static func value(of digit: UInt8) -> UInt32? {
        switch digit {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): UInt32(digit - UInt8(ascii: "A"))
        case UInt8(ascii: "a")...UInt8(ascii: "z"): UInt32(digit - UInt8(ascii: "a") + 26)
        case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(digit - UInt8(ascii: "0") + 52)
        case UInt8(ascii: "+"): 62
        case UInt8(ascii: "/"): 63
        default: nil
        }
    }
}
