internal import Glibc

/// Why an archive cannot be read.
public enum ArchiveError: Error, Equatable, Sendable {
    case cannotOpen(String)
    /// The stream ends inside an entry, or a header is no tar header.
    case malformed(String)
    case entryTooLarge(String, bytes: Int)
}

/// Reads the regular files of a `.tar.zst` one after the other, with one of them in memory.
///
/// The `zstd` program decompresses; the tar stream is read here (POSIX ustar, GNU and pax names).
@safe
public struct TarArchive: ~Copyable {
    public struct Entry: Sendable {
        public let name: String
        public let bytes: [UInt8]

        public init(name: String, bytes: [UInt8]) {
            self.name = name
            self.bytes = bytes
        }
    }

    private let stream: UnsafeMutablePointer<FILE>
    private let path: String
    private let entryBytesMax: Int

    public init(_ path: String, entryBytesMax: Int = 512 << 20) throws(ArchiveError) {
        guard unsafe access(path, R_OK) == 0 else { throw .cannotOpen(path) }
        let quoted =
            "'"
            + path.split(separator: "'", omittingEmptySubsequences: false)
            .joined(separator: "'\\''") + "'"
        guard let stream = unsafe popen("exec zstd -dcq --long=27 -- \(quoted)", "r") else {
            throw .cannotOpen(path)
        }
        unsafe self.stream = stream
        self.path = path
        self.entryBytesMax = entryBytesMax
    }

    deinit { _ = unsafe pclose(stream) }

    /// The next regular file, or nil at the end.
    public mutating func next() throws(ArchiveError) -> Entry? {
        var longName: String?
        while true {
            let header = try read(512)
            if header.isEmpty || header.allSatisfy({ $0 == 0 }) {
                // Whoever writes into a closed pipe complains: take what is left.
                while try !read(1 << 16).isEmpty {}
                return nil
            }
            guard header.count == 512, let size = TarArchive.octal(header[124..<136]) else {
                throw .malformed(path)
            }
            let name = longName ?? TarArchive.name(header)
            guard size <= entryBytesMax else { throw .entryTooLarge(name, bytes: size) }
            let bytes = try read(size)
            guard bytes.count == size else { throw .malformed(path) }
            let padding = try read((512 - size % 512) % 512)
            guard padding.count == (512 - size % 512) % 512 else { throw .malformed(path) }
            switch header[156] {
            case UInt8(ascii: "0"), 0: return Entry(name: name, bytes: bytes)
            case UInt8(ascii: "L"):
                longName = String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            case UInt8(ascii: "x"): longName = TarArchive.paxPath(bytes) ?? longName
            default: longName = nil
            }
        }
    }

    private func read(_ count: Int) throws(ArchiveError) -> [UInt8] {
        guard count > 0 else { return [] }
        var bytes = [UInt8](repeating: 0, count: count)
        let got = unsafe fread(&bytes, 1, count, stream)
        bytes.removeLast(count - got)
        return bytes
    }

    private static func octal(_ digits: ArraySlice<UInt8>) -> Int? {
        var value = 0
        for digit in digits {
            if digit == 0 || digit == UInt8(ascii: " ") { continue }
            guard digit >= UInt8(ascii: "0"), digit <= UInt8(ascii: "7") else { return nil }
            value = value << 3 | Int(digit - UInt8(ascii: "0"))
        }
        return value
    }

    private static func name(_ header: [UInt8]) -> String {
        let name = String(decoding: header[0..<100].prefix { $0 != 0 }, as: UTF8.self)
        let prefix = String(decoding: header[345..<500].prefix { $0 != 0 }, as: UTF8.self)
        let isUstar = header[257..<262].elementsEqual(Array("ustar".utf8))
        return isUstar && !prefix.isEmpty ? prefix + "/" + name : name
    }

    /// The `path` record of a pax header: lines `LENGTH key=value\n`.
    private static func paxPath(_ bytes: [UInt8]) -> String? {
        for line in bytes.split(separator: UInt8(ascii: "\n")) {
            guard let space = line.firstIndex(of: UInt8(ascii: " ")) else { continue }
            let record = line[(space + 1)...]
            if record.starts(with: Array("path=".utf8)) {
                return String(decoding: record.dropFirst(5), as: UTF8.self)
            }
        }
        return nil
    }
}
