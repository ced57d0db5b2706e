// Whole files and folders, read with a size limit, without Foundation.

internal import Glibc

/// Why a file or folder was not read or written.
public enum FileError: Error, Equatable, Sendable, CustomStringConvertible {
    case cannotOpen(path: String, errno: Int32)
    case cannotRead(path: String, errno: Int32)
    case cannotWrite(path: String, errno: Int32)
    case tooLarge(path: String, bytesMax: Int)
    case inUse(path: String)

    public var description: String {
        switch self {
        case .cannotOpen(let path, let errno): "cannot open \(path): \(reason(errno))"
        case .cannotRead(let path, let errno): "cannot read \(path): \(reason(errno))"
        case .cannotWrite(let path, let errno): "cannot write \(path): \(reason(errno))"
        case .tooLarge(let path, let bytesMax): "\(path) has more than \(bytesMax) bytes"
        case .inUse(let path): "another process uses \(path)"
        }
    }

    private func reason(_ errno: Int32) -> String { unsafe String(cString: strerror(errno)) }
}

public enum Files {
    /// The bytes of a file; `bytesMax` bounds the memory, whatever the file says of its size.
    public static func read(_ path: String, bytesMax: Int = 1 << 30) throws(FileError) -> [UInt8] {
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .cannotOpen(path: path, errno: errno) }
        defer { _ = close(descriptor) }
        var bytes: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = unsafe piece.withUnsafeMutableBytes { room in
                unsafe Glibc.read(descriptor, room.baseAddress, room.count)
            }
            if count == 0 { return bytes }
            if count < 0 {
                if errno == EINTR { continue }
                throw .cannotRead(path: path, errno: errno)
            }
            guard count <= bytesMax - bytes.count else {
                throw .tooLarge(path: path, bytesMax: bytesMax)
            }
            bytes += piece[..<count]
        }
    }

    /// Writes a file anew, readable by all. Not atomic and not synced: for reports, not for state.
    public static func write(_ bytes: [UInt8], to path: String) throws(FileError) {
        let descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw .cannotOpen(path: path, errno: errno) }
        defer { _ = close(descriptor) }
        try write(bytes, to: descriptor, path)
    }

    /// The names in a folder but `.` and `..`, in byte order.
    public static func names(in folder: String) throws(FileError) -> [String] {
        guard let stream = unsafe opendir(folder) else {
            throw .cannotOpen(path: folder, errno: errno)
        }
        defer { unsafe closedir(stream) }
        var names: [String] = []
        while let entry = unsafe readdir(stream) {
            let name = unsafe withUnsafeBytes(of: entry.pointee.d_name) { raw in
                unsafe String(decoding: raw.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names.sorted { Array($0.utf8).lexicographicallyPrecedes(Array($1.utf8)) }
    }

    /// The files below a folder, sorted folder by folder, as paths that start with `folder`.
    /// Links to folders are not followed.
    public static func all(below folder: String) throws(FileError) -> [String] {
        var found: [String] = []
        var pending = [folder]
        while let next = pending.popLast() {
            var folders: [String] = []
            for name in try names(in: next) {
                let path = next + "/" + name
                if isFolder(path, followingLinks: false) {
                    folders.append(path)
                } else {
                    found.append(path)
                }
            }
            pending += folders.reversed()
        }
        return found
    }

    /// Makes a folder of its own below `TMPDIR` or `/tmp`, for its owner alone.
    public static func makeTemporaryFolder(_ prefix: String = "assay") throws(FileError) -> String {
        let named = unsafe getenv("TMPDIR").map { unsafe String(cString: $0) }
        let template = (named ?? "/tmp") + "/" + prefix + "-XXXXXX"
        var characters = Array(template.utf8CString)
        let isMade = unsafe characters.withUnsafeMutableBufferPointer { room in
            guard let start = room.baseAddress else { return false }
            return unsafe mkdtemp(start) != nil
        }
        guard isMade else { throw .cannotWrite(path: template, errno: errno) }
        return String(decoding: characters.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// Makes a folder; its parent must be there, and it must not.
    public static func makeFolder(_ path: String) throws(FileError) {
        guard unsafe mkdir(path, 0o755) == 0 else { throw .cannotWrite(path: path, errno: errno) }
    }

    /// Removes a folder with all below it, or one file. Links are removed, not followed.
    public static func remove(_ path: String) throws(FileError) {
        // Folders in the order found, so that each comes after what holds it.
        var folders: [String] = []
        var pending = [path]
        while let next = pending.popLast() {
            if isFolder(next, followingLinks: false) {
                folders.append(next)
                pending += try names(in: next).map { next + "/" + $0 }
            } else if unsafe unlink(next) != 0 {
                throw .cannotWrite(path: next, errno: errno)
            }
        }
        for folder in folders.reversed() where unsafe rmdir(folder) != 0 {
            throw .cannotWrite(path: folder, errno: errno)
        }
    }

    public static func exists(_ path: String) -> Bool { unsafe access(path, F_OK) == 0 }

    public static func isFolder(_ path: String, followingLinks: Bool = true) -> Bool {
        var facts = stat()
        let refusal = unsafe followingLinks ? stat(path, &facts) : lstat(path, &facts)
        return refusal == 0 && facts.st_mode & S_IFMT == S_IFDIR
    }
}
