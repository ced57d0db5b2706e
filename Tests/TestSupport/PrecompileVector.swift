internal import Primitives

/// Published calls of precompiles, read from the shared archive where it and its tools exist.
///
/// Origin: ethereum/go-ethereum @02b73d4, core/vm/testdata/precompiles (LGPL-3.0, test data), and
/// ethereum/EIPs @f767a1e, assets (CC0).
public struct PrecompileVector: Sendable {
    public let name: String
    public let input: [UInt8]
    /// Empty where the call fails.
    public let output: [UInt8]
    /// What the call costs, where the file says so.
    public let gas: UInt64?

    public static let archive = SharedArchive("ethereum-tests/precompiles.tar.zst")

    /// Every vector of one file of the archive whose call succeeds.
    public static func read(
        _ member: String, from archive: SharedArchive
    ) throws -> [PrecompileVector] {
        try entries(member, from: archive).compactMap { entry in
            guard let output = entry["Expected"] else { return nil }
            return try vector(entry, output: output)
        }
    }

    /// Every vector of one file of the archive whose call fails.
    public static func readRefusals(
        _ member: String, from archive: SharedArchive
    ) throws -> [PrecompileVector] {
        try entries(member, from: archive).compactMap { entry in
            entry["ExpectedError"] == nil ? nil : try vector(entry, output: "")
        }
    }

    private static func vector(
        _ entry: [Substring: Substring], output: Substring
    ) throws -> PrecompileVector {
        PrecompileVector(
            name: String(entry["Name"] ?? ""), input: try Hex.decode(entry["Input"] ?? ""),
            output: try Hex.decode(output), gas: entry["Gas"].flatMap { UInt64($0) })
    }

    /// The entries of a JSON array of flat objects whose texts have no escapes.
    private static func entries(
        _ member: String, from archive: SharedArchive
    ) -> [[Substring: Substring]] {
        let text = String(decoding: archive.read(member), as: UTF8.self)
        // Odd pieces were in quotes, even ones stand between them.
        let pieces = text.split(separator: "\"", omittingEmptySubsequences: false)
        var entries: [[Substring: Substring]] = []
        var fields: [Substring: Substring] = [:]
        var index = 1
        while index + 1 < pieces.count {
            let key = pieces[index]
            let after = pieces[index + 1].drop { $0 == ":" || $0.isWhitespace }
            if after.isEmpty, index + 3 < pieces.count {
                fields[key] = pieces[index + 2]
                index += 4
            } else {
                fields[key] = after.prefix { $0.isNumber }
                index += 2
            }
            if pieces[index - 1].contains("}") {
                entries.append(fields)
                fields = [:]
            }
        }
        return entries
    }
}
