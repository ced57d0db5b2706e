extension Command {
    /// `assay node [options] FILE`.
    func usage(fullName: String) -> String {
        var words = [fullName]
        if !options.isEmpty { words.append("[options]") }
        if !subcommands.isEmpty { words.append("COMMAND") }
        words += positionals.map(\.spelling)
        return words.joined(separator: " ")
    }

    /// The help text, ending with a line break.
    func help(fullName: String, inherited: [Option]) -> String {
        var lines = [summary + ".", "", "Usage: " + usage(fullName: fullName)]
        if !details.isEmpty { lines += ["", details] }
        lines += section("Commands", subcommands.map { ($0.name, $0.summary) })
        lines += section("Arguments", positionals.map { ($0.spelling, $0.summary) })
        let own = options.map { ($0.helpSpelling, $0.helpSummary) }
        lines += section("Options", own + [("-h, --help", "show this")])
        lines += section("Common options", inherited.map { ($0.helpSpelling, $0.helpSummary) })
        if !subcommands.isEmpty {
            lines += ["", "\(fullName) COMMAND --help says more about one command."]
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private func section(_ title: String, _ rows: [(String, String)]) -> [String] {
        guard !rows.isEmpty else { return [] }
        // A term wider than this stands on a line of its own.
        let widthMax = 26
        let width = min(widthMax, rows.map(\.0.count).max() ?? 0)
        var lines = ["", title + ":"]
        for (term, meaning) in rows {
            if term.count > width {
                lines.append("  " + term)
                lines.append("  " + padded("", to: width) + "  " + meaning)
            } else {
                lines.append("  " + padded(term, to: width) + "  " + meaning)
            }
        }
        return lines
    }
}

extension Option {
    fileprivate var helpSpelling: String {
        let short = letter.map { "-\($0), " } ?? "    "
        return short + spelling + (placeholder.map { " " + $0 } ?? "")
    }

    fileprivate var helpSummary: String {
        let listed = choices.isEmpty ? "" : " (\(choices.joined(separator: ", ")))"
        return summary + listed + (repeats ? "; may be repeated" : "")
    }
}

func padded(_ text: String, to width: Int) -> String {
    text + String(repeating: " ", count: max(0, width - text.count))
}
