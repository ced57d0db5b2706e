import Files
import Glibc
import Testing

@Suite struct FilesTests {
    @Test func readsWhatItWrites() throws {
        let folder = try Files.makeTemporaryFolder()
        let path = folder + "/data"
        let bytes = (0..<200_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        try Files.write(bytes, to: path)
        #expect(try Files.read(path) == bytes)
        try Files.write([1, 2], to: path)
        #expect(try Files.read(path, bytesMax: 2) == [1, 2])
        #expect(throws: FileError.tooLarge(path: path, bytesMax: 1)) {
            try Files.read(path, bytesMax: 1)
        }
        try Files.remove(folder)
        #expect(!Files.exists(folder))
    }

    @Test func listsFilesInOrder() throws {
        let folder = try Files.makeTemporaryFolder()
        try Files.makeFolder(folder + "/sub")
        for name in ["/b", "/a", "/sub/c"] { try Files.write([], to: folder + name) }
        #expect(try Files.names(in: folder) == ["a", "b", "sub"])
        #expect(try Files.all(below: folder) == ["/a", "/b", "/sub/c"].map { folder + $0 })
        #expect(Files.isFolder(folder + "/sub"))
        #expect(!Files.isFolder(folder + "/a"))
        #expect(Files.exists(folder + "/a"))
        try Files.remove(folder)
    }

    @Test func removesLinksButNotWhatTheyNameElsewhere() throws {
        let kept = try Files.makeTemporaryFolder()
        let removed = try Files.makeTemporaryFolder()
        try Files.write([1], to: kept + "/file")
        let refusal = unsafe symlink(kept, removed + "/link")
        #expect(refusal == 0)
        #expect(try Files.all(below: removed) == [removed + "/link"])
        try Files.remove(removed)
        #expect(try Files.read(kept + "/file") == [1])
        try Files.remove(kept)
    }

    @Test func temporaryFoldersDiffer() throws {
        let folders = try (0..<3).map { _ in try Files.makeTemporaryFolder("test") }
        #expect(Set(folders).count == 3)
        for folder in folders { try Files.remove(folder) }
    }

    @Test func saysWhyItCannotRead() {
        #expect(throws: FileError.cannotOpen(path: "/nowhere/x", errno: ENOENT)) {
            try Files.read("/nowhere/x")
        }
        #expect(throws: FileError.cannotRead(path: "/", errno: EISDIR)) { try Files.read("/") }
        #expect(throws: FileError.cannotOpen(path: "/nowhere", errno: ENOENT)) {
            try Files.names(in: "/nowhere")
        }
        #expect(throws: FileError.cannotWrite(path: "/nowhere/x", errno: ENOENT)) {
            try Files.remove("/nowhere/x")
        }
        let error = FileError.cannotOpen(path: "/nowhere/x", errno: ENOENT)
        #expect(error.description == "cannot open /nowhere/x: No such file or directory")
    }
}
