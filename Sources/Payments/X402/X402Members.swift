internal import Codec

/// Reads the members a message should have and passes over all others.
struct X402Members {
    private let object: JSONObject
    private let path: String

    init(_ json: JSON, at path: String) throws(X402Error) {
        guard let object = json.object else { throw .wrongType(path, expected: .object) }
        self.object = object
        self.path = path
    }

    func path(of name: String) -> String { path.isEmpty ? name : "\(path).\(name)" }

    // MARK: Members that must be there

    func value(_ name: String) throws(X402Error) -> JSON {
        guard let value = object[name] else { throw .missing(path(of: name)) }
        return value
    }

    func string(_ name: String) throws(X402Error) -> String {
        guard let text = try value(name).string else { throw wrong(name, .string) }
        return text
    }

    func bool(_ name: String) throws(X402Error) -> Bool {
        guard let fact = try value(name).bool else { throw wrong(name, .boolean) }
        return fact
    }

    func object(_ name: String) throws(X402Error) -> JSONObject {
        guard let members = try value(name).object else { throw wrong(name, .object) }
        return members
    }

    func array(_ name: String) throws(X402Error) -> [JSON] {
        guard let elements = try value(name).array else { throw wrong(name, .array) }
        return elements
    }

    /// An integer, also spelt `60.0` or `"60"`: pydantic, which the SDK reads with, takes these.
    func integer(_ name: String) throws(X402Error) -> Int64 {
        let value = try value(name)
        guard let text = value.number?.text ?? value.string else { throw wrong(name, .integer) }
        var digits = text.utf8[...]
        if let point = digits.firstIndex(of: UInt8(ascii: ".")) {
            let fraction = digits[point...].dropFirst()
            guard !fraction.isEmpty, fraction.allSatisfy({ $0 == UInt8(ascii: "0") }) else {
                throw wrong(name, .integer)
            }
            digits = digits[..<point]
        }
        guard digits.first != UInt8(ascii: "+"), let number = Int64(Substring(digits)) else {
            throw wrong(name, .integer)
        }
        return number
    }

    func version() throws(X402Error) -> X402Version {
        guard let value = object["x402Version"] else {
            throw .missingVersion(path(of: "x402Version"))
        }
        guard let number = value.uint64.flatMap({ Int(exactly: $0) }),
            let version = X402Version(rawValue: number)
        else { throw .unknownVersion(value.description) }
        return version
    }

    func require(_ expected: X402Version) throws(X402Error) {
        let version = try version()
        guard version == expected else {
            throw .versionMismatch(expected: expected.rawValue, got: version.rawValue)
        }
    }

    // MARK: Members that may be absent or null

    private func optional(_ name: String) -> JSON? {
        guard let value = object[name], !value.isNull else { return nil }
        return value
    }

    func optionalString(_ name: String) throws(X402Error) -> String? {
        guard let value = optional(name) else { return nil }
        guard let text = value.string else { throw wrong(name, .string) }
        return text
    }

    func optionalObject(_ name: String) throws(X402Error) -> JSONObject? {
        guard let value = optional(name) else { return nil }
        guard let members = value.object else { throw wrong(name, .object) }
        return members
    }

    func optionalStrings(_ name: String) throws(X402Error) -> [String]? {
        guard let value = optional(name) else { return nil }
        guard let elements = value.array else { throw wrong(name, .array) }
        return try strings(elements, name)
    }

    func optionalDocument<Document>(
        _ name: String, _ read: (JSON, String) throws(X402Error) -> Document
    ) throws(X402Error) -> Document? {
        guard let value = optional(name) else { return nil }
        return try read(value, path(of: name))
    }

    // MARK: Members that have a default but may not be null

    func has(_ name: String) -> Bool { object[name] != nil }

    func strings(_ elements: [JSON], _ name: String) throws(X402Error) -> [String] {
        var texts: [String] = []
        for (index, element) in elements.enumerated() {
            guard let text = element.string else { throw wrong("\(name).\(index)", .string) }
            texts.append(text)
        }
        return texts
    }

    func documents<Document>(
        _ name: String, _ read: (JSON, String) throws(X402Error) -> Document
    ) throws(X402Error) -> [Document] {
        var documents: [Document] = []
        for (index, element) in try array(name).enumerated() {
            documents.append(try read(element, path(of: "\(name).\(index)")))
        }
        return documents
    }

    private func wrong(_ name: String, _ expected: MemberType) -> X402Error {
        .wrongType(path(of: name), expected: expected)
    }
}

extension JSON {
    /// A message from members in order; those without a value are left out.
    static func message(_ members: [(name: String, value: JSON?)]) -> JSON {
        var object = JSONObject()
        for member in members { object[member.name] = member.value }
        return .object(object)
    }
}

extension Optional<String> {
    var json: JSON? { map { JSON.string($0) } }
}

extension Optional<JSONObject> {
    var json: JSON? { map { JSON.object($0) } }
}

extension X402Version {
    var json: JSON { .number(JSONNumber(rawValue)) }
}

extension String {
    /// Equality of bytes; `==` would call canonically equivalent texts equal.
    func isSame(as other: String) -> Bool {
        utf8.count == other.utf8.count && utf8.elementsEqual(other.utf8)
    }

    /// Equality of bytes but for the case of ASCII letters.
    func isSameIgnoringCase(as other: String) -> Bool {
        utf8.count == other.utf8.count
            && zip(utf8, other.utf8).allSatisfy { $0.asciiLowercased == $1.asciiLowercased }
    }
}

extension UInt8 {
    var asciiLowercased: UInt8 {
        self >= UInt8(ascii: "A") && self <= UInt8(ascii: "Z") ? self | 0x20 : self
    }
}
