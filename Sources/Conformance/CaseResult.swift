public import Codec

/// The verdict on one published case, as `assay check` prints it.
public struct CaseResult: Sendable, Equatable {
    public var name: String
    public var file: String
    public var pass: Bool
    public var got: String?
    public var want: String?
    public var error: String?

    public init(
        name: String, file: String, pass: Bool, got: String? = nil, want: String? = nil,
        error: String? = nil
    ) {
        self.name = name
        self.file = file
        self.pass = pass
        self.got = got
        self.want = want
        self.error = error
    }

    public static func broken(_ name: String, in file: String, _ why: String) -> CaseResult {
        CaseResult(name: name, file: file, pass: false, error: why)
    }

    /// One line: `{"name", "file", "pass", "got", "want", "error"}`.
    public var json: JSON {
        let text = { (value: String?) -> JSON in value.map { .string($0) } ?? .null }
        return [
            "name": .string(name), "file": .string(file), "pass": .bool(pass),
            "got": text(got), "want": text(want), "error": text(error),
        ]
    }
}

/// Fields of a fixture, read with a message that names what is wrong.
public struct FixtureError: Error {
    /// What is wrong, for people.
    public let message: String

    init(_ message: String) { self.message = message }
}
