internal import Codec
internal import Primitives

/// Why JSON is none of our documents. The text names the member, outermost first: `terms.salt`.
public enum DocumentError: Error, Equatable, Sendable {
    case notAnObject(String)
    case missing(String)
    /// A member the format does not have: a typing error must not drop a condition in silence.
    case unknown(String)
    case invalid(String)
}

/// Reads the members of a document that has exactly the given ones.
struct DocumentFields {
    let name: String
    private let object: JSONObject

    init(_ json: JSON, _ name: String, members: [String]) throws(DocumentError) {
        guard let object = json.object else { throw .notAnObject(name) }
        self.name = name
        self.object = object
        for member in members where object[member] == nil { throw .missing(path(member)) }
        guard object.count > members.count else { return }
        for entry in object.entries
        where !members.contains(where: { $0.utf8.elementsEqual(entry.key.utf8) }) {
            throw .unknown(path(entry.key))
        }
    }

    func path(_ member: String) -> String { name.isEmpty ? member : "\(name).\(member)" }

    func value(_ member: String) throws(DocumentError) -> JSON {
        guard let value = object[member] else { throw .missing(path(member)) }
        return value
    }

    private func text(_ member: String) throws(DocumentError) -> String {
        guard let text = try value(member).string else { throw .invalid(path(member)) }
        return text
    }

    func array(_ member: String, countMax: Int) throws(DocumentError) -> [JSON] {
        guard let array = try value(member).array, array.count <= countMax else {
            throw .invalid(path(member))
        }
        return array
    }

    func hash(_ member: String) throws(DocumentError) -> Hash {
        let text = try text(member)
        do { return try Hash(hex: text) } catch { throw .invalid(path(member)) }
    }

    func address(_ member: String) throws(DocumentError) -> Address {
        let text = try text(member)
        do { return try Address(hex: text) } catch { throw .invalid(path(member)) }
    }

    /// An integer as the decimal string that is its only spelling.
    func uint256(_ member: String) throws(DocumentError) -> UInt256 {
        let text = try text(member)
        do { return try UInt256(decimal: text) } catch { throw .invalid(path(member)) }
    }

    func uint64(_ member: String) throws(DocumentError) -> UInt64 {
        guard let number = try uint256(member).asUInt64 else { throw .invalid(path(member)) }
        return number
    }

    func bytes(_ member: String, countMax: Int) throws(DocumentError) -> [UInt8] {
        let text = try text(member)
        guard text.utf8.count <= 2 + 2 * countMax else { throw .invalid(path(member)) }
        do { return try Hex.decodePrefixed(text) } catch { throw .invalid(path(member)) }
    }
}

extension JSON {
    /// A document from members in order.
    static func document(_ members: [(key: String, value: JSON)]) -> JSON {
        .object(JSONObject(members))
    }
}
