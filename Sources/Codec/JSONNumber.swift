public import Primitives

/// A JSON number as the digits that were written; it goes through `Double` only when asked to.
public struct JSONNumber: Sendable, Hashable {
    /// Digits that RFC 8259, section 6 allows.
    public let text: String

    /// The number with that text; nil when it breaks the grammar.
    public init?(_ text: String) {
        let digits = Array(text.utf8)
        guard JSONNumber.end(of: digits, from: 0) == digits.count else { return nil }
        self.text = text
    }

    public init(_ value: some FixedWidthInteger) { text = String(value) }

    public init(_ value: UInt256) { text = value.decimal }

    /// The shortest digits that read back as `value`; nil when it is not finite.
    public init?(_ value: Double) {
        guard value.isFinite else { return nil }
        text = value.description
    }

    init(checked text: String) { self.text = text }

    /// The value of an integer in range, written without fraction or exponent.
    public var uint64: UInt64? { UInt64(text) }

    /// The value of an integer in range, written without fraction or exponent.
    public var int64: Int64? { Int64(text) }

    /// The nearest double; nil when that is infinite.
    public var double: Double? {
        guard let value = Double(text), value.isFinite else { return nil }
        return value
    }

    /// Where the number that opens at `start` ends; nil when the digits break the grammar.
    static func end(of bytes: [UInt8], from start: Int) -> Int? {
        var position = start
        func skipDigits() -> Bool {
            let first = position
            while position < bytes.count, isDigit(bytes[position]) { position += 1 }
            return position > first
        }
        if position < bytes.count, bytes[position] == UInt8(ascii: "-") { position += 1 }
        if position < bytes.count, bytes[position] == UInt8(ascii: "0") {
            position += 1
            if position < bytes.count, isDigit(bytes[position]) { return nil }
        } else {
            guard skipDigits() else { return nil }
        }
        if position < bytes.count, bytes[position] == UInt8(ascii: ".") {
            position += 1
            guard skipDigits() else { return nil }
        }
        if position < bytes.count, bytes[position] | 0x20 == UInt8(ascii: "e") {
            position += 1
            if position < bytes.count,
                bytes[position] == UInt8(ascii: "+") || bytes[position] == UInt8(ascii: "-")
            {
                position += 1
            }
            guard skipDigits() else { return nil }
        }
        return position
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9")
    }
}

extension JSONNumber: ExpressibleByIntegerLiteral {
    public init(integerLiteral value: Int64) { self.init(value) }
}

extension JSONNumber: CustomStringConvertible {
    public var description: String { text }
}
