// Files for their owner alone: written whole and on disk before anybody goes on, or not at all.

internal import Glibc

extension Files {
    /// Makes a file that its owner alone may read; it is on disk when this returns.
    ///
    /// - Throws: `cannotOpen` with `EEXIST` where there is one: nothing is ever overwritten.
    public static func createPrivate(_ bytes: [UInt8], at path: String) throws(FileError) {
        let descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw .cannotOpen(path: path, errno: errno) }
        defer { _ = close(descriptor) }
        try write(bytes, to: descriptor, path)
        try sync(descriptor, path)
        try syncFolder(of: path)
    }

    /// Puts other bytes in the place of such a file, on disk when this returns: a reader, and a
    /// crash, finds the old bytes or the new ones.
    public static func replacePrivate(_ bytes: [UInt8], at path: String) throws(FileError) {
        let draft = path + ".new"
        // What a crash has left is older than what is being written.
        _ = unsafe unlink(draft)
        try createPrivate(bytes, at: draft)
        guard unsafe rename(draft, path) == 0 else {
            throw .cannotWrite(path: path, errno: errno)
        }
        try syncFolder(of: path)
    }

    static func write(
        _ bytes: [UInt8], to descriptor: Int32, _ path: String
    ) throws(FileError) {
        var written = 0
        while written < bytes.count {
            let count = unsafe bytes.withUnsafeBytes { raw in
                unsafe Glibc.write(
                    descriptor, raw.baseAddress?.advanced(by: written), raw.count - written)
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw .cannotWrite(path: path, errno: errno) }
            written += count
        }
    }

    private static func sync(_ descriptor: Int32, _ path: String) throws(FileError) {
        guard fsync(descriptor) == 0 else { throw .cannotWrite(path: path, errno: errno) }
    }

    /// A new name is on disk once its folder is.
    private static func syncFolder(of path: String) throws(FileError) {
        let folder =
            path.lastIndex(of: "/").map { $0 == path.startIndex ? "/" : path[..<$0] } ?? "."
        let descriptor = unsafe open(String(folder), O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .cannotOpen(path: String(folder), errno: errno) }
        defer { _ = close(descriptor) }
        try sync(descriptor, String(folder))
    }
}

/// The use of a file by this process alone, among those that ask, as long as the value lives.
public struct FileLock: ~Copyable {
    private let descriptor: Int32

    /// - Throws: `inUse` while another process has the lock, or has just replaced the file.
    public init(_ path: String) throws(FileError) {
        descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .cannotOpen(path: path, errno: errno) }
        var (own, named) = (stat(), stat())
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0, unsafe fstat(descriptor, &own) == 0,
            unsafe stat(path, &named) == 0, own.st_ino == named.st_ino
        else {
            _ = close(descriptor)
            throw .inUse(path: path)
        }
    }

    deinit { _ = close(descriptor) }
}
