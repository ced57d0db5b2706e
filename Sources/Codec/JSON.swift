/// A JSON value that keeps what the text said: member order and the digits of numbers.
///
/// Strings and names compare byte for byte, never by Unicode equivalence, so that equality does
/// not depend on the Unicode tables of a machine. Numbers compare as text: `1` is not `1.0`.
/// - Source: RFC 8259.
public enum JSON: Sendable {
    case null
    case bool(Bool)
    case number(JSONNumber)
    case string(String)
    case array([JSON])
    case object(JSONObject)

    /// Reads one value that fills all of `bytes`.
    ///
    /// Refuses invalid UTF-8, a byte order mark, duplicate names, lone surrogates and everything
    /// else RFC 8259 does not allow. Cost: linear in the bytes.
    public init(parsing bytes: [UInt8], limits: JSONLimits = .standard) throws(JSONError) {
        self = try JSONParser.parse(bytes, limits: limits)
    }
}

/// What a text may cost its reader.
public struct JSONLimits: Sendable, Equatable {
    /// The longest text.
    public let bytesMax: Int
    /// Arrays and objects open at once; the reader recurses this deep.
    public let depthMax: Int
    /// Values of any kind, the outermost counted.
    public let itemsMax: Int

    /// The deepest limit that a thread with a small stack can bear.
    public static let depthMaxMax = 512

    public init(bytesMax: Int, depthMax: Int, itemsMax: Int) {
        precondition(depthMax <= JSONLimits.depthMaxMax, "a JSON reader this deep would overflow")
        self.bytesMax = bytesMax
        self.depthMax = depthMax
        self.itemsMax = itemsMax
    }

    /// 32 MiB, depth 128, four million values.
    public static let standard = JSONLimits(
        bytesMax: 32 << 20, depthMax: 128, itemsMax: 4_000_000)
}

/// Why bytes are no JSON; `at` is the byte offset of the offence.
public enum JSONError: Error, Equatable, Sendable {
    case tooManyBytes(Int, max: Int)
    case tooDeep(max: Int, at: Int)
    case tooManyItems(max: Int, at: Int)
    case unexpectedEnd(at: Int)
    case unexpectedByte(UInt8, at: Int)
    /// Digits that break the grammar: `01`, `1.`, `.5`, `1e`, `-`.
    case invalidNumber(at: Int)
    /// A backslash before something else than `"\/bfnrtu`, or `\u` without four digits.
    case invalidEscape(at: Int)
    case controlCharacter(UInt8, at: Int)
    case loneSurrogate(at: Int)
    case invalidUTF8(at: Int)
    /// `at` is where the second name opens.
    case duplicateKey(String, at: Int)
    case trailingBytes(at: Int)
}

// MARK: Walking

extension JSON {
    /// The member of that name; nil when there is none or this is no object.
    public subscript(key: String) -> JSON? {
        guard case .object(let members) = self else { return nil }
        return members[key]
    }

    /// The element at `index`; nil when there is none or this is no array.
    public subscript(index: Int) -> JSON? {
        guard case .array(let elements) = self, elements.indices.contains(index) else {
            return nil
        }
        return elements[index]
    }

    public var isNull: Bool {
        if case .null = self { true } else { false }
    }

    public var bool: Bool? {
        if case .bool(let value) = self { value } else { nil }
    }

    public var string: String? {
        if case .string(let value) = self { value } else { nil }
    }

    public var number: JSONNumber? {
        if case .number(let value) = self { value } else { nil }
    }

    public var array: [JSON]? {
        if case .array(let value) = self { value } else { nil }
    }

    public var object: JSONObject? {
        if case .object(let value) = self { value } else { nil }
    }

    /// The value of an integer in range, written without fraction or exponent.
    public var uint64: UInt64? { number?.uint64 }

    /// The value of an integer in range, written without fraction or exponent.
    public var int64: Int64? { number?.int64 }

    /// The nearest finite double of a number.
    public var double: Double? { number?.double }
}

// MARK: Equality

extension JSON: Equatable {
    public static func == (left: JSON, right: JSON) -> Bool {
        switch (left, right) {
        case (.null, .null): true
        case (.bool(let one), .bool(let other)): one == other
        case (.number(let one), .number(let other)): one == other
        case (.string(let one), .string(let other)): one.hasSameBytes(as: other)
        case (.array(let one), .array(let other)): one == other
        case (.object(let one), .object(let other)): one == other
        default: false
        }
    }
}

extension String {
    /// Equality of the UTF-8 bytes; `==` would call canonically equivalent texts equal.
    func hasSameBytes(as other: String) -> Bool {
        utf8.count == other.utf8.count && utf8.elementsEqual(other.utf8)
    }
}

// MARK: Literals

extension JSON: ExpressibleByStringInterpolation {
    public init(stringLiteral value: String) { self = .string(value) }
}

extension JSON: ExpressibleByIntegerLiteral {
    public init(integerLiteral value: Int64) { self = .number(JSONNumber(value)) }
}

extension JSON: ExpressibleByBooleanLiteral {
    public init(booleanLiteral value: Bool) { self = .bool(value) }
}

extension JSON: ExpressibleByArrayLiteral {
    public init(arrayLiteral elements: JSON...) { self = .array(elements) }
}

extension JSON: ExpressibleByDictionaryLiteral {
    /// Traps when two members share a name.
    public init(dictionaryLiteral elements: (String, JSON)...) {
        self = .object(JSONObject(elements.map { (key: $0.0, value: $0.1) }))
    }
}

extension JSON: ExpressibleByNilLiteral {
    public init(nilLiteral: ()) { self = .null }
}
