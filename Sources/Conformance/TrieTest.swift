internal import Codec
internal import Crypto
internal import Ledger
internal import Primitives
internal import Trie

/// Runs official trie tests: steps and the root they lead to.
///
/// Source: ethereum/tests `TrieTests`; files with `secure` in their names hash the keys.
public enum TrieTest {
    public static func run(_ bytes: [UInt8], file: String) -> [CaseResult] {
        guard let tests = (try? JSON(parsing: bytes, limits: FixtureLimits.json))?.object else {
            return [.broken(file, in: file, "no JSON object")]
        }
        return tests.entries.map { name, test in
            do {
                if test["tests"] != nil { return try neighbours(test, name: name, file: file) }
                return try root(test, name: name, file: file)
            } catch {
                return .broken(name, in: file, "\(error)")
            }
        }
    }

    private static func root(_ test: JSON, name: String, file: String) throws -> CaseResult {
        let isSecure = file.lowercased().contains("secure")
        var trie = MerkleTrie(root: MerkleTrie.emptyRoot, source: MemoryNodes())
        for (key, value) in try steps(test["in"] ?? .null) {
            let bytes = try bytes(key)
            try trie.update(
                key: isSecure ? Keccak.hash(bytes).bytes : bytes,
                value: try TrieTest.bytes(value.string ?? ""))
        }
        let root = trie.commit().root.hex
        let wanted = test["root"]?.string ?? ""
        return CaseResult(
            name: name, file: file, pass: root == wanted, got: root, want: wanted)
    }

    /// Pairs in order, or an object whose order does not matter.
    private static func steps(_ json: JSON) throws(FixtureError) -> [(key: String, value: JSON)] {
        if let object = json.object { return object.entries.map { ($0.key, $0.value) } }
        var steps: [(key: String, value: JSON)] = []
        for pair in json.array ?? [] {
            guard let key = pair[0]?.string, let value = pair[1] else {
                throw FixtureError("a step is no pair")
            }
            steps.append((key, value))
        }
        return steps
    }

    /// Keys in order, and for some text the one before and the one after it.
    private static func neighbours(
        _ test: JSON, name: String, file: String
    ) throws -> CaseResult {
        let keys = (test["in"]?.array ?? []).compactMap(\.string).sorted {
            Array($0.utf8).lexicographicallyPrecedes(Array($1.utf8))
        }
        for row in test["tests"]?.array ?? [] {
            guard let text = row[0]?.string, let before = row[1]?.string, let after = row[2]?.string
            else { throw FixtureError("a row is no triple") }
            let own = Array(text.utf8)
            let previous = keys.last { Array($0.utf8).lexicographicallyPrecedes(own) } ?? ""
            let next = keys.first { own.lexicographicallyPrecedes(Array($0.utf8)) } ?? ""
            guard previous == before, next == after else {
                return CaseResult(
                    name: name, file: file, pass: false, got: "\(previous) \(next)",
                    want: "\(before) \(after)")
            }
        }
        return CaseResult(name: name, file: file, pass: !keys.isEmpty)
    }

    /// Texts are bytes as they stand, or hex digits after `0x`.
    private static func bytes(_ text: String) throws(TextError) -> [UInt8] {
        text.hasPrefix("0x") ? try Hex.decodePrefixed(text) : Array(text.utf8)
    }
}
