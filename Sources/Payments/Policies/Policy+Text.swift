// Text of a policy:
//
//     policy = term | term ("and" term)… | term ("or" term)…
//     term   = leaf | "(" policy ")" | k "of" "(" policy ("," policy)… ")"
//            | ("any" | "all") "(" policy ("," policy)… ")"
//     leaf   = kind | kind "(" parameter ("," parameter)… ")"
//     parameter = name | name "=" value ("|" value)…
//
// `and` and `or` do not mix without parentheses: no reader has to know which binds tighter.

extension Policy {
    /// Reads a policy as people write it; spaces separate words and mean nothing else.
    public init(text: String) throws(PolicyError) {
        let bytes = Array(text.utf8)
        guard bytes.count <= PaymentLimits.policyTextBytesMax else {
            throw .textTooLong(bytes: bytes.count, max: PaymentLimits.policyTextBytesMax)
        }
        var parser = PolicyParser(bytes: bytes)
        let policy = try parser.readPolicy(depth: 1)
        guard parser.isAtEnd else { throw .invalidText(at: parser.position) }
        self = try policy.canonical()
    }

    /// The policy in words: `signed and (tee or zk)`, `2 of (signed, tee, zk)`.
    public var text: String {
        switch self {
        case .leaf(let requirement): requirement.text
        case .anyOf(let parts): Policy.join(parts, " or ")
        case .allOf(let parts): Policy.join(parts, " and ")
        case .atLeast(let k, let parts):
            "\(k) of (" + parts.map(\.text).joined(separator: ", ") + ")"
        }
    }

    private static func join(_ parts: [Policy], _ separator: String) -> String {
        parts.map { part in
            switch part {
            case .leaf, .atLeast: part.text
            case .anyOf, .allOf: "(\(part.text))"
            }
        }.joined(separator: separator)
    }
}

extension Policy: CustomStringConvertible {
    public var description: String { text }
}

private struct PolicyParser {
    let bytes: [UInt8]
    var position = 0

    init(bytes: [UInt8]) { self.bytes = bytes }

    var isAtEnd: Bool {
        mutating get {
            skipSpaces()
            return position == bytes.count
        }
    }

    private mutating func skipSpaces() {
        while position < bytes.count, bytes[position] == UInt8(ascii: " ") { position += 1 }
    }

    /// Takes the sign if it comes next.
    private mutating func take(_ sign: Unicode.Scalar) -> Bool {
        skipSpaces()
        guard position < bytes.count, bytes[position] == UInt8(ascii: sign) else { return false }
        position += 1
        return true
    }

    /// The lower-case letters and digits that come next; empty when none do.
    private mutating func readWord() -> String {
        skipSpaces()
        let start = position
        while position < bytes.count, PolicyParser.isWord(bytes[position]) { position += 1 }
        return String(decoding: bytes[start..<position], as: UTF8.self)
    }

    private static func isWord(_ byte: UInt8) -> Bool {
        byte >= UInt8(ascii: "a") && byte <= UInt8(ascii: "z")
            || byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9")
    }

    mutating func readPolicy(depth: Int) throws(PolicyError) -> Policy {
        var parts = [try readTerm(depth: depth)]
        var joiner = ""
        while true {
            let mark = position
            let word = readWord()
            guard word == "and" || word == "or" else {
                position = mark
                break
            }
            guard joiner.isEmpty || joiner == word else { throw .invalidText(at: mark) }
            joiner = word
            parts.append(try readTerm(depth: depth))
        }
        if parts.count == 1 { return parts[0] }
        return joiner == "and" ? .allOf(parts) : .anyOf(parts)
    }

    private mutating func readTerm(depth: Int) throws(PolicyError) -> Policy {
        // Parentheses without meaning still cost stack, so they count, one level to spare.
        guard depth <= PaymentLimits.policyDepthMax + 1 else {
            throw .tooDeep(max: PaymentLimits.policyDepthMax)
        }
        if take("(") {
            let inner = try readPolicy(depth: depth + 1)
            guard take(")") else { throw .invalidText(at: position) }
            return inner
        }
        skipSpaces()
        let start = position
        let word = readWord()
        guard !word.isEmpty else { throw .invalidText(at: start) }
        if let kind = EvidenceKind(name: word) { return .leaf(try readLeaf(kind)) }
        if word == "any" { return .anyOf(try readList(depth: depth)) }
        if word == "all" { return .allOf(try readList(depth: depth)) }
        guard let k = Int(word) else { throw .unknownKind(word) }
        guard readWord() == "of" else { throw .invalidText(at: position) }
        return .atLeast(k, of: try readList(depth: depth))
    }

    private mutating func readLeaf(_ kind: EvidenceKind) throws(PolicyError) -> Requirement {
        var parameters = PolicyParameters(kind)
        let mark = position
        guard take("(") else {
            position = mark
            return Requirement(kind)
        }
        repeat {
            skipSpaces()
            let start = position
            let name = readWord()
            guard !name.isEmpty else { throw .invalidText(at: start) }
            let parameter = try parameters.parameter(named: name)
            guard let value = parameter.value(text: try readValues()) else {
                throw .invalidParameter(kind, name)
            }
            try parameters.add(parameter, value)
        } while take(",")
        guard take(")") else { throw .invalidText(at: position) }
        return try Requirement(parameters)
    }

    /// The values after `=`, if that comes next.
    private mutating func readValues() throws(PolicyError) -> [String]? {
        guard take("=") else { return nil }
        var values: [String] = []
        repeat {
            skipSpaces()
            let start = position
            while position < bytes.count, PolicyParser.isValue(bytes[position]) { position += 1 }
            guard position > start else { throw .invalidText(at: start) }
            values.append(String(decoding: bytes[start..<position], as: UTF8.self))
        } while take("|")
        return values
    }

    private static func isValue(_ byte: UInt8) -> Bool {
        isWord(byte) || byte == UInt8(ascii: "-")
            || byte >= UInt8(ascii: "A") && byte <= UInt8(ascii: "Z")
    }

    private mutating func readList(depth: Int) throws(PolicyError) -> [Policy] {
        guard take("(") else { throw .invalidText(at: position) }
        var parts: [Policy] = []
        repeat { parts.append(try readPolicy(depth: depth + 1)) } while take(",")
        guard take(")") else { throw .invalidText(at: position) }
        return parts
    }
}
