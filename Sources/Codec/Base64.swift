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
        let input = digits.span
        guard digits.count.isMultiple(of: 4) else { throw .wrongLength(digits.count) }
        var filled = digits.count
        while filled > 0, digits.count - filled < 2, digits[filled - 1] == padding { filled -= 1 }
        var bytes = [UInt8](repeating: 0, count: filled * 3 / 4)
        let start = filled & ~3
        let position = start / 4 * 3
        var output = bytes.mutableSpan
        guard decode(wholeGroups: input.extracting(0..<start), into: &output, at: 0) else {
            throw refusal(digits, filled)
        }
        guard start < filled else { return bytes }
        // Two or three digits stand before the padding; what no byte holds is zero.
        let first = sextets[Int(digits[start])]
        let second = filled - start > 1 ? sextets[Int(digits[start + 1])] : 0xff
        let third = filled - start > 2 ? sextets[Int(digits[start + 2])] : 0
        guard first | second | third < 64 else { throw refusal(digits, filled) }
        bytes[position] = first << 2 | second >> 4
        if filled - start == 2 {
            guard second & 0xf == 0 else { throw .nonCanonical }
        } else {
            guard third & 0x3 == 0 else { throw .nonCanonical }
            bytes[position + 1] = second << 4 | third >> 2
        }
        return bytes
    }

    /// Writes what digits hold at an offset that leaves room for it. False where they are no whole
    /// groups of four digits without padding; what is written then is worth nothing.
    static func decode(
        wholeGroups digits: Span<UInt8>, into output: inout MutableSpan<UInt8>, at offset: Int
    ) -> Bool {
        guard digits.count.isMultiple(of: 4) else { return false }
        precondition(offset >= 0 && digits.count / 4 * 3 <= output.count - offset, "no room")
        let table = sextets.span
        var position = offset
        var seen: UInt8 = 0
        for start in stride(from: 0, to: digits.count, by: 4) {
            // Positions are within what was checked above; the table has an entry for each byte.
            let first = unsafe table[unchecked: Int(digits[unchecked: start])]
            let second = unsafe table[unchecked: Int(digits[unchecked: start + 1])]
            let third = unsafe table[unchecked: Int(digits[unchecked: start + 2])]
            let fourth = unsafe table[unchecked: Int(digits[unchecked: start + 3])]
            seen |= first | second | third | fourth
            unsafe output[unchecked: position] = first << 2 | second >> 4
            unsafe output[unchecked: position + 1] = second << 4 | third >> 2
            unsafe output[unchecked: position + 2] = third << 6 | fourth
            position += 3
        }
        return seen < 64
    }

    /// Why digits with one that is none are refused.
    private static func refusal(_ digits: [UInt8], _ filled: Int) -> Base64Error {
        guard !digits[..<filled].contains(padding),
            let index = digits[..<filled].firstIndex(where: { sextets[Int($0)] >= 64 })
        else { return .invalidPadding }
        return .invalidCharacter(digits[index], at: index)
    }

    /// What each byte means as a digit; 0xff for those that are none.
    private static let sextets: [UInt8] = {
        var table = [UInt8](repeating: 0xff, count: 256)
        for (value, digit) in alphabet.enumerated() { table[Int(digit)] = UInt8(value) }
        return table
    }()
}
