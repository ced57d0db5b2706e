internal import Glibc

/// A packed set of the shared test data, unpacked file by file with `tar` and `zstd`.
public struct SharedArchive: Sendable {
    private let path: String

    /// The archive, or nil where it or its tools are missing.
    public init?(_ relativePath: String) {
        guard let folder = SharedData.folder else { return nil }
        path = folder + "/" + relativePath
        guard unsafe access(path, R_OK) == 0 else { return nil }
        let tools = SharedArchive.output(of: "command -v tar && command -v zstd")
        guard tools.count(where: { $0 == UInt8(ascii: "\n") }) == 2 else { return nil }
    }

    /// The bytes of one file; none when the archive has no such file.
    public func read(_ member: String) -> [UInt8] {
        SharedArchive.output(of: "tar --zstd -xOf '\(path)' '\(member)'")
    }

    /// The bytes of all files of a folder and those below it, one after the other.
    public func readAll(under folder: String) -> [UInt8] {
        SharedArchive.output(of: "tar --zstd -xOf '\(path)' '\(folder)'")
    }

    /// The JSON files of a folder and those below it, in byte order.
    public func names(under folder: String) -> [String] {
        let listing = SharedArchive.output(
            of: "tar --zstd -tf '\(path)' '\(folder)' | LC_ALL=C sort")
        return String(decoding: listing, as: UTF8.self).split(separator: "\n").map(String.init)
            .filter { $0.hasSuffix(".json") }
    }

    /// What a shell command writes.
    private static func output(of command: String) -> [UInt8] {
        guard let stream = unsafe popen(command, "r") else { return [] }
        defer { unsafe pclose(stream) }
        var bytes: [UInt8] = []
        while true {
            let byte = unsafe fgetc(stream)
            if byte == EOF { return bytes }
            bytes.append(UInt8(truncatingIfNeeded: byte))
        }
    }
}
