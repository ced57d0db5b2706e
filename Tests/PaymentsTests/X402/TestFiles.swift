import Codec
import TestSupport
import Testing

/// JSON files that tests read.
enum TestFiles {
    /// A file of the shared x402 vectors.
    static func shared(_ name: String) throws -> JSON {
        let folder = try #require(SharedData.folder)
        return try JSON(parsing: try #require(ModelFolder.read("\(folder)/x402/\(name)")))
    }

    /// The vectors of a shared file.
    static func vectors(_ name: String) throws -> [JSON] {
        try #require(try shared(name)["vectors"]?.array)
    }

    /// A file that travels with the sources.
    static func fixture(_ name: String) throws -> JSON {
        let tests = #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
        let path = "/\(tests)/Fixtures/x402/\(name)"
        return try JSON(parsing: try #require(ModelFolder.read(path), "\(path) is missing"))
    }
}

extension JSON {
    /// The member at a path; null where there is none.
    func at(_ path: String...) -> JSON {
        path.reduce(self) { $0[$1] ?? .null }
    }

    /// The same value with `value` at a path; null removes the member.
    func setting(_ path: ArraySlice<String>, to value: JSON) -> JSON {
        guard let first = path.first else { return value }
        var members = object ?? JSONObject()
        let inner = (members[first] ?? .null).setting(path.dropFirst(), to: value)
        members[first] = inner.isNull ? Optional<JSON>.none : inner
        return .object(members)
    }

    func setting(_ path: String..., to value: JSON) -> JSON { setting(path[...], to: value) }

    /// Members in order of their names, those that are null left out: for comparing meaning.
    var sorted: JSON {
        switch self {
        case .array(let elements): .array(elements.map(\.sorted))
        case .object(let members):
            .object(
                JSONObject(
                    members.entries.filter { !$0.value.isNull }
                        .sorted { $0.key < $1.key }
                        .map { (key: $0.key, value: $0.value.sorted) }))
        default: self
        }
    }
}
