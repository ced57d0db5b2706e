/// A command line that was understood.
public struct Invocation: Sendable {
    /// The names of the commands below the root: `["model", "add"]`.
    public let path: [String]
    let values: [String: [String]]
    let positionals: [String: [String]]
    /// Every option and positional of the command, so that asking for another one is caught.
    let declared: Set<String>

    /// Whether a flag was given.
    public func flag(_ name: String) -> Bool { !given(name).isEmpty }

    /// An option's value, nil when not given.
    public func text(_ name: String) -> String? { given(name).last }

    /// All values of an option that repeats.
    public func texts(_ name: String) -> [String] { given(name) }

    /// An option's value as a whole number, decimal or `0x`, within a range.
    public func number<Number: FixedWidthInteger>(
        _ name: String, in range: ClosedRange<Number> = Number.min...Number.max
    ) throws(UsageError) -> Number? {
        guard let text = text(name) else { return nil }
        let number =
            text.hasPrefix("0x") ? Number(text.dropFirst(2), radix: 16) : Number(text)
        guard let number, range.contains(number) else {
            throw UsageError(
                "--\(name) \(text) is not valid",
                why: "it takes a whole number from \(range.lowerBound) to \(range.upperBound)",
                remedy: "for example --\(name) \(range.lowerBound)")
        }
        return number
    }

    /// An option's value as a number of seconds with up to nine decimals, in nanoseconds.
    public func seconds(_ name: String) throws(UsageError) -> UInt64? {
        guard let text = text(name) else { return nil }
        guard let nanoseconds = nanoseconds(text) else {
            throw UsageError(
                "--\(name) \(text) is not valid", why: "it takes seconds such as 2 or 0.25",
                remedy: "for example --\(name) 1")
        }
        return nanoseconds
    }

    /// A required positional.
    public func positional(_ name: String) -> String {
        guard let value = list(name).first else {
            preconditionFailure("\(name) is not a required positional")
        }
        return value
    }

    /// An optional positional.
    public func optionalPositional(_ name: String) -> String? { list(name).first }

    /// All values of a positional that repeats.
    public func list(_ name: String) -> [String] {
        precondition(declared.contains(name), "\(name) is not declared")
        return positionals[name] ?? []
    }

    private func given(_ name: String) -> [String] {
        precondition(declared.contains("--" + name), "--\(name) is not declared")
        return values[name] ?? []
    }

    private func nanoseconds(_ text: String) -> UInt64? {
        let parts = text.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        let decimals = parts.count == 2 ? String(parts[1]) : "0"
        guard let first = parts.first, first.allSatisfy({ $0.isASCII && $0.isNumber }),
            decimals.allSatisfy({ $0.isASCII && $0.isNumber }), (1...9).contains(decimals.count),
            let whole = UInt64(first), whole < 1 << 33,
            let fraction = UInt64(decimals + String(repeating: "0", count: 9 - decimals.count))
        else { return nil }
        return whole * 1_000_000_000 + fraction
    }
}

/// What a command line asks for.
public enum Parsed: Sendable {
    case run(Invocation)
    /// The help text to write to standard output, then exit with 0.
    case help(String)
}
