import Files

/// A file of the checkout, its path relative to the top.
struct SourceFile: Sendable {
    let path: String
    let text: String
    let lines: [String]

    /// The folder below `Sources` or `Tests`, which is the target's name.
    var target: String {
        let parts = path.split(separator: "/")
        return parts.count > 1 ? String(parts[1]) : ""
    }

    /// The modules the file imports, whatever their access.
    var imports: [String] {
        lines.compactMap { (line) -> String? in
            let words = line.split(separator: " ")
            guard let index = words.firstIndex(of: "import"), index + 1 < words.count,
                words[..<index].allSatisfy({ importMarks.contains(String($0)) })
            else { return nil }
            // `import struct Glibc.stat` names a declaration of a module.
            let named = words[(index + 1)...].drop { importKinds.contains(String($0)) }
            return named.first?.split(separator: ".").first.map(String.init)
        }
    }

    /// Each line with its number, comments and the texts of string literals taken out.
    var codeLines: [(number: Int, code: String)] {
        lines.enumerated().map { (number: $0.offset + 1, code: codeOnly($0.element)) }
    }
}

private let importMarks: Set<String> = ["public", "internal", "package", "private", "@testable"]
private let importKinds: Set<String> = [
    "struct", "class", "enum", "func", "var", "let", "protocol",
]

/// A line without its comment and without what stands inside quotes.
func codeOnly(_ line: String) -> String {
    var code = ""
    var isText = false
    var previous: Character = " "
    for character in line {
        if character == "\"", previous != "\\" { isText.toggle() }
        if !isText, character == "/", previous == "/" {
            code.removeLast()
            break
        }
        if !isText { code.append(character) }
        previous = previous == "\\" && character == "\\" ? " " : character
    }
    return code
}

enum SourceTree {
    /// The top of the checkout, found from this file.
    static let top = #filePath.split(separator: "/", omittingEmptySubsequences: false)
        .dropLast(3).joined(separator: "/")

    static let swift = files(["Sources", "Tests"]) { $0.hasSuffix(".swift") }

    /// All text that we write ourselves and others read.
    static let texts = files(["Sources", "Tests", "tools", "contracts", ".ci"]) { path in
        let isGenerated = path.contains("/Corpora/") || path.contains("/Fixtures/")
        return !isGenerated
            && [".swift", ".h", ".c", ".py", ".vy", ".md", ".sh", "/run", "/setup", "/test"]
                .contains { path.hasSuffix($0) }
    }

    /// The README and the articles of the targets.
    static let documents =
        texts.filter { $0.path.hasSuffix(".md") } + [file(top + "/README.md")].compactMap { $0 }

    /// Whether the checkout has the file or folder.
    static func exists(_ path: String) -> Bool { Files.exists(top + "/" + path) }

    private static func files(
        _ folders: [String], where isWanted: (String) -> Bool
    ) -> [SourceFile] {
        let paths = folders.flatMap { (try? Files.all(below: top + "/" + $0)) ?? [] }
        return paths.filter(isWanted).compactMap(file)
    }

    private static func file(_ path: String) -> SourceFile? {
        guard let bytes = try? Files.read(path, bytesMax: 1 << 24) else { return nil }
        let text = String(decoding: bytes, as: UTF8.self)
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        return SourceFile(
            path: String(path.dropFirst(top.count + 1)), text: text, lines: lines.map(String.init))
    }
}
