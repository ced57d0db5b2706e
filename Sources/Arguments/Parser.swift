extension Command {
    /// Parses the arguments after the program's name.
    ///
    /// `--help` or `-h` anywhere asks for the help of the command named so far; `--` ends options.
    /// - Throws: `UsageError`, one line with what, why and what to do.
    public func parse(_ arguments: [String]) throws(UsageError) -> Parsed {
        var parser = Parser(root: self)
        return try parser.parse(arguments)
    }
}

private struct Parser {
    private var chain: [Command]
    private var values: [String: [String]] = [:]
    private var words: [String] = []

    init(root: Command) { chain = [root] }

    private var command: Command { chain[chain.count - 1] }
    private var fullName: String { chain.map(\.name).joined(separator: " ") }
    private var options: [Option] { chain.flatMap(\.options) }

    mutating func parse(_ arguments: [String]) throws(UsageError) -> Parsed {
        var rest = arguments[...]
        var optionsEnded = false
        while let argument = rest.popFirst() {
            if optionsEnded || !looksLikeOption(argument) {
                try takeWord(argument)
            } else if argument == "--" {
                optionsEnded = true
            } else if argument == "--help" || argument == "-h" {
                return .help(help)
            } else {
                try takeOption(argument, &rest)
            }
        }
        guard command.subcommands.isEmpty else {
            if arguments.isEmpty { return .help(help) }
            throw UsageError(
                "\(fullName) needs a command", why: "none was given",
                remedy: "choose one of \(names(of: command.subcommands))")
        }
        return .run(try invocation())
    }

    private var help: String {
        command.help(fullName: fullName, inherited: chain.dropLast().flatMap(\.options))
    }

    /// A lone dash means standard input, and a dash with a digit is a number.
    private func looksLikeOption(_ argument: String) -> Bool {
        guard argument.hasPrefix("-"), argument.count > 1 else { return false }
        return !argument.dropFirst().allSatisfy { $0.isASCII && ($0.isNumber || $0 == ".") }
    }

    private mutating func takeWord(_ word: String) throws(UsageError) {
        guard !command.subcommands.isEmpty else {
            words.append(word)
            return
        }
        guard let next = command.subcommands.first(where: { $0.name == word }) else {
            throw UsageError(
                "\(word) is no command of \(fullName)", why: "there is none of that name",
                remedy: remedy(for: word, among: command.subcommands.map(\.name), prefix: ""))
        }
        chain.append(next)
    }

    private mutating func takeOption(
        _ argument: String, _ rest: inout ArraySlice<String>
    ) throws(UsageError) {
        let parts = argument.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        let spelling = String(parts[0])
        guard let option = options.first(where: { isSpelled($0, spelling) }) else {
            throw UsageError(
                "\(spelling) is no option of \(fullName)", why: "there is none of that name",
                remedy: remedy(for: spelling, among: options.map(\.spelling), prefix: "--"))
        }
        let value = try valueOf(option, attached: parts.count == 2 ? String(parts[1]) : nil, &rest)
        guard option.repeats || values[option.name] == nil else {
            throw UsageError(
                "\(option.spelling) is given twice", why: "it takes one value",
                remedy: "keep one of them")
        }
        values[option.name, default: []].append(value)
    }

    private func valueOf(
        _ option: Option, attached: String?, _ rest: inout ArraySlice<String>
    ) throws(UsageError) -> String {
        guard let placeholder = option.placeholder else {
            guard let attached else { return "" }
            throw UsageError(
                "\(option.spelling)=\(attached) is not valid", why: "it is a flag without a value",
                remedy: "write \(option.spelling) alone")
        }
        // A value may start with a dash only when attached: `--port --silent` forgot the port.
        let next = rest.first.flatMap { looksLikeOption($0) ? nil : $0 }
        if attached == nil, next != nil { rest.removeFirst() }
        guard let value = attached ?? next else {
            throw UsageError(
                "\(option.spelling) is not complete", why: "it needs a value",
                remedy: "write \(option.spelling) \(placeholder)")
        }
        guard option.choices.isEmpty || option.choices.contains(value) else {
            throw UsageError(
                "\(option.spelling) \(value) is not valid", why: "there is no such choice",
                remedy: "choose one of \(option.choices.joined(separator: ", "))")
        }
        return value
    }

    private func isSpelled(_ option: Option, _ spelling: String) -> Bool {
        if option.spelling == spelling { return true }
        guard let letter = option.letter else { return false }
        return spelling == "-\(letter)"
    }

    private func invocation() throws(UsageError) -> Invocation {
        var rest = words[...]
        var positionals: [String: [String]] = [:]
        for positional in command.positionals {
            let taken = rest.prefix(positional.countMax)
            guard taken.count >= positional.countMin else {
                throw UsageError(
                    "\(positional.name) is missing", why: "\(fullName) needs it",
                    remedy: "write \(command.usage(fullName: fullName))")
            }
            positionals[positional.name] = Array(taken)
            rest = rest.dropFirst(taken.count)
        }
        if let extra = rest.first {
            throw UsageError(
                "\(extra) is one argument too many",
                why: "\(fullName) takes \(command.positionals.count)",
                remedy: "write \(command.usage(fullName: fullName))")
        }
        return Invocation(
            path: chain.dropFirst().map(\.name), values: values, positionals: positionals,
            declared: Set(options.map(\.spelling) + command.positionals.map(\.name)))
    }

    private func names(of commands: [Command]) -> String {
        commands.map(\.name).joined(separator: ", ")
    }

    private func remedy(for word: String, among known: [String], prefix: String) -> String {
        let near = known.min { distance($0, word) < distance($1, word) }
        if let near, distance(near, word) <= max(2, word.count / 3) {
            return "did you mean \(near)?"
        }
        return "see \(fullName) --help"
    }
}

/// The number of insertions, deletions and replacements between two words (Levenshtein).
func distance(_ left: String, _ right: String) -> Int {
    let right = Array(right)
    var row = Array(0...right.count)
    for (index, letter) in left.enumerated() {
        var diagonal = row[0]
        row[0] = index + 1
        for column in right.indices {
            let replaced = diagonal + (letter == right[column] ? 0 : 1)
            diagonal = row[column + 1]
            row[column + 1] = min(replaced, row[column] + 1, diagonal + 1)
        }
    }
    return row[right.count]
}
