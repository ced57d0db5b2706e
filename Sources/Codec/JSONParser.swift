internal import Primitives

/// A strict, single-pass reader of JSON bytes.
struct JSONParser {
    private let bytes: [UInt8]
    private let limits: JSONLimits
    private var position = 0
    private var depth = 0
    private var itemCount = 0

    static func parse(_ bytes: [UInt8], limits: JSONLimits) throws(JSONError) -> JSON {
        guard bytes.count <= limits.bytesMax else {
            throw .tooManyBytes(bytes.count, max: limits.bytesMax)
        }
        var parser = JSONParser(bytes: bytes, limits: limits)
        let value = try parser.parseValue(startingWith: try parser.nextToken())
        parser.skipSpace()
        guard parser.position == bytes.count else { throw .trailingBytes(at: parser.position) }
        return value
    }

    private init(bytes: [UInt8], limits: JSONLimits) {
        self.bytes = bytes
        self.limits = limits
    }

    // MARK: Tokens

    private mutating func skipSpace() {
        while position < bytes.count {
            switch bytes[position] {
            case 0x20, 0x09, 0x0a, 0x0d: position += 1
            default: return
            }
        }
    }

    /// The next byte that is no white space; it stays unread.
    private mutating func nextToken() throws(JSONError) -> UInt8 {
        skipSpace()
        guard position < bytes.count else { throw .unexpectedEnd(at: position) }
        return bytes[position]
    }

    // MARK: Values

    /// Reads the value at `position`, whose first byte is `first`.
    private mutating func parseValue(startingWith first: UInt8) throws(JSONError) -> JSON {
        guard itemCount < limits.itemsMax else {
            throw .tooManyItems(max: limits.itemsMax, at: position)
        }
        itemCount += 1
        switch first {
        case UInt8(ascii: "\""):
            return .string(try parseString())
        case UInt8(ascii: "{"):
            try descend()
            let members = try parseMembers()
            depth -= 1
            return .object(members)
        case UInt8(ascii: "["):
            try descend()
            let elements = try parseElements()
            depth -= 1
            return .array(elements)
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"):
            return .number(try parseNumber())
        case UInt8(ascii: "t"):
            try skipWord("true")
            return .bool(true)
        case UInt8(ascii: "f"):
            try skipWord("false")
            return .bool(false)
        case UInt8(ascii: "n"):
            try skipWord("null")
            return .null
        default:
            throw .unexpectedByte(first, at: position)
        }
    }

    /// Steps over an opening bracket.
    private mutating func descend() throws(JSONError) {
        guard depth < limits.depthMax else { throw .tooDeep(max: limits.depthMax, at: position) }
        depth += 1
        position += 1
    }

    private mutating func parseElements() throws(JSONError) -> [JSON] {
        var elements: [JSON] = []
        var token = try nextToken()
        if token == UInt8(ascii: "]") {
            position += 1
            return elements
        }
        while true {
            elements.append(try parseValue(startingWith: token))
            token = try nextToken()
            switch token {
            case UInt8(ascii: ","): position += 1
            case UInt8(ascii: "]"):
                position += 1
                return elements
            default: throw .unexpectedByte(token, at: position)
            }
            token = try nextToken()
        }
    }

    private mutating func parseMembers() throws(JSONError) -> JSONObject {
        var members = JSONObject()
        var token = try nextToken()
        if token == UInt8(ascii: "}") {
            position += 1
            return members
        }
        while true {
            guard token == UInt8(ascii: "\"") else { throw .unexpectedByte(token, at: position) }
            let nameStart = position
            let name = try parseString()
            let colon = try nextToken()
            guard colon == UInt8(ascii: ":") else { throw .unexpectedByte(colon, at: position) }
            position += 1
            let value = try parseValue(startingWith: try nextToken())
            guard members.append(name, value) else { throw .duplicateKey(name, at: nameStart) }
            token = try nextToken()
            switch token {
            case UInt8(ascii: ","): position += 1
            case UInt8(ascii: "}"):
                position += 1
                return members
            default: throw .unexpectedByte(token, at: position)
            }
            token = try nextToken()
        }
    }

    private mutating func skipWord(_ word: StaticString) throws(JSONError) {
        for byte in word.description.utf8 {
            guard position < bytes.count else { throw .unexpectedEnd(at: position) }
            guard bytes[position] == byte else {
                throw .unexpectedByte(bytes[position], at: position)
            }
            position += 1
        }
    }

    private mutating func parseNumber() throws(JSONError) -> JSONNumber {
        guard let end = JSONNumber.end(of: bytes, from: position) else {
            throw .invalidNumber(at: position)
        }
        let text = String(decoding: bytes[position..<end], as: UTF8.self)
        position = end
        return JSONNumber(checked: text)
    }

    // MARK: Strings

    /// The string whose first byte, behind the quote, is at `start`, and where what follows its
    /// closing quote is.
    static func string(
        in bytes: [UInt8], from start: Int
    ) throws(JSONError) -> (text: String, end: Int) {
        var parser = JSONParser(bytes: bytes, limits: .standard)
        parser.position = start - 1
        let text = try parser.parseString()
        return (text, parser.position)
    }

    /// Reads the string whose opening quote is at `position`.
    private mutating func parseString() throws(JSONError) -> String {
        position += 1
        let start = position
        position = try JSONParser.endOfPlain(in: bytes, from: position)
        if bytes[position] == UInt8(ascii: "\"") {
            position += 1
            return String(decoding: bytes[start..<position - 1], as: UTF8.self)
        }
        return try parseEscaped(from: start)
    }

    /// Where the next quote or backslash is; every byte on the way is checked.
    static func endOfPlain(in bytes: [UInt8], from position: Int) throws(JSONError) -> Int {
        let input = bytes.span
        var index = position
        while index < input.count {
            let byte = input[index]
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"):
                return index
            case 0x20...0x7f:
                index += 1
            case 0x00..<0x20:
                throw .controlCharacter(byte, at: index)
            default:
                let length = UTF8Sequence.length(in: bytes, at: index)
                guard length > 0 else { throw .invalidUTF8(at: index) }
                index += length
            }
        }
        throw .unexpectedEnd(at: index)
    }

    /// Finishes a string that has a backslash at `position` and began at `start`.
    private mutating func parseEscaped(from start: Int) throws(JSONError) -> String {
        var text = Array(bytes[start..<position])
        while bytes[position] == UInt8(ascii: "\\") {
            try parseEscape(into: &text)
            let plainStart = position
            position = try JSONParser.endOfPlain(in: bytes, from: position)
            text.append(contentsOf: bytes[plainStart..<position])
        }
        position += 1
        return String(decoding: text, as: UTF8.self)
    }

    private mutating func parseEscape(into text: inout [UInt8]) throws(JSONError) {
        let start = position
        guard start + 1 < bytes.count else { throw .unexpectedEnd(at: bytes.count) }
        position += 2
        switch bytes[start + 1] {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"):
            text.append(bytes[start + 1])
        case UInt8(ascii: "b"): text.append(0x08)
        case UInt8(ascii: "f"): text.append(0x0c)
        case UInt8(ascii: "n"): text.append(0x0a)
        case UInt8(ascii: "r"): text.append(0x0d)
        case UInt8(ascii: "t"): text.append(0x09)
        case UInt8(ascii: "u"):
            let scalar = try parseScalar(escapedAt: start)
            text.append(contentsOf: UTF8.encode(scalar).map { Array($0) } ?? [])
        default: throw .invalidEscape(at: start)
        }
    }

    /// Reads the digits of `\u` and, after a high surrogate, those of its low partner.
    private mutating func parseScalar(escapedAt start: Int) throws(JSONError) -> Unicode.Scalar {
        let unit = try parseCodeUnit(escapedAt: start)
        if let scalar = Unicode.Scalar(unit) { return scalar }
        guard unit < 0xdc00, position < bytes.count, bytes[position] == UInt8(ascii: "\\"),
            position + 1 < bytes.count, bytes[position + 1] == UInt8(ascii: "u")
        else { throw .loneSurrogate(at: start) }
        let partnerStart = position
        position += 2
        let partner = try parseCodeUnit(escapedAt: partnerStart)
        guard (0xdc00...0xdfff).contains(partner),
            let scalar = Unicode.Scalar(
                0x10000 + (UInt32(unit) - 0xd800) << 10 + (UInt32(partner) - 0xdc00))
        else { throw .loneSurrogate(at: start) }
        return scalar
    }

    private mutating func parseCodeUnit(escapedAt start: Int) throws(JSONError) -> UInt16 {
        var unit: UInt16 = 0
        for _ in 0..<4 {
            guard position < bytes.count else { throw .unexpectedEnd(at: position) }
            guard let digit = Hex.value(of: bytes[position]) else {
                throw .invalidEscape(at: start)
            }
            unit = unit << 4 | UInt16(digit)
            position += 1
        }
        return unit
    }
}

/// Well-formed UTF-8 beyond ASCII.
///
/// Source: Unicode 15, table 3-7; RFC 3629, section 4.
enum UTF8Sequence {
    /// Bytes of the sequence at `index`, whose first byte is 0x80 or more; 0 when ill-formed.
    static func length(in bytes: [UInt8], at index: Int) -> Int {
        let first = bytes[index]
        let left = bytes.count - index
        switch first {
        case 0xc2...0xdf:
            return left >= 2 && isContinuation(bytes[index + 1]) ? 2 : 0
        case 0xe0...0xef:
            guard left >= 3, isContinuation(bytes[index + 1]), isContinuation(bytes[index + 2])
            else { return 0 }
            let second = bytes[index + 1]
            // Overlong forms and UTF-16 surrogates.
            if first == 0xe0 && second < 0xa0 || first == 0xed && second > 0x9f { return 0 }
            return 3
        case 0xf0...0xf4:
            guard left >= 4, isContinuation(bytes[index + 1]), isContinuation(bytes[index + 2]),
                isContinuation(bytes[index + 3])
            else { return 0 }
            let second = bytes[index + 1]
            // Overlong forms and scalars above U+10FFFF.
            if first == 0xf0 && second < 0x90 || first == 0xf4 && second > 0x8f { return 0 }
            return 4
        default:
            return 0
        }
    }

    private static func isContinuation(_ byte: UInt8) -> Bool { byte & 0xc0 == 0x80 }
}
