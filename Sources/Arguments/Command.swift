// A command line, declared: commands hold options, positionals and further commands. Parsing and
// the help text both read the declaration, so that they cannot disagree.

/// A command or subcommand.
public struct Command: Sendable {
    public let name: String
    /// One line, without a full stop.
    public let summary: String
    /// What the help says after the summary; may be empty.
    public let details: String
    public let options: [Option]
    public let positionals: [Positional]
    public let subcommands: [Command]

    /// A command that runs by itself.
    public init(
        _ name: String, _ summary: String, details: String = "", options: [Option] = [],
        positionals: [Positional] = []
    ) {
        let optional = positionals.firstIndex { $0.countMin == 0 } ?? positionals.count
        precondition(
            positionals[optional...].allSatisfy { $0.countMin == 0 },
            "optional positionals come last")
        precondition(
            positionals.dropLast().allSatisfy { $0.countMax == 1 },
            "only the last positional repeats")
        self.name = name
        self.summary = summary
        self.details = details
        self.options = options
        self.positionals = positionals
        subcommands = []
    }

    /// A command that only groups others; its options are taken before and after their names.
    public init(
        _ name: String, _ summary: String, details: String = "", options: [Option] = [],
        subcommands: [Command]
    ) {
        precondition(!subcommands.isEmpty, "a group has commands")
        self.name = name
        self.summary = summary
        self.details = details
        self.options = options
        positionals = []
        self.subcommands = subcommands
    }
}

/// `--name`, with a value or without.
public struct Option: Sendable {
    public let name: String
    public let letter: Character?
    /// What stands for the value in the help; nil for a flag.
    public let placeholder: String?
    /// The only values taken; empty when any is.
    public let choices: [String]
    public let repeats: Bool
    public let summary: String

    /// An option that is there or not: `--silent`.
    public static func flag(
        _ name: String, letter: Character? = nil, _ summary: String
    ) -> Option {
        Option(
            name: name, letter: letter, placeholder: nil, choices: [], repeats: false,
            summary: summary)
    }

    /// An option with a value: `--port 8545` or `--port=8545`.
    public static func value(
        _ name: String, letter: Character? = nil, _ placeholder: String,
        choices: [String] = [], repeats: Bool = false, _ summary: String
    ) -> Option {
        Option(
            name: name, letter: letter, placeholder: placeholder, choices: choices,
            repeats: repeats, summary: summary)
    }

    var spelling: String { "--" + name }
}

/// An argument known by its place.
public struct Positional: Sendable {
    public let name: String
    public let countMin: Int
    public let countMax: Int
    public let summary: String

    public static func required(_ name: String, _ summary: String) -> Positional {
        Positional(name: name, countMin: 1, countMax: 1, summary: summary)
    }

    public static func optional(_ name: String, _ summary: String) -> Positional {
        Positional(name: name, countMin: 0, countMax: 1, summary: summary)
    }

    /// Any number, at least `countMin`; the last positional of a command.
    public static func many(_ name: String, countMin: Int = 1, _ summary: String) -> Positional {
        Positional(name: name, countMin: countMin, countMax: .max, summary: summary)
    }

    var spelling: String {
        let once = countMax > 1 ? name + "..." : name
        return countMin == 0 ? "[\(once)]" : once
    }
}

/// A command line that was not understood: exit with `exitCode` after writing `description`.
public struct UsageError: Error, Equatable, Sendable, CustomStringConvertible {
    /// What is wrong, naming the argument.
    public let what: String
    /// Why it is.
    public let why: String
    /// What to do about it.
    public let remedy: String

    public static let exitCode: Int32 = 2

    public init(_ what: String, why: String, remedy: String) {
        self.what = what
        self.why = why
        self.remedy = remedy
    }

    /// One line: `error: what, why, what to do`.
    public var description: String { "error: \(what), \(why), \(remedy)" }
}
