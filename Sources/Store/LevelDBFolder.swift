internal import Glibc

/// The folder of a LevelDB database before it is opened.
struct LevelDBFolder {
    /// The one true path: LevelDB knows its locks in this process by path, and the system's lock
    /// does not hold between two opens in one process.
    let path: String

    /// Makes the folder if only its parent is there.
    init(_ path: String) throws(StoreError) {
        guard !path.utf8.contains(0) else {
            throw .cannotOpen(path: path, reason: "the path has a zero byte")
        }
        if unsafe mkdir(path, 0o700) != 0, errno != EEXIST {
            throw .cannotOpen(path: path, reason: unsafe String(cString: strerror(errno)))
        }
        guard let resolved = unsafe realpath(path, nil) else {
            throw .cannotOpen(path: path, reason: unsafe String(cString: strerror(errno)))
        }
        defer { unsafe free(resolved) }
        self.path = unsafe String(cString: resolved)
    }

    /// Looks for damage that LevelDB would take for something else. Files that cannot be read are
    /// left to LevelDB, which says so if it needs them.
    func check() throws(StoreError) {
        for name in names {
            if name.hasSuffix(".log") || name.hasPrefix("MANIFEST-") {
                guard let end = end(of: name, ({ $0 % LogTail.blockBytes })) else { continue }
                guard !LogTail(bytes: end.bytes).isDamaged else {
                    throw .corrupt("a record of \(path)/\(name) has another length")
                }
            } else if name.hasSuffix(".ldb") {
                let end = end(of: name) { min($0, TableFooter.byteCount) }
                guard let end else { continue }
                let footer = TableFooter(bytes: end.bytes, tableBytes: UInt64(end.fileBytes))
                guard !footer.isDamaged else {
                    throw .corrupt("the end of \(path)/\(name) names blocks outside it")
                }
            }
        }
    }

    /// The names in the folder, in byte order; none if it is no folder.
    private var names: [String] {
        guard let stream = unsafe opendir(path) else { return [] }
        defer { unsafe closedir(stream) }
        var names: [String] = []
        while let entry = unsafe readdir(stream) {
            names.append(
                unsafe withUnsafeBytes(of: entry.pointee.d_name) { raw in
                    unsafe String(decoding: raw.prefix { $0 != 0 }, as: UTF8.self)
                })
        }
        return names.sorted()
    }

    /// The last bytes of a file, as many as `count` says of its size; nil if it cannot be read.
    private func end(
        of name: String, _ count: (_ fileBytes: Int) -> Int
    ) -> (bytes: [UInt8], fileBytes: Int)? {
        let descriptor = unsafe open("\(path)/\(name)", O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { _ = Glibc.close(descriptor) }
        let fileBytes = lseek(descriptor, 0, SEEK_END)
        guard fileBytes >= 0 else { return nil }
        var bytes = [UInt8](repeating: 0, count: count(fileBytes))
        var filled = 0
        while filled < bytes.count {
            let start = fileBytes - bytes.count + filled
            let read = unsafe bytes.withUnsafeMutableBytes { room in
                let rest = unsafe UnsafeMutableRawBufferPointer(rebasing: room[filled...])
                return unsafe pread(descriptor, rest.baseAddress, rest.count, start)
            }
            if read < 0, errno == EINTR { continue }
            guard read > 0 else { return nil }
            filled += read
        }
        return (bytes, fileBytes)
    }
}
