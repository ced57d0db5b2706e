import Files
import Glibc
import Testing

@Suite struct FilesPrivateTests {
    private func mode(_ path: String) -> mode_t {
        var facts = stat()
        return unsafe stat(path, &facts) == 0 ? facts.st_mode & 0o777 : 0
    }

    @Test func createsForTheOwnerAndOverwritesNothing() throws {
        let folder = try Files.makeTemporaryFolder()
        let path = folder + "/secret"
        try Files.createPrivate([1, 2, 3], at: path)
        #expect(try Files.read(path) == [1, 2, 3])
        #expect(mode(path) == 0o600)
        #expect(throws: FileError.cannotOpen(path: path, errno: EEXIST)) {
            try Files.createPrivate([4], at: path)
        }
        #expect(try Files.read(path) == [1, 2, 3])
        #expect(throws: FileError.cannotOpen(path: "/nowhere/x", errno: ENOENT)) {
            try Files.createPrivate([4], at: "/nowhere/x")
        }
        try Files.remove(folder)
    }

    @Test func replacesWholeFilesAndWhatACrashHasLeft() throws {
        let folder = try Files.makeTemporaryFolder()
        let path = folder + "/secret"
        try Files.createPrivate([1], at: path)
        try Files.write([9, 9], to: path + ".new")
        let bytes = (0..<200_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        try Files.replacePrivate(bytes, at: path)
        #expect(try Files.read(path) == bytes)
        #expect(mode(path) == 0o600)
        #expect(try Files.names(in: folder) == ["secret"])
        try Files.remove(folder)
    }

    @Test func aLockIsHeldByOneAtATime() throws {
        let folder = try Files.makeTemporaryFolder()
        let path = folder + "/secret"
        #expect(throws: FileError.cannotOpen(path: path, errno: ENOENT)) { _ = try FileLock(path) }
        try Files.createPrivate([1], at: path)
        try holding(path) {
            #expect(throws: FileError.inUse(path: path)) { _ = try FileLock(path) }
        }
        try holding(path) {}
        #expect("\(FileError.inUse(path: path))" == "another process uses \(path)")
        try Files.remove(folder)
    }

    private func holding(_ path: String, _ body: () -> Void) throws {
        let lock = try FileLock(path)
        body()
        _ = consume lock
    }
}
